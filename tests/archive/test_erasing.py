"""Two officers erase a term by the commands: signed, durable where it breaks off, and once."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from temporalio.client import Client

from audit.anchoring.digest_checks import leaf_problems, rewritten_logs
from audit.anchoring.digests import known_digest, make
from audit.anchoring.leaves import Head, LogLeaf, lines_of, read_line
from audit.anchoring.vouching import NOTHING
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archiver import ArchivingNotes, archive_now
from audit.archive.server_histories import ServerHistories
from audit.erasing.erased_file import check_erased, erased_bytes, read_erased
from audit.erasing.erasure_activities import ErasureActivities
from audit.erasing.erasure_histories import read_erasures
from audit.reconciling.reconciling import reconcile
from db.erased_entries import digest_of_remains, remains_of
from db.erasure_store import ErasureStore
from db.register_store import PostgresRegister
from starter.client.blocking_workflow import queue_of, type_of
from starter.desk.profile import Profile, ProfileRole, ProfileSigning, write_profile
from starter.encryption.encrypted_converter import configured_keys, encrypting_converter
from starter.encryption.key_errors import VARIABLE
from starter.encryption.master_keys import add_master_key
from starter.encryption.term_keys import TermKeys
from tests.archive.conftest import Place
from tests.audit.lives import Given
from tests.nobody import be_nobody
from tests.register.cases import batch
from tests.register.planted import OF, PLANTED, planted_in, whole_life
from tests.rules.officers import secret_of
from tests.rules.roster_life import A, B, Life
from worker.demo.clockwork import until
from worker.main import pingtai
from worker.query_isolation import make_isolating_worker
from workflows.contract import AUDIT_QUEUE, ERASURE_TYPE, erasure_workflow_id
from workflows.erasure_workflow import ErasureWorkflow
from workflows.periods import beijing_date
from workflows.record import BEGINNING, find_chain_break
from workflows.roster_batches import RosterBatch
from workflows.roster_entries import RosterEntry


def _sit_down(person: RosterEntry, folder: Path) -> None:
    """The profile is this officer's, with their key."""
    path = folder / f"{person.id}.key"
    if not path.exists():
        content = secret_of(person.id).private_bytes(
            Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
        )
        path.touch(mode=0o600)
        path.write_bytes(content)
    role = ProfileRole(role=person.role, organisation=person.organisation)
    signing = ProfileSigning(key_file=str(path))
    write_profile(Profile(id=person.id, roles=(role,), signing=signing))


async def _typed(*words: str) -> Result:
    line = ["--lang", "en", "erase", words[0], OF.platform_id, "--term", "1", *words[1:]]
    return await asyncio.to_thread(CliRunner().invoke, pingtai, line)


async def _audited(place: Place, folder: Path) -> None:
    """What an auditor sees of it: hashes that hold, in a digest; and each change of them."""
    day = beijing_date(datetime.now(UTC)) + timedelta(days=1)
    digest = await make(place.engine, day)
    _, lines = await known_digest(place.engine, day)
    leaves = [read_line(line) for line in lines_of(lines)]
    assert f"erasure:{OF.platform_id}" in {
        one.platform_id for one in leaves if isinstance(one, LogLeaf)
    }
    assert not list(
        leaf_problems(Head(day=day, previous=digest.previous), digest.root, lines_of(lines))
    )
    assert not [one async for one in rewritten_logs(place.engine, digest, lines_of(lines))]
    [done] = [one async for one in reconcile(place.engine, Given([]), [OF.platform_id])]
    assert (done.agrees, done.differences) == (True, [])
    file = folder / "erased.json"
    assert (await _typed("show", "-o", str(file))).exit_code == 0
    left = read_erased(file.read_bytes())
    assert left
    for lang, said in (("en", "Verified by hashes"), ("zh", "经哈希核验通过")):
        line = ["--lang", lang, "audit", "verify", str(file)]
        shown = await asyncio.to_thread(CliRunner().invoke, pingtai, line)
        assert (shown.exit_code, said in shown.output) == (0, True), shown.output
    # Its own history is archived with the roster's, and says its log again; its id is one of ours.
    archive = PostgresArchive(place.engine)
    await archive_now(ServerHistories(place.client), archive, ArchivingNotes(place.engine))
    own = erasure_workflow_id(OF.platform_id, OF.term)
    assert (type_of(own), queue_of(own)) == (ERASURE_TYPE, AUDIT_QUEUE)
    reading = await read_erasures(archive)
    assert (reading.problems, reading.logs) == ([], {OF: list(left.erasure)})
    assert own not in {one.workflow_id async for one in archive.runs()}
    # A dossier says of the term what is left, though nothing of its histories can be read.
    dossier, line = folder / "left.zip", ["audit", "dossier", OF.platform_id, "--from", "archive"]
    made = await asyncio.to_thread(CliRunner().invoke, pingtai, [*line, "-o", str(dossier)])
    assert dossier.exists(), made.output
    checked = await asyncio.to_thread(
        CliRunner().invoke, pingtai, ["audit", "verify", str(dossier)]
    )
    assert checked.exit_code == 5, checked.output
    assert "term 1 was erased on" in " ".join(checked.output.split())
    answer = check_erased(file.read_bytes(), {day: digest.root}, NOTHING)
    assert answer
    assert not answer.wrong
    last = left.entries[-1]

    def but_last(**changed: Any) -> dict[str, Any]:
        other = last.model_copy(update={"entry": last.entry.model_copy(update=changed)})
        return {"entries": (*left.entries[:-1], other)}

    other = check_erased(file.read_bytes(), {day: "0" * 64}, NOTHING)
    changes: dict[str, Any] = {
        "not what the erasure sealed": {
            **but_last(stage="valid"),
        },
        "not as it stood in the digest": {"entries": left.entries[:-1]},
        "does not follow the one before": {
            **but_last(previous="0" * 64),
        },
        "was not erased to the end": {"erasure": left.erasure[:-1]},
        "was changed after it was written": {
            "erasure": (
                left.erasure[0].model_copy(update={"outcome": "confirmed"}),
                *left.erasure[1:],
            )
        },
    }
    for why, change in changes.items():
        found = check_erased(erased_bytes(left.model_copy(update=change)), None, NOTHING)
        assert found
        assert any(why in en for en, _ in found.wrong), (why, found.wrong)
    assert other
    assert any("that was published is" in en for en, _ in other.wrong)


