"""Faults of every kind under a mixed load: what was acknowledged must stand, once, and every case go on."""
