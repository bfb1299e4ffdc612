"""Encryption of what Temporal keeps, on request: keys, the codec, and who uses it."""
