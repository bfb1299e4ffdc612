"""A generated attack on a whole system of its own on loopback; never part of the installed system."""
