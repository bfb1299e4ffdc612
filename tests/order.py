"""The order of a run: each process begins with its share of the long tests, and ends with short ones.

`--dist worksteal` gives each process an equal number of tests in a row. One that has none left takes half of
what another still has: as long as those are short, all end together.
"""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from itertools import groupby
from pathlib import Path
from warnings import catch_warnings, simplefilter

import pytest

LONGEST = (
    "first_hour/test_document_blocks.py",
    "histories/test_releases.py",
    "first_hour/test_first_signatures.py",
    "system/test_backup.py",
    "workflows/test_setting_aside.py",
    "workflows/test_acknowledged.py",
    "system/test_notices.py",
    "workflows/test_validity.py",
    "system/test_two_workers.py",
    "service/test_explored.py",
    "system/test_up.py",
    "system/test_stopping.py",
    "audit/test_verify.py",
    "audit/test_browser.py",
    "first_hour/test_detached.py",
    "system/test_demo.py",
    "register/test_embedded.py",
    "system/test_intake.py",
    "workflows/test_long_logs.py",
    "workflows/test_recovered_cases.py",
    "workflows/test_moved_cases.py",
    "workflows/test_floods.py",
    "system/test_killed_starts.py",
)
"""The files whose tests take longest together, the longest first."""
ROOT = Path(__file__).parent


def needs_servers(item: pytest.Item) -> bool:
    """Whether a test starts a server, or uses one of the session's."""
    return "servers" in getattr(item, "fixturenames", ())


def deal(items: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """Order tests for so many processes: to each long files, then those with servers, then short ones."""
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    files.sort(key=_rank)
    piles: list[list[pytest.Item]] = [[] for _ in range(processes)]
    short: list[pytest.Item] = []
    for number, tests in enumerate(files):
        pile = short if _rank(tests) > len(LONGEST) else piles[number % processes]
        pile.extend(tests)
    ordered: list[pytest.Item] = []
    for number, pile in enumerate(piles):
        equal = (len(items) - len(ordered)) // (processes - number)
        more = max(0, equal - len(pile))
        ordered += pile + short[:more]
        del short[:more]
    return ordered + short


def import_in_turn(config: pytest.Config) -> None:
    """Import the tests' modules, in each process of a run from another one on.

    To rewrite the assertions of all takes longer than all else before the first test: each process finds what
    the others have rewritten.
    """
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return
    folders = [Path(argument) for argument in config.args]
    modules = sorted(file for folder in folders for file in folder.rglob("test_*.py"))
    number = int(worker["workerid"].removeprefix("gw"))
    with catch_warnings():
        simplefilter("error")  # as in collection: what fails here is imported, and reported, there
        for file in turned(modules, number, worker["workercount"]):
            with suppress(Exception, pytest.skip.Exception):
                name = file.resolve().relative_to(ROOT.parent).with_suffix("")
                import_module(".".join(name.parts))


def turned(modules: Sequence[Path], number: int, processes: int) -> Sequence[Path]:
    """All of them, from the one on with which the process of this number begins."""
    first = len(modules) * number // processes
    return [*modules[first:], *modules[:first]]


def _rank(tests: Sequence[pytest.Item]) -> int:
    name = tests[0].path.relative_to(ROOT).as_posix()
    if name in LONGEST:
        return LONGEST.index(name)
    return len(LONGEST) + (not any(map(needs_servers, tests)))
