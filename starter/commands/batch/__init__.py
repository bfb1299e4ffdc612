"""Many decisions at once, by file: read and checked whole, sent side by side, each with a result."""
