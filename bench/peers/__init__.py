"""The same life on other engines of durable execution, each in a virtual environment of its own."""
