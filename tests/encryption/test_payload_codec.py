"""What the codec encrypts, with which key, and what it leaves alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import (
    InitializeWorkflow,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_commands import (
    ContinueAsNewWorkflowExecution,
    WorkflowCommand,
)
from temporalio.bridge.proto.workflow_completion import Success, WorkflowActivationCompletion
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from starter.client.payload_converter import configured_converter
from starter.encryption.encrypted_converter import configured_keys, encrypting_converter, for_term
from starter.encryption.key_errors import VARIABLE, ErasedKey, MissingKey
from starter.encryption.key_names import KEY_ID, read_key_name, scope_of_input
from starter.encryption.master_keys import add_master_key
from starter.encryption.payload_codec import TermCodec, TermContext, seal, unseal
from starter.encryption.term_keys import TermKeys
from worker.term_watch import TermWatch
from workflows.converter import WORKER_DATA_CONVERTER, worker_converter

PLATFORM = "platform:bj-a"
ASSESSMENT = "platform:bj-a:term-2:assessment-1"


def payload(content: Any = "同意") -> Payload:
    """A payload in the clear."""
    data = json.dumps(content, ensure_ascii=False).encode()
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


def key_of(sealed: Payload) -> str:
    """The name of the key that a payload names."""
    return sealed.metadata[KEY_ID].decode()


def activity(workflow_id: str) -> SerializationContext:
    """The context of an activity's payloads."""
    return ActivitySerializationContext(
        namespace="default",
        activity_id="1",
        activity_type="find_log",
        activity_task_queue="pingtai",
        workflow_id=workflow_id,
        workflow_type="Platform",
        is_local=False,
    )


async def test_what_is_encrypted_is_read_again(keys: TermKeys) -> None:
    """Two of one content differ; neither says it, and both are read; one in the clear stays as it is."""
    codec = TermCodec(keys)
    one, other = await codec.encode([payload(), payload()])
    assert one.data != other.data
    assert "同意".encode() not in one.SerializeToString()
    assert [payload()] * 3 == await codec.decode([one, payload(), other])


@pytest.mark.parametrize("name", ["encoding", "encryption-cipher", KEY_ID, "more"])
async def test_what_stands_beside_is_bound(keys: TermKeys, name: str) -> None:
    """Other metadata, and it is no work of ours: even under another key that is here."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    keys.current("bj-a:term-2")
    changes = {"encoding": b"json/plain", KEY_ID: b"bj-a:term-2:first"}
    changed = Payload(data=sealed.data, metadata=dict(sealed.metadata))
    changed.metadata[name] = changes.get(name, b"AES-128-GCM")
    assert unseal(changed, keys, "bj-a") is changed


@pytest.mark.parametrize("length", [0, 5, 12, 40])
def test_bytes_that_are_made_up_are_left(keys: TermKeys, length: int) -> None:
    """As what cannot be read: a message refuses it, and the case goes on."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    made_up = Payload(metadata=dict(sealed.metadata), data=sealed.data[:length])
    assert unseal(made_up, keys, "bj-a") is made_up


@pytest.mark.parametrize("name", ["bj-b:term-1:first", "no name of ours", "", "bj-a:term-0:first"])
def test_a_key_of_nobody_halts_no_case(keys: TermKeys, name: str) -> None:
    """Whoever sends to a case names what they like: only its own keys are asked for."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    sealed.metadata[KEY_ID] = name.encode()
    assert unseal(sealed, keys, "bj-a") is sealed


def test_a_key_that_is_not_here_is_named(keys: TermKeys) -> None:
    """What may be the case's own must not be taken for nonsense: the term would be refused for ever."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    sealed.metadata[KEY_ID] = b"bj-a:term-1:later"
    with pytest.raises(MissingKey, match="bj-a:term-1:later"):
        unseal(sealed, keys, "bj-a")


async def test_each_payload_has_its_term(keys: TermKeys) -> None:
    """By the run's own context, the assessment's id, the client's case, the message's case; or none."""
    of_run = TermContext(PLATFORM, "bj-a:term-3")
    own = WorkflowSerializationContext("default", PLATFORM)
    codec = TermCodec(keys)
    said = payload({"kind": "listing", "case": {"platform_id": "bj-a", "term": 4}})
    for found, of, what in (
        ("bj-a:term-3", codec.with_context(of_run), said),
        (
            "bj-a:term-2",
            codec.with_context(WorkflowSerializationContext("default", ASSESSMENT)),
            said,
        ),
        ("bj-a:term-5", codec.of_scope("bj-a:term-5").with_context(own), said),
        ("bj-a:term-4", codec.with_context(own), said),
        ("bj-a:term-1", codec, payload({"platform_id": "bj-a", "term": 1})),
        ("shared", codec.with_context(own), payload({"case": {"platform_id": "../x", "term": 1}})),
        ("shared", codec, payload("a summary")),
    ):
        (sealed,) = await of.encode([what])
        assert f"{found}:first" == key_of(sealed)
        assert [what] == await codec.decode([sealed])


