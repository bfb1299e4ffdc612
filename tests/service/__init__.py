"""The HTTP API, on the real Temporal and the real PostgreSQL."""
