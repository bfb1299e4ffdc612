"""Replay: what is found, how it is said, and that nothing hangs."""
