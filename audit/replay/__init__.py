"""Replay: histories executed again on the code that is installed, and held against what they say."""
