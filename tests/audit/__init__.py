"""The auditors' tools."""