async def test_an_activity_answers_with_the_key_of_what_it_was_asked(keys: TermKeys) -> None:
    """The id of a platform's workflow names no term; its activities are asked by a run, which has one."""
    asked = seal(payload(), keys, "bj-a:term-7")
    codec = TermCodec(keys)
    answering, another = (
        codec.with_context(activity(PLATFORM)),
        codec.with_context(activity(PLATFORM)),
    )
    await answering.decode([asked])
    assert ["bj-a:term-7:first"] == [key_of(one) for one in await answering.encode([payload()])]
    assert ["shared:first"] == [key_of(one) for one in await another.encode([payload()])]


async def test_words_of_failures_are_encrypted(keys: TermKeys) -> None:
    """They may quote what was sent."""
    converter, failure = encrypting_converter(keys), Failure()
    await converter.encode_failure(ApplicationError("王五不得作为专家"), failure)
    assert "王五".encode() not in failure.SerializeToString()
    assert "王五不得作为专家" in str(await converter.decode_failure(failure))


def test_off_nothing_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without keys clients and workers have the converters that they had."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert configured_converter() is pydantic_data_converter
    assert worker_converter(pydantic_data_converter) is WORKER_DATA_CONVERTER


def test_a_client_for_a_term(keys: TermKeys) -> None:
    """Its messages belong to that term; where none is named the client stays as it is."""
    client = Client.__new__(Client)
    client._config = {"data_converter": encrypting_converter(keys)}  # type: ignore[typeddict-item]
    assert for_term(client, "", None) is client
    assert for_term(client, "bj-a", "2") is client


# ---- which term a run is of ----


def application(term: int | None) -> Payload:
    """An application of a term, as a run gets it."""
    return payload({"platform_id": "bj-a", **({"term": term} if term else {})})


CARRIED = payload({"state": {"facts": {"platform_id": "bj-a", "term": 6}}})


@pytest.mark.parametrize(
    ("scope", "workflow_id", "given"),
    [
        ("bj-a:term-1", PLATFORM, [application(None)]),
        ("bj-a:term-3", PLATFORM, [application(3), CARRIED]),
        ("bj-a:term-6", PLATFORM, [payload({}), CARRIED]),
        ("bj-a:term-2", ASSESSMENT, [application(3)]),
        ("shared", PLATFORM, [payload("no application"), Payload(data=b"\xff")]),
        ("shared", "pingtai:archive", [application(3)]),
        ("shared", PLATFORM, []),
    ],
)
def test_the_term_of_a_run(scope: str, workflow_id: str, given: list[Payload]) -> None:
    """By its input: the application, or of a term that was started again what it carries."""
    assert scope == scope_of_input(workflow_id, given)


@pytest.mark.parametrize("term", [2, 1])
async def test_only_what_begins_the_next_term_is_of_it(keys: TermKeys, term: int) -> None:
    """The last run of a term hands the next its application: that is readable when this term is erased."""
    watch = TermWatch(PLATFORM)
    assert not watch.context
    begun = InitializeWorkflow(arguments=[application(1)])
    watch.begin(WorkflowActivation(jobs=[WorkflowActivationJob(initialize_workflow=begun)]))
    assert watch.context
    assert TermContext(PLATFORM, "bj-a:term-1") == watch.context
    going_on = ContinueAsNewWorkflowExecution(
        arguments=[application(term)], memo={"term": payload(term)}
    )
    command = WorkflowCommand(continue_as_new_workflow_execution=going_on)
    completion = WorkflowActivationCompletion(successful=Success(commands=[command]))
    watch.mark(completion)
    codec = TermCodec(keys).with_context(watch.context)
    marked = completion.successful.commands[0].continue_as_new_workflow_execution
    sealed = await codec.encode([*marked.arguments, *marked.memo.values(), payload()])
    terms = [key_of(one).removeprefix("bj-a:term-") for one in sealed]
    assert [f"{term}:first", f"{term}:first", "1:first"] == terms
    assert [application(term), payload(term), payload()] == await codec.decode(sealed)


async def test_erasure_is_of_one_term(keys: TermKeys, masters: Path) -> None:
    """Of the others, old and new keys read; of this nothing is read, or written, in any process again."""
    sealed = [seal(payload(), keys, f"bj-a:term-{term}") for term in (1, 2)]
    add_master_key(masters, "second")
    assert 1 == keys.destroy("bj-a", 1)
    later = configured_keys()
    assert later
    assert "bj-a:term-2:second" == key_of(seal(payload(), later, "bj-a:term-2"))
    for process in (keys, later):
        with pytest.raises(ErasedKey, match="bj-a:term-1"):
            unseal(sealed[0], process, "bj-a")
        with pytest.raises(ErasedKey):
            seal(payload(), process, "bj-a:term-1")
        assert payload() == unseal(sealed[1], process, "bj-a")


def test_names_of_keys() -> None:
    """A name leads to no file but a key's, and is bounded."""
    for name in (
        "../x:term-1:m",
        "a/b:term-1:m",
        "a:term-1:../m",
        f"{'a' * 65}:term-1:m",
        "shared",
    ):
        assert read_key_name(name) is None
    found = read_key_name("bj-a:term-12:2026-11")
    assert found
    assert ("bj-a", 12, "2026-11") == (found.platform, found.term, found.master)
