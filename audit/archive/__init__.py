"""The archive: complete histories of all runs, kept for longer than any server keeps them."""
