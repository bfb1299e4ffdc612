"""What a repair must not take away: entries of a case that went on since its histories were archived."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import StoredHistory
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading, not_checked
from audit.reading.runs import OLDER
from audit.reconciling.reconciling import Reconciled, reconcile
from audit.reconciling.scratch import scratch
from db.queries import RegisterQueries
from db.register_store import write_on
from db.tables import log_entries, platforms
from tests.audit.lives import (
    CORRECTED,
    FLEX,
    Given,
    before_it_was_opened_again,
    cut,
    edited,
    recorded,
    write_register,
)
from tests.audit.test_reconciling import changed, done, entry, words
from tests.register.content import everything
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.record import LogEntry


def older(platform_id: str, events: int) -> list[StoredHistory]:
    """Histories as they were archived while the last run of the platform was under way."""
    *others, last = [history for history in recorded(platform_id) if history.year == 0]
    children = [history for history in recorded(platform_id) if history.year]
    return [*others, replace(cut(last, events), closed_at=None), *children]


async def own_log(engine: AsyncEngine, platform_id: str) -> list[LogEntry]:
    """A platform's own log of its first term, as the register has it."""
    lines = await RegisterQueries(engine).log(platform_id, 1)
    return [line.entry for line in lines if line.year == 0]


async def forged(engine: AsyncEngine, platform_id: str, **values: Any) -> int:
    """An entry behind the last one that the register has, sealed as if it were true; its number."""
    last = (await own_log(engine, platform_id))[-1]
    changes = {"seq": last.seq + 1, "previous": last.hash, "at": last.at + timedelta(seconds=1)}
    more = last.model_copy(update=changes | values)
    more = more.model_copy(update={"hash": more.seal()})
    key = entry(platform_id, more.seq) | {"workflow_id": f"platform:{platform_id}"}
    row = key | more.model_dump(exclude={"actor"}) | {"actor": None, "actor_id": None}
    async with engine.begin() as connection:
        await connection.execute(insert(log_entries).values(row))
    return more.seq


async def test_a_changed_entry_before_those_that_are_ahead(engine: AsyncEngine) -> None:
    """The one that was changed is named and repaired; what the case wrote since stays."""
    await write_register(engine, recorded(CORRECTED))
    before = await everything(engine)
    await changed(engine, log_entries, entry(CORRECTED, 2), outcome="another")
    [found] = await done(engine, older(CORRECTED, 4), CORRECTED, repair=True)
    assert (["1.2 changed ['outcome']"], {LogId(1): 1}) == (words(found), found.ahead)
    assert found.repaired
    assert before == await everything(engine)


async def test_a_changed_entry_among_those_that_are_ahead(engine: AsyncEngine) -> None:
    """Old histories do not tell whether it is the case's own: it is named, and nothing is taken away."""
    await write_register(engine, recorded(CORRECTED))
    last = (await own_log(engine, CORRECTED))[-1].seq
    await changed(engine, log_entries, entry(CORRECTED, last), outcome="another")
    before = await everything(engine)
    [found] = await done(engine, older(CORRECTED, 4), CORRECTED, repair=True)
    assert not found.agrees
    assert any("1 entries beyond the histories" in problem.words.en for problem in found.problems)
    assert before == await everything(engine)


async def test_an_entry_that_no_case_can_have(engine: AsyncEngine) -> None:
    """It alone is named and goes, however well it is sealed; the log before it stays."""
    await write_register(engine, recorded(CORRECTED))
    before = await everything(engine)
    histories = list(recorded(CORRECTED))
    own = [h for h in histories if h.year == 0]
    histories[histories.index(own[-1])] = replace(cut(own[-1], 9), closed_at=None)
    held = len(read_runs(CORRECTED, histories).entries(LogId(1)))
    number = await forged(engine, CORRECTED, name="listing", outcome="listed")
    found = [
        one
        async for one in reconcile(
            engine, Given(histories), (CORRECTED,), repair=True, patience=0.01
        )
    ]
    assert held <= number - 1
    assert [f"1.{number} extra"] == words(found[0])
    assert found[0].repaired
    assert before == await everything(engine)


class GoingOn(Given):
    """Histories that are longer when they are asked for again."""

    def __init__(self, first: Sequence[StoredHistory], then: Sequence[StoredHistory]) -> None:
        """These first, and those from the second time on."""
        super().__init__(first)
        self._then = tuple(then)

    async def runs(self, platform_id: str | None = None) -> Any:
        """See `Histories`."""
        async for history in super().runs(platform_id):
            yield history
        self.histories = self._then


async def test_a_case_that_went_on_meanwhile_is_no_fault(engine: AsyncEngine) -> None:
    """The register was ahead of the histories at the first look, and is not at the second."""
    await write_register(engine, recorded(CORRECTED))
    source = GoingOn(older(CORRECTED, 4), recorded(CORRECTED))
    [found] = [one async for one in reconcile(engine, source, (CORRECTED,), patience=0.01)]
    assert (True, {}) == (found.agrees, found.ahead)


async def test_what_a_running_case_lacks_is_in_the_register_alone(engine: AsyncEngine) -> None:
    """An older copy of Temporal's data runs, or somebody wrote it: no repair takes it away by itself."""
    await write_register(engine, recorded(CORRECTED))
    before = await everything(engine)
    histories = older(CORRECTED, 4)
    last = (await own_log(engine, CORRECTED))[-1].seq

    async def look(**how: bool) -> Reconciled:
        known = reconcile(engine, Given(histories), (CORRECTED,), patience=0.01, **how)
        [found] = [one async for one in known]
        return found

    for repair in (False, True):
        found = await look(repair=repair)
        assert (False, [], {}) == (found.agrees, words(found), found.ahead)
        [problem] = found.problems
        assert f"`pingtai recover {CORRECTED} --end-older`" in problem.words.en
        assert before == await everything(engine)
    found = await look(repair=True, removes=True)
    assert found.repaired
    assert f"1.{last} extra" in words(found)
    assert last - 1 == (await own_log(engine, CORRECTED))[-1].seq