async def test_two_officers_erase_a_term(
    place: Place, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Refused before its time, asked for, confirmed by another, broken off half-way, done, and not twice."""
    be_nobody(monkeypatch, tmp_path)
    masters = tmp_path / "keys.json"
    add_master_key(masters, "first")
    for name, value in {
        "DATABASE_URL": database_url,
        "TEMPORAL_ADDRESS": place.client.service_client.config.target_host,
        VARIABLE: str(masters),
        "PINGTAI_RETENTION_YEARS": "50",
    }.items():
        monkeypatch.setenv(name, value)
    keys = configured_keys()
    assert keys
    keys.current(f"{OF.platform_id}:term-1")
    register = PostgresRegister(place.engine)
    told, year = whole_life()
    await register.write(batch(told))
    await register.write(batch(year, platform=told))
    await register.write_roster(RosterBatch(entries=tuple(Life.opened().roster.log)))

    broken: list[str] = []
    destroy = TermKeys.destroy

    def fails_once(self: TermKeys, platform_id: str, term: int) -> int:
        if not broken:
            broken.append(platform_id)
            raise OSError("the worker was killed")
        return destroy(self, platform_id, term)

    monkeypatch.setattr(TermKeys, "destroy", fails_once)
    address = place.client.service_client.config.target_host
    client = await Client.connect(address, data_converter=encrypting_converter(keys))
    activities = ErasureActivities(place.engine)
    worker = make_isolating_worker(
        client=client,
        task_queue=AUDIT_QUEUE,
        workflows=[ErasureWorkflow],
        activities=[
            activities.erasure_standing,
            activities.erase_term,
            activities.write_erasure,
        ],
    )
    store = ErasureStore(place.engine)
    async with worker:
        _sit_down(A, tmp_path)
        dry = await _typed("request", "--dry-run")
        assert (dry.exit_code, "✗ it must be kept up to 2074-" in dry.output) == (3, True)
        early = await _typed("request", "--reason", "保管期限届满")
        assert (early.exit_code, "must be kept up to 2074-" in early.output) == (3, True)
        monkeypatch.setenv("PINGTAI_RETENTION_YEARS", "1")
        preview = json.loads((await _typed("request", "--dry-run", "--json")).output)
        assert (preview["refused"], preview["keys"]) == ([], 1)
        assert "It can be erased" in (await _typed("request", "--dry-run")).output
        asked = await _typed("request", "--reason", "保管期限届满")
        assert (asked.exit_code, "A second officer" in asked.output) == (0, True), asked.output
        # Somebody ends the workflow: the next one goes on from what the register has.
        await client.get_workflow_handle(erasure_workflow_id(OF.platform_id, 1)).terminate()
        alone = await _typed("confirm")
        assert (alone.exit_code, "a second officer does" in alone.output) == (3, True)
        assert await planted_in(place.engine) == set(PLANTED)
        _sit_down(B, tmp_path)
        confirmed = await _typed("confirm", "--json")
        assert json.loads(confirmed.output)["stage"] == "confirmed"

        async def erased() -> bool:
            return await store.is_erased(OF)

        await until(erased, "the term is erased")
        view: Any = await client.get_workflow_handle(
            erasure_workflow_id(OF.platform_id, 1)
        ).result()
        assert view["stage"] == "erased"
        again = await _typed("request", "--reason", "再次")
        assert (again.exit_code, again.output) == (0, "✓ Erased already: pingtai erase list\n")
    assert broken
    assert await planted_in(place.engine) == set()
    assert not list(keys.directory.glob("*/term-1.*.json"))
    log = await store.erasure(OF)
    assert find_chain_break(log, BEGINNING) is None
    assert [one.outcome for one in log] == ["requested", "confirmed", "erased"]
    assert all(one.said["signatures"][0]["proof"] for one in log[:2])
    remains = [
        remains_of(*number, entry)
        for number, entries in (await store.logs(OF)).items()
        for entry in entries
    ]
    assert log[-1].said["remains"] == digest_of_remains(remains)
    await _audited(place, tmp_path)
    listed = await asyncio.to_thread(CliRunner().invoke, pingtai, ["--lang", "zh", "erase", "list"])
    assert "已删除" in listed.output
