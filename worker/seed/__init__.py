"""Filling an empty system with the examples, dated so that they end today."""
