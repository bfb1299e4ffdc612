"""Other source trees than the one at hand: the release before, and copies with a fault put in on purpose."""

import io
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from bench.campaign.system import ROOT

PACKAGES = ("workflows", "activities", "db", "starter", "audit", "worker", "examples", "schemas")
_RELEASE_COMMIT = "^Release {release}: "


@dataclass(frozen=True)
class Plant:
    """A fault that is put in on purpose, to see that a campaign finds it."""

    file: str
    before: str
    after: str
    found_as: tuple[str, ...]
    """With which words one of the violations begins that must be found."""


PLANTS = {
    "lost-batch": Plant(
        "db/register_store.py",
        "        try:\n            async with begin_direct(self._engine) as connection:\n"
        "                await write_on(connection, batch)\n        except RegisterConflict",
        '        if batch.entries and batch.entries[0].seq > 2 and batch.entries[0].hash[0] == "7":\n'
        "            return\n"
        "        try:\n            async with begin_direct(self._engine) as connection:\n"
        "                await write_on(connection, batch)\n        except RegisterConflict",
        ("lost", "chain"),
    ),
    "doubled-signal": Plant(
        "workflows/case.py",
        "        first = self.receipts.first(decision)\n        if first is not None:\n"
        "            return self._with_set_aside(first)",
        "        first = self.receipts.first(decision)\n"
        "        if first is not None and not (kind and kind == Kind.SUPPORT):\n"
        "            return self._with_set_aside(first)",
        ("doubled",),
    ),
    "skipped-event": Plant(
        "activities/event_delivery.py",
        "                    if why is not None:\n",
        "                    if why is not None and one.event is None:\n",
        ("event",),
    ),
}


def planted_tree(folder: Path, plant: Plant) -> Path:
    """Copy the source and put a fault in.

    Raises:
        ValueError: the text that is to be replaced is not there, or not once.
    """
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / plant.file
    file.write_text(planted(file.read_text(encoding="utf-8"), plant), encoding="utf-8")
    return folder


def planted(text: str, plant: Plant) -> str:
    """A source text with a fault in it. Raises as `planted_tree`."""
    if text.count(plant.before) != 1:
        raise ValueError(f"{plant.file} has changed: say anew what is to be replaced there")
    return text.replace(plant.before, plant.after)


def release_tree(folder: Path, release: str) -> Path | None:
    """Write the source of a release from the repository, by its tag or commit; None: it is not there."""
    commit = _git("rev-parse", "--verify", "--quiet", f"v{release}^{{commit}}")
    pattern = _RELEASE_COMMIT.format(release=release.replace(".", r"\."))
    commit = commit or _git("log", "-1", "--format=%H", f"--grep={pattern}")
    if not commit.strip():
        return None
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit.decode().strip()],  # noqa: S607
        capture_output=True,
        check=True,
    )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def commit_of_tree() -> str:
    """The commit at hand, short."""
    return _git("rev-parse", "--short", "HEAD").decode().strip() or "unknown"


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False)  # noqa: S607
    return done.stdout if done.returncode == 0 else b""
