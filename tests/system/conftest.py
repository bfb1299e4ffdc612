"""A home directory for a test's processes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty directory, not under pytest's own: PostgreSQL may run as another user."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-system-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
