"""What the history of one run says of its case, event by event.

Nothing is replayed: entries stand in the inputs of activities, in what is carried from run to run, and
in the messages that people sent. A replay compares commands only; what stands in them is compared here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.histories import CLOSING, NoHistory, StoredHistory
from audit.problems import one_line
from audit.reading.event_payloads import payloads, principal_of
from audit.reading.older_parts import put_together
from workflows.activity_messages import (
    CaseLog,
    LogLookup,
    RegisterBatch,
    RegisterWrite,
    RegisterWritten,
)
from workflows.contract import ASSESSMENT_TYPE, FIND_LOG, HAND_IN, PLATFORM_TYPE, WRITE_REGISTER
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.run_io import (
    AssessmentOpening,
    CarriedAssessment,
    CarriedPlatform,
    TermResult,
    YearResult,
)
from workflows.words import Words

Raw = Mapping[str, Any]

OLDER = "an older copy: the register's log goes on without it (pingtai recover)"
"""Why a run is ended at Temporal."""

_ATTRIBUTES = "EventAttributes"
_CAUSES = (
    "timerFired",
    "childWorkflowExecutionStarted",
    "childWorkflowExecutionCompleted",
    "childWorkflowExecutionFailed",
    "childWorkflowExecutionCanceled",
    "childWorkflowExecutionTerminated",
    "childWorkflowExecutionTimedOut",
    "activityTaskCompleted",
    "workflowExecutionSignaled",
)
"""What wakes a workflow so that something happens."""
_TYPES = {False: PLATFORM_TYPE, True: ASSESSMENT_TYPE}
_ROUNDING = timedelta(microseconds=2)


@dataclass(frozen=True)
class RegisterWriteEvent:
    """What the run wrote to the register, with the due date that was answered."""

    event_id: int
    batch: RegisterBatch


@dataclass(frozen=True)
class Message:
    """A message of the history: a decision, by update or signal."""

    event_id: int
    at: datetime
    name: str
    """`decide` for an update, else the signal's name."""
    content: Any
    """What was sent; for a signal the first argument."""
    answer: Raw | None = None
    """The receipt that an update was answered with."""
    sent_by: str | None = None
    """Whom the server authenticated as its sender, such as `jwt:wang`, where it authenticates."""

    @property
    def decision_id(self) -> str | None:
        """The decision id that was sent, if one was."""
        given = self.content.get("decision_id") if isinstance(self.content, dict) else None
        return given if isinstance(given, str) else None


@dataclass(frozen=True)
class Task:
    """A workflow task: what it decides bears its moment. `cause` is the event that it was for."""

    event_id: int
    at: datetime
    cause: int


@dataclass(frozen=True)
class Child:
    """A child that the run started, and what came back of it."""

    event_id: int
    workflow_id: str
    run_id: str
    given: Any
    """The input that it was started with, as it stands there."""
    result: YearResult | None = None
    ended_in: int = 0
    """The event that says how it ended; 0 while it is open."""


