"""The end of a campaign: wait until all is recorded and delivered, then say what does not hold."""

import asyncio
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowExecution

from bench.campaign import checker
from bench.campaign.call_history import CallHistory, Result
from bench.campaign.clients import Case
from bench.campaign.listeners import EVENTS, NOTICES, Follower, Receiver
from bench.campaign.register_contents import ended_assessments, entries_of, notices_of
from bench.campaign.system import System
from starter.client.temporal_client import PingtaiClient
from starter.errors import NoSuchPlatform

_QUIET_SECONDS = 300.0
_DELIVERED_SECONDS = 90.0
_OURS = "WorkflowType IN ('Platform', 'AnnualAssessment')"
_BROKEN = ("TERMINATED", "FAILED", "TIMED_OUT", "CANCELED")
_HARMLESS = (
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
)
"""The server asks for a task once more because a message came meanwhile; or ends one that is at work, because
people end its workflow (`pingtai recover --end-older`)."""
_SHOWN = 1500
_WRONG, _NOT_CHECKED = 1, 5
_ENDED_BEFORE = (
    "missing: by the platform's entry",
    "with which it ended by the platform's entry",
)
_LOST_WITH_ENGINE = (
    *_ENDED_BEFORE,
    "in the register, and in no",
    "more entries than the history",
    "assessments term ",
)
"""What an audit says of an assessment that had ended: its history, or its end, went with the engine."""
_SUMMARY = re.compile(r". \d+ platforms?\b")
_COMMANDS = (("audit", "replay", "--all", "--processes", "1"), ("audit", "reconcile"))

Checks = dict[str, list[str]]


@dataclass(frozen=True)
class Heard:
    """What was heard by those who listen, and who can be asked."""

    temporal: Client
    client: PingtaiClient
    receiver: Receiver
    follower: Follower


async def verdict(
    system: System, cases: Sequence[Case], history: CallHistory, heard: Heard
) -> Checks:
    """Each check, and what does not hold of it."""
    checks: Checks = {}
    checks["every case goes on and is recorded"] = await _until_recorded(
        heard.client, cases, history
    )
    checks |= await _until_delivered(system, heard, sent_again=bool(history.losses))
    calls, losses = history.calls, history.losses
    entries = await entries_of(system.database.url)
    promised = checker.promises(calls, losses)
    checks["each acknowledged decision stands once, where its receipt says"] = [
        *checker.lost_decisions(promised, entries)
    ]
    checks["no decision was taken twice, answered or not"] = [*checker.doubled_decisions(entries)]
    checks["decisions stand in the order in which they were answered"] = [
        *checker.disordered_decisions(calls, promised, entries)
    ]
    checks["nothing that was refused was taken"] = [*checker.taken_refusals(calls, entries)]
    checks["each chain is whole"] = [*checker.broken_chains(entries)]
    checks["no client got an answer that it should never get"] = [
        f"{call.channel} {call.key}: {call.detail[:300]}"
        for call in calls
        if call.result is Result.UNEXPECTED
    ]
    checks["no workflow task failed"] = await _in_the_engine(
        heard.temporal, await ended_assessments(system.database.url) if losses else set()
    )
    for words in _COMMANDS:
        code, said = await system.run(*words)
        name = f"`pingtai {' '.join(words)}` finds no difference"
        checks[name] = unexplained(code, said, lost=bool(losses))
    return checks


async def _until_recorded(
    client: PingtaiClient, cases: Sequence[Case], history: CallHistory
) -> list[str]:
    """Wait until the register has all entries of each case; a case that cannot say so is stuck."""
    deadline = time.monotonic() + _QUIET_SECONDS
    applied = {call.platform_id for call in history.calls if call.result is Result.ACKNOWLEDGED}
    behind = {case.platform_id: "was not asked" for case in cases if case.platform_id in applied}
    while behind and time.monotonic() < deadline:
        for platform_id in tuple(behind):
            why = await _behind(client, platform_id)
            if why is None:
                del behind[platform_id]
            else:
                behind[platform_id] = why
        await asyncio.sleep(1)
    return [f"stuck: {platform_id} {why}" for platform_id, why in behind.items()]


