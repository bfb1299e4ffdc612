"""What each release commanded, task by task, as text: `commands.txt` beside its recorded histories.

A replay compares the kinds of commands only. The baseline also holds how long timers run, which search
attributes are set and what the last task of a history commanded; and it can be read in a review.

`python -m tests.histories.baseline` writes those that are missing, and never replaces any.
"""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.archive.file_archive import read_history
from audit.histories import StoredHistory
from audit.replay.command_sequences import Command
from audit.replay.divergence import WHAT_TO_DO, tasks_of
from audit.replay.replaying import Replayed, Replaying

FOLDER = Path(__file__).parent
NAME = "commands.txt"
_MOST = 40
"""So many lines of a difference are shown: the first says it."""


@dataclass(frozen=True)
class Sequences:
    """The commands of one recorded history: as it has them, and as the code gives them."""

    name: str
    history: StoredHistory
    recorded: tuple[str, ...]
    given: tuple[str, ...]
    replayed: Replayed


def releases() -> list[Path]:
    """The folders of all releases that were recorded."""
    return sorted(path for path in FOLDER.iterdir() if any(path.glob("*.json.gz")))


def files(release: Path, beginning: str = "") -> list[Path]:
    """The recorded histories of a release, in order; only those whose names begin so."""
    return sorted(release.glob(f"{beginning}*.json.gz"))


async def sequences(release: Path, replaying: Replaying) -> list[Sequences]:
    """Replay all histories of a release, and put both sides' commands into lines."""
    found = []
    for path in files(release):
        history = read_history(path)
        whole = history.for_replay()  # reading it takes as long as replaying it
        tasks = list(tasks_of(whole.events))
        replayed = await replaying.replay(history, whole)
        found.append(
            Sequences(
                path.name.partition(".")[0],
                history,
                tuple(line(task.started, task.commands) for task in tasks),
                tuple(line(task.started, replayed.tasks.get(task.started, [])) for task in tasks),
                replayed,
            )
        )
    return found


def text(named: Iterable[tuple[str, Sequence[str]]]) -> str:
    """The baseline's text: for each history its name, then a line for each task by its event."""
    return "".join("\n  ".join((name, *lines)) + "\n" for name, lines in named)


def differing(baseline: str, now: str, release: str) -> str:
    """How the code's commands differ from a baseline, and what to do; empty when they do not."""
    lines = difflib.unified_diff(
        baseline.splitlines(),
        now.splitlines(),
        f"{release}, recorded",
        "this code",
        lineterm="",
        n=2,
    )
    shown = list(_first(lines, _MOST))
    return "\n".join((*shown, "", WHAT_TO_DO.en)) if shown else ""


def _first(lines: Iterable[str], most: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == most:
            yield "…"
            return
        yield line


def line(started: int, commands: Sequence[Command]) -> str:
    """What a task commanded, on one line."""
    return f"{started}: {'; '.join(command.line() for command in commands)}".rstrip()


def write(release: Path) -> bool:
    """Write the baseline of a release from its histories; False when there is one already."""
    target = release / NAME
    if target.exists():
        return False
    named = []
    for path in files(release):
        tasks = tasks_of(read_history(path).for_replay().events)
        lines = [line(task.started, task.commands) for task in tasks]
        named.append((path.name.partition(".")[0], lines))
    target.write_text(text(named), encoding="utf-8")
    return True


if __name__ == "__main__":
    for folder in releases():
        if write(folder):
            print(f"{folder / NAME} written")
