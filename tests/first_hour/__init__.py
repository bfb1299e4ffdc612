"""What a newcomer does first: a system of one's own, examples to decide on, what the documents say."""
