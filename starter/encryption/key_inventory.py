"""Which keys of terms a directory holds, without opening any: for `pingtai doctor` and erasure."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from starter.encryption.key_names import MASTER

_FILE = re.compile(
    rf"term-(?P<term>[1-9][0-9]{{0,3}})\.(?:(?P<erased>erased)|(?P<master>{MASTER})\.json)"
)


@dataclass
class TermKeyFiles:
    """The files of one term: its keys, by the master keys that wrapped them."""

    masters: set[str] = field(default_factory=set)
    unreadable: list[Path] = field(default_factory=list)
    """Others may read them, or this process may not: nothing is decrypted with them."""
    erased: bool = False
    """There is the mark that the keys were destroyed."""


def inventory(directory: Path) -> dict[tuple[str, int], TermKeyFiles]:
    """Return the files of each term, by platform and term; those of a directory that is not there are none."""
    found: dict[tuple[str, int], TermKeyFiles] = {}
    for path in _files(directory):
        said = _FILE.fullmatch(path.name)
        if said is None:
            continue
        files = found.setdefault((path.parent.name, int(said["term"])), TermKeyFiles())
        if said["erased"]:
            files.erased = True
        else:
            files.masters.add(said["master"])
            if not _usable(path):
                files.unreadable.append(path)
    return found


def _files(directory: Path) -> Iterator[Path]:
    try:
        for platform in sorted(directory.iterdir()):
            if platform.is_dir():
                yield from sorted(platform.iterdir())
    except FileNotFoundError:
        return


def _usable(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not mode & (stat.S_IRWXG | stat.S_IRWXO) and os.access(path, os.R_OK)
