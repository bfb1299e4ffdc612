"""`pingtai notices` on a real register: listing, showing, sending again; and the doctor's points."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.channels.file import FileChannel
from activities.notice_delivery import Recipient
from db.outbox import PostgresOutbox, send_again
from db.outbox_queries import OutboxQueries, page_query
from db.tables import deliveries
from db.tables import notices as notices_table
from starter.commands.notices import notices_command
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from worker.doctor import check_deliveries as doctor
from worker.doctor.finding import Verdict

from .told import notices

Run = Callable[..., Any]
LEASE = timedelta(minutes=1)
A_WHILE_AGO = datetime.now(UTC) - timedelta(hours=2)
RECIPIENTS = tuple(
    Recipient(name, FileChannel(Path("unused")), frozenset({role}))
    for name, role in (("haidian", "district"), ("desk", "commission"))
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    """No test depends on who runs it: English, an empty home, this test's register."""
    for name in list(os.environ):
        if name.startswith(("PINGTAI_", "LC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.setenv("PINGTAI_PROFILE", str(tmp_path / "profile.toml"))
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
async def outbox(engine: AsyncEngine) -> AsyncIterator[PostgresOutbox]:
    """The notices of `told`, handed out: haidian's first is delivered, its second tried, desk's first dead."""
    rows = [
        {name: getattr(one, name) for name in type(one).model_fields if name != "number"}
        | {"opening": 0, "seq": one.content["seq"], "handed_out": False, "at": A_WHILE_AGO}
        for one in {one.id: one for one in notices()}.values()
    ]
    async with engine.begin() as connection:
        await connection.execute(insert(notices_table), rows)
    outbox = PostgresOutbox(engine)
    await outbox.hand_out(RECIPIENTS)
    for recipient, pause in (("haidian", LEASE), ("desk", None)):
        delivery = await outbox.take(recipient, LEASE)
        assert delivery
        if recipient == "haidian":
            await outbox.delivered(delivery)
            delivery = await outbox.take(recipient, LEASE)
            assert delivery
        await outbox.failed(delivery, "the receiver answered HTTP 503\x1b[2J", pause)
    yield outbox


@pytest.fixture
async def many(engine: AsyncEngine) -> AsyncEngine:
    """Twenty thousand notices of a hundred platforms, with two deliveries each; one in fifty is dead."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "INSERT INTO notices (id, platform_id, term, year, opening, seq, event, role,"
                " district, at, content, handed_out) SELECT 'n-' || i, 'p-' || i % 100, 1, 0, 0, i,"
                " 'overdue', 'district', 'haidian', now(), '{}', true FROM generate_series(1, 20000) i"
            )
        )
        await connection.execute(
            text(
                "INSERT INTO deliveries (notice_id, recipient, channel, number, state, attempts,"
                " next_at) SELECT id, r, 'file', number, CASE number % 50 WHEN 0 THEN 'dead'"
                " ELSE 'delivered' END, 1, now() FROM notices, unnest(ARRAY['desk', 'haidian']) r"
            )
        )
        await connection.execute(text("ANALYZE"))
    return engine


@pytest.fixture
def pingtai() -> Run:
    """Run `pingtai notices` with these arguments, in a thread: a command has an event loop of its own."""

    @click.group(commands={"notices": notices_command})
    @click.option("--lang")
    @click.pass_context
    def group(context: click.Context, lang: str | None) -> None:
        context.with_resource(speaking(lang))

    async def run(*args: str, lang: str = "en") -> Result:
        words = ("--lang", lang, "notices", *args)
        return await asyncio.to_thread(CliRunner().invoke, group, words)

    return run


async def test_list_in_both_languages(pingtai: Run, outbox: PostgresOutbox) -> None:
    """The newest first, a line for each recipient, with the state in words."""
    en, zh = await pingtai("list"), await pingtai("list", lang="zh")
    assert (0, 0) == (en.exit_code, zh.exit_code)
    lines = en.stdout.splitlines()
    assert ["number", "noted", "platform", "about", "for", "recipient", "state"] == lines[0].split()
    numbers = [int(line.split()[0]) for line in lines[1:]]
    assert sorted(numbers, reverse=True) == numbers
    assert [1, 1, 1] == [
        en.stdout.count(s) for s in ("delivered", "FAILED, 1 attempt", "waiting, 1 attempt")
    ]
    assert "【发送失败】，已尝试 1 次" in zh.stdout
    assert (
        "–" in lines[1 + numbers.index(next(n.number for n in notices() if n.role == "operator"))]
    )


async def test_list_is_narrowed(pingtai: Run, outbox: PostgresOutbox) -> None:
    """By state and by platform; nothing found is said, and is no error."""
    (dead,) = json.loads((await pingtai("list", "--state", "dead", "--json")).stdout)
    assert ("desk", "dead", 1) == tuple(
        dead["delivery"][name] for name in ("recipient", "state", "attempts")
    )
    assert dead["id"].endswith(":commission")
    none = await pingtai("list", "--platform", "p-9")
    assert (0, "", "No notices found.\n") == (none.exit_code, none.stdout, none.stderr)


@pytest.mark.parametrize("narrowed", [(), ("--state", "waiting"), ("--platform", "p-1")])
async def test_pages_join_without_gaps(
    pingtai: Run, outbox: PostgresOutbox, narrowed: tuple[str, ...]
) -> None:
    """Page after page gives what one page gives."""
    whole = json.loads((await pingtai("list", "--json", "--limit", "500", *narrowed)).stdout)
    found: list[Any] = []
    while True:
        after: tuple[str, ...] = ()
        if found:
            last = found[-1]
            recipient = last["delivery"]["recipient"] if last["delivery"] else ""
            after = ("--after", f"{last['number']}/{recipient}")
        page = json.loads(
            (await pingtai("list", "--json", "--limit", "7", *narrowed, *after)).stdout
        )
        found += page
        if len(page) < 7:
            break
    assert len(whole) > 14
    assert whole == found


async def test_the_next_page_is_named(pingtai: Run, outbox: PostgresOutbox) -> None:
    """A full page says how to go on; a place that is none is refused."""
    page = await pingtai("list", "--limit", "3")
    more = re.search(r"--after (\S+)", page.stderr)
    assert more
    assert 0 == (await pingtai("list", "--after", more[1])).exit_code
    assert 2 == (await pingtai("list", "--after", "x")).exit_code


async def test_show(pingtai: Run, outbox: PostgresOutbox) -> None:
    """Both texts, and each delivery with tries, next try and last error; by number or id."""
    (row,) = json.loads((await pingtai("list", "--state", "dead", "--json")).stdout)
    by_number, by_id = await pingtai("show", str(row["number"])), await pingtai("show", row["id"])
    assert 0 == by_number.exit_code
    assert by_number.stdout == by_id.stdout
    for part in (
        row["id"],
        "FAILED, 1 attempt",
        "HTTP 503\ufffd[2J",
        "共性技术平台：",
        "（北京时间）",
        "(Beijing)",
    ):
        assert part in by_number.stdout
    zh = (await pingtai("show", row["id"], lang="zh")).stdout
    assert zh.index("（北京时间）") < zh.index("(Beijing)")
    data = json.loads((await pingtai("show", row["id"], "--json")).stdout)
    assert {"zh", "en"} == set(data["texts"])
    assert [row["delivery"]] == data["deliveries"]
    for wrong in ("no-such", "99999999999999999999", "0", "x" * 999):
        answer = await pingtai("show", wrong)
        assert (2, "") == (answer.exit_code, answer.stdout)
        assert answer.stderr.startswith('No notice "')


async def test_resend_what_is_dead(
    pingtai: Run, outbox: PostgresOutbox, engine: AsyncEngine
) -> None:
    """It waits again, is due at once, and is tried as long as a new one."""
    answer = await pingtai("resend", "--all-dead")
    assert (0, "Sending again: 1.\n") == (answer.exit_code, answer.stdout)
    (row,) = [
        row
        for row in await OutboxQueries(engine).page(state="waiting", limit=500)
        if row.delivery and row.delivery.last_error and row.delivery.recipient == "desk"
    ]
    assert row.delivery
    assert 0 == row.delivery.attempts
    assert row.delivery.next_at <= datetime.now(UTC)
    again = await pingtai("resend", "--all-dead")
    assert (0, "", "No failed deliveries.\n") == (again.exit_code, again.stdout, again.stderr)


async def test_resend_one(pingtai: Run, outbox: PostgresOutbox) -> None:
    """One notice, also a delivered one, to one of its recipients; to nobody else."""
    (row,) = json.loads((await pingtai("list", "--state", "delivered", "--json")).stdout)
    refused = await pingtai("resend", row["id"], "--recipient", "desk")
    assert (2, "desk is not a recipient of this notice; its recipients: haidian\n") == (
        refused.exit_code,
        refused.stderr,
    )
    sent = await pingtai("resend", str(row["number"]), "--recipient", "haidian", "--json")
    assert [{"id": row["id"], "recipient": "haidian"}] == json.loads(sent.stdout)
    assert [] == json.loads((await pingtai("list", "--state", "delivered", "--json")).stdout)
    nobodys = next(one for one in notices() if one.role == "operator")
    nobody = await pingtai("resend", nobodys.id)
    assert (2, True) == (nobody.exit_code, "names no recipient" in nobody.stderr)
    for usage in ((), (row["id"], "--all-dead")):
        assert 2 == (await pingtai("resend", *usage)).exit_code


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_fits_eighty_columns(
    pingtai: Run,
    outbox: PostgresOutbox,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
) -> None:
    """On a terminal no line of a table is wider than it, and ids of usual length are whole."""
    async with engine.begin() as connection:
        await connection.execute(
            update(notices_table).values(platform_id="bj-imaging-equipment-012")
        )
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PAGER", "cat")
    monkeypatch.setenv("NO_COLOR", "1")
    for command in (("list",), ("show", "1")):
        out = (await pingtai(*command, lang=lang)).stdout
        assert max(map(cell_len, out.splitlines())) <= 80
        assert "bj-imaging-equipment-012" in out


@dataclass(frozen=True)
class Page:
    """What a page is asked for, and the index that it is read along."""

    index: str
    state: str | None = None
    platform_id: str | None = None


PAGES = (
    Page("ix_notices_number"),
    Page("ix_deliveries_state_number", state="dead"),
    Page("ix_notices_platform_id_number", platform_id="p-7"),
)


async def test_lists_are_read_along_indexes(many: AsyncEngine) -> None:
    """A page ends where an index does, however many notices there are."""
    for page, after in product(PAGES, (None, (9_000, "haidian"))):
        query = page_query(page.state, page.platform_id, after, 5)
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {query.sql}"
        async with many.connect() as connection:
            told = await connection.exec_driver_sql(explained, query.values)
            scans = list(_scans(told.scalar_one()[0]["Plan"]))
        assert page.index in {scan.get("Index Name") for scan in scans}
        assert "Seq Scan" not in {scan["Node Type"] for scan in scans}
        assert sum(scan["Actual Rows"] * scan["Actual Loops"] for scan in scans) < 50


def _scans(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Scan" in node["Node Type"]:
        yield node
    for child in node.get("Plans", ()):
        yield from _scans(child)


async def test_doctor_outbox(outbox: PostgresOutbox, engine: AsyncEngine) -> None:
    """Dead ones and old ones are worth a look, with the command that helps; else all is well."""
    dead = await doctor.outbox(engine)
    assert Verdict.NOTE is dead.verdict
    assert "1 deliveries were given up" in dead.what.en
    assert dead.advice
    assert "pingtai notices resend --all-dead" in dead.advice.en
    await send_again(engine)
    old = await doctor.outbox(engine)
    assert (Verdict.NOTE, True) == (old.verdict, "more than an hour" in old.what.en)
    async with engine.begin() as connection:
        await connection.execute(update(deliveries).values(state="delivered"))
    well = await doctor.outbox(engine)
    assert (Verdict.GOOD, "notices: 0 deliveries are waiting") == (well.verdict, well.what.en)


async def test_doctor_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """None is well, a good one says how many, a bad one says what is wrong with it."""
    assert "PINGTAI_NOTICES is not set" in (await doctor.notices_configured()).what.en
    path = tmp_path / "notices.toml"
    monkeypatch.setenv("PINGTAI_NOTICES", str(path))
    path.write_text('[[recipients]]\nname = "a"\nfile = "a.jsonl"\n', encoding="utf-8")
    good = await doctor.notices_configured()
    assert (Verdict.GOOD, "notices: 1 recipient") == (good.verdict, good.what.en)
    path.write_text('[[recipients]]\nname = "a"\n', encoding="utf-8")
    bad = await doctor.notices_configured()
    assert (Verdict.BAD, True) == (
        bad.verdict,
        "exactly one of email, webhook, file" in bad.what.en,
    )
