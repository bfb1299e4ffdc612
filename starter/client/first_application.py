"""The application that a term was opened with, and whether another one says the same.

It is read from the input of the run, or from the first entry of the log. Not from the memo: whoever
starts a workflow without our client writes into that what they like.
"""

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionDescription

from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform
from workflows.application import PlatformApplication
from workflows.decision import NOT_SIGNED
from workflows.model import InvalidMessage, as_sent, parse, sha256
from workflows.policy import NEW_CASES, WITH_A_ROSTER, Policy, usual_values
from workflows.states import application_content

FILLED_IN = frozenset(("term", "previous"))
"""What an application leaves to us."""
_NOT_COMPARED = FILLED_IN | {"roster"}
"""A repeat may come with a later version of the roster."""
LATER = (
    "brought_in",
    "other_services",
    "address",
    "partners",
    "origin",
    "centre",
    "plan.mechanisms.other_bodies",
    "plan.indicators",
    "policy.indicators",
)
"""Fields that came after the first release; all of them may be empty."""


@dataclass(frozen=True)
class FirstApplication:
    """What opened a term: `form`, the whole application, or `content`, what the log says of it."""

    application_id: str
    term: int
    form: PlatformApplication | None = None
    content: dict[str, Any] = field(default_factory=dict)

    def is_same(self, application: PlatformApplication) -> bool:
        """Whether another application says the same.

        A field that came later, and is not in the content, is not compared.
        """
        if self.form is not None:
            return digest_of(self.form) == digest_of(application)
        said = {k: v for k, v in as_plain_data(application).items() if k not in _NOT_COMPARED}
        whole = parse(PlatformApplication, said)
        now, then = _comparable(application_content(whole)), _comparable(self.content)
        return all(then[name] == now[name] for name in then.keys() & now.keys())


def as_plain_data(application: PlatformApplication) -> dict[str, Any]:
    """An application as plain data.

    A field that came later is left out where it is unset: a repeat of an application of before is the
    same one, and a worker of before understands it.
    """
    content = application.model_dump(mode="json")
    for path in LATER:
        *around, name = path.split(".")
        inside = reduce(lambda one, part: one[part], around, content)
        if not inside[name]:
            del inside[name]
    for name in NEW_CASES | WITH_A_ROSTER:
        if content["policy"][name] == Policy.model_fields[name].default:
            del content["policy"][name]
    if application.brought_in and application.brought_in.signatures:
        content["brought_in"] = as_sent(application.brought_in)  # as it was signed
    return content


def digest_of(application: PlatformApplication) -> str:
    """The SHA-256 of an application as it was sent, without what we fill in."""
    return sha256(_comparable(as_plain_data(application)))


def _comparable(content: dict[str, Any]) -> dict[str, Any]:
    """What an application said, without what our client fills in, and adds to its policy."""
    policy = {
        name: value
        for name, value in content.get("policy", {}).items()
        if name not in NEW_CASES | WITH_A_ROSTER or _plain(value) not in usual_values(name)
    }
    own = {name: value for name, value in content.items() if name not in _NOT_COMPARED}
    if stood := own.get("brought_in"):
        # Its case and its signatures come with the sending.
        own["brought_in"] = {k: v for k, v in stood.items() if k not in ("case", *NOT_SIGNED)}
    return {**own, "policy": policy}


def _plain(value: Any) -> Any:
    """A value of a policy, out of JSON: its lists are tuples in the model."""
    return tuple(value) if isinstance(value, list) else value


async def application_of_run(
    client: Client, run: WorkflowExecutionDescription
) -> FirstApplication | None:
    """What the input of a run says; None: it is no application, or its history is gone.

    Each cycle of a term has the application as its first argument. A term that was started again from
    its log has none.

    Raises:
        Unreachable: Temporal does not answer.
        MissingKey: it is encrypted, and the key is not here.
    """
    handle = client.get_workflow_handle(run.id, run_id=run.run_id)
    try:
        with translate_rpc_errors():
            first = await anext(handle.fetch_history_events(page_size=1))
    except (NoSuchPlatform, StopAsyncIteration):
        return None
    if first.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        return None
    payloads = first.workflow_execution_started_event_attributes.input.payloads
    try:
        decoded = await run.data_converter.decode(payloads[:1])
        form = parse(PlatformApplication, decoded[0], blank_allowed=True)
    except KeyError:  # so the SDK says that it does not know the encoding
        from starter.client.missing_keys import missing_key  # noqa: PLC0415 - a circle; and seldom

        if missing := await missing_key(client, run.id):
            raise missing from None
        return None
    except (InvalidMessage, IndexError, RuntimeError, ValueError, TypeError, AttributeError):
        return None  # bytes, an unknown encoding, another message: whatever somebody sent
    return FirstApplication(form.application_id, form.term, form)
