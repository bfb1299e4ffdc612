"""Absences: named once, found on their days, withdrawn; what each of two people may see."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.substitution_queries import SubstitutionRow
from db.substitutions import Substitutions
from workflows.actors import Actor
from workflows.vocabulary import District, Role

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
FROM, UNTIL = date(2026, 11, 3), date(2026, 11, 10)
HEAD = Actor(id="kw-01", role=Role.DISTRICT, organisation="密云区科委", district=District.MIYUN)


@pytest.fixture
def absences(engine: AsyncEngine) -> Substitutions:
    """A register in which nobody is absent yet."""
    return Substitutions(engine)


async def named(
    absences: Substitutions, substitute: str = "kw-02", first: date = FROM, last: date = UNTIL
) -> tuple[SubstitutionRow, bool]:
    return await absences.name(
        HEAD, substitute, (first, last), reason="休假", named_by="kw-01", at=AT
    )


async def test_named_and_read_back(absences: Substitutions) -> None:
    """What was named is found as it was said, with the principal's role and district."""
    row, before = await named(absences)
    assert not before
    assert row == await absences.find(row.number)
    assert HEAD == row.principal
    said = (row.substitute_id, row.first_day, row.last_day, row.reason, row.named_by, row.named_at)
    assert ("kw-02", FROM, UNTIL, "休假", "kw-01", AT) == said
    assert row.withdrawn_at is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 2), 0),
        (FROM, 1),
        (date(2026, 11, 7), 1),
        (UNTIL, 1),
        (date(2026, 11, 11), 0),
    ],
)
async def test_both_days_are_included(absences: Substitutions, day: date, expected: int) -> None:
    """A substitute acts from the first day to the last, and on no other."""
    await named(absences)
    assert expected == len(await absences.standing("kw-01", "kw-02", day))
    assert [] == await absences.standing("kw-02", "kw-01", day)


async def test_the_same_again_is_the_same(absences: Substitutions) -> None:
    """Named twice, at the same moment too, there is one; after a withdrawal it is a new one."""
    rows = await asyncio.gather(*(named(absences) for _ in range(4)))
    assert [False, True, True, True] == sorted(before for _, before in rows)
    number = rows[0][0].number
    assert {number} == {row.number for row, _ in rows}
    await absences.withdraw(number, AT)
    again, before = await named(absences)
    assert not before
    assert again.number > number


async def test_withdrawn_counts_no_more(absences: Substitutions) -> None:
    """It is kept, is not found on its days, and the first withdrawal's moment stays."""
    row, _ = await named(absences)
    withdrawn = await absences.withdraw(row.number, AT)
    assert withdrawn
    assert AT == withdrawn.withdrawn_at
    assert withdrawn == await absences.withdraw(row.number, datetime(2027, 1, 1, tzinfo=UTC))
    assert [] == await absences.standing("kw-01", "kw-02", FROM)
    assert await absences.withdraw(row.number + 1, AT) is None


async def test_lists(absences: Substitutions) -> None:
    """By person on either side, the newest first, those that are over left out where asked."""
    first, _ = await named(absences)
    second, _ = await named(absences, "kw-03", date(2026, 12, 1), date(2026, 12, 2))
    assert [second, first] == await absences.of()
    assert [second] == await absences.of(limit=1)
    assert [first] == await absences.of("kw-02")
    assert [second, first] == await absences.of("kw-01")
    assert [second] == await absences.of(since=date(2026, 11, 11))
    assert [] == await absences.of("nobody")
