"""The HTTP intake, on the real Temporal and the real PostgreSQL."""
