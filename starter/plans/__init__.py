"""Plans: as sections to be read, as differences between versions, as files that are handed in again."""
