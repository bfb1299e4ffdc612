"""Temporal's histories of the cases, as they are stored: where they come from, and what they are of.

The bytes are Temporal's own JSON, so that anyone's tools read them. The true workflow id stands beside
them: a replay under another id reports false divergences.

A history says each thing once and in one way, so that all who read it read the same. Protobuf takes a name
in two spellings (`eventType`, `event_type`), and a JSON reader looks for one: what is written in the other
one would be replayed and never read, or read and never replayed.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Protocol

from temporalio.client import WorkflowHistory

from audit.encrypted_payloads import ErasedPayload, is_encrypted, open_payloads
from starter.encryption.key_errors import MissingKey
from starter.errors import PingtaiError
from starter.tables.strict_json import strict_loads
from workflows.contract import (
    ASSESSMENT_TYPE,
    ERASURE_PREFIX,
    ERASURE_TYPE,
    PLATFORM_TYPE,
    ROSTER_ID,
    ROSTER_TYPE,
    platform_workflow_id,
)
from workflows.words import Words

SOURCE_WORDS = {
    "server": Words("Temporal", "Temporal"),
    "archive": Words("archive", "归档"),
    "files": Words("files", "文件"),
}
"""What the places are called from which histories come."""
TYPES = (PLATFORM_TYPE, ASSESSMENT_TYPE, ROSTER_TYPE, ERASURE_TYPE)
ROSTER = ""
"""In place of a platform's id: the histories of the roster and of erasures, which are the office's own. Who
asks for all platforms does not get them."""
_ERASURE = re.compile(rf"^{ERASURE_PREFIX}[^:]+:term-\d+$")
_ASSESSMENT = re.compile(
    r"^platform:(?P<platform>[^:]+):term-(?P<term>\d+):assessment-(?P<year>\d+)$"
)
_PLATFORM = re.compile(r"^platform:(?P<platform>[^:]+)$")
_ATTRIBUTES = "EventAttributes"
_MAPS = frozenset(("details", "nexusHeader"))
"""What others name: not names of Temporal's."""
_WORDS = re.compile(r"(?<!^)(?=[A-Z])")


CLOSING = {
    "workflowExecutionCompleted": "completed",
    "workflowExecutionContinuedAsNew": "continued",
    "workflowExecutionFailed": "failed",
    "workflowExecutionTimedOut": "timed_out",
    "workflowExecutionCanceled": "canceled",
    "workflowExecutionTerminated": "terminated",
}
"""The events that end a run, and how."""


class NoHistory(ValueError):
    """What was given is no history of ours; says why."""


class Encrypted(NoHistory):
    """It is encrypted, and a key is not here; `words` name it."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class KeyMissing(Encrypted):
    """A key is not here, which others may have: nothing is known against the history."""


class Erased(Encrypted):
    """The key of the history's term was destroyed: what it says is gone, for everybody."""


@dataclass(frozen=True)
class StoredHistory:
    """The history of one run. `closed_at` is None while the run is open; then it is a part."""

    workflow_id: str
    run_id: str
    started_at: datetime
    closed_at: datetime | None
    sdk: str
    """The release of temporalio that wrote it down."""
    content: bytes
    """Temporal's JSON, UTF-8."""
    codec: str | None = None
    """The names of the keys with which payloads are encrypted, by commas."""
    damage: str | None = None
    """Why it is not what was archived, or cannot be read at all; None: nothing is known against it."""
    kept_since: datetime | None = field(default=None, compare=False)
    """Where it came from, runs that ended before this are kept no longer; None: nothing is known of that."""

    @property
    def platform_id(self) -> str:
        return parse_workflow_id(self.workflow_id)[0]

    @property
    def year(self) -> int:
        """The year of the assessment; 0 for the platform itself."""
        return parse_workflow_id(self.workflow_id)[1]

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    @cached_property
    def parsed(self) -> Any:
        """The content as JSON says it. Raises NoHistory: it is not JSON, or says something twice."""
        try:
            return strict_loads(self.content)
        except (ValueError, RecursionError) as error:
            raise NoHistory(f"{self.workflow_id} {self.run_id}: not JSON: {error}") from None

    @cached_property
    def data(self) -> dict[str, Any]:
        """The content, read; with encrypted payloads decrypted.

        Raises:
            NoHistory: as of `stored`.
            KeyMissing: a key is not here.
            Encrypted: it cannot be decrypted.
            Erased: the key of its term was destroyed.
        """
        if not is_encrypted(self.content):
            return self.stored
        try:
            return open_payloads(self.stored, self.workflow_id)
        except ErasedPayload as error:
            raise Erased(error.words) from None
        except MissingKey as error:
            raise KeyMissing(error.words) from None
        except PingtaiError as error:
            raise Encrypted(error.words) from None

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The content, read, with payloads as they are kept.

        Raises:
            NoHistory: it is not JSON, says something twice, is not Temporal's, or not what was archived.
        """
        if self.damage:
            raise NoHistory(f"{self.workflow_id} {self.run_id}: {self.damage}")
        data = self.parsed
        if not isinstance(data, dict) or not isinstance(data.get("events"), list):
            raise NoHistory(f"{self.workflow_id} {self.run_id}: no events")
        for number, why in uncanonical(data["events"]):
            raise NoHistory(f"{self.workflow_id} {self.run_id}: event {number}: {why}")
        return data

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was read: another process reads the content faster than it is sent twice."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def for_replay(self) -> WorkflowHistory:
        """As the SDK's Replayer takes it."""
        return WorkflowHistory.from_json(self.workflow_id, self.data)


