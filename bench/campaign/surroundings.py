"""What the machine gives to a campaign: a small file system to be filled, and a clock to be moved."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZE = "3g"
_PIECE = 1 << 20
_FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)
"""Debian's package `libfaketime`; CAMPAIGN_FAKETIME names another place."""


@contextmanager
def data_folder() -> Iterator[tuple[Path, bool]]:
    """A folder for all data, and whether it is a file system of its own, which only root may mount."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-campaign-data-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=755", "tmpfs", str(folder)]
    mounted = False
    with suppress(OSError):
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own where we are root
    try:
        yield folder, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)  # noqa: S607
        shutil.rmtree(folder, ignore_errors=True)


async def fill(folder: Path, seconds: float) -> None:
    """Leave no byte on a file system for some seconds."""
    ballast = folder / "ballast"
    try:
        await asyncio.to_thread(_write_until_full, ballast)
        await asyncio.sleep(seconds)
    finally:
        ballast.unlink(missing_ok=True)


def _write_until_full(path: Path) -> None:
    piece = bytes(_PIECE)
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(piece)
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(piece[:512])


def faketime_library() -> str | None:
    """The library that gives a program another clock; None where there is none."""
    places = (os.environ.get("CAMPAIGN_FAKETIME", ""), *_FAKETIME)
    return next((place for place in places if place and Path(place).is_file()), None)


def wrong_clock(library: str, minutes: float) -> dict[str, str]:
    """The environment of a program whose clock is so many minutes ahead; what it measures stays right."""
    return {
        "LD_PRELOAD": library,
        "FAKETIME": f"{minutes * 60:+.0f}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
