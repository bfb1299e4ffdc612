"""The order in which a run of the tests begins them."""

from pathlib import Path
from typing import cast

import pytest

from tests.order import LONGEST, ROOT, deal, turned


class _Test:
    def __init__(self, name: str, *fixtures: str) -> None:
        self.path: Path = ROOT / name
        self.fixturenames = fixtures


LONG = [_Test(name) for name in sorted(LONGEST) for _ in range(2)]
SERVERS = [_Test(f"register/test_{number}.py", "servers") for number in range(9)]
COUNT = 12 * 25
"""May be divided by each number of processes below."""
SHORT = [_Test(f"rules/test_{number}.py") for number in range(COUNT - len(LONG) - len(SERVERS))]


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_each_process_begins_with_its_share(processes: int) -> None:
    """Each equal part has long tests, then some with servers, and ends with short ones."""
    given = cast(list[pytest.Item], SHORT[:100] + SERVERS + LONG + SHORT[100:])
    dealt = cast(list[_Test], deal(given, processes))
    assert COUNT == len(dealt) == len({*map(id, dealt), *map(id, given)})
    size = COUNT // processes
    for number in range(processes):
        part = dealt[number * size : (number + 1) * size]
        kinds = ["LSR"[(one in SERVERS) + 2 * (one in SHORT)] for one in part]
        shares = [kinds.count(kind) for kind in "LSR"]
        assert "".join(kinds) == "".join(kind * n for kind, n in zip("LSR", shares, strict=True))
        assert min(shares) > 0


def test_the_longest_are_there() -> None:
    """A file that got another name is named anew in the list."""
    assert [] == [name for name in LONGEST if not (ROOT / name).is_file()]


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
def test_each_process_imports_all_from_another_one_on(processes: int) -> None:
    """Where one comes to what another began with, that has rewritten as much as it has."""
    modules = [Path(f"test_{number}.py") for number in range(12)]
    turns = [turned(modules, number, processes) for number in range(processes)]
    assert [modules] * processes == [sorted(turn, key=modules.index) for turn in turns]
    assert modules[:: 12 // processes] == [turn[0] for turn in turns]
