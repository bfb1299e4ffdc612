"""The archive gives back what it took, takes more of what it has a part of, and tells what was changed."""

import asyncio
import gzip
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import Store, configured_store, fetch
from audit.archive.archiver import ArchivingNotes
from audit.archive.file_archive import FileHistories
from audit.histories import NoHistory, StoredHistory
from starter.errors import BadInput
from tests.archive.samples import PLATFORM, RECORDED, all_of, part, recorded


@pytest.fixture(params=["postgres", "directory", "other store"])
async def archive(
    request: pytest.FixtureRequest, engine: AsyncEngine, tmp_path: Path
) -> AsyncIterator[PostgresArchive]:
    """An archive in PostgreSQL, in a directory, and in a store that is no file system."""
    places = {"directory": str(tmp_path / "archive"), "other store": f"memory://{tmp_path.name}"}
    place = places.get(request.param)
    yield PostgresArchive(engine, Store(place) if place else None)


async def test_what_is_kept_is_given_back(archive: PostgresArchive) -> None:
    """The same bytes, with whose they are, in order: by platform, workflow, start."""
    names = ("bj-ad-simulation", "bj-biologics-cmc", PLATFORM, "bj-green-building")
    files = FileHistories([path for n in names for path in RECORDED.glob(f"platform--{n}--*")])
    some = await all_of(files)
    assert len(some) > 10
    for history in reversed(some):
        assert await archive.keep(history)
    assert some == await all_of(archive)
    own = [history for history in some if history.platform_id == PLATFORM]
    assert 3 == len(own)
    assert own == await all_of(archive, PLATFORM)
    assert [] == await all_of(archive, "bj")
    counts = await archive.counts()
    still_open = sum(history.closed_at is None for history in some)
    assert 0 < still_open
    assert (len(some), still_open) == (counts.runs, counts.open_runs)


async def test_an_open_run_gives_way_to_more_of_it_and_never_to_less(
    archive: PostgresArchive,
) -> None:
    """Part, longer part, the whole; a shorter part and a second whole change nothing."""
    whole = recorded()
    parts = [part(whole, events) for events in (5, 9)]
    assert await archive.keep(parts[0])
    assert await archive.keep(parts[1])
    assert not await archive.keep(parts[0])
    assert [parts[1]] == await all_of(archive)
    assert await archive.keep(whole)
    assert not await archive.keep(parts[1])
    assert not await archive.keep(whole)
    assert [whole] == await all_of(archive)


async def test_a_closed_run_is_never_replaced(archive: PostgresArchive) -> None:
    """Whoever brings another history of the same run later is not believed."""
    whole = recorded()
    await archive.keep(whole)
    other = replace(whole, content=whole.content.replace(b"Platform", b"Platf0rm"))
    assert not await archive.keep(other)
    assert [whole] == await all_of(archive)


