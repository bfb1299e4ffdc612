"""Keys of people: in files, in agents, in tokens."""
