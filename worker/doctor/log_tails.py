"""The newest entries of cases as Temporal has them, from the ends of their histories: no worker is asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from db.roster_queries import RosterEnd
from starter.encryption.key_errors import MissingKey
from starter.encryption.key_names import KEY_ID, KeyName, read_key_name
from workflows.contract import HAND_IN, ROSTER_ID, WRITE_REGISTER, WRITE_ROSTER
from workflows.log_id import LogId

_AT_ONCE = 8
_PAGE = 30
_GONE = (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT)


@dataclass(frozen=True)
class TailEntry:
    """An entry at the end of a log; `hash` is empty where only an older release's receipt names it."""

    seq: int
    hash: str
    at: datetime


@dataclass(frozen=True)
class Tail:
    """The end of a log as the history has it: what was handed to the register last, and acknowledged since."""

    platform_id: str
    log: LogId
    entries: tuple[TailEntry, ...]

    @property
    def last(self) -> TailEntry:
        return self.entries[-1]


async def read_tails(client: Client, workflow_ids: Iterable[str]) -> dict[str, Tail | None]:
    """Read the ends of the histories of some cases; None: Temporal has none, or nothing is decided there.

    Raises:
        RPCError: Temporal does not answer.
        PingtaiError: a key is missing that encrypts them.
    """
    several = asyncio.Semaphore(_AT_ONCE)

    async def read(workflow_id: str) -> tuple[str, Tail | None]:
        async with several:
            return workflow_id, await _tail(client, workflow_id)

    return dict(await asyncio.gather(*map(read, workflow_ids)))


async def _tail(client: Client, workflow_id: str) -> Tail | None:
    """Go back through the latest run to what was handed in last."""
    acknowledged: list[dict[str, Any]] = []
    async for event, given in _backwards(client, workflow_id):
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            acknowledged += [one for one in given[:1] if _is_receipt(one)]
        elif found := tail_of(given):
            return with_acknowledged(found, acknowledged)
    return None


async def read_roster_end(client: Client) -> RosterEnd | None:
    """Read which entry of the roster was handed to the register last; None: Temporal has none.

    Raises as `read_tails`.
    """
    async for _, given in _backwards(client, ROSTER_ID):
        if found := roster_end_of(given):
            return found
    return None


async def _backwards(
    client: Client, workflow_id: str
) -> AsyncIterator[tuple[HistoryEvent, list[Any]]]:
    """The events of the latest run, the last one first, with what they have of a log."""
    token = b""
    while True:
        asked = GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=_PAGE,
            next_page_token=token,
        )
        try:
            page = await client.workflow_service.get_workflow_execution_history_reverse(asked)
        except RPCError as error:
            if error.status in _GONE:
                return
            raise
        for event in page.history.events:
            yield event, await _content(client, event)
        token = page.next_page_token
        if not token:
            return


def roster_end_of(given: Sequence[Any]) -> RosterEnd | None:
    """The end of the roster's log in what an activity was given, or in what a run goes on with."""
    for one in given:
        if not isinstance(one, dict):
            continue
        if entries := one.get("entries"):
            if isinstance(entries, list):
                return RosterEnd(int(entries[-1]["seq"]), str(entries[-1]["hash"]))
            return RosterEnd(int(entries), str(one.get("log_hash")))
        if "last_hash" in one:
            return RosterEnd(int(one["seq"]), str(one["last_hash"]))
    return None


def tail_of(given: Sequence[Any]) -> Tail | None:
    """The end of the log in what an activity was given, or in what a run began with; None: there is none."""
    for one in given:
        if not isinstance(one, dict):
            continue
        batch = one.get("batch") or one
        if entries := batch.get("entries"):
            assessment = batch.get("assessment") or {}
            return _made(batch["platform"]["facts"], assessment, entries)
        carried = one.get("carried") or one
        record = carried.get("record") or {}
        if log := record.get("log") or _by_reference(record, carried.get("state") or {}):
            state = carried["state"]
            return _made(state["facts"], state if "year" in state else {}, log[-1:])
    return None


def _by_reference(record: dict[str, Any], state: dict[str, Any]) -> list[dict[str, Any]]:
    """The last entry of a log that was handed on by reference as a whole; its moment is of the step."""
    if older := record.get("older"):
        return [{"seq": older["entries"], "hash": older["log_hash"], "at": state["since"]}]
    return []


def with_acknowledged(tail: Tail, receipts: Iterable[dict[str, Any]]) -> Tail:
    """A tail with the entries that were acknowledged after it and are not handed in yet."""
    later = {
        one["seq"]: TailEntry(one["seq"], one.get("entry_hash") or "", _moment(one["at"]))
        for one in receipts
        if one["seq"] > tail.last.seq
    }
    more = tuple(later[seq] for seq in sorted(later))
    return Tail(tail.platform_id, tail.log, tail.entries + more)


def _made(facts: dict[str, Any], assessment: dict[str, Any], entries: Sequence[Any]) -> Tail:
    year = int(assessment.get("year", 0))
    log = LogId(int(facts.get("term", 1)), year, int(assessment.get("opening", 1)) if year else 0)
    tail = tuple(TailEntry(int(e["seq"]), str(e["hash"]), _moment(e["at"])) for e in entries)
    return Tail(str(facts["platform_id"]), log, tail)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _is_receipt(one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("seq"), int) and not one.get("repeated")


async def _content(client: Client, event: HistoryEvent) -> list[Any]:
    """What an event has of a log, as plain data; nothing where it is of another kind."""
    payloads = list(_payloads(event).payloads)
    codec = client.data_converter.payload_codec
    if codec and payloads:
        payloads = list(await codec.decode(payloads))
    elif named := next(filter(None, map(_key_of, payloads)), None):
        raise MissingKey(str(named))  # without keys this is no log that has nothing
    return [_plain(one) for one in payloads]


def _key_of(payload: Payload) -> KeyName | None:
    return read_key_name(payload.metadata.get(KEY_ID, b"").decode("ascii", "replace"))


def _payloads(event: HistoryEvent) -> Payloads:
    match event.event_type:
        case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            about = event.activity_task_scheduled_event_attributes
            if about.activity_type.name in (HAND_IN, WRITE_REGISTER, WRITE_ROSTER):
                return about.input
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
            outcome = event.workflow_execution_update_completed_event_attributes.outcome
            return outcome.success
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            return event.workflow_execution_started_event_attributes.input
    return Payloads()


def _plain(payload: Payload) -> Any:
    try:
        return json.loads(payload.data) if payload.data else None
    except ValueError:  # whoever has Temporal may send anything
        return None
