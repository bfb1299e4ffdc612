"""Kills -9 under a mixed load: what was acknowledged must stand in a log, once, and every case go on."""
