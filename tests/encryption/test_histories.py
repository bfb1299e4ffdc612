"""Encrypted histories, as an auditor reads them: with the keys, without, and where a stranger wrote in them."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from google.protobuf.json_format import MessageToDict
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload

from audit.archive.event_json import compact, history_of
from audit.encrypted_payloads import open_payloads
from audit.histories import Encrypted, Erased, StoredHistory
from audit.reading.case_logs import read_runs
from audit.reading.roster_log_reading import read_roster
from audit.reconciling.reconciling import reconcile
from audit.reconciling.reconciling_roster import reconcile_roster
from audit.replay.replaying import Replaying
from audit.replay.roster_replay import replay_roster
from db.register_store import PostgresRegister
from starter.encryption.key_errors import VARIABLE
from starter.encryption.key_names import KEY_ID, key_names
from starter.encryption.payload_codec import seal
from starter.encryption.term_keys import TermKeys
from tests.archive.samples import PLATFORM, recorded
from tests.encryption.test_payload_codec import payload
from tests.register.cases import application, batch, opened
from worker.main import pingtai
from workflows.contract import ROSTER_ID, ROSTER_TYPE

TERM_KEY = f"{PLATFORM}:term-1:first"


def changed(value: Any, change: Callable[[Payload], Payload]) -> Any:
    """A history's JSON, with each payload changed; search attributes stay."""
    if isinstance(value, list):
        return [changed(one, change) for one in value]
    if not isinstance(value, dict):
        return value
    if "metadata" in value and "encoding" in (value["metadata"] or {}):
        metadata = {name: base64.b64decode(one) for name, one in value["metadata"].items()}
        sealed = change(Payload(metadata=metadata, data=base64.b64decode(value.get("data", ""))))
        return MessageToDict(sealed)
    return {
        name: one if name == "searchAttributes" else changed(one, change)
        for name, one in value.items()
    }


def encrypted(history: StoredHistory, keys: TermKeys) -> StoredHistory:
    """A recorded history, as it would be if its payloads had been encrypted."""
    data = changed(history.data, lambda one: seal(one, keys, f"{PLATFORM}:term-1"))
    return history_of(
        compact(data), workflow_id=history.workflow_id, run_id=history.run_id, sdk=history.sdk
    )


def with_signal(history: StoredHistory, sealed: Payload) -> StoredHistory:
    """A history with one more event at its end: a signal of anybody's."""
    events = history.stored["events"]
    signal = {
        "eventId": str(len(events) + 1),
        "eventTime": events[-1]["eventTime"],
        "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED",
        "workflowExecutionSignaledEventAttributes": {
            "signalName": "listing",
            "input": {"payloads": [MessageToDict(sealed)]},
        },
    }
    return history_of(
        compact({"events": [*events[:-1], signal]}),
        workflow_id=history.workflow_id,
        run_id=history.run_id,
        sdk=history.sdk,
    )


async def test_a_holder_of_the_keys_reads_what_was_recorded(keys: TermKeys) -> None:
    """The history in the clear, word for word; it replays; the names of its keys stand beside it."""
    history = recorded()
    sealed = encrypted(history, keys)
    assert history.codec is None
    assert TERM_KEY == sealed.codec
    assert history.data == sealed.data
    assert sealed.stored != sealed.data
    async with Replaying() as replaying:
        assert (await replaying.replay(sealed)).log == (await replaying.replay(history)).log


