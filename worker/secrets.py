"""Secrets that a configuration names and does not hold: in the environment, or in a file."""

import os
from pathlib import Path

from starter.errors import BadInput

LARGEST = 10_000
"""No secret is larger; nothing beyond it is read (bytes)."""


def secret(variable: str | None, file: str | None, called: str, where: str, folder: Path) -> str:
    """A secret, without the white space around it; a relative path counts from `folder`.

    Raises:
        BadInput: there is none, or it cannot be read; `where` and `called` say whose. It is never shown.
    """
    if variable is not None:
        found = os.environ.get(variable, "")
        source = f"{called}_env = {variable}"
    else:
        source = f"{called}_file = {file}"
        try:
            with (folder / Path(file or "").expanduser()).open("rb") as opened:
                found = opened.read(LARGEST).decode("utf-8")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no UTF-8 text"
            raise BadInput(
                f"{where}: {source} cannot be read: {why}", f"{where}：{source} 无法读取：{why}"
            ) from None
    if not found.strip():
        raise BadInput(f"{where}: {source} is empty", f"{where}：{source} 为空")
    return found.strip()
