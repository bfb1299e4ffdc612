"""One person's desk: who they are, for whom they act, and how their commands reach the system."""