async def test_without_the_keys_the_key_is_named(
    keys: TermKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both languages; and what of it stands in the clear is read, so that it can be archived."""
    sealed = encrypted(recorded(), keys)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(Encrypted, match=TERM_KEY) as caught:
        sealed.data  # noqa: B018
    assert TERM_KEY in caught.value.words.zh
    (problem,) = read_runs(PLATFORM, [sealed]).problems
    assert caught.value.words == problem.words
    async with Replaying() as replaying:
        replayed = await replaying.replay(sealed)
    assert not replayed.sound
    assert replayed.divergence
    assert TERM_KEY in replayed.divergence.words.en


async def test_without_the_keys_nothing_is_held_against_the_register(
    keys: TermKeys, monkeypatch: pytest.MonkeyPatch, engine: AsyncEngine, register: PostgresRegister
) -> None:
    """What cannot be read is not missing: reconcile says that it did not check, once, and repairs nothing."""
    await register.write(batch(opened(application(platform_id=PLATFORM))))
    sealed = encrypted(recorded(), keys)
    monkeypatch.delenv(VARIABLE)

    class Kept:
        async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
            yield sealed

    [found] = [one async for one in reconcile(engine, Kept(), repair=True)]
    assert (True, [], [], False) == (
        found.agrees,
        found.problems,
        found.differences,
        found.repaired,
    )
    [said] = found.not_checked
    assert (PLATFORM, True) == (said.where, TERM_KEY in said.words.en), said


async def test_without_the_keys_nothing_is_held_against_the_roster(
    keys: TermKeys, monkeypatch: pytest.MonkeyPatch, engine: AsyncEngine
) -> None:
    """Neither its reading, nor its replay, nor the comparison says that it is wrong."""
    given = MessageToDict(seal(payload(), keys, "shared"))
    event = {
        "eventId": "1",
        "eventTime": "2026-05-01T00:00:00Z",
        "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
        "workflowExecutionStartedEventAttributes": {
            "workflowType": {"name": ROSTER_TYPE},
            "input": {"payloads": [given]},
        },
    }
    sealed = history_of(compact({"events": [event]}), workflow_id=ROSTER_ID, run_id="r", sdk="1")
    monkeypatch.delenv(VARIABLE)

    class Kept:
        async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
            yield sealed

    for found in (
        (await read_roster(Kept())).problems,
        await replay_roster(Kept()),
        (done := await reconcile_roster(engine, Kept(), repair=True)) and done.not_checked,
    ):
        assert found
        [said] = found
        assert (ROSTER_ID, True) == (said.where, said.unchecked)
        assert "shared:first" in said.words.en
    assert done and done.agrees and not done.repaired


def test_a_destroyed_key_is_told_apart_from_a_missing_one(keys: TermKeys) -> None:
    """It says that it was erased, and names the term."""
    sealed = encrypted(recorded(), keys)
    keys.destroy(PLATFORM, 1)
    with pytest.raises(Erased, match=f"erased: the key of {PLATFORM}:term-1"):
        sealed.data  # noqa: B018


@pytest.mark.parametrize("key", [f"{PLATFORM}:term-1:later", "nobody:term-1:first", TERM_KEY, "?"])
def test_a_stranger_makes_no_history_unreadable(
    keys: TermKeys, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Anybody can signal what looks encrypted: the rest is read, with keys and without."""
    made_up = seal(payload(), keys, f"{PLATFORM}:term-1")
    made_up.metadata[KEY_ID] = key.encode()
    made_up.data = made_up.data[:-1]
    history = with_signal(recorded(), made_up)
    for _ in range(2):  # with the keys, and without
        history = with_signal(recorded(), made_up)
        *before, signal = history.data["events"]
        assert recorded().data["events"][:-1] == before
        given = signal["workflowExecutionSignaledEventAttributes"]["input"]["payloads"]
        assert [MessageToDict(made_up)] == given
        monkeypatch.delenv(VARIABLE, raising=False)


def test_what_failures_say_is_read(keys: TermKeys) -> None:
    """The SDK puts their words into a payload, where they were encrypted; they come back from there."""
    history = recorded()
    words = payload({"message": "王五不得作为专家", "stack_trace": ""})
    failed = {"failure": {"message": "Encoded failure", "encodedAttributes": MessageToDict(words)}}
    events = [*history.data["events"]]
    events[-1] = events[-1] | {"workflowTaskFailedEventAttributes": failed}
    sealed = changed(events, lambda one: seal(one, keys, f"{PLATFORM}:term-1"))
    opened = open_payloads({"events": sealed}, history.workflow_id)["events"][-1]
    assert "王五不得作为专家" == opened["workflowTaskFailedEventAttributes"]["failure"]["message"]


def test_names_of_keys_are_bounded() -> None:
    """What strangers name is kept short, and is no other name's part."""
    many = [base64.b64encode(f"k-{number:03}".encode()).decode() for number in range(50)]
    content = json.dumps([{"encryption-key-id": one} for one in [*many, "%%", "YSxi"]]).encode()
    found = key_names(content)
    assert found
    assert 20 == len(found.split(","))
    assert key_names(b"{}") is None


async def test_auditors_are_told_that_a_term_was_erased(keys: TermKeys, tmp_path: Path) -> None:
    """By each command, in both languages: erased is neither damaged nor missing."""
    files = []
    for number in (1, 2):
        path = tmp_path / f"{number}.json"
        path.write_bytes(encrypted(recorded(number), keys).content)
        files += ["--files", str(path)]
    keys.destroy(PLATFORM, 1)

    async def told(lang: str, command: str, *more: str) -> tuple[int, str]:
        platform = [] if command == "replay" else [PLATFORM]
        words = ["--lang", lang, "audit", command, *platform, *files, *more]
        done = await asyncio.to_thread(CliRunner().invoke, pingtai, words)
        return done.exit_code, " ".join(done.output.split())

    for command, code, more in (
        ("timeline", 2, ()),
        ("state", 2, ("--seq", "1.2")),
        ("replay", 5, ("--no-register",)),
        ("dossier", 2, ("-o", str(tmp_path / "dossier.zip"))),
    ):
        for lang, said in (
            ("en", f"the key of {PLATFORM}:term-1 was destroyed"),
            ("zh", "密钥已销毁"),
        ):
            found, output = await told(lang, command, *more)
            assert (found, said.replace(" ", "") in output.replace(" ", "")) == (code, True), output
    assert "pingtai erase show" in (await told("en", "dossier", "-o", str(tmp_path / "d.zip")))[1]
