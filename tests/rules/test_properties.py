"""Whatever is said, in whatever order: never an error but a refusal, never a case that does not hold."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pydantic import BaseModel

from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.states import AssessmentChanges, AssessmentState, PlatformChanges, PlatformState
from workflows.vocabulary import AssessmentStage, Happening, HappeningOutcome, Kind, Role, Stage

from .builders import ABSENT, DAY, Raw, actor, changed
from .cases import PATHS, at_stage, decision, moment, platform, walk
from .exploring import JUNK, Explorer

QUIET = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=100,
    stateful_step_count=20,
    suppress_health_check=[HealthCheck.too_slow],
)
KINDS = st.sampled_from(list(Kind))
OUTCOMES = st.sampled_from(
    sorted({arrow.outcome for table in (PLATFORM, ASSESSMENT) for _, _, arrow in table.arrows()})
)
NUMBERS = st.integers(min_value=0, max_value=99)


class AnyLife(RuleBasedStateMachine):
    """Valid, invalid, repeated, altered and untimely decisions, and what happens by itself."""

    explorer: Explorer

    @initialize(stage=st.sampled_from(list(PATHS)))
    def begin(self, stage: Any) -> None:
        """Begin anywhere on the way."""
        self.explorer = Explorer(at_stage(stage))

    @precondition(lambda self: self.explorer.ways())
    @rule(number=NUMBERS)
    def go_on(self, number: int) -> None:
        """Take one of the ways that lead on."""
        ways = self.explorer.ways()
        self.explorer.go(*ways[number % len(ways)])

    @precondition(lambda self: self.explorer.may_set_aside())
    @rule(number=st.integers(min_value=0, max_value=9))
    def set_aside(self, number: int) -> None:
        """Set aside one of the decisions that count."""
        self.explorer.set_aside(number)

    @rule(kind=KINDS, outcome=st.none() | OUTCOMES, role=st.none() | st.sampled_from(list(Role)))
    def say_anything(self, kind: Kind, outcome: str | None, role: str | None) -> None:
        """A whole decision, perhaps out of turn, with another's outcome, or by someone else."""
        by = {"actor": actor(role)} if role else {}
        self.explorer.say(decision(kind, self.explorer.case, outcome, **by))

    @rule(kind=KINDS, number=NUMBERS, junk=JUNK | st.just(ABSENT), signal=st.booleans())
    def say_it_wrong(self, kind: Kind, number: int, junk: Any, signal: bool) -> None:
        """A decision with one field gone or replaced by anything."""
        raw = decision(kind, self.explorer.case)
        field = sorted(raw)[number % len(raw)]
        self.explorer.say(changed(raw, **{field: junk}), kind, signal=signal)

    @rule(raw=JUNK, kind=KINDS, signal=st.booleans())
    def say_nonsense(self, raw: Any, kind: Kind, signal: bool) -> None:
        """Anything at all."""
        assert self.explorer.say(raw, kind, signal=signal) is None

    @rule(days=st.integers(min_value=-400, max_value=400), kind=KINDS)
    def say_it_on_another_day(self, days: int, kind: Kind) -> None:
        """A decision that is dated early or late."""
        case = self.explorer.case
        day = (moment(case) + days * DAY).date()
        self.explorer.say(decision(kind, case, decided_on=f"{day}"))

    @precondition(lambda self: self.explorer.said)
    @rule(number=NUMBERS)
    def repeat(self, number: int) -> None:
        """Say again what was taken before."""
        self.explorer.repeat(number)

    @precondition(lambda self: self.explorer.said)
    @rule(number=NUMBERS)
    def alter(self, number: int) -> None:
        """Say something else with an id that was used before."""
        self.explorer.alter(number)

    @invariant()
    def holds(self) -> None:
        """The state is the fold of the log, the chain holds, receipts are those of the entries."""
        self.explorer.holds()

    def teardown(self) -> None:
        """Every prefix folds to the state that was; the record comes back whole from JSON."""
        if hasattr(self, "explorer"):
            self.explorer.holds_to_the_end()


@QUIET
@given(data=st.data())
def test_a_life_in_any_order(data: st.DataObject) -> None:
    """The decisions of a whole life, shuffled and with repeats: each is taken or refused, and all holds."""
    case = at_stage(Stage.VALID)
    life: list[Raw] = [
        changed(entry.said, plan_sha256=ABSENT) for entry in case.log if entry.decision_id
    ]
    order = data.draw(st.permutations(life * 2))
    explorer = Explorer(platform())
    for raw in order:
        explorer.say(raw)
        explorer.holds()
    explorer.holds_to_the_end()
    in_turn = explorer.case.state.stage
    walked = [receipt.kind for _, receipt in explorer.said]
    assert walked == ["recommendation", "inspection", "expert_opinion", "listing"][: len(walked)]
    assert (
        in_turn
        == ["recommendation", "inspection", "expert_review", "listing", "valid"][len(walked)]
    )


def test_decisions_sent_again_until_all_are_taken() -> None:
    """An upstream that sends all it has, again and again in the wrong order, gets there."""
    case = at_stage(Stage.VALID)
    life: list[Raw] = [entry.said for entry in case.log if entry.decision_id]
    explorer = Explorer(platform())
    for _ in life:
        for raw in reversed(life):
            explorer.say(raw)
            explorer.holds()
    assert explorer.case.state.stage == Stage.VALID
    assert len(explorer.case.log) == len(life) + 1


@pytest.mark.parametrize("stage", PATHS)
def test_a_happening_that_the_table_does_not_know_changes_nothing(stage: Any) -> None:
    """Of its own accord a case does only what stands in its table."""
    case = at_stage(stage)
    explorer = Explorer(case)
    known = {(trigger.name, arrow.outcome) for trigger, arrow in explorer.ways()}
    record = case.record()
    for name in Happening:
        for outcome in (*HappeningOutcome, AssessmentStage.NOT_MET):
            if (name, outcome) not in known:
                with pytest.raises(LookupError):
                    case.record_event(name, {"year": 1}, moment(case), outcome)
    assert case.record() == record
    explorer.holds()


@pytest.mark.parametrize(
    ("changes", "state", "fixed"),
    [
        (PlatformChanges, PlatformState, set()),
        (AssessmentChanges, AssessmentState, {"year", "opening", "valid_until"}),
    ],
)
def test_what_an_entry_may_change_are_fields_of_the_state(
    changes: type, state: type[BaseModel], fixed: set[str]
) -> None:
    """Each with a type that the field takes; nothing else of a state changes in a term."""
    hints = get_type_hints(changes)
    assert set(hints) == set(state.model_fields) - fixed
    for name, hint in hints.items():
        taken = set(_either(state.model_fields[name].annotation))
        given = set(_either(hint))
        assert taken & given if name in {"stage", "came_from"} else given <= taken, name


def _either(annotation: Any) -> tuple[Any, ...]:
    kind = get_origin(annotation)
    if kind is Annotated:
        return _either(get_args(annotation)[0])
    if kind in (Union, UnionType):
        return tuple(part for one in get_args(annotation) for part in _either(one))
    return (annotation,)


def test_every_stage_can_be_carried_to_a_next_run() -> None:
    """A case that stands anywhere comes back whole from its JSON."""
    for stage, path in PATHS.items():
        explorer = Explorer(walk(at_stage(stage), ()))
        explorer.holds_to_the_end()
        told = [e for e in explorer.case.log if e.name not in ("clock_stopped", "clock_started")]
        assert len(told) == len(path) + 1


TestAnyLife = AnyLife.TestCase
TestAnyLife.settings = QUIET
