"""`python -m bench.desk`: pages and counts of inbox and register at 1,000 and at 100,000 platforms.

Both registers lie in one PostgreSQL; every question is asked of both in turn, so that other load falls
on both alike. The figure is the ratio of the medians, and what is to be reached is at most two.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.desk_figures import LARGE, SMALL, PageTime, section, table
from bench.filling import RARE, fill, one_operator
from bench.sections import DOCUMENT, write
from bench.templates import TODAY
from db.engine import create_engine
from db.inbox_queries import Inbox, Wanted
from db.migrate import upgrade
from db.queries import RegisterQueries
from db.url import shown
from worker.register_database import register_database

_ROUNDS = 60
_WARM_UP = 10
"""Also beyond the five executions after which PostgreSQL may settle for one plan for all parameters."""

Ask = Callable[[AsyncEngine], Awaitable[object]]


@dataclass(frozen=True)
class Question:
    """A question that a desk asks for its first page, or for a later one."""

    what: str
    ask: Ask


def _inbox(*wanted: Wanted, days: int | None = None) -> Ask:
    after = None if days is None else (TODAY + timedelta(days=days), "", 0, "")
    return lambda engine: Inbox(engine).page(*wanted, after=after)


def _register(**filters: str | int | bool) -> Ask:
    return lambda engine: RegisterQueries(engine).register(**filters)  # type: ignore[arg-type]


def _counts(*wanted: Wanted) -> Ask:
    return lambda engine: Inbox(engine).counts(*wanted)


def _size(**filters: str | int | bool) -> Ask:
    return lambda engine: RegisterQueries(engine).register_count(**filters)  # type: ignore[arg-type]


def _stages() -> Ask:
    return lambda engine: RegisterQueries(engine).counts()


_MINE = (
    Wanted(role="commission"),
    Wanted(role="district", district="haidian"),
    Wanted(role="district", district=RARE),
)
QUESTIONS = (
    Question("inbox", _inbox()),
    Question("inbox, a later page", _inbox(days=40)),
    Question("inbox of a role", _inbox(Wanted(role="commission"))),
    Question("inbox of a district office", _inbox(Wanted(role="district", district="haidian"))),
    Question("inbox of a district", _inbox(Wanted(district="haidian"))),
    Question("inbox of a district with few", _inbox(Wanted(district=RARE))),
    Question("inbox of a field", _inbox(Wanted(field="integrated_circuits"))),
    Question("inbox of a step", _inbox(Wanted(kind="listing"))),
    Question("inbox, overdue", _inbox(Wanted(overdue=True))),
    Question("inbox of a role, overdue", _inbox(Wanted(role="commission", overdue=True))),
    Question("inbox of a district with few, overdue", _inbox(Wanted(district=RARE, overdue=True))),
    Question("inbox of a person with three offices", _inbox(*_MINE)),
    Question("register", _register()),
    Question("register, a later page", _register(after="bench-8")),
    Question("register of a district", _register(district="haidian")),
    Question("register of a district with few", _register(district=RARE)),
    Question("register of a field", _register(field="integrated_circuits")),
    Question("register of a stage", _register(stage="listing")),
    Question("register of a list", _register(list_number="2026-7")),
    Question("register of a year", _register(year=2026)),
    Question("register of a year without listings", _register(year=2020)),
    Question("register, overdue", _register(overdue=True)),
    Question("register of a district with few, overdue", _register(district=RARE, overdue=True)),
    Question("counts of the whole inbox", _counts()),
    Question("counts of a role", _counts(Wanted(role="commission"))),
    Question("counts of a district office", _counts(Wanted(role="district", district="haidian"))),
    Question("counts of a field", _counts(Wanted(field="integrated_circuits"))),
    Question("counts of a step", _counts(Wanted(kind="listing"))),
    Question("counts of what is overdue", _counts(Wanted(overdue=True))),
    Question("counts of an operator", _counts(Wanted(role="operator", operator=one_operator()))),
    Question("counts of a person with three offices", _counts(*_MINE)),
    Question("number of platforms in the register", _size()),
    Question("number of platforms of a district", _size(district="haidian")),
    Question("number of platforms of a stage", _size(stage="listing")),
    Question("number of platforms of a list", _size(list_number="2026-7")),
    Question("number of platforms of a year", _size(year=2026)),
    Question("number of platforms, overdue", _size(overdue=True)),
    Question("number of platforms in each stage", _stages()),
)


async def desk(database_url: str, tell: Callable[[str], None]) -> list[PageTime]:
    """Fill two registers in databases of their own beside this one, and measure."""
    async with _filled(database_url, SMALL) as small, _filled(database_url, LARGE) as large:
        tell(f"First pages at {SMALL:,} and {LARGE:,} platforms …")
        return [await _measured(question, small, large) for question in QUESTIONS]


async def _measured(question: Question, small: AsyncEngine, large: AsyncEngine) -> PageTime:
    samples: dict[AsyncEngine, list[float]] = {small: [], large: []}
    for number in range(_WARM_UP + _ROUNDS):
        for engine in (small, large) if number % 2 else (large, small):
            began = time.perf_counter()
            await question.ask(engine)
            if number >= _WARM_UP:
                samples[engine].append((time.perf_counter() - began) * 1000)
    return PageTime(question.what, median(samples[small]), median(samples[large]))


@asynccontextmanager
async def _filled(database_url: str, count: int) -> AsyncIterator[AsyncEngine]:
    name = f"desk_{count}"
    server = create_engine(database_url, pooled=False)
    async with server.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(f"CREATE DATABASE {name}"))
    await server.dispose()
    url = shown(make_url(database_url).set(database=name))
    await upgrade(url)
    filling = create_engine(url, pooled=False)
    await fill(filling, count)
    await filling.dispose()
    engine = create_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


async def main() -> None:
    """Measure on an embedded PostgreSQL that is thrown away, print, and write the document's section."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-bench-"))
    try:
        async with register_database(folder, embedded=True) as database:
            found = await desk(database, print)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(found))
    write(section(found))
    print(f"Written: {DOCUMENT}")


if __name__ == "__main__":
    asyncio.run(main())
