"""Recorded histories of every release, and what replays them."""
