"""Tests of the register in PostgreSQL."""