class Histories(Protocol):
    """A place that histories come from: the server, the archive, files."""

    def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """All runs of a platform and its assessments, of all platforms, or of the `ROSTER`.

        By platform, so that one platform's stand together; then by workflow, then as they were started.
        """


async def by_platform(
    histories: AsyncIterator[StoredHistory],
) -> AsyncIterator[tuple[str, tuple[StoredHistory, ...]]]:
    """Group histories by platform; those of one come together, and no more than one is held."""
    held: list[StoredHistory] = []
    async for history in histories:
        if held and history.platform_id != held[0].platform_id:
            yield held[0].platform_id, tuple(held)
            held = []
        held.append(history)
    if held:
        yield held[0].platform_id, tuple(held)


def parse_workflow_id(workflow_id: str) -> tuple[str, int]:
    """The platform (`ROSTER`: the roster) and the year (0: itself) that a workflow id stands for.

    Raises:
        NoHistory: it is no id of ours.
    """
    if workflow_id == ROSTER_ID or _ERASURE.match(workflow_id):
        return ROSTER, 0
    assessment = _ASSESSMENT.match(workflow_id)
    if assessment:
        return assessment["platform"], int(assessment["year"])
    platform = _PLATFORM.match(workflow_id)
    if platform:
        return platform["platform"], 0
    raise NoHistory(f"{workflow_id} is no workflow of a platform or an assessment")


def belongs(workflow_id: str, platform_id: str) -> bool:
    """Whether a workflow is a platform's own, or one of its assessments."""
    own = own_workflow_id(platform_id)
    if platform_id == ROSTER:
        return workflow_id == own or bool(_ERASURE.match(workflow_id))
    return workflow_id == own or workflow_id.startswith(f"{own}:")


def is_roster(history: StoredHistory) -> bool:
    """Whether a history of the office's own is the roster's, and not of an erasure."""
    return history.workflow_id == ROSTER_ID


def own_workflow_id(platform_id: str) -> str:
    """Return the id of a platform's own workflow, or of the roster's."""
    return ROSTER_ID if platform_id == ROSTER else platform_workflow_id(platform_id)


def uncanonical(events: list[Any]) -> Iterator[tuple[int, str]]:
    """Return the events that are not written as Temporal writes them: the number, and why."""
    for number, event in enumerate(events, start=1):
        if not isinstance(event, dict):
            yield number, "it is not an event"
            continue
        named = [name for name in event if name.endswith(_ATTRIBUTES)]
        if len(named) > 1:
            yield number, f"it is two events: {named[0]} and {named[1]}"
        elif named and not _fits(event.get("eventType"), named[0]):
            yield number, f"its type is {event.get('eventType')!s:.60}, and it holds {named[0]}"
        for name in _names(event, named[0] if named else ""):
            if "_" in name:
                yield number, f"{name[:60]!r} is not the spelling of Temporal's JSON"


def _names(event: dict[str, Any], attributes: str) -> Iterator[str]:
    """The names of an event, of what it is about, and of the objects in it."""
    yield from event
    about = event.get(attributes)
    if isinstance(about, dict):
        yield from about
        for name, part in about.items():
            if isinstance(part, dict) and name not in _MAPS:
                yield from part


def _fits(kind: Any, attributes: str) -> bool:
    """Whether an event's type is that of its attributes; older tools write it without the prefix."""
    return isinstance(kind, str) and kind in _kinds(attributes)


@lru_cache(maxsize=200)
def _kinds(attributes: str) -> tuple[str, str]:
    plain = attributes.removesuffix(_ATTRIBUTES)
    plain = plain[:1].upper() + plain[1:]
    return plain, f"EVENT_TYPE_{_WORDS.sub('_', plain).upper()}"
