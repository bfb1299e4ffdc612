"""Tests of the documents: they hold to the code."""