async def test_an_assessment_that_was_opened_again_since(engine: AsyncEngine) -> None:
    """It had ended when it was archived; what it wrote since its end was set aside stays."""
    whole = recorded(FLEX, "0.2.0")
    await write_register(engine, whole)
    before = await everything(engine)
    [found] = await done(engine, before_it_was_opened_again(whole), FLEX, repair=True)
    assert ([], []) == (words(found), found.problems)
    assert {LogId(1), LogId(1, 1, 1)} == set(found.ahead)
    assert before == await everything(engine)


@pytest.mark.parametrize("row", ["there", "missing"])
async def test_no_case_writes_while_its_rows_are_repaired(engine: AsyncEngine, row: str) -> None:
    """Also where the row that every batch locks is the one that is missing."""
    await write_register(engine, recorded(CORRECTED))
    if row == "missing":
        async with engine.begin() as connection:
            await connection.execute(delete(platforms))
    [run, *_] = read_runs(CORRECTED, recorded(CORRECTED)).runs
    async with (
        scratch(engine) as doubles,
        doubles.about(CORRECTED, locked=True),
        engine.connect() as case,
    ):
        await case.execute(text("SET lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await write_on(case, run.register_writes[0].batch)
        await case.invalidate()
    async with engine.begin() as case:
        await write_on(case, run.register_writes[0].batch)


async def test_rows_that_are_no_entries(engine: AsyncEngine) -> None:
    """Whatever a row was changed to: it is named like any other, repaired, and stops nobody."""
    await write_register(engine, recorded(CORRECTED))
    before = await everything(engine)
    odd: list[dict[str, Any]] = [{"kind": "nonsense"}, {"actor": {"id": 1}}, {"said": [1]}]
    for seq, values in enumerate(odd, start=1):
        await changed(engine, log_entries, entry(CORRECTED, seq), **values)
    [found] = await done(engine, recorded(CORRECTED), CORRECTED, repair=True)
    named = [
        (d.entry, d.what, next(iter(d.columns or {})).partition(".")[0]) for d in found.differences
    ]
    assert [(f"1.{seq}", "changed", *values) for seq, values in enumerate(odd, start=1)] == named
    assert before == await everything(engine)


async def test_a_row_that_is_no_entry_and_has_no_history(engine: AsyncEngine) -> None:
    """What it was nobody can say: that is said, and nothing is taken away."""
    await write_register(engine, recorded(CORRECTED))
    last = (await own_log(engine, CORRECTED))[-1].seq
    await changed(engine, log_entries, entry(CORRECTED, last), kind="nonsense")
    before = await everything(engine)
    for histories in ([], older(CORRECTED, 4)):
        [found] = await done(engine, histories, CORRECTED, repair=True)
        told = f"entry 1.{last} cannot be read, and no history has it"
        assert told in [problem.words.en for problem in found.problems]
    assert before == await everything(engine)


def broken_off(history: StoredHistory, events: int, reason: str) -> StoredHistory:
    """A run that was ended at Temporal after so many events."""

    def end(all_events: Any) -> None:
        last = {
            "eventId": str(events + 1),
            "eventTime": all_events[events - 1]["eventTime"],
            "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED",
            "workflowExecutionTerminatedEventAttributes": {"reason": reason},
        }
        all_events[events:] = [last]

    return edited(history, end)


@pytest.mark.parametrize(
    ("platform_id", "reason"),
    [(CORRECTED, "by hand"), (CORRECTED, OLDER), ("bj-ad-simulation", "by hand")],
)
async def test_a_run_of_an_older_copy_that_was_ended(
    engine: AsyncEngine, platform_id: str, reason: str
) -> None:
    """What the register alone has stays: nobody proves it of a term that has ended; another goes on from it."""
    await write_register(engine, recorded(platform_id))
    before, own = await everything(engine), await own_log(engine, platform_id)
    over = PLATFORM.ended(own[-1].stage)
    assert over is (platform_id == CORRECTED)
    *others, last = [history for history in recorded(platform_id) if history.year == 0]
    others += [history for history in recorded(platform_id) if history.year]

    def ends_earlier(histories: Sequence[StoredHistory]) -> bool:
        reading = read_runs(platform_id, histories)
        return len(reading.entries(LogId(1))) < len(own) and not check_reading(reading)

    numbers = range(len(last.data["events"]) - 1, 1, -1)
    older_copies = ([*others, broken_off(last, number, reason)] for number in numbers)
    histories = next(one for one in older_copies if ends_earlier(one))
    [found] = await done(engine, histories, platform_id, repair=True)
    assert [] == found.differences, "an ended platform is not made valid again"
    named = [one.words.en for one in (found.not_checked if over else found.problems)]
    says = "the register alone attests" if over else "--end-older` goes on from there"
    assert [says in one for one in named] == [True], named
    assert over is found.agrees
    # Without the register, as in a dossier, the reason alone tells that the log went on elsewhere.
    assert (reason == OLDER) is bool(not_checked(read_runs(platform_id, histories)))
    assert before == await everything(engine)