@dataclass
class Run:
    """One run: what its history says."""

    history: StoredHistory
    place: LogId | None = None
    """Whose log it writes; None: no case was opened, since the input was none."""
    application: Any = None
    opening: AssessmentOpening | None = None
    carried: CarriedPlatform | CarriedAssessment | None = None
    """What it was begun with; a long log whole, as it was read back. None also where it was not read back."""
    older_logs: list[list[LogEntry]] = field(default_factory=list)
    """What the register answered, each time that the platform's own log was asked for."""
    faults: list[tuple[int, Words]] = field(default_factory=list)
    """Events in which a log by reference is another than the one that was carried."""
    given: Any = None
    """The input as it stands there."""
    carried_on: CarriedPlatform | CarriedAssessment | None = None
    carried_on_raw: Any = None
    register_writes: list[RegisterWriteEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    result: TermResult | YearResult | None = None
    started_by: str | None = None
    """Whom the server authenticated as the one who started it, where it authenticates."""
    parent_run: str | None = None
    original_run: str | None = None
    """The run whose history it began with: another than itself where it was reset."""
    continued_from: str | None = None
    next_run: str | None = None
    ended: str | None = None
    """How it ended: completed, continued, failed …; None while it is open."""
    reason: str = ""
    """Why it failed or was broken off, as the history has it."""
    last_event: int = 0

    @property
    def label(self) -> str:
        """How the run is named in findings."""
        return f"{self.history.workflow_id} run {self.history.run_id}"

    def at(self, event_id: int) -> str:
        """Return how an event of the run is named in findings."""
        return f"{self.label}, event {event_id}"

    @property
    def open(self) -> bool:
        """Whether the history is that of a run still under way."""
        return self.ended is None

    @property
    def last_written(self) -> int:
        """The last event that tells entries: what was decided behind it, the history does not say yet."""
        handed_in = self.register_writes[-1].event_id if self.register_writes else 0
        whole = self.carried_on or self.result or self.next_run
        return self.last_event if whole else handed_in

    def brought_in(self, decision_id: str | None) -> Raw | None:
        """The decision of this id by which the application brings its platform in, if it carries one."""
        given = self.application.get("brought_in") if isinstance(self.application, dict) else None
        found = isinstance(given, dict) and given.get("decision_id") == decision_id
        return given if found else None


def read_run(history: StoredHistory) -> Run:
    """Read a history.

    Raises:
        NoHistory: it cannot be read as one of ours; names the event.
    """
    return _Reader(history).read()


class _Reader:
    def __init__(self, history: StoredHistory) -> None:
        self.run = Run(history)
        self._year = history.year
        self._cause = 1
        self._principal: str | None = None  # of the event that is read
        self._scheduled: dict[int, int] = {}  # the activity's event: its telling
        self._lookups: dict[int, LogLookup] = {}  # the activity's event: which log was asked for
        self._updates: dict[int, int] = {}  # the accepted event: its message
        self._inputs: dict[int, Any] = {}  # the initiating event: what the child was given
        self._children: dict[int, int] = {}  # the initiating event: its child
        self._steps: dict[str, Callable[[int, datetime, Raw], None]] = {
            "workflowExecutionStarted": self._started,
            "workflowTaskStarted": self._task,
            "markerRecorded": self._marker,
            "activityTaskScheduled": self._activity,
            "activityTaskCompleted": self._answered,
            "workflowExecutionUpdateAccepted": self._update,
            "workflowExecutionUpdateCompleted": self._update_answered,
            "workflowExecutionSignaled": self._signal,
            "startChildWorkflowExecutionInitiated": self._child_asked_for,
            "childWorkflowExecutionStarted": self._child,
            "childWorkflowExecutionCompleted": self._child_ended,
        }

    def read(self) -> Run:
        run = self.run
        for number, event in enumerate(run.history.data["events"], start=1):
            try:
                self._event(number, event)
            except NoHistory as error:
                raise NoHistory(f"{run.label}, event {number}: {error}") from None
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                why = one_line(error)
                raise NoHistory(
                    f"{run.label}, event {number} cannot be read: {type(error).__name__}: {why}"
                ) from None
        if run.last_event == 0:
            raise NoHistory(f"{run.label}: no events")
        if run.open and run.history.closed_at is not None:
            raise NoHistory(f"{run.label}: it has ended, and the event that ended it is missing")
        put_together(run)
        return run

    def _event(self, number: int, event: Raw) -> None:
        stands = int(event["eventId"])
        if stands != number:
            raise NoHistory(f"it is missing: event {stands} stands in its place")
        if self.run.ended:
            raise NoHistory("it stands behind the end of the run")
        what = next((name for name in event if name.endswith(_ATTRIBUTES)), _ATTRIBUTES)
        name, about = what.removesuffix(_ATTRIBUTES), event.get(what) or {}
        at = _moment(event["eventTime"])
        self._principal = principal_of(event.get("principal"))
        if name in self._steps:
            self._steps[name](number, at, about)
        elif name in CLOSING:
            self._ended(name, about)
        if name in _CAUSES:
            self._cause = number
        self.run.last_event = number

    def _started(self, number: int, at: datetime, about: Raw) -> None:
        kind, expected = (about.get("workflowType") or {}).get("name"), _TYPES[bool(self._year)]
        if kind != expected:
            raise NoHistory(f"it is a workflow of the type {kind!s:.60}, not {expected}")
        run, given = self.run, payloads(about.get("input"))
        run.started_by = self._principal
        run.continued_from = _word(about.get("continuedExecutionRunId"))
        run.original_run = _word(about.get("originalExecutionRunId"))
        run.parent_run = _word((about.get("parentWorkflowExecution") or {}).get("runId"))
        run.given = given
        if self._year:
            run.opening = opening = _model(AssessmentOpening, given[0])
            run.carried = opening.carried
            run.place = LogId(opening.facts.term, opening.year, opening.opening)
            return
        run.application = given[0] if given else None
        if len(given) > 1 and given[1] is not None:
            run.carried = _model(CarriedPlatform, given[1])
            run.place = LogId(run.carried.state.facts.term)
        elif isinstance(run.application, dict):
            term = run.application.get("term", 1)
            run.place = LogId(term) if isinstance(term, int) else None

    def _task(self, number: int, at: datetime, about: Raw) -> None:
        self.run.tasks.append(Task(number, at, self._cause or number))
        self._cause = 0

    def _marker(self, number: int, at: datetime, about: Raw) -> None:
        """What a task decides after a local activity bears the moment at which that was over."""
        if about.get("markerName") == "core_local_activity":
            over = payloads(about["details"]["data"])[0]["complete_time"]
            ended = datetime.fromtimestamp(over["seconds"], UTC)
            ended += timedelta(microseconds=over["nanos"] // 1000)
            self.run.tasks.append(Task(number, ended, self.run.tasks[-1].cause))

    def _activity(self, number: int, at: datetime, about: Raw) -> None:
        name = about["activityType"]["name"]
        if name == FIND_LOG and not self._year:
            self._lookups[number] = _model(LogLookup, payloads(about.get("input"))[0])
        if name not in (HAND_IN, WRITE_REGISTER):
            return
        given = payloads(about.get("input"))[0]
        batch = (
            _model(RegisterWrite, given).batch if name == HAND_IN else _model(RegisterBatch, given)
        )
        if batch is not None:
            self._scheduled[number] = len(self.run.register_writes)
            self.run.register_writes.append(RegisterWriteEvent(number, batch))

    def _answered(self, number: int, at: datetime, about: Raw) -> None:
        asked = int(about["scheduledEventId"])
        index = self._scheduled.get(asked)
        given = payloads(about.get("result"))
        if (lookup := self._lookups.get(asked)) and given and given[0] is not None:
            self._found(lookup, _model(CaseLog, given[0]).entries)
        if index is None or not given or given[0] is None:
            return
        due = _model(RegisterWritten, given[0]).due
        if due is not None:
            write = self.run.register_writes[index]
            batch = write.batch.model_copy(update={"due": due})
            self.run.register_writes[index] = replace(write, batch=batch)

    def _found(self, lookup: LogLookup, entries: tuple[LogEntry, ...]) -> None:
        if not lookup.after:
            self.run.older_logs.append([])
        if self.run.older_logs:
            self.run.older_logs[-1] += entries

    def _update(self, number: int, at: datetime, about: Raw) -> None:
        request = about["acceptedRequest"]["input"]
        given = payloads(request.get("args"))
        self._updates[number] = len(self.run.messages)
        content, sent_by = given[0] if given else None, self._principal
        self.run.messages.append(Message(number, at, request["name"], content, sent_by=sent_by))

    def _update_answered(self, number: int, at: datetime, about: Raw) -> None:
        index = self._updates.get(int(about.get("acceptedEventId", 0)))
        answer = payloads((about.get("outcome") or {}).get("success"))
        if index is not None and answer and isinstance(answer[0], dict):
            said = self.run.messages[index]
            self.run.messages[index] = replace(said, answer=answer[0])

    def _signal(self, number: int, at: datetime, about: Raw) -> None:
        try:
            given = payloads(about.get("input"))
        except (
            NoHistory
        ):  # anyone may send anything: it is refused, and a history of ours all the same
            given = []
        one = given[0] if len(given) == 1 else given
        name, sent_by = about["signalName"], self._principal
        self.run.messages.append(Message(number, at, name, one, sent_by=sent_by))

    def _child_asked_for(self, number: int, at: datetime, about: Raw) -> None:
        self._inputs[number] = payloads(about.get("input"))

    def _child(self, number: int, at: datetime, about: Raw) -> None:
        execution, asked = about["workflowExecution"], int(about["initiatedEventId"])
        self._children[asked] = len(self.run.children)
        given = self._inputs.get(asked)
        self.run.children.append(
            Child(number, str(execution["workflowId"]), str(execution["runId"]), given)
        )

    def _child_ended(self, number: int, at: datetime, about: Raw) -> None:
        index = self._children.get(int(about["initiatedEventId"]))
        given = payloads(about.get("result"))
        if index is not None and given:
            child = self.run.children[index]
            result = _model(YearResult, given[0])
            self.run.children[index] = replace(child, result=result, ended_in=number)

    def _ended(self, name: str, about: Raw) -> None:
        run = self.run
        run.ended = CLOSING[name]
        run.reason = str(about.get("reason") or (about.get("failure") or {}).get("message") or "")
        if run.ended == "completed":
            given = payloads(about.get("result"))
            model: type[TermResult] | type[YearResult] = YearResult if self._year else TermResult
            run.result = _model(model, given[0])
        elif run.ended == "continued":
            run.next_run = _word(about["newExecutionRunId"])
            run.carried_on_raw = given = payloads(about.get("input"))
            if self._year:
                run.carried_on = _model(AssessmentOpening, given[0]).carried
            elif len(given) > 1:  # without it the next term begins
                run.carried_on = _model(CarriedPlatform, given[1])


def _word(value: Any) -> str | None:
    """The id that an event names; None where it names none."""
    return str(value) if value else None


def _model(model: Any, given: Any) -> Any:
    return model.model_validate_json(json.dumps(given))


def _moment(written: str) -> datetime:
    """A moment of Temporal's: nanoseconds, of which Python keeps microseconds."""
    return datetime.fromisoformat(written).astimezone(UTC)


def same_moment(one: datetime, other: datetime) -> bool:
    """Whether two moments are one: a workflow's clock rounds Temporal's nanoseconds in its own way."""
    return abs(one - other) <= _ROUNDING
