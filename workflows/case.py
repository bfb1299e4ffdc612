"""A case: its state, its log, and the one way in by which every decision is taken.

Pure: time is a parameter. A workflow wraps it; tests and auditors use it as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic

from workflows.actors import Actor
from workflows.case_record import CaseRecord, PlanVersion
from workflows.case_roles import roles_in
from workflows.circumstances import NEWEST, Circumstances, Edition
from workflows.content_chain import ContentChain
from workflows.decision import Decision, decision_digest
from workflows.decision_reading import check_texts, decision_of
from workflows.decisions import PlanRevision, SetAside
from workflows.entry_content import content_to_log
from workflows.judge import judge
from workflows.kept_judgement import KeptJudgement
from workflows.known_roster import News, news_of
from workflows.model import (
    InvalidMessage,
    as_sent,
    canonical,
    instant,
    sha256,
)
from workflows.next_application import NextTerm
from workflows.receipts import Receipts, receipt_of, used_before
from workflows.record import BEGINNING, KEPT_REFUSALS, EntryKind, LogEntry, append
from workflows.record_shares import RecordRoom
from workflows.refusal import Refused
from workflows.refused_messages import refused_content, refused_id
from workflows.rules import S, arrow_of, begin, lifecycle_of, refused
from workflows.setting_aside import objection
from workflows.state_folding import move, set_aside_marks
from workflows.states import PlatformState, Receipt
from workflows.steps import Arrow
from workflows.vocabulary import Happening, HappeningOutcome, Kind, Role, Word
from workflows.words import Words


class Case(Generic[S]):
    """One case. `state` is the fold of `log`; `plans` are plan versions not yet handed to the register."""

    notes_clocks = True
    """Whether stops and starts of a step's clock are noted. Runs that began before 0.2.0 do not."""
    closed: Words | None = None
    """Why nothing more is decided here, where the case has ended for good and is only being written."""

    def __init__(self, state: S, record: CaseRecord, edition: Edition = NEWEST) -> None:
        """Go on with a case from its record; `edition` says what is accepted."""
        self.state: S = state
        self.edition = edition
        self.before = record.before
        self.log = list(record.log)
        self.receipts = Receipts(record.receipts, edition)
        self.outside_roles = dict(record.roles)
        self.roles = dict(record.roles)
        self.plans = list(record.plans)
        self.next_application = record.next_application
        self.refusals = record.refusals
        self.older = record.older  # what is before `log`, where it has not been read back yet
        self.recorded = len(record.log)  # so many the register has: they can go on by reference
        self.holders: dict[str, str] = {}
        """To which platform the certificate number belongs that a decision names, while it is judged."""
        self.sent_on: str | None = None
        """The SHA-256 of the setting aside that its platform took, and sent on to it with its signatures."""
        self._chain = ContentChain()
        self._room = RecordRoom(self.log)
        self._kept: KeptJudgement | None = None
        for entry in self.log:
            self._note_role(entry)

    @classmethod
    def open(
        cls,
        content: dict[str, Any],
        at: datetime,
        before: str = BEGINNING,
        *,
        actor: Actor | None = None,
        edition: Edition = NEWEST,
        roles: Mapping[str, Role] | None = None,
    ) -> "Case[Any]":
        """Open a case: its first entry holds the facts."""
        state = begin(content, at)
        record = CaseRecord(before=before, log=(), receipts=(), roles=dict(roles or {}))
        case = cls(state, record, edition)  # type: ignore[arg-type]
        name = (
            Happening.APPLIED if isinstance(state, PlatformState) else Happening.ASSESSMENT_OPENED
        )
        case._write(at, EntryKind.HAPPENING, name, HappeningOutcome.OPENED, content, actor=actor)
        return case

    @property
    def ended(self) -> bool:
        return lifecycle_of(self.state).ended(self.state.stage)

    def content_chain(self) -> ContentChain:
        """What was decided so far, in hashes without moments: what signed decisions answer."""
        self._chain.extend(self.log)
        return self._chain

    def record(self) -> CaseRecord:
        return CaseRecord(
            before=self.before,
            log=tuple(self.log),
            receipts=tuple(self.receipts),
            plans=tuple(self.plans),
            next_application=self.next_application,
            refusals=self.refusals,
            roles=self.outside_roles,
            older=self.older,
        )

    def take_up(self, record: CaseRecord) -> None:
        """Go on with the whole record of which this case was begun with the newest part."""
        self.older, self.log = None, list(record.log)
        self.receipts = Receipts(record.receipts, self.edition)
        self._chain, self._room = ContentChain(), RecordRoom(self.log)
        for entry in self.log:
            self._note_role(entry)

    def validate(
        self,
        raw: Any,
        at: datetime,
        kind: Kind | None = None,
        deadline: datetime | None = None,
        *,
        preview: bool = False,
    ) -> Decision:
        """Say whether a decision (`raw`, or read already) would be taken, and change nothing.

        `deadline` is when the step becomes overdue; it counts also while nobody has noted yet that
        it has passed. With `preview` it counts as signed.

        Raises:
            InvalidMessage: it does not fit its model.
            Refused: the rules refuse it.
        """
        decision = raw if isinstance(raw, Decision) else decision_of(raw, kind)
        edition = max(self.edition, self.edition_for(decision))
        return self._judged(decision, at, deadline, edition, preview=preview)

    def edition_for(self, decision: Decision) -> Edition:
        """Return the edition by which a decision is judged: a later one where only that knows it.

        Runs that began before 0.4.0 keep theirs: their messages come in another order.
        """
        role, outcome = decision.actor.role, decision.result
        lifecycle, kind = lifecycle_of(self.state), Kind(decision.kind)
        known = lifecycle.since(self.state.stage, kind, role, outcome)
        since = max(known, decision.content_since)
        return max(self.edition, since) if self.edition >= Edition.V0_4 else self.edition

    def take_edition(self, edition: Edition) -> None:
        """Judge by another edition from now on."""
        self.edition = edition
        self.receipts.edition = edition

    def _judged(
        self,
        decision: Decision,
        at: datetime,
        deadline: datetime | None,
        edition: Edition,
        *,
        preview: bool = False,
    ) -> Decision:
        grounds = KeptJudgement.of(self, decision, at, deadline, edition)
        if self._kept and self._kept.stands(grounds):
            return decision
        first = self.receipts.first(decision)
        if first is None:
            if self.closed:
                raise self._refused(decision, self.closed)
            if edition >= Edition.V0_5:
                check_texts(decision)
            late = self.state.overdue or _passed(deadline, at)
            circumstances = Circumstances(
                at,
                edition,
                self.roles,
                self.holders,
                self.content_chain().answerable if decision.signatures else (),
                preview=preview,
                sent_on=bool(self.sent_on) and sha256(as_sent(decision)) == self.sent_on,
            )
            news = news_of(decision, self.state.roster)
            if news.fault:
                raise self._refused(decision, news.fault)
            root = news.roots[-1].root if news.roots else self.state.roster
            state = self.state.model_copy(update={"overdue": late, "roster": root})
            judge(state, decision, circumstances)
            self._check_target(decision, at)
            self._check_room(decision)
            self._kept = None if preview else grounds
        elif first.said_sha256 != decision_digest(decision):
            raise self._refused(decision, used_before(first))
        return decision

    def would_lead_to(self, raw: Any, at: datetime, deadline: datetime | None = None) -> str:
        """The stage in which a decision would leave the case; changes nothing.

        Raises:
            InvalidMessage, Refused: as `validate` does.
        """
        decision = self.validate(raw, at, deadline=deadline, preview=True)
        if self.receipts.first(decision):
            return str(self.state.stage)
        content = content_to_log(decision, self.state, self.log)
        arrow = arrow_of(self.state, decision.kind, decision.result, content)
        return str(move(self.state, self.log, arrow, decision.kind, content=content, at=at).stage)

    def taken_before(self, raw: Any) -> Receipt | None:
        """Return the first receipt of a decision that was taken already, as `decide` would; else None.

        Raises:
            InvalidMessage: it does not fit its model.
        """
        decision = raw if isinstance(raw, Decision) else decision_of(raw)
        first = self.receipts.first(decision)
        return first and self._with_set_aside(first)

    def decide(
        self,
        raw: Any,
        at: datetime,
        kind: Kind | None = None,
        deadline: datetime | None = None,
    ) -> Receipt:
        """Take a decision: the one function behind every signal and update.

        The same decision again gives the first receipt, marked `repeated`, and changes nothing.

        Raises:
            InvalidMessage: it does not fit its model.
            Refused: the rules refuse it.
        """
        decision = raw if isinstance(raw, Decision) else decision_of(raw, kind)
        self._judged(decision, at, deadline, self.edition)
        first = self.receipts.first(decision)
        if first is not None:
            return self._with_set_aside(first).model_copy(update={"repeated": True})
        if deadline and _passed(deadline, at) and not self.state.overdue:
            self.record_event(Happening.OVERDUE, {"due": instant(deadline)}, at)
        if news := news_of(decision, self.state.roster).roots:
            self.record_event(Happening.ROSTER_LEARNED, News(news).content(), at)
        content, before = content_to_log(decision, self.state, self.log), self.state
        arrow = arrow_of(before, decision.kind, decision.result, content)
        self.state = move(before, self.log, arrow, decision.kind, content=content, at=at)
        if isinstance(decision, PlanRevision) and isinstance(self.state, PlatformState):
            self.keep_plan(self.state, as_sent(decision.plan))
        if isinstance(decision, NextTerm):
            form = decision.application
            self.next_application = as_sent(form) if form else None
        entry = self._write(
            at,
            EntryKind.DECISION,
            decision.kind,
            decision.result,
            content,
            actor=decision.actor,
            decision_id=decision.decision_id,
        )
        self._kept, sender = None, self.receipts.sender_of_new(decision)
        receipt = receipt_of(entry, self.state, sender, decision_digest(decision), self.edition)
        self.receipts.keep(receipt)
        if self.notes_clocks:
            self._note_clock(arrow, before, at)
        return self.receipts.sealed(receipt, self.log)

    def record_event(
        self,
        name: Happening,
        content: dict[str, Any],
        at: datetime,
        outcome: Word | None = None,
    ) -> LogEntry:
        """Note a happening and move along its arrow; `outcome` where it may have several.

        Raises:
            LookupError: the table has no such arrow here.
        """
        arrow = arrow_of(self.state, name, outcome or name.outcome or "", content)
        self.state = move(self.state, self.log, arrow, name, content=content, at=at)
        return self._write(at, EntryKind.HAPPENING, name, arrow.outcome, content)

    def _note_clock(self, arrow: Arrow, before: S, at: datetime) -> None:
        """Note that a step's clock stopped, or started again: it stands still while the plan is corrected."""
        if arrow.stops:
            said = {"of": str(before.stage), "since": instant(before.since)}
            self.record_event(Happening.CLOCK_STOPPED, said, at)
        if arrow.resumes:
            self.record_event(Happening.CLOCK_STARTED, {"of": str(self.state.stage)}, at)

    def refuse(self, kind: Kind, raw: Any, error: Refused | InvalidMessage, at: datetime) -> None:
        """Write a refused signal to the log with its reason: a signal has no answer of its own."""
        self.refusals += 1
        if self.refusals > KEPT_REFUSALS:
            return
        content = refused_content(raw, error, self.edition)
        named = refused_id(raw)
        reason = " / ".join(error.words)[:_REASON_LETTERS]
        self._write(
            at, EntryKind.REFUSED, kind, "refused", content, decision_id=named, reason=reason
        )

    def _check_target(self, decision: Decision, at: datetime) -> None:
        """Refuse a setting aside of what cannot be set aside."""
        if not isinstance(decision, SetAside):
            return
        why = objection(self.log, self.state, decision, at)
        if why:
            raise self._refused(decision, why)

    def answered(self, decision_id: str, sender: str | None = None) -> Receipt | None:
        """Return the receipt of a decision, with the decision that has set it aside since.

        `sender` is its role and id (`decision.sender_of`); without it the first of that id is meant.
        """
        receipt = self.receipts.named(decision_id, sender)
        return self._with_set_aside(receipt) if receipt else None

    def _with_set_aside(self, receipt: Receipt) -> Receipt:
        """A receipt with the decision that set its own aside since, if one did."""
        receipt = self.receipts.sealed(receipt, self.log)
        by = set_aside_marks(self.log).get(receipt.seq)
        if by is None:
            return receipt
        return receipt.model_copy(update={"set_aside_by": self.log[by - 1].decision_id})

    def note_outside_roles(self, roles: Mapping[str, Role]) -> None:
        """Note in which role people acted in another case of the same platform."""
        for person, role in roles.items():
            self.outside_roles.setdefault(person, role)
            self.roles.setdefault(person, role)

    def _note_role(self, entry: LogEntry) -> None:
        for person, role in roles_in(entry):
            self.roles.setdefault(person, role)

    def _check_room(self, decision: Decision) -> None:
        """Refuse what would make the record too large to be carried on."""
        waiting = [plan.plan for plan in self.plans]
        waiting += [self.next_application] if self.next_application else []
        by_reference = self.edition >= Edition.V0_5 and isinstance(self.state, PlatformState)
        shortage = self._room.shortage(
            decision,
            len(self.receipts),
            sum(len(canonical(text)) for text in waiting),
            shares=self.edition >= Edition.V0_4,
            recorded=self.recorded if by_reference else None,
        )
        if shortage:
            raise self._refused(decision, shortage)

    def _refused(self, decision: Decision, why: Words) -> Refused:
        return refused(self.state, Kind(decision.kind).article, why, self.edition)

    def keep_plan(self, state: PlatformState, plan: dict[str, Any]) -> None:
        """Keep a plan version until the register has it."""
        version, digest = state.plan_version, state.plan_sha256
        self.plans.append(PlanVersion(version=version, sha256=digest, plan=plan))

    def _write(
        self,
        at: datetime,
        kind: EntryKind,
        name: str,
        outcome: str,
        content: dict[str, Any],
        **more: Any,
    ) -> LogEntry:
        assert self.older is None, "the log ends where it should go on"  # noqa: S101
        entry = append(
            self.log,
            self.before,
            at=at,
            kind=kind,
            name=name,
            outcome=str(outcome),
            stage=self.state.stage,
            said=content,
            **more,
        )
        self.log.append(entry)
        self._room.count(entry)
        self._note_role(entry)
        return entry


def _passed(deadline: datetime | None, at: datetime) -> bool:
    return deadline is not None and deadline <= at


_REASON_LETTERS = 400
