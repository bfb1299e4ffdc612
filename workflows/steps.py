"""What the lifecycle tables are made of: steps, what may move them, arrows, and clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from workflows.awaited import Awaited
from workflows.circumstances import NEWEST, Edition
from workflows.roster_words import RosterKind, RosterStage
from workflows.vocabulary import (
    AssessmentStage,
    Happening,
    Kind,
    Role,
    SecondSignature,
    Stage,
    Word,
)

CaseStage = Stage | AssessmentStage
AnyStage = CaseStage | RosterStage


class Clock(StrEnum):
    """Which clock a stage keeps while it lasts."""

    NONE = "none"
    WORKING_DAYS = "working_days"
    """A due date in working days; passing it is noted and announced, and decides nothing."""
    RECTIFICATION = "rectification"
    """The deadline that the evaluation set, in calendar time."""
    VALIDITY = "validity"
    """The two clocks that act: the kick-off of an assessment and the end of validity (§四, §六)."""


TIMED = (Clock.WORKING_DAYS, Clock.RECTIFICATION)
"""The clocks by which a step becomes overdue."""


@dataclass(frozen=True)
class Arrow:
    """Where an outcome leads. `to` None: stay where you are."""

    outcome: Word
    to: AnyStage | None
    corrections: bool | None = None
    """Taken only when an inspection passed with (True) or without (False) corrections."""
    returned_from: Stage | None = None
    """Taken only when the plan was returned from that stage."""
    district_heard: bool | None = None
    """Taken only where the policy gives the district days before a reassessment (True), or does not."""
    mends: bool | None = None
    """Taken only when a rectification ends within validity (True), or does not (False)."""
    stops: bool = False
    """The clock of the step that is left stops; it goes on when the case comes back to it."""
    resumes: bool = False
    """The clock of the step that is entered goes on where it stopped."""
    second: SecondSignature | None = None
    """Two persons sign it, where the policy asks for a second signature of such decisions."""
    since: Edition = Edition.V0_1
    """The edition that brought it: runs of editions before do not accept it."""

    @property
    def conditions(self) -> tuple[object, ...]:
        """When it is taken, of those of the same outcome; None where that does not matter."""
        return self.corrections, self.returned_from, self.district_heard, self.mends


@dataclass(frozen=True)
class Trigger:
    """A decision that is awaited from a role, or a happening (no role), with the arrows it may take."""

    name: Kind | Happening | RosterKind
    by: Role | None
    rule: str
    arrows: tuple[Arrow, ...]
    once_overdue: bool = False
    """Accepted only after the step's due date has passed."""
    awaited: bool = True
    """Whether the case waits for it; what is possible at any time is not waited for."""
    alone: bool = False
    """Nothing follows from it: it is set aside without what came after."""
    lasting: bool = False
    """It stays when an earlier decision is set aside, and is no step in the order of dates: what is true
    of the body does not hang on what was decided of its plan."""
    suspended: bool | None = False
    """Whether it is possible while the case is suspended: not (False), only then (True), or always (None)."""
    followed_as: Happening | None = None
    """What the open assessment notes of it, when its platform decides so."""
    for_the_record: bool = False
    """It is accepted after the end of validity, too, to correct what the record says of the time before."""
    apart: bool = False
    """It rests on validity alone: it stays when a decision before it is set aside, and is not set aside."""
    since: Edition = Edition.V0_1
    """The edition that brought it: runs of editions before neither await nor accept it."""


@dataclass(frozen=True)
class Step:
    """One stage: what may move it, and the clock it keeps. A stage that nothing is awaited in is an end."""

    stage: AnyStage
    triggers: tuple[Trigger, ...] = ()
    clock: Clock = Clock.NONE
    days: str = ""
    """The policy's field that says how many working days the step has."""
    ended: bool = False
    followed: bool = False
    """An application for the next term that was handed in begins where a term has ended so."""
    ended_by: str = ""
    """The decision that may end the case at any time; before it is set aside nothing else can be."""

    @property
    def decisions(self) -> tuple[Trigger, ...]:
        """What a role is awaited to decide in it; what is possible at any time is not among them."""
        return tuple(trigger for trigger in self.triggers if trigger.by and trigger.awaited)

    def awaited(self, *, overdue: bool, edition: Edition = NEWEST) -> tuple[Awaited, ...]:
        """What a case in it waits for, in a run of that edition."""
        return tuple(
            Awaited(kind=trigger.name, role=trigger.by, rule=trigger.rule)
            for trigger in self.decisions
            if trigger.by and (overdue or not trigger.once_overdue) and trigger.since <= edition
        )


