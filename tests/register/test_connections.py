"""The register answers the same, asked over asyncpg alone or through an engine of SQLAlchemy."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from db.asyncpg_connections import Parameters, Source, connections, where
from db.direct import DirectConnections
from db.engine import create_engine
from db.inbox_queries import Inbox, Wanted
from db.queries import RegisterQueries
from db.register_errors import InvalidDatabaseUrl
from db.register_store import PostgresRegister
from db.sqlstate import Trouble, database_errors, sqlstate, trouble_of
from db.substitution_queries import SubstitutionQueries
from db.substitutions import Substitutions
from db.support_queries import support_of
from db.url import connect_arguments, normalised
from db.validity_queries import validity
from worker.demo.clockwork import until
from workflows.actors import Actor
from workflows.vocabulary import Role

from .cases import NUL, START, application, batch, listed, opened, rectified

DAY = date(2025, 1, 1)


@pytest.fixture
async def direct(database_url: str) -> AsyncIterator[DirectConnections]:
    """Connections without SQLAlchemy to the register of `engine`."""
    direct = DirectConnections(database_url)
    yield direct
    await direct.close()


async def test_both_ways_give_the_same_answers(
    engine: AsyncEngine, register: PostgresRegister, direct: DirectConnections
) -> None:
    """Whatever is asked, of a register with terms, assessments, support, absences, and a NUL in its texts."""
    year_1 = rectified(platform := listed(application("p-1", name=f"甲{NUL}平台")))
    await register.write(batch(platform))
    await register.write(batch(year_1, platform=platform))
    await register.write(batch(opened(application("p_2"))))
    deputy = Actor(id="hd-2", role=Role.COMMISSION, organisation="市科委")
    await Substitutions(engine).name(
        deputy, "hd-3", (DAY, DAY), reason=None, named_by="hd-2", at=START
    )
    decided = next(e.decision_id for e in platform.case.log if e.decision_id)

    async def answers(source: Source) -> dict[str, Any]:
        queries, inbox = RegisterQueries(source), Inbox(source)
        absences = SubstitutionQueries(source)
        async with connections(source).connect() as reading:
            support = await support_of(reading, first_day=DAY, limit=5)
        return {
            "card": await queries.platform("p-1"),
            "register": await queries.register(year=2024, listed=True),
            "late": await queries.register(overdue=True, after="p", district="haidian"),
            "ids": await queries.named_like("p_", limit=5),
            "log": await queries.log("p-1", 1),
            "last term": await queries.last_term("p-1"),
            "applied": await queries.applied("p-1", "a-p-1"),
            "decisions": await queries.decisions("p-1", str(decided)),
            "whose": await queries.whose("p-1"),
            "due": [await queries.due("p-1", 1), await queries.due("p-1", 1, 1)],
            "plans": await queries.plans("p-1", 1),
            "arrows": await queries.arrows(),
            "counts": await queries.counts(),
            "activity": await queries.activity(),
            "page": await inbox.page(Wanted(district="haidian"), Wanted(role="operator")),
            "steps": await inbox.counts(Wanted(role="district"), Wanted(overdue=True)),
            "validity": await validity(source, "p-1", DAY),
            "support": support,
            "absences": [*await absences.of("hd-3"), *await absences.standing("hd-2", "hd-3", DAY)],
        }

    through_engine = await answers(engine)
    assert through_engine == await answers(direct)
    assert f"甲{NUL}平台" == through_engine["card"].platform.name
    assert [("p_2", "共性技术平台")] == through_engine["ids"]  # no wildcard
    empty = {name for name, answer in through_engine.items() if not answer}
    assert {"late", "support"} >= empty


@pytest.mark.parametrize("way", ["engine", "direct"])
async def test_a_snapshot_is_of_one_moment(
    engine: AsyncEngine, direct: DirectConnections, way: str
) -> None:
    """What others commit meanwhile is not seen in it, and is in the next question."""
    asked = connections(engine if way == "engine" else direct)
    count = "SELECT count(*) AS number FROM pg_stat_activity AS a, directions AS d"
    async with asked.connect(snapshot=True) as reading:
        await reading.fetch("SELECT 1 AS one FROM directions")
        async with engine.begin() as other:
            await other.execute(
                text("INSERT INTO directions VALUES ('f', 'd', 1, '{}', now(), 'me')")
            )
        assert [{"number": 0}] == await reading.fetch(count)
    assert [{"number": 0}] != await asked.fetch(count)


async def test_many_ask_at_once_and_a_lost_connection_is_opened_again(
    engine: AsyncEngine, direct: DirectConnections
) -> None:
    """Over a few connections; one that the server has ended in between is not used again."""
    queries = RegisterQueries(direct)
    assert [{}] * 20 == await asyncio.gather(*(queries.counts() for _ in range(20)))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    async with engine.connect() as connection:
        await connection.execute(text(f"{end} AND datname = current_database()"))

    async def noticed() -> bool:
        return all(one.is_closed() for one in direct._free)

    await until(noticed, "the client has heard of the ends")
    assert {} == await queries.counts()


async def test_a_connection_is_tried_when_it_has_rested(
    database_url: str, direct: DirectConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before each use. One that the server has ended in between is not used, rested or not."""
    engine = create_engine(database_url)
    pings: list[Any] = []
    ping = engine.dialect.do_ping

    def pinging(connection: Any) -> Any:
        pings.append(connection)
        return ping(connection)

    async def ask(statement: str) -> int:
        async with engine.connect() as connection:
            return int((await connection.execute(text(statement))).scalar_one())

    monkeypatch.setattr(engine.dialect, "do_ping", pinging)
    first = await ask("SELECT pg_backend_pid()")
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
    for rested, tried in ((3600.0, 0), (0.0, 1)):
        monkeypatch.setattr("db.engine._RESTED", rested)
        assert first == await ask("SELECT pg_backend_pid()")
        assert len(pings) == tried
    monkeypatch.setattr("db.engine._RESTED", 3600.0)
    await direct.fetch(f"SELECT pg_terminate_backend({first})")

    async def ended() -> bool:
        return bool(driver.is_closed())

    await until(ended, "the client has heard of the end")
    assert first != await ask("SELECT pg_backend_pid()")
    assert len(pings) == 1
    await engine.dispose()


