"""The register against the logs against the histories, a platform at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import literal, select, union
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import Histories
from audit.problems import Problem
from audit.reading.case_logs import Reading, read_platform, readings
from audit.reading.check_histories import attested_assessments, check_reading, not_checked
from audit.reading.check_signatures import signed_after_revocation
from audit.reading.known_rosters import cases_without_signatures, foreign_versions
from audit.reconciling.differences import (
    DERIVED,
    Difference,
    Rows,
    compare,
    differing,
    must_be_there,
)
from audit.reconciling.expected_register import ExpectedRegister, expected_register, logs_of_lines
from audit.reconciling.newer_register import newer_logs, of_newer
from audit.reconciling.scratch import About, Scratch, scratch
from db.row_types import LogLine
from db.tables import assessments, log_entries, plan_versions, terms
from workflows.activity_messages import DueDate
from workflows.log_id import LogId
from workflows.words import Words

IN_NO_HISTORY = Words(
    "it is in the register, and in no history", "名册中有此记录，而没有相应的历史"
)
_PAGE = 500
AT_WORK = 2.0
"""Seconds: a case at work writes within moments, and what differs is compared once more."""


@dataclass
class Reconciled:
    """What came of a platform."""

    platform_id: str
    runs: int = 0
    entries: int = 0
    problems: list[Problem] = field(default_factory=list)
    """What does not hold in the histories themselves."""
    differences: list[Difference] = field(default_factory=list)
    """The register's rows that are not what they should be; when repaired, were not."""
    ahead: dict[LogId, int] = field(default_factory=dict)
    unproved: list[LogId] = field(default_factory=list)
    retimed: list[Problem] = field(default_factory=list)
    not_checked: list[Problem] = field(default_factory=list)
    """What depends on runs that are kept no longer."""
    repaired: bool = False

    @property
    def agrees(self) -> bool:
        """Whether nothing is left that does not hold."""
        return not self.problems and (self.repaired or not self.differences)

    @property
    def unknown(self) -> bool:
        """Whether neither side has anything of it."""
        return not (self.runs or self.problems or self.differences)


async def reconcile(
    engine: AsyncEngine,
    histories: Histories,
    platform_ids: Iterable[str] = (),
    *,
    repair: bool = False,
    patience: float = 0,
    removes: bool = False,
) -> AsyncGenerator[Reconciled]:
    """Reconcile these platforms, or all that the register or the histories know; one is held at a time.

    With `repair` the rows that differ are written anew, where the histories hold in themselves. Where
    cases are at work, what differs is looked at again after `patience` (`AT_WORK`). Entries that go on from
    the log of a case, and that it lacks, stay unless it `removes` them: they may be in no other place.
    """
    async with scratch(engine) as doubles:
        wanted = _named(histories, platform_ids) if platform_ids else _all(engine, histories)
        async for reading in wanted:
            at_work = bool(patience and reading.open_places())
            # What a case at work writes meanwhile is no ground to repair anything.
            done = await _one(doubles, reading, repair=repair and not at_work, removes=removes)
            if at_work and (done.differences or not done.agrees or done.ahead):
                await asyncio.sleep(patience)
                again = await read_platform(histories, reading.platform_id)
                settled = _settled(done, reading, again)
                done = await _one(
                    doubles, again, repair=repair, live=True, settled=settled, removes=removes
                )
            yield done


async def _named(histories: Histories, platform_ids: Iterable[str]) -> AsyncIterator[Reading]:
    for platform_id in platform_ids:
        yield await read_platform(histories, platform_id)


async def _all(engine: AsyncEngine, histories: Histories) -> AsyncIterator[Reading]:
    """Readings of all platforms that either side knows: both come by platform, in order."""
    ids = register_ids(engine)
    waiting = await anext(ids, None)
    async for reading in readings(histories):
        while waiting is not None and waiting < reading.platform_id:
            yield Reading(waiting)
            waiting = await anext(ids, None)
        if waiting == reading.platform_id:
            waiting = await anext(ids, None)
        yield reading
    while waiting is not None:
        yield Reading(waiting)
        waiting = await anext(ids, None)


