"""The register in PostgreSQL: derived from the logs of the cases, and rebuilt from them at will."""
