"""A case that is treated at random, and what must hold after every step."""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from workflows.case import Case
from workflows.case_record import CaseRecord
from workflows.lifecycle import STAYS
from workflows.model import InvalidMessage, parse
from workflows.record import EntryKind, find_chain_break
from workflows.refusal import Refused
from workflows.rules import CaseState, fits, lifecycle_of
from workflows.state_folding import fold, set_aside_marks, states
from workflows.states import PlatformState, Receipt
from workflows.steps import Arrow, Trigger
from workflows.vocabulary import Happening, Kind

from .builders import DAY, Raw
from .cases import along, decision, moment, record_event, standing

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
"""Any JSON, and the two numbers that only Python's JSON knows."""


class Explorer:
    """Does things to a case and asserts what must hold, whatever was done."""

    def __init__(self, case: Case[Any]) -> None:
        """Begin with a case; `states[n]` is the state after n entries of its log."""
        self.case = case
        self.states: dict[int, CaseState] = {len(case.log): case.state}
        self.said: list[tuple[Raw, Receipt]] = []

    @property
    def now(self) -> datetime:
        """A day after the last entry."""
        return moment(self.case)

    def ways(self) -> list[tuple[Trigger, Arrow]]:
        """Every arrow that leads on from here."""
        state = self.case.state
        return [
            (trigger, arrow)
            for trigger in lifecycle_of(state).triggers(state.stage)
            for arrow in trigger.arrows
            if (state.overdue or not trigger.once_overdue)
            and trigger.suspended in (None, state.suspended_since is not None)
            and (trigger.by is None or fits(arrow, state, along(self.case, trigger, arrow)))
            and (trigger.name != Kind.SET_ASIDE or standing(self.case))
            and trigger.name != Kind.NEXT_TERM  # not by the policy of these cases
        ]

    def may_set_aside(self) -> bool:
        """Whether something may be set aside here."""
        return any(trigger.name == Kind.SET_ASIDE for trigger, _ in self.ways())

    def go(self, trigger: Trigger, arrow: Arrow) -> None:
        """Take an arrow as it should be taken."""
        stage = self.case.state.stage
        if trigger.name == Kind.SET_ASIDE:
            self.set_aside(99)
            return
        if isinstance(trigger.name, Happening):
            record_event(self.case, trigger.name, arrow.outcome)
        else:
            assert self.say(along(self.case, trigger, arrow)) is not None
        assert self.case.state.stage == (arrow.to or stage)

    def set_aside(self, number: int) -> None:
        """Set one of the decisions that count aside: the case stands as it stood before it."""
        case, before = self.case, self.case.state
        target = standing(case)[min(number, len(standing(case)) - 1)]
        receipt = self.say(decision(Kind.SET_ASIDE, case, target=target.decision_id))
        if receipt is None:  # after a withdrawal or a termination only that may be set aside
            ended_by = lifecycle_of(before).step(before.stage).ended_by
            assert ended_by not in ("", target.name)
            return
        if target.name == Kind.SUPPORT:
            assert case.state == before
            return
        lasting = {entry.seq for entry in case.log if entry.name in STAYS}
        affected = set(range(target.seq, receipt.seq)) - lasting
        assert affected <= set(set_aside_marks(case.log))
        assert not lasting & set(set_aside_marks(case.log))
        stood = self.states.get(target.seq - 1) or fold(case.log[: target.seq - 1])
        corrected = {"since", "overdue", "reminded", "plans_filed", "told_days", "open_assessment"}
        now, then = case.state.model_dump(exclude=corrected), stood.model_dump(exclude=corrected)
        # The step has a new clock; what lasts stays as it was.
        then["spent"] = tuple(s for s in then["spent"] if s["stage"] != stood.stage)
        lasts = {"facts", "facts_version", "changed_on", "suspended_since", "suspensions", "roster"}
        then |= before.model_dump(include=lasts)
        assert now == then
        assert (case.state.since, case.state.overdue) == (receipt.at, False)
        if isinstance(before, PlatformState):
            filed = [e for e in case.log if e.name == Kind.PLAN_REVISION and e.outcome == "filed"]
            assert case.state.plans_filed == (len(filed) + 1 if filed else 1)

    def say(self, raw: Any, kind: Kind | None = None, *, signal: bool = False) -> Receipt | None:
        """Say anything: it is taken, or refused and leaves nothing; a refused signal is written."""
        before, record, at = self.case.state, self.case.record(), self.now
        try:
            receipt = self.case.decide(raw, at, kind)
        except (Refused, InvalidMessage) as error:
            assert (self.case.state, self.case.record()) == (before, record)
            if signal and kind:
                self.case.refuse(kind, raw, error, at)
                assert self.case.log[-1].kind is EntryKind.REFUSED
            return None
        if receipt.repeated:
            assert (self.case.state, self.case.record()) == (before, record)
        else:
            assert receipt.seq == len(record.log) + 1
            noted = [entry.name for entry in self.case.log[receipt.seq :]]
            assert noted in ([], [Happening.CLOCK_STOPPED], [Happening.CLOCK_STARTED])
            self.said.append((raw | {"kind": receipt.kind}, receipt))
        return receipt

    def again(self, receipt: Receipt) -> Receipt:
        """What a decision that was taken is answered when it is sent again."""
        by = set_aside_marks(self.case.log).get(receipt.seq)
        aside = self.case.log[by - 1].decision_id if by else None
        return receipt.model_copy(update={"repeated": True, "set_aside_by": aside})

    def repeat(self, number: int) -> None:
        """Say again what was taken: the first receipt, and nothing changes."""
        raw, receipt = self.said[number % len(self.said)]
        assert self.say(raw) == self.again(receipt)

    def alter(self, number: int) -> None:
        """Say something else with an id that was used: refused."""
        raw, _ = self.said[number % len(self.said)]
        assert self.say(raw | {"note": "另一份"}) is None

    def holds(self) -> None:
        """What must hold after every step."""
        case = self.case
        self.states[len(case.log)] = case.state
        table = lifecycle_of(case.state)
        assert case.state.stage in [step.stage for step in table.steps]
        assert case.log[-1].stage == case.state.stage
        assert fold(case.log) == case.state
        assert find_chain_break(case.log, case.before) is None
        decided = [entry for entry in case.log if entry.kind is EntryKind.DECISION]
        assert [(r.seq, r.at, r.kind, r.outcome, r.stage) for r in case.receipts] == [
            (e.seq, e.at, e.name, e.outcome, e.stage) for e in decided
        ]
        assert [r.decision_id for r in case.receipts] == [entry.decision_id for entry in decided]

    def holds_to_the_end(self) -> None:
        """What must hold of the whole: every prefix, and the way to the next run."""
        case = self.case
        after = states(case.log)
        for length, state in self.states.items():
            assert fold(case.log[:length]) == after[length - 1] == state
        carried = parse(CaseRecord, case.record().model_dump_json())
        state = parse(type(case.state), case.state.model_dump_json())
        again: Case[Any] = Case(state, carried)
        assert (again.state, again.record()) == (case.state, case.record())
        assert fold(again.log) == case.state
        assert find_chain_break(again.log, again.before) is None
        for raw, receipt in self.said:
            told = again.decide(raw, self.now + DAY)
            assert told == self.again(receipt)