async def register_ids(engine: AsyncEngine) -> AsyncIterator[str]:
    """The ids of all platforms of which the register has a row in any derived table, in order."""
    last = ""
    while True:
        each = [
            select(table.c.platform_id)
            .where(table.c.platform_id > literal(last))
            .distinct()
            .order_by(table.c.platform_id)
            .limit(_PAGE)
            .subquery()
            for table in DERIVED
        ]
        ids = union(*(select(one.c.platform_id) for one in each)).subquery().c.platform_id
        async with engine.connect() as connection:
            page = (
                (await connection.execute(select(ids).order_by(ids).limit(_PAGE))).scalars().all()
            )
        for platform_id in page:
            yield platform_id
        if len(page) < _PAGE:
            return
        last = page[-1]


def _settled(done: Reconciled, before: Reading, after: Reading) -> set[LogId]:
    """The logs of which the register had more than a later look at the histories has.

    A case writes its history first: what stands in the register and never came there, no case wrote.
    """
    return {
        place
        for place, more in done.ahead.items()
        if len(after.logs.get(place, ())) < len(before.logs[place]) + more
    }


async def _one(
    doubles: Scratch,
    reading: Reading,
    *,
    repair: bool,
    live: bool = False,
    settled: Container[LogId] = (),
    removes: bool = False,
) -> Reconciled:
    """Reconcile a platform; `live`: its histories are as new as can be."""
    if reading.locked:
        return _locked(reading)
    async with doubles.about(reading.platform_id, locked=repair) as about:
        erased = await about.erased()
        lines, unreadable = await about.log()
        left = logs_of_lines(line for line in lines if line.term in erased)
        reading.erased_logs = {
            place: log for place, log in left.items() if place not in reading.logs
        }
        lines = [line for line in lines if line.term not in erased]
        done = Reconciled(
            reading.platform_id,
            runs=len(reading.runs),
            entries=sum(len(entries) for entries in reading.logs.values()),
            problems=check_reading(reading),
            retimed=reading.retimed,
            not_checked=not_checked(reading),
        )
        attested = set(attested_assessments(reading))
        held = logs_of_lines(lines)
        newer = {} if removes else newer_logs(reading, held, settled)
        newer = {place: more for place, more in newer.items() if place not in attested}
        expected = await _expected(about, reading, lines, settled, attested=attested, newer=newer)
        alone = list(of_newer(reading, held, newer))
        named = {one.where for one in done.not_checked}
        done.not_checked += (one for one in alone if one.unchecked and one.where not in named)
        done.problems += (one for one in alone if not one.unchecked)
        done.ahead = {place: n for place, n in expected.ahead.items() if place not in newer}
        done.unproved = expected.unproved
        done.not_checked += _unproved(reading, expected, attested)
        done.problems += _unproved(reading, expected, {*expected.unproved} - attested)
        done.problems += _impossible(reading, expected)
        logs = {place: [line.entry for line in log] for place, log in reading.logs.items()}
        done.problems += foreign_versions(logs, await about.roster_digests())
        done.problems += cases_without_signatures(logs, await about.roster_since())
        done.problems += signed_after_revocation(logs, await about.revoked_keys())
        done.problems += _unreadable(reading, unreadable)
        done.problems += () if live else _beyond(reading, expected)
        await about.expect(expected.at_once())
        done.differences = [
            _with_event(reading, difference)
            for table in DERIVED
            for difference in compare(
                table,
                _but_erased(await about.register(table), erased),
                _but_erased(await about.expected(table), erased),
            )
        ]
        if repair and done.differences and not (done.problems or done.not_checked):
            await _repair(about, done, erased)
    return done


def _locked(reading: Reading) -> Reconciled:
    """What can be said of a platform without a key: nothing was compared, and nothing is repaired."""
    return Reconciled(
        reading.platform_id,
        runs=len(reading.runs) + len(reading.unreadable),
        problems=[one for one in reading.problems if one not in reading.locked],
        not_checked=[Problem(reading.platform_id, reading.locked[0].words)],
    )


