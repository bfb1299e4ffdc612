"""The register against the logs against the histories; what differs is named, repaired, or rebuilt."""