async def _behind(client: PingtaiClient, platform_id: str) -> str | None:
    """Why a platform has not recorded all; None when it has."""
    try:
        view = await client.state(platform_id)
        assert view.platform
        views = [view]
        if year := view.platform.open_assessment:
            term = view.platform.facts.term
            views.append(await client.assessment_state(platform_id, term, year))
    except NoSuchPlatform:
        return "is not there"
    except Exception as error:  # whatever it is, the case did not answer
        return f"does not answer: {error}"
    late = [
        f"{v.recorded} of {v.log_seq} entries recorded" for v in views if v.recorded < v.log_seq
    ]
    return late[0] if late else None


async def _until_delivered(system: System, heard: Heard, *, sent_again: bool) -> Checks:
    """Wait until all is delivered, as long as something still comes."""
    deadline, missing = time.monotonic() + _DELIVERED_SECONDS, -1
    while True:
        entries = await entries_of(system.database.url)
        notices = await notices_of(system.database.url)
        notices_heard, events_heard = heard.receiver.heard[NOTICES], heard.receiver.heard[EVENTS]
        checks = {
            "every notice arrives at least once": checker.undelivered_notices(
                notices, notices_heard, "the webhook"
            ),
            "no event is skipped": [
                *checker.skipped_events(entries, events_heard, "the webhook"),
                *checker.skipped_events(entries, heard.follower.seen, "the follower of the feed"),
                *checker.feed_gaps(entries, sent_again=sent_again),
            ],
        }
        if not any(checks.values()) or time.monotonic() > deadline:
            return checks
        left = sum(map(len, checks.values()))
        if left != missing:
            deadline, missing = time.monotonic() + _DELIVERED_SECONDS, left
        await asyncio.sleep(2)


def unexplained(code: int, said: str, *, lost: bool) -> list[str]:
    """What an audit found; `lost`: histories were lost with the engine, and only the register attests them."""
    if not code:
        return []
    if lost and code in (_WRONG, _NOT_CHECKED):
        return [line for block in _blocks(said) for line in _of_platform(block)]
    return [f"exit code {code}: …{said.strip()[-_SHOWN:]}"]


def _blocks(said: str) -> Iterator[list[str]]:
    """What an audit says below the heading of each platform."""
    block: list[str] = []
    for line in said.splitlines():
        if not line.startswith(" "):
            yield block
            block = []
            if _SUMMARY.match(line):
                return
        else:
            block.append(line.strip())
    yield block


def _of_platform(lines: Sequence[str]) -> Iterator[str]:
    """What is said of a platform, but for what only the register attests."""
    ended = any(words in line for line in lines for words in _ENDED_BEFORE)
    for line in lines:
        attested = ended and any(words in line for words in _LOST_WITH_ENGINE)
        if not attested and not line.startswith(("?", "note: ")):
            yield line


async def _in_the_engine(temporal: Client, over: Collection[str]) -> list[str]:
    """Cases that were ended from outside or cannot go on, and tasks that failed.

    `over`: what had ended by the register, and was ended in an older copy of Temporal's data.
    """
    found: list[str] = []
    latest: dict[str, WorkflowExecution] = {}
    async for run in temporal.list_workflows(_OURS):
        if run.id not in latest or latest[run.id].start_time < run.start_time:
            latest[run.id] = (
                run  # an older copy is ended by people, and the case goes on under its id
            )
        handle = temporal.get_workflow_handle(run.id, run_id=run.run_id)
        async for event in handle.fetch_history_events():
            if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                continue
            failed = event.workflow_task_failed_event_attributes
            if failed.cause not in _HARMLESS:
                cause = WorkflowTaskFailedCause.Name(failed.cause)
                why = failed.failure.message[:200]
                found.append(f"task: {run.id}, event {event.event_id}: {cause} {why}")
    found += [
        f"ended: {run.id} is {run.status.name}"
        for run in latest.values()
        if run.status and run.status.name in _BROKEN and run.id not in over
    ]
    async for run in temporal.list_workflows("TemporalReportedProblems IS NOT NULL"):
        found.append(f"cannot go on: {run.id} (TemporalReportedProblems)")
    return found
