"""What the rules accept and is seldom meant: a person is asked about it, a program is told of it."""
