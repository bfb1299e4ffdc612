"""Everything that talks to the system from outside."""