@pytest.mark.parametrize(
    ("statement", "trouble", "state"),
    [
        ("SELECT * FROM nothing_here", Trouble.NO_TABLES, "42P01"),
        ("SELECT nothing_here FROM terms", Trouble.NO_TABLES, "42703"),
        ("DELETE FROM terms", Trouble.READ_ONLY, "25006"),
        ("SELECT 1 / 0", Trouble.MISTAKE, "22012"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", Trouble.AWAY, "08003"),
    ],
)
async def test_what_the_server_says(
    direct: DirectConnections, statement: str, trouble: Trouble, state: str
) -> None:
    """It is understood as through SQLAlchemy, and the connections go on to answer."""
    with pytest.raises(database_errors()) as raised:
        await direct.fetch(statement)
    assert (trouble, state) == (trouble_of(raised.value), sqlstate(raised.value))
    assert [{"one": 1}] == await direct.fetch("SELECT 1 AS one")


async def test_a_value_that_no_column_holds_is_a_mistake(direct: DirectConnections) -> None:
    """The driver itself refuses it: the database is not away."""
    with pytest.raises(asyncpg.DataError) as raised:
        await RegisterQueries(direct).due("p-1", 100_000)
    assert Trouble.MISTAKE is trouble_of(raised.value)


async def test_the_session_is_as_an_engines(direct: DirectConnections) -> None:
    """Settings and name of the session, by which an administrator finds it."""
    names = ("application_name", "TimeZone", "jit", "transaction_read_only")
    shown = [(await direct.fetch(f"SHOW {name}"))[0] for name in names]
    assert ["pingtai", "UTC", "off", "on"] == [value for row in shown for value in row.values()]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40x@h:5433/d",
        "postgresql://u@[::1]:5433/d?sslmode=require",
        "postgresql://u:@h/d",
        "postgresql:///d?host=/run/pg&port=5433",
        "postgresql://u@/d?host=a,b&port=1,2&target_session_attrs=read-write",
        "postgresql://u@/d?host=a:1&host=b:2",
        "postgresql://u@/d?host=a.b:5433",
        "postgresql://h/a%20b?connect_timeout=3&prepared_statement_cache_size=0",
    ],
)
def test_a_url_means_the_same_both_ways(url: str) -> None:
    """asyncpg alone is given what SQLAlchemy gives it."""
    _, expected = dialect().create_connect_args(make_url(normalised(url)))  # type: ignore[no-untyped-call]
    expected.pop("prepared_statement_cache_size", None)
    given = {name: value for name, value in expected.items() if value != ""}
    assert given == connect_arguments(normalised(url))


def test_a_port_that_is_no_number_is_said() -> None:
    """Before anything is connected to."""
    with pytest.raises(InvalidDatabaseUrl, match="port"):
        DirectConnections("postgresql+asyncpg://u@/d?host=a&port=x")


def test_values_never_become_text() -> None:
    """A question has numbers where its values go, in the order of their first use."""
    part = Parameters()
    conditions = [part("a = {}", "x' OR 1 = 1"), part("b BETWEEN {} AND {}", 1, 2)]
    query = part.query("SELECT 1", where(conditions), "", part("LIMIT {}", 5))
    assert "SELECT 1 WHERE a = $1 AND b BETWEEN $2 AND $3 LIMIT $4" == query.sql
    assert ("x' OR 1 = 1", 1, 2, 5) == query.values
    assert "" == where([])
