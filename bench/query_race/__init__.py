"""A signal that Temporal acknowledged and no workflow ever sees: the smallest way to make it happen."""
