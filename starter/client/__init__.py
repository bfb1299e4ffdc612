"""The typed clients: how a program asks and decides, by Temporal or by HTTP, and what can go wrong."""
