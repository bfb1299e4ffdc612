"""What `doctor` says of the example roster: whether it can be tried here."""

from pathlib import Path
from typing import Any

import pytest

from starter.roster.example_roster import made_key
from starter.roster.roster_origin import OFFICERS, RosterOrigin
from worker.doctor import check_roster
from worker.doctor.finding import Verdict


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home of a system with the example roster."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))

    async def origin(_: Any) -> RosterOrigin:
        return RosterOrigin.EXAMPLE

    monkeypatch.setattr(check_roster, "roster_origin", origin)
    return tmp_path


async def test_without_the_keys_it_cannot_be_tried(example: Path) -> None:
    """As after a restore of an earlier backup: it is said that nobody can be entered, and where they go."""
    for person in (None, *OFFICERS):
        if person:
            made_key(person, example)
        found = await check_roster.whose_roster(None, None)  # type: ignore[arg-type]
        missing = person != OFFICERS[-1]
        en, zh = found.what
        assert (missing, missing) == ("nobody can be entered" in en, "无法登记人员" in zh)
        assert missing == (f"{example}/example-keys" in zh)
        assert found.verdict is Verdict.NOTE