async def _expected(
    about: About,
    reading: Reading,
    lines: Sequence[LogLine],
    settled: Container[LogId],
    **alone: Container[LogId],
) -> ExpectedRegister:
    dues: dict[LogId, DueDate | None] = {}
    for table in (terms, assessments):
        for row in (await about.register(table)).values():
            place = LogId(row["term"], row.get("year", 0), row.get("opening", 0))
            provisional = (0,) if row["due_provisional"] else ()
            due = row["due"]
            dues[place] = DueDate(due=due, provisional_years=provisional) if due else None
    plans = [row["plan"] for row in (await about.register(plan_versions)).values()]
    return expected_register(reading, lines, dues, plans, settled, **alone)


def _but_erased(rows: Rows, erased: Container[int]) -> Rows:
    """The rows but those of erased terms: no history can say any more how they should be."""
    return {key: row for key, row in rows.items() if row.get("term") not in erased}


def _unproved(
    reading: Reading, expected: ExpectedRegister, places: Container[LogId]
) -> Iterator[Problem]:
    """Name those logs among some that the histories do not have."""
    for place in expected.unproved:
        if place in places:
            yield Problem(f"{reading.platform_id}, log {place.name}", IN_NO_HISTORY)


def _impossible(reading: Reading, expected: ExpectedRegister) -> Iterator[Problem]:
    """Name logs that no case can have."""
    for place, why in expected.unreadable.items():
        named = f"{reading.platform_id}, log {place.name}"
        if place in expected.unproved:
            yield Problem(f"{named} in the register", Words(why.en, f"名册记录：{why.zh}"))
        elif not check_reading(reading):  # what no case can have is no ground to repair from
            words = Words(f"no case can have it: {why.en}", f"此记录不能成立：{why.zh}")
            yield Problem(named, words)


def _unreadable(reading: Reading, rows: Iterable[tuple[LogId, int]]) -> Iterator[Problem]:
    """Name rows that are no entries, and that no history has."""
    for place, seq in rows:
        if seq > len(reading.logs.get(place, ())):
            words = Words(
                f"entry {place.entry(seq)} cannot be read, and no history has it",
                f"第 {place.entry(seq)} 条无法读取，且没有相应的历史",
            )
            yield Problem(f"{reading.platform_id}, log {place.name} in the register", words)


def _beyond(reading: Reading, expected: ExpectedRegister) -> Iterator[Problem]:
    """Name what the register has beyond histories that may be old: to remove it might lose it for good."""
    for place, more in expected.beyond.items():
        words = Words(
            f"the register has {more} entries beyond the histories, that do not fit: the case went on"
            " since, and only newer histories can say whether they are its own",
            f"名册比历史多 {more} 条且不相衔接：此后案件仍在进行，须以更新的历史判断",
        )
        yield Problem(f"{reading.platform_id}, log {place.name}", words)


def _with_event(reading: Reading, difference: Difference) -> Difference:
    if difference.table != log_entries.name:
        return difference
    key = difference.key
    place = LogId(key["term"], key["year"], key["opening"])
    line = next((one for one in reading.logs.get(place, ()) if one.entry.seq == key["seq"]), None)
    if line is None:
        return difference
    return difference.model_copy(update={"event": line.run.at(line.held_in)})


async def _repair(about: About, done: Reconciled, erased: Container[int]) -> None:
    """Write the rows that differ as they should be, in the transaction in which they were seen."""
    for table in DERIVED:
        register = _but_erased(await about.register(table), erased)
        expected = _but_erased(await about.expected(table), erased)
        for key in register.keys() - expected.keys():
            await about.remove(table, key)
        for key, row in expected.items():
            has = register.get(key)
            if must_be_there(table) if has is None else differing(table, has, row):
                await about.put(table, row)
    done.repaired = True
