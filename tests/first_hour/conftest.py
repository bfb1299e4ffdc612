"""A home directory for the processes of a test."""

from tests.system.conftest import home

__all__ = ["home"]
