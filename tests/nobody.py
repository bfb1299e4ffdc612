"""Who runs a command in a test: nobody in particular."""

import os
from pathlib import Path

import pytest


def be_nobody(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Whoever runs the tests is forgotten: no settings, an empty home and no profile in a folder, English."""
    for name in list(os.environ):
        ours = name.startswith(("PINGTAI_", "TEMPORAL_", "LC_"))
        if ours or name in ("DATABASE_URL", "NO_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("PINGTAI_HOME", str(folder / "home"))
    monkeypatch.setenv("PINGTAI_PROFILE", str(folder / "profile.toml"))