async def test_a_directory_holds_one_file_for_a_run_that_anyone_can_read(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """What stood for a part is taken away; the files alone give the same histories, without a database."""
    archive = PostgresArchive(engine, Store(str(tmp_path)))
    first, second = recorded(1), recorded(2)
    for history in (part(first, 5), part(first, 9), first, part(second, 7)):
        await archive.keep(history)
    folder = tmp_path / f"platform--{PLATFORM}"
    names = {f"{first.run_id}.json.gz", f"{second.run_id}.7-events.json.gz"}
    assert names == {file.name for file in folder.iterdir()}
    read = await all_of(FileHistories([tmp_path]))
    assert [first, part(second, 7)] == [replace(one, sdk="1.35.0") for one in read]


async def test_a_changed_byte_in_the_database_is_told(engine: AsyncEngine) -> None:
    """One character of the JSON: the history comes with its damage, and nobody can replay it."""
    archive, whole = PostgresArchive(engine), recorded()
    await archive.keep(whole)
    await archive.keep(recorded(2))
    changed = gzip.compress(whole.content.replace(b"pingtai", b"pingtaj", 1))
    assert gzip.decompress(changed) != whole.content
    await _set(engine, whole, changed)
    damaged, other = await all_of(archive)
    assert damaged.damage
    assert "SHA-256" in damaged.damage
    with pytest.raises(NoHistory, match="is not what was archived"):
        _ = damaged.data
    assert other.damage is None
    await _set(engine, whole, b"\x1f\x8b nothing")
    assert "cannot be read" in str((await all_of(archive))[0].damage)


async def test_a_file_that_was_changed_or_taken_away_is_told(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    """The row in the database remembers what the file was."""
    archive, whole = PostgresArchive(engine, Store(str(tmp_path))), recorded()
    await archive.keep(whole)
    (file,) = (tmp_path / f"platform--{PLATFORM}").iterdir()
    good = file.read_bytes()
    file.write_bytes(gzip.compress(whole.content.replace(b"pingtai", b"pingtaj", 1)))
    assert "SHA-256" in str((await all_of(archive))[0].damage)
    file.write_bytes(good[:-20])
    assert "cannot be read" in str((await all_of(archive))[0].damage)
    file.unlink()
    assert "cannot be read" in str((await all_of(archive))[0].damage)
    file.write_bytes(good)
    assert [whole] == await all_of(archive)


async def test_a_file_that_gives_way_while_it_is_read_is_no_damage(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the row and its file an archiver took the whole run: that is what is given back."""
    archive, whole = PostgresArchive(engine, Store(str(tmp_path))), recorded()
    await archive.keep(part(whole, 5))
    loop = asyncio.get_running_loop()

    def late(place: str, limit: int) -> bytes:
        asyncio.run_coroutine_threadsafe(archive.keep(whole), loop).result(30)
        return fetch(place, limit)

    monkeypatch.setattr("audit.archive.archive_contents.fetch", late)
    assert [whole] == await all_of(archive)


async def test_a_name_is_on_the_disk_before_a_row_speaks_of_it(
    engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power may go at any moment: the file is written through, then its folder, then comes the row."""
    synced: list[str] = []
    real = os.fsync

    def told(fd: int) -> None:
        real(fd)
        synced.append(Path(f"/proc/self/fd/{fd}").readlink().name)

    monkeypatch.setattr(os, "fsync", told)
    await PostgresArchive(engine, Store(str(tmp_path / "archive"))).keep(recorded())
    assert synced[0].endswith(".part")
    assert [f"platform--{PLATFORM}", "archive"] == synced[1:]


async def test_the_place_may_be_changed(engine: AsyncEngine, tmp_path: Path) -> None:
    """What was kept in PostgreSQL and elsewhere is read, whatever is configured now."""
    await PostgresArchive(engine).keep(recorded(1))
    await PostgresArchive(engine, Store(str(tmp_path))).keep(recorded(2))
    assert [recorded(1), recorded(2)] == await all_of(PostgresArchive(engine))


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("archive", "relative"),
        ("s3://key:secret@bucket/prefix", "password"),
        ("nowhere://x", "nowhere"),
        ("http://[::1", "cannot be used"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused(
    place: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words name the variable; a password in it is not repeated."""
    monkeypatch.setenv("PINGTAI_ARCHIVE", place)
    with pytest.raises(BadInput, match=why) as refused:
        configured_store()
    assert refused.value.words.en.startswith("PINGTAI_ARCHIVE")
    assert "secret" not in refused.value.words.en + refused.value.words.zh


def test_without_a_place_it_is_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty and unset are the same."""
    monkeypatch.setenv("PINGTAI_ARCHIVE", "")
    assert configured_store() is None


async def _set(engine: AsyncEngine, history: StoredHistory, packed: bytes) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE archived_histories SET content = :packed WHERE run_id = :run"),
            {"packed": packed, "run": history.run_id},
        )


async def test_what_a_wrong_clock_noted_does_not_count(engine: AsyncEngine) -> None:
    """A time that lies ahead would say for years that archiving was done just now: it is passed over."""
    notes = ArchivingNotes(engine)
    first = await notes.end(await notes.begin(whole=True), 1, 1, 0)
    await notes.end(await notes.begin(whole=True), 1, 1, 0)
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE archivings SET began_at = began_at + interval '9 years' WHERE number > :n"
            ),
            {"n": first.number},
        )
    for whole, ended in ((True, True), (False, False)):
        assert first == await notes.last(whole=whole, ended=ended)
