"""Changing the roster: what officers sign, and how it is sent; directly or by HTTP."""
