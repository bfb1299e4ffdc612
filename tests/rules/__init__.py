"""Tests of the rules alone: no server, no database, no clock."""
