"""The file of a profile: where it is, and what stands in it.

Every command and its help read the language from it, so nothing here checks fields: that is
`starter.desk.profile`, which needs pydantic.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from starter.desk.own_files import read_own
from starter.error_reasons import reason_of
from workflows.errors import BadInput

LARGEST = 100_000
"""No profile is larger; nothing beyond it is read (bytes)."""


def profile_path() -> Path:
    """Where the profile is: PINGTAI_PROFILE, or the platform's place for a user's settings."""
    given = os.environ.get("PINGTAI_PROFILE")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs  # noqa: PLC0415 - looked up only where nothing says the place

    return platformdirs.user_config_path("pingtai", appauthor=False) / "profile.toml"


def profile_language() -> str | None:
    """The language that the profile asks for; a profile that cannot be read asks for none.

    It is asked for every line that is said, so a file that has not changed is read once.
    """
    path = profile_path()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _language(path, changed)


@lru_cache(maxsize=4)
def _language(path: Path, changed: int) -> str | None:
    try:
        content = profile_content(path)
    except BadInput:
        return None
    said = content.get("lang") if content else None
    return said if isinstance(said, str) else None


def profile_content(path: Path) -> dict[str, Any] | None:
    """Return what stands in a profile's file; None where there is no file.

    Raises:
        BadInput: it cannot be read, or is no TOML.
    """
    import tomllib  # noqa: PLC0415 - most people's commands find no profile

    try:
        content = read_own(path, LARGEST)
        return None if content is None else tomllib.loads(content.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = reason_of(error)
        raise BadInput(
            f"the profile {path} cannot be read: {why.en}. Correct it, or create it again: `pingtai login`",
            f"无法读取个人配置 {path}：{why.zh}。请改正，或以 pingtai login 重写",
        ) from None
