"""The order of a run: each process begins with its share of the long tests, and ends with short ones.

`--dist worksteal` gives each process an equal number of tests in a row. One that has none left takes half of
what another still has: as long as those are short, all end together.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest

LONGEST = (
    "first_hour/test_document_blocks.py",
    "histories/test_releases.py",
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


def _rank(tests: Sequence[pytest.Item]) -> int:
    name = tests[0].path.relative_to(ROOT).as_posix()
    if name in LONGEST:
        return LONGEST.index(name)
    return len(LONGEST) + (not any(map(needs_servers, tests)))
