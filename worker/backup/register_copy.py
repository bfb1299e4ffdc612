"""The register, dumped and read back by PostgreSQL's own programs, which come with the embedded server."""

import os
import subprocess
from pathlib import Path

from db.programs import programs
from db.url import for_libpq
from starter.errors import PingtaiError

_LETTERS = 500
_RENAME_FEED = "UPDATE feeds SET id = substr(md5(random()::text), 1, 12)"
_TABLE = "TABLE DATA public log_entries"


def dump_register(url: str, target: Path) -> None:
    """Dump the register as it stands when this begins: one snapshot, beside which everybody writes on.

    Raises:
        PingtaiError: pg_dump failed; says what it says.
    """
    # Not compressed: the backup compresses all its files.
    _run("pg_dump", "--format=custom", "--compress=none", url=url, output=target)


def check_dump(path: Path) -> None:
    """See that a dump can be read, and has the logs.

    Raises:
        PingtaiError: it cannot; says what pg_restore says.
    """
    listed = _run("pg_restore", "--list", str(path))
    if _TABLE not in listed:
        raise PingtaiError(
            "the dump of the register has no table log_entries: start a worker, which makes the tables",
            "名册的导出文件中没有表 log_entries：请先启动工作进程建表",
        )


def read_back(url: str, dump: Path) -> None:
    """Restore a dump into an empty database, whole or not at all; its feed of events gets another name.

    Who follows the feed is told to begin again (410): under the old name a cursor of events that are lost
    would skip those that get their numbers next.

    Raises:
        PingtaiError: pg_restore failed; says what it says.
    """
    _run("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(dump), url=url)
    _run("psql", "--no-psqlrc", "--quiet", f"--command={_RENAME_FEED}", url=url)


def _run(program: str, *args: str, url: str | None = None, output: Path | None = None) -> str:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    if url:
        address, more = for_libpq(url)
        environment |= more
        args = ("--no-password", f"--dbname={address}", *args)
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600) if output else None
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs and our arguments
            (str(programs() / program), *args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if written is None else written,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
    finally:
        if written is not None:
            os.close(written)
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()[-_LETTERS:]
        raise PingtaiError(f"{program}: {why}", f"{program}：{why}")
    return (done.stdout or b"").decode("utf-8", "replace")
