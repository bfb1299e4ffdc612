"""What a terminal is for: languages, tables on a screen, exit codes, groups of commands."""
