"""The logs that replays end in, held against the register: what was changed there is named.

That nothing is named where nothing was changed, `tests/histories/test_releases.py` shows for every release.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Table, delete, update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import StoredHistory
from audit.problems import Finding
from audit.reading.runs import OLDER
from audit.replay.comparing import against_register
from audit.replay.parallel import replay_all
from audit.replay.together import PlatformReplay
from db.queries import RegisterQueries
from db.tables import assessments, log_entries, terms
from tests.audit.lives import (
    CORRECTED,
    FLEX,
    MUCH,
    SHORT,
    Given,
    before_it_was_opened_again,
    recorded,
    write_register,
)
from tests.audit.test_repairing import broken_off, forged

_REPLAYED: dict[tuple[StoredHistory, ...], list[PlatformReplay]] = {}
"""A replay takes longer than all that is done with it here, and is the same each time."""


async def _replayed(histories: Sequence[StoredHistory]) -> list[PlatformReplay]:
    given = tuple(histories)
    if given not in _REPLAYED:
        _REPLAYED[given] = [one async for one in replay_all(Given(given).runs(), processes=1)]
    return _REPLAYED[given]


async def _compared(engine: AsyncEngine, histories: Sequence[StoredHistory]) -> list[Finding]:
    queries = RegisterQueries(engine)
    found: list[Finding] = []
    for one in await _replayed(histories):
        found += against_register(one, await queries.platform(one.platform_id))
    return found


async def _changed(engine: AsyncEngine, table: Table, values: dict[str, Any], **key: Any) -> None:
    async with engine.begin() as connection:
        of_key = (table.c[name] == value for name, value in key.items())
        result = await connection.execute(update(table).where(*of_key).values(values))
        assert 1 == result.rowcount


_OWN = {"platform_id": MUCH, "term": 1, "year": 0}


@pytest.mark.parametrize(
    ("table", "values", "key", "said"),
    [
        (
            log_entries,
            {"outcome": "declined"},
            {**_OWN, "seq": 2},
            "entry 1.2: register and history differ",
        ),
        (
            log_entries,
            {"actor": None},
            {**_OWN, "seq": 2},
            "entry 1.2: register and history differ",
        ),
        (
            log_entries,
            {"hash": "0" * 64},
            {**_OWN, "seq": 4},
            "entry 1.4: register and history differ",
        ),
        (
            log_entries,
            {"set_aside_by": 3},
            {**_OWN, "seq": 2},
            "entry 1.2: in the register it is set aside",
        ),
        (
            terms,
            {"list_number": "another"},
            {"platform_id": MUCH, "term": 1},
            "log 1: list_number is another in the register",
        ),
        (
            assessments,
            {"stage": "effective_too"},
            {"platform_id": MUCH, "term": 1, "year": 1, "opening": 1},
            "log 1-y1: stage is effective_too in the register",
        ),
    ],
    ids=["outcome", "actor", "hash", "set aside", "term", "assessment"],
)
async def test_a_row_that_was_changed(
    engine: AsyncEngine,
    table: Table,
    values: dict[str, Any],
    key: dict[str, Any],
    said: str,
) -> None:
    """One changed column of one row is one finding, which names the row and the column."""
    histories = recorded(MUCH)
    await write_register(engine, histories)
    await _changed(engine, table, values, **key)
    (found,) = await _compared(engine, histories)
    assert found.words.en.startswith(said)
    assert not found.remark


async def test_the_last_entry_was_deleted(engine: AsyncEngine) -> None:
    """An entry that the register had taken, by what the history answers, and has no more."""
    histories = recorded(MUCH)
    await write_register(engine, histories)
    log = (await _replayed(histories))[0].logs[0]
    last = len(log.hashes)
    async with engine.begin() as connection:
        c = log_entries.c
        await connection.execute(
            delete(log_entries).where(c.platform_id == MUCH, c.year == 0, c.seq == last)
        )
    (found,) = await _compared(engine, histories)
    assert "log 1: the register lacks the last 1 entries" == found.words.en
    assert not found.remark


async def test_a_platform_that_the_register_does_not_know(engine: AsyncEngine) -> None:
    """Nothing is there: said once."""
    (found,) = await _compared(engine, recorded(SHORT))
    assert "the register has no such platform" == found.words.en


async def test_a_register_that_is_ahead_is_a_remark(engine: AsyncEngine) -> None:
    """Histories that were archived earlier end earlier: what the register has more must fit, and may be."""
    histories = recorded(CORRECTED)
    await write_register(engine, histories)
    earlier = [one for one in histories if one.year or one.run_id == histories[0].run_id]
    (found,) = await _compared(engine, earlier)
    assert found.remark
    assert "more entries than the history" in found.words.en


async def test_what_the_register_has_beyond_a_run_that_was_ended_is_not_checked(
    engine: AsyncEngine,
) -> None:
    """Recovery ended an older copy's run: its term had ended, and no history here has the rest."""
    histories = recorded(CORRECTED)
    await write_register(engine, histories)
    first = histories[0]
    ended = broken_off(first, len(first.data["events"]) - 1, OLDER)
    earlier = [ended, *(one for one in histories if one.year)]
    (found,) = await _compared(engine, earlier)
    assert (True, False) == (found.unchecked, found.wrong)
    assert "only the register attests" in found.words.en


async def test_a_case_that_had_ended_goes_on_by_itself_no_more(engine: AsyncEngine) -> None:
    """An entry behind the end is no remark, however well it is sealed: nobody could have written it."""
    histories = recorded(CORRECTED)
    await write_register(engine, histories)
    await forged(engine, CORRECTED)
    (found,) = await _compared(engine, histories)
    assert (
        "log 1: the register has 1 more entries than the history, in which the case had ended"
        == (found.words.en)
    )
    assert not found.remark


async def test_an_assessment_that_was_opened_again_is_a_remark(engine: AsyncEngine) -> None:
    """It had ended when its history was archived; its platform's log says that it goes on."""
    await write_register(engine, recorded(FLEX, "0.2.0"))
    found = await _compared(engine, before_it_was_opened_again(recorded(FLEX, "0.2.0")))
    assert [("log 1", True), ("log 1-y1", True)] == [
        (one.words.en.partition(":")[0], one.remark) for one in found
    ]


async def test_a_history_that_is_missing_is_a_remark(engine: AsyncEngine) -> None:
    """A log that no history tells cannot be held against one: that is said (`reconcile` looks further)."""
    histories = recorded(MUCH)
    await write_register(engine, histories)
    without = [one for one in histories if one.year != 1]
    (found,) = await _compared(engine, without)
    assert found.remark
    assert found.words.en.startswith("log 1-y1: it is in the register, and in none")
