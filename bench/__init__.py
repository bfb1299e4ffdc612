"""Measurements beside a bare workflow; never part of the installed system."""
