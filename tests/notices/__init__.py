"""Tests of notices: their words, the ways they go, their configuration, and the commands."""
