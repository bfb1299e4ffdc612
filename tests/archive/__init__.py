"""The archive, and where histories come from: on the real server and the real PostgreSQL."""
