"""Encryption on the real server: what Temporal, the archive and the logs keep is for holders of the keys."""

import gzip
import io
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import Store
from audit.archive.server_histories import ServerHistories
from audit.dossier.making import make
from audit.dossier.verifying import Conclusion, verify
from audit.erasing.term_standing import says_something
from audit.histories import NoHistory, StoredHistory
from audit.reading.case_logs import read_runs
from audit.recovering.lost_terms import Standing, read_term
from audit.replay.replaying import Replaying
from db.open_cases import open_cases
from starter.client.first_application import application_of_run
from starter.client.missing_keys import find_missing_key
from starter.encryption.encrypted_converter import configured_keys, encrypting_converter
from starter.encryption.key_errors import VARIABLE, MissingKey
from starter.encryption.master_keys import add_master_key
from starter.encryption.term_keys import TermKeys
from starter.errors import BadInput
from tests.archive.samples import all_of
from tests.memory import RUN
from tests.rules.builders import DISTRICT, OPERATOR, application
from tests.workflows.world import Life, World
from worker.doctor.check_payload_keys import payload_keys
from worker.doctor.examination import examine
from worker.doctor.finding import Verdict
from worker.doctor.log_tails import read_tails
from worker.log_setup import CountingHandler
from worker.temporal_server import TemporalServer
from workflows.contract import platform_workflow_id
from workflows.log_id import LogId

SECRETS = (
    "祝融甲",
    "Officer-Xylophone",
    "意见机密七七三一",
    "机密附件八八四二.pdf",
    "紫金平台九九五三",
    "机密机构六六四一",
)
"""A person, an officer, an opinion, a document, a platform, a body: no other test says them."""
NAME, OFFICER, OPINION, DOCUMENT, PLATFORM, BODY = SECRETS
IN_THE_CLEAR = "明文对照五五零九"
ANSWER = {"statement": f"{NAME}负责", "documents": [{"name": DOCUMENT, "sha256": "ab" * 32}]}


async def _recommended(world: World, platform_id: str) -> None:
    """A platform that says each secret, by update and by signal."""
    form = application()
    life = await world.apply(
        platform_id,
        name=PLATFORM,
        operator={**form["operator"], "name": BODY},
        submitted_by={**form["submitted_by"], "organisation": BODY},
        conditions=dict.fromkeys(form["conditions"], ANSWER),
    )
    actor = {**DISTRICT, "id": OFFICER}
    await life.decide("recommendation", actor=actor, opinion=OPINION)
    await life.settled(life.handle)


async def _listed_and_assessed(life: Life) -> None:
    """On to the first year, with a refusal that quotes what was sent."""
    await life.signal("withdrawal")  # of another operator
    for kind in ("inspection", "expert_opinion", "listing"):
        await life.decide(kind)
    await life.open(1)
    await life.decide("self_report", actor={**OPERATOR, "organisation": BODY})
    for kind in ("district_review", "evaluation"):
        await life.decide(kind)
    await life.over()
    await life.settled(life.handle)


@contextmanager
def _log_lines() -> Iterator[io.StringIO]:
    """What a process that encrypts writes to its log."""
    stream = io.StringIO()
    handler = CountingHandler(stream, silent=True)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def _kept() -> bytes:
    """All that Temporal's databases, their journals and its logs hold in this run of tests."""
    found = [
        path
        for pattern in ("*.sqlite*", "temporal*.log*")
        for path in Path(os.environ[RUN]).rglob(pattern)
    ]
    assert any(path.name.endswith("-wal") for path in found)
    return b"".join(path.read_bytes() for path in found)


def _said_in(content: bytes, *said: str) -> set[str]:
    return {
        one for one in said if one.encode() in content or json.dumps(one)[1:-1].encode() in content
    }


async def _replay_alike(histories: list[StoredHistory]) -> None:
    """Each history says and replays to the log that its chain seals."""
    async with Replaying() as replaying:
        for history in histories:
            replayed = await replaying.replay(history)
            assert replayed.sound, replayed
            assert replayed.log


async def _dossier(archive: PostgresArchive, platform_id: str) -> bytes:
    at = datetime(2026, 11, 30, tzinfo=UTC)
    return await make(None, archive, platform_id, source="archive", made_by="tests", at=at)


