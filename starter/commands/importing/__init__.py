"""Many applications at once, by file: read and checked whole, then started side by side, each once."""
