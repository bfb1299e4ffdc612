"""Reading histories: the logs of a platform, and what stood in them at a moment or an entry."""