async def _missing_keys_are_named(world: World, platform_id: str) -> None:
    """Who forgot the setting reads that, and not that data is lost or nobody works: reads, doctor, recover."""
    named = rf"{platform_id}:term-1:first.* set PINGTAI_PAYLOAD_KEYS"
    with pytest.raises(MissingKey, match=named):
        await world.client.state(platform_id)
    with pytest.raises(MissingKey, match=named):
        await read_tails(world.temporal, [platform_workflow_id(platform_id)])
    run = await world.temporal.get_workflow_handle(platform_workflow_id(platform_id)).describe()
    with pytest.raises(
        MissingKey, match=named
    ):  # who applies again, or signs, reads what opened the term
        await application_of_run(world.temporal, run)
    assert await find_missing_key(world.temporal, 20)
    found = await payload_keys(world.temporal, world.engine)
    assert (Verdict.BAD, True) == (found.verdict, VARIABLE in found.what.en), found
    told = [one async for one in examine(world.temporal, world.engine)]
    said = [one.what.en for one in told]
    assert 1 == sum(VARIABLE in one for one in said), said
    [left_out] = [one for one in told if one.what.en.startswith("not checked")]
    assert "without that key: roster workflow, both parts; whether all" in left_out.what.en
    assert "以下各项未检查：人员目录流程、两部分；" in left_out.what.zh
    assert left_out.advice and VARIABLE in left_out.advice.zh
    for good in ("no workflow has a problem", "the same entries", "cannot be examined"):
        assert not [one for one in said if good in one], said
    (case,) = [one for one in await open_cases(world.engine) if one.platform_id == platform_id]
    term = await read_term(world.engine, world.temporal, case)
    assert Standing.UNKNOWN is term.standing
    assert VARIABLE in str(term.why)


async def test_only_holders_of_the_keys_read(
    temporal: TemporalServer,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No secret is found by its bytes; a rotated key reads old and new; a destroyed one is erasure."""
    masters = tmp_path / "keys.json"
    monkeypatch.setenv(VARIABLE, str(masters))

    async def encrypting(key: str) -> tuple[World, TermKeys]:
        add_master_key(masters, key)
        keys = configured_keys()
        assert keys
        client = await Client.connect(temporal.address, data_converter=encrypting_converter(keys))
        sealed = World(client, world.engine)
        await sealed.work()
        return sealed, keys

    async with world.without_worker():
        with _log_lines() as lines:
            sealed, _ = await encrypting("first")
            await _recommended(sealed, "enc-old")
            await _recommended(sealed, "enc-gone")
            await sealed.rest()
            sealed, keys = await encrypting("second")
            await _listed_and_assessed(Life(sealed, "enc-old"))
            await sealed.rest()
        with monkeypatch.context() as without:
            without.delenv(VARIABLE)
            await _missing_keys_are_named(world, "enc-gone")
        plain = await world.temporal.start_workflow(
            "Platform", {"name": IN_THE_CLEAR}, id="platform:enc-not", task_queue="nobody"
        )
        await plain.terminate()

    assert {IN_THE_CLEAR} == _said_in(_kept(), *SECRETS, IN_THE_CLEAR)
    assert BODY in caplog.text, "the SDK's own line of the refusal quotes it"
    assert "signal withdrawal refused: …" in lines.getvalue()
    assert set() == _said_in(lines.getvalue().encode(), *SECRETS)

    place = tmp_path / "archive"
    server = ServerHistories(world.temporal)
    archive = PostgresArchive(world.engine, Store(str(place)))
    for platform_id in ("enc-old", "enc-gone"):
        for history in await all_of(server, platform_id):
            assert await archive.keep(history)
    files = b"".join(gzip.decompress(path.read_bytes()) for path in place.rglob("*.gz"))
    assert set() == _said_in(files, *SECRETS)
    old, gone = await all_of(archive, "enc-old"), await all_of(archive, "enc-gone")
    first, second = "enc-old:term-1:first", "enc-old:term-1:second"
    assert {first, second} == set(",".join(str(one.codec) for one in old).split(","))
    assert f"{first},{second}" == old[0].codec
    assert ["enc-gone:term-1:first"] == [one.codec for one in gone]

    assert [False] * len([*old, *gone]) == [says_something(one) for one in (*old, *gone)]
    assert all(map(says_something, await all_of(server, "enc-not")))

    await _replay_alike([*old, *gone])
    entries = read_runs("enc-old", old).entries(LogId(1))
    registered = await world.queries.log("enc-old", 1)
    assert [one.hash for one in entries] == [
        line.entry.hash for line in registered if not line.year
    ]
    assert OFFICER in [entry.actor.id for entry in entries if entry.actor]
    dossier = tmp_path / "enc-old.zip"
    dossier.write_bytes(await _dossier(archive, "enc-old"))
    with monkeypatch.context() as without:
        without.delenv(VARIABLE)
        assert Conclusion.WHOLE is (await verify(dossier, None, None)).conclusion
        (run, *_) = await all_of(archive, "enc-old")
        with pytest.raises(NoHistory, match=first):
            run.data  # noqa: B018
        with pytest.raises(BadInput, match=first):
            await _dossier(archive, "enc-old")

    assert 1 == keys.destroy("enc-gone", 1)
    old, gone = await all_of(archive, "enc-old"), await all_of(archive, "enc-gone")
    async with Replaying() as replaying:
        (erased,) = [await replaying.replay(one) for one in gone]
        assert (await replaying.replay(old[0])).sound
    assert erased.sound
    assert [(True, "erased: the key of enc-gone:term-1")] == [
        (one.unchecked, one.words.en.partition(" was")[0]) for one in erased.findings
    ]
