"""Another history of a log that is there: refused whole, noted, and told apart from a log told again."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.conflicts import noted_conflicts
from db.register_errors import RegisterConflict
from db.register_store import PostgresRegister
from tests.register.cases import START, Told, application, batch, listed, opened
from tests.register.content import everything
from tests.rules.builders import OPERATOR


def withdrawn(later: timedelta = timedelta(), name: str = "共性技术平台") -> Told:
    """A term that has ended, begun now or later."""
    told = opened(application(name=name), at=START + later)
    told.decide("withdrawal", OPERATOR, reason="不再运营")
    return told


async def refused(register: PostgresRegister, told: Told, *part: int) -> RegisterConflict:
    """What a batch is answered."""
    with pytest.raises(RegisterConflict) as conflict:
        await register.write(batch(told, *part))
    return conflict.value


async def test_a_second_life_of_a_term_is_named_and_noted_once(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """Whatever it brings and however often: nothing of the first changes, and one row says what was refused."""
    await register.write(batch(withdrawn()))
    before = await everything(engine)
    second = withdrawn(timedelta(days=400), "另一平台")
    for part in ((1, 1), (1, 2), (1, 2)):
        conflict = await refused(register, second, *part)
        assert (True, 1) == (conflict.second_life, conflict.seq)
        assert "a second time" in str(conflict)
    assert before == await everything(engine)
    (noted,) = await noted_conflicts(engine)
    assert ("p-1", 1, 1, True, 3) == (
        noted.platform_id,
        noted.term,
        noted.seq,
        noted.second_life,
        noted.times,
    )
    assert START + timedelta(days=400) == noted.began_at


async def test_an_ended_term_is_not_told_again(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """The same words from the first entry on are a second life too, once the term has ended."""
    await register.write(batch(withdrawn()))
    before = (await everything(engine))["log_entries"]
    assert (await refused(register, withdrawn(timedelta(days=400)))).second_life
    assert before == (await everything(engine))["log_entries"]


async def test_another_continuation_is_no_second_life(
    register: PostgresRegister, engine: AsyncEngine
) -> None:
    """A log that only goes on otherwise is a conflict at that entry."""
    await register.write(batch(listed(), 1, 3))
    other = opened()
    other.decide("withdrawal", OPERATOR, reason="不再运营")
    conflict = await refused(register, other)
    assert (False, 2) == (conflict.second_life, conflict.seq)
    assert [False] == [row.second_life for row in await noted_conflicts(engine)]
