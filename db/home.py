"""Where this user's data lives: the embedded PostgreSQL, and whatever else is kept beside it."""

import os
from pathlib import Path

ROOTS_HOME = Path("/var/lib/pingtai")
"""As root PostgreSQL runs as another user, who must be able to pass through to its data: not /root."""


def home() -> Path:
    """The data directory: PINGTAI_HOME, or the platform's place for a user's data.

    It is created if missing, closed to other users; as root they may pass through it, and no more.

    Raises:
        OSError: it cannot be created.
    """
    given = os.environ.get("PINGTAI_HOME")
    if given:
        path = Path(given).expanduser().absolute()
    elif is_root():
        path = ROOTS_HOME
    else:
        import platformdirs  # noqa: PLC0415 - looked up only where nothing says the place

        path = platformdirs.user_data_path("pingtai", appauthor=False)
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o711 if is_root() else 0o700, exist_ok=True)
    return path


def is_root() -> bool:
    """Whether this process runs as root, where PostgreSQL itself refuses to."""
    return os.geteuid() == 0
