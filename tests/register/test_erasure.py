"""A term erased in the register: what people wrote is nowhere, what proves the record is all there."""

from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digests import last_entries
from audit.erasing.erased_tables import TABLES
from db.as_of import register_on
from db.erased_entries import digest_of_remains, is_erased
from db.erasure_store import (
    BY_MOMENT,
    NOT_OF_A_TERM,
    PUBLIC,
    ErasureStore,
    tables_of_terms,
)
from db.feed import Feed
from db.plan_queries import PlanQueries
from db.plaque_tables import plaque_entries
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from db.tables import deliveries, metadata, notices, plan_versions
from db.timeline_queries import timeline
from tests.register.cases import Told, application, batch, listed
from tests.register.content import everything
from tests.register.planted import DOCUMENT, OF, OPINION, PERSON, PLANTED, planted_in, whole_life
from tests.rules.builders import COMMISSION, plan
from workflows.cloud_events import Wanted
from workflows.erasure_decisions import Erased, ErasedTerm
from workflows.erasure_log import ErasureLog
from workflows.record import find_chain_break


async def _written(engine: AsyncEngine, register: PostgresRegister) -> tuple[Told, Told]:
    """The life in the register, with a plaque, and a delivery that quotes what it could not deliver."""
    told, year = whole_life()
    await register.write(batch(told))
    await register.write(batch(year, platform=told))
    row = {
        "platform_id": OF.platform_id,
        "event": "issued",
        "happened_on": told.at.date(),
        "document": {"name": DOCUMENT, "sha256": "ab" * 32},
        "remark": OPINION,
        "actor": {**COMMISSION, "id": PERSON},
        "recorded_at": told.at,
    }
    async with engine.begin() as connection:
        await connection.execute(insert(plaque_entries).values(row))
        first = (await connection.execute(select(notices).limit(1))).one()
        delivery = {
            "notice_id": first.id,
            "recipient": "r",
            "channel": "email",
            "number": first.number,
            "state": "dead",
            "attempts": 1,
            "next_at": told.at,
            "last_error": f"550 {OPINION}",
        }
        await connection.execute(insert(deliveries).values(delivery))
    return told, year


async def test_what_people_wrote_is_in_no_table(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Whatever the column; another platform keeps its own; a second time changes nothing, and late batches."""
    told, _ = await _written(engine, register)
    other = listed(application("p-2", plan=plan(OPINION)))
    await register.write(batch(other))
    assert await planted_in(engine) == set(PLANTED)
    store = ErasureStore(engine)
    before = await everything(engine)
    preview = await store.preview(OF)
    assert await everything(engine) == before
    open_term = await store.preview(ErasedTerm(platform_id="p-2", term=1))
    assert open_term["log_entries"], "whoever asks too early hears so, with the rows"
    remains, rows = await store.erase(OF)
    assert rows == preview
    assert {"log_entries", "plan_versions", "notices", "support", "findings"} <= rows.keys()
    assert await planted_in(engine) == {OPINION}  # of the other platform
    async with engine.connect() as connection:
        c = plan_versions.c
        (kept,) = await connection.execute(
            select(c.plan).where(c.platform_id == "p-2", c.version == 1)
        )
        assert OPINION in str(kept)
    after = await everything(engine)
    again, nothing = await store.erase(OF)
    assert (digest_of_remains(again), nothing) == (digest_of_remains(remains), {})
    log = ErasureLog()
    log.record_erased(Erased(entries=1, remains="c" * 64, rows={}, keys=1), told.at)
    await store.write(OF, log.log)
    await store.write(OF, log.log)
    assert await store.is_erased(OF)
    after |= {"erasure_log": (await everything(engine))["erasure_log"]}
    await register.write(batch(told))  # a batch that comes late brings nothing back
    assert await everything(engine) == after
    assert await planted_in(engine) == {OPINION}


async def test_what_proves_the_record_stays(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """Links, hashes and stages of every entry, and so each leaf of a digest; readers go on reading."""
    told, year = await _written(engine, register)
    store, queries = ErasureStore(engine), RegisterQueries(engine)
    day = told.at.date() + timedelta(days=1)
    async with engine.connect() as connection:
        leaves = [leaf async for leaf in last_entries(connection, day)]
    remains, _ = await store.erase(OF)
    async with engine.connect() as connection:
        assert [leaf async for leaf in last_entries(connection, day)] == leaves
    logs = await store.logs(OF)
    assert sorted(logs) == [(0, 0), (1, 1)]
    for log, said in ((logs[0, 0], told.case.log), (logs[1, 1], year.case.log)):
        kept = [(one.seq, one.at, one.name, one.stage, one.previous, one.hash) for one in log]
        assert kept == [
            (one.seq, one.at, one.name, one.stage, one.previous, one.hash) for one in said
        ]
        assert all(map(is_erased, log))
        assert find_chain_break(log, log[0].previous) is not None  # its content is gone
    assert len(remains) == len(told.case.log) + len(year.case.log)
    row = await queries.row(OF.platform_id) if hasattr(queries, "row") else None
    assert row is None or row.stage == told.case.state.stage
    assert len(await timeline(engine, OF.platform_id)) == len(remains)
    feed = Feed(engine)
    end = await feed.end()
    page = await feed.read(end.moved(0), end, Wanted(), 500)
    assert len(page.events) == len(remains)
    plans = PlanQueries(engine)
    history = await plans.history(OF.platform_id)
    assert history
    texts = await plans.texts(history, [1, 2])
    assert {one.text for one in texts.values()} == {"erased"}
    standing = await register_on(engine, day)
    assert len(standing.rows) + len(standing.unknown) == 1


def test_every_table_of_a_platform_is_decided_on() -> None:
    """A new table is erased by itself where it has a platform and a term; else somebody must say what it is."""
    erased = {one.name for one in tables_of_terms()}
    of_platforms = {one.name for one in metadata.sorted_tables if "platform_id" in one.columns}
    assert of_platforms == erased | set(PUBLIC) | set(NOT_OF_A_TERM) | set(BY_MOMENT)


def test_each_table_of_a_term_has_words() -> None:
    """An erasure says what it changes: not by names of tables, but of all that it may change."""
    changed = {table.name for table in tables_of_terms()} | set(BY_MOMENT) | {deliveries.name}
    assert changed == set(TABLES)
    assert len({words.zh for words in TABLES.values()}) == len(TABLES)
    assert not [words for words in TABLES.values() if "_" in words.en or words.zh.isascii()]