@dataclass(frozen=True)
class Lifecycle:
    """All steps of one kind of case, and what may happen in any of its open stages."""

    name: str
    steps: tuple[Step, ...]
    anytime: tuple[Trigger, ...]

    def step(self, stage: AnyStage) -> Step:
        return self._by_stage[stage]

    @cached_property
    def _by_stage(self) -> dict[str, Step]:
        return {str(step.stage): step for step in self.steps}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of decision that its steps await, in their order."""
        names = (trigger.name for step in self.steps for trigger in step.decisions)
        return tuple(dict.fromkeys(names))

    def ended(self, stage: str) -> bool:
        """Whether a case in this stage has come to an end."""
        step = self._by_stage.get(stage)
        return step is not None and step.ended

    def triggers(self, stage: AnyStage) -> tuple[Trigger, ...]:
        """All that may move a case out of a stage, its own first."""
        step = self.step(stage)
        return step.triggers if step.ended else step.triggers + self.anytime

    def returns_to(self, stage: str, name: str, outcome: str) -> bool:
        """Return whether an outcome begins the same step anew; each arrow of it says so, or none (a test)."""
        return any(
            (at, trigger.name, arrow.outcome, arrow.to) == (stage, name, outcome, stage)
            for at, trigger, arrow in self.arrows()
        )

    def awaited(
        self, stage: AnyStage, *, overdue: bool, suspended: bool, edition: Edition = NEWEST
    ) -> tuple[Awaited, ...]:
        """What a case in a stage waits for, in a run of that edition."""
        if not suspended:
            return self.step(stage).awaited(overdue=overdue, edition=edition)
        return tuple(
            Awaited(kind=trigger.name, role=trigger.by, rule=trigger.rule)
            for trigger in self.resuming(stage)
            if trigger.by and trigger.since <= edition
        )

    def resuming(self, stage: AnyStage) -> tuple[Trigger, ...]:
        """What a suspended case waits for in a stage."""
        return tuple(t for t in self.triggers(stage) if t.by and t.awaited and t.suspended)

    def since(self, stage: AnyStage, kind: Kind, role: Role, outcome: str) -> Edition:
        """Return the edition that brought a decision of this kind, role and outcome to a stage.

        The oldest where the table does not know it at all: then it is refused by each edition.
        """
        known = [
            max(trigger.since, arrow.since)
            for trigger in self.triggers(stage)
            for arrow in trigger.arrows
            if (trigger.name, trigger.by, arrow.outcome) == (kind, role, outcome)
        ]
        return min(known, default=Edition.V0_1)

    def second_of(self, name: str, outcome: str) -> SecondSignature | None:
        """Return the group of decisions with a second signature to which an outcome belongs."""
        return self._seconds.get((name, outcome))

    @cached_property
    def _seconds(self) -> dict[tuple[str, str], SecondSignature]:
        found: dict[tuple[str, str], SecondSignature] = {}
        for _, trigger, arrow in self.arrows():
            if arrow.second:
                found.setdefault((trigger.name, arrow.outcome), arrow.second)
        return found

    def alone(self, name: str) -> bool:
        """Whether nothing follows from a decision of this kind."""
        return any(trigger.alone for _, trigger, _ in self.arrows() if trigger.name == name)

    def lasting(self, name: str) -> bool:
        """Whether an entry of this name stays when an earlier decision is set aside."""
        return any(trigger.lasting for trigger in self.anytime if trigger.name == name)

    def followed_as(self, name: str) -> Happening | None:
        """Return what the open assessment notes, when its platform takes a decision of this kind."""
        return next((t.followed_as for t in self.anytime if t.name == name), None)

    def apart(self, name: str) -> bool:
        """Whether a decision of this kind stays when one before it is set aside."""
        return any(
            trigger.apart
            for step in self.steps
            for trigger in step.triggers
            if trigger.name == name
        )

    def arrows(self) -> Iterator[tuple[AnyStage | None, Trigger, Arrow]]:
        """Every arrow of the table once: (from, trigger, arrow); from None means any open stage."""
        for step in self.steps:
            for trigger in step.triggers:
                for arrow in trigger.arrows:
                    yield step.stage, trigger, arrow
        for trigger in self.anytime:
            for arrow in trigger.arrows:
                yield None, trigger, arrow
