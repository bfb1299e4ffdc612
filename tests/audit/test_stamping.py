"""Digests of a real register are time-stamped, published and put into dossiers; what waits, the doctor says."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digests import make
from audit.anchoring.stamp_rows import last_stamped_day, stamp_of, unstamped
from audit.anchoring.stamping import CERTIFICATES, URL
from audit.anchoring.time_stamps import check_stamp
from audit.archive.archive_contents import PostgresArchive
from audit.dossier.package import unpack
from audit.scheduled_activities import DigestActivities
from db.audit_tables import digests
from tests.audit.authority import Authority
from tests.audit.lives import SHORT, recorded, write_register
from tests.audit.loopback import Answer, serving
from tests.audit.typed_commands import Run
from tests.nobody import be_nobody
from worker.doctor.check_time_stamps import time_stamps
from worker.doctor.finding import Verdict

DAYS = [date(2035, 1, day) for day in (1, 2, 3)]


class _Office:
    """An authority on the loopback, which may be closed."""

    def __init__(self) -> None:
        self.authority = Authority()
        self.closed = False
        self.asked = 0

    def answer(self, _path: str, body: bytes) -> Answer:
        self.asked += 1
        return (503, b"") if self.closed else (200, self.authority.answer(body))


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Iterator[_Office]:
    """An authority that the settings name, this test's register, and an empty home."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(tmp_path)
    office = _Office()
    pem = tmp_path / "authority.pem"
    pem.write_bytes(office.authority.pem)
    with serving(office.answer) as url:
        monkeypatch.setenv(URL, url)
        monkeypatch.setenv(CERTIFICATES, str(pem))
        yield office


async def test_digests_get_their_stamps_and_wait_for_none(
    run: Run, engine: AsyncEngine, office: _Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the newest one's; while the authority is away digests are made; then it catches up."""
    await make(engine, DAYS[0] - timedelta(days=9))  # the next one's root stands for it
    first = await make(engine, DAYS[0])
    done = await run("digest", "stamp")
    assert (done.exit_code, "1 digest time-stamped, the last of 2035-01-01" in done.output) == (
        0,
        True,
    )
    assert (await run("digest", "stamp")).output == "Every digest since the first stamp has one.\n"
    office.closed, asked = True, office.asked
    second = await make(engine, DAYS[1])
    refused = await run("digest", "stamp", lang="zh")
    assert (refused.exit_code, "未签发时间戳：HTTP 503" in refused.output) == (4, True)
    told = await run("digest", "stamp", "--json")
    assert json.loads(told.stdout)["stamped"] == []
    await make(engine, DAYS[2])
    assert [one.day for one in await unstamped(engine)] == DAYS[1:]
    assert office.asked == asked + 2  # one after the other: the first that fails ends it
    office.closed = False
    both = await run("digest", "stamp", "--json")
    assert json.loads(both.output) == {"stamped": ["2035-01-02", "2035-01-03"], "trouble": None}
    kept = await stamp_of(engine, second.day)
    assert kept is not None
    assert kept.certificates == office.authority.pem
    assert (await last_stamped_day(engine), await unstamped(engine)) == (DAYS[2], [])
    # What was published, others read with the file alone, and by OpenSSL.
    published = await run("digest", "publish", "public")
    assert "4 digests, up to 2035-01-03; new: 4 days" in " ".join(published.output.split())
    stamp = ("--stamp", "public/2035-01-02.tsr")
    verified = await run("verify", "public/digests.jsonl", *stamp, "--authority", "authority.pem")
    said = " ".join(verified.output.split())
    assert (verified.exit_code, "digest of 2035-01-02 existed at 2035-01-02 08:45:00" in said) == (
        0,
        True,
    )
    assert "without a digest: 8 days" in said
    unknown = await run("verify", "public/digests.jsonl", *stamp)
    assert (unknown.exit_code, "--authority" in unknown.output) == (5, True)
    # The register was rewritten: what was published stays as it is.
    async with engine.begin() as connection:
        await connection.execute(
            update(digests).where(digests.c.day == first.day).values(root="0" * 64)
        )
    again = await run("digest", "publish", "public")
    assert (again.exit_code, "2035-01-01 was published as" in again.output) == (2, True)
    monkeypatch.setenv(URL, "")
    unset = await run("digest", "stamp")
    assert (unset.exit_code, URL in unset.output) == (2, True)


async def test_the_activity_says_why_and_fails_not(
    engine: AsyncEngine, office: _Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is tried again at once: the next hour asks."""
    from audit.anchoring.stamping import configured_authority

    await make(engine, DAYS[0])
    activities = DigestActivities(engine, configured_authority())
    office.closed = True
    away = await activities.stamp_digests()
    assert (away.stamped, "HTTP 503" in (away.trouble or "")) == (0, True)
    office.closed = False
    assert (await activities.stamp_digests()).stamped == 1
    assert await DigestActivities(engine).stamp_digests() == away.model_copy(
        update={"trouble": None}
    )


async def test_doctor_says_what_waits_for_a_stamp(
    engine: AsyncEngine, office: _Office, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Nothing within the first hours; then which day waits; a setting that cannot be used."""
    fresh = await time_stamps(engine)
    await make(engine, DAYS[0])
    waiting = await time_stamps(engine)
    assert [one.verdict for one in (fresh, waiting)] == [Verdict.GOOD] * 2
    async with engine.begin() as connection:
        late = datetime.now(UTC) - timedelta(hours=4)
        await connection.execute(update(digests).values(made_at=late))
    late_one = await time_stamps(engine)
    assert late_one.verdict is Verdict.NOTE
    assert late_one.what.en == "127.0.0.1 has not stamped the digest of 2035-01-01; waiting: 1"
    await run("digest", "stamp")
    stamped = await time_stamps(engine)
    assert (stamped.verdict, stamped.what.zh) == (Verdict.GOOD, "2035-01-01 的摘要已有时间戳")
    monkeypatch.setenv(CERTIFICATES, "")
    assert (await time_stamps(engine)).verdict is Verdict.BAD
    monkeypatch.setenv(URL, "")
    assert (await time_stamps(engine)).what.en == "no time-stamping authority is set"


async def test_a_dossier_of_the_register_has_the_stamp(
    run: Run, engine: AsyncEngine, office: _Office, tmp_path: Path
) -> None:
    """As it came, with the certificates; `verify` says what it proves, offline."""
    await write_register(engine, recorded(SHORT))
    for history in recorded(SHORT):
        await PostgresArchive(engine).keep(history)
    digest = await make(engine, DAYS[0])
    await run("digest", "stamp")
    made = await run("dossier", SHORT, "--from", "archive", "-o", "d.zip")
    assert (made.exit_code, "existed at 2035-01-02 08:45:00" in " ".join(made.output.split())) == (
        0,
        True,
    )
    files = await asyncio.to_thread(unpack, tmp_path / "d.zip")
    found = check_stamp(files["digest.tsr"], files["digest.txt"], [office.authority.root])
    assert getattr(found, "authority", found) == "CN=Time Stamps of the Tests"
    assert digest.root.encode() in files["digest.txt"]
    given = await run("verify", "d.zip", "--authority", "authority.pem", "--json")
    said = json.loads(given.output)
    assert (given.exit_code, "stamp" in said["checked"]) == (0, True)
    assert sum(one["covered"] for one in said["coverage"]["days"]) == said["coverage"]["entries"]
