"""Keys in a folder of the test's own."""

from pathlib import Path

import pytest

from starter.encryption.encrypted_converter import configured_keys
from starter.encryption.key_errors import VARIABLE
from starter.encryption.master_keys import add_master_key
from starter.encryption.term_keys import TermKeys


@pytest.fixture
def masters(tmp_path: Path) -> Path:
    """A file with one master key."""
    path = tmp_path / "keys.json"
    add_master_key(path, "first")
    return path


@pytest.fixture
def keys(masters: Path, monkeypatch: pytest.MonkeyPatch) -> TermKeys:
    """The keys, as they are configured."""
    monkeypatch.setenv(VARIABLE, str(masters))
    found = configured_keys()
    assert found
    return found
