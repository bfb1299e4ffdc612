"""Dossiers: all that is known of a platform in one file, checked by whoever gets it, without us."""
