"""Temporal's SQLite file, copied while the server writes to it, and checked."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from starter.errors import PingtaiError

_BUSY_SECONDS = 60.0
_HISTORIES = "history_node"


def copy_engine(source: Path, target: Path) -> None:
    """Copy the database as it stands when this begins, by SQLite's online backup; nobody waits for it.

    In one step: with `journal_mode=wal` it is one read transaction, beside which the server writes on. In
    several steps SQLite would begin again with each write.

    Raises:
        sqlite3.Error: it cannot be read, or the disk is full.
    """
    target.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as of_server,
        closing(sqlite3.connect(target)) as copy,
    ):
        of_server.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
        of_server.backup(copy, pages=-1)
        # The copy says that it has a journal beside it, as its original; here it has none.
        copy.execute("PRAGMA journal_mode = delete")


def check_engine(path: Path) -> None:
    """See that a copy is whole, and holds histories; it is only read.

    Raises:
        PingtaiError: it is not; says what SQLite finds.
    """
    try:
        with closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
        ) as copy:
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found == "ok":
                copy.execute(f"SELECT count(*) FROM {_HISTORIES}").fetchone()  # noqa: S608 - a constant
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise PingtaiError(
            f"the copy of Temporal's file does not hold: {found}",
            f"Temporal 数据文件的副本有误：{found}",
        )
