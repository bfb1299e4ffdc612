"""A home directory for a test's processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.memory import throw_away_folder


@pytest.fixture
def home(servers: None) -> Iterator[Path]:
    """An empty directory, not under pytest's own: PostgreSQL may run as another user."""
    folder = throw_away_folder("system")
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
