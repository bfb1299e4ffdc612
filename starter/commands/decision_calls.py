"""The calls that taking a decision makes: where the case stands, what would become of it, and the decision."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

from db.row_types import LogLine, PlatformCard
from starter.client.interface import ASSESSMENT_KINDS, Pingtai, ToSign
from starter.clock import today
from starter.commands.actor_doubts import ActorDoubts
from starter.commands.deciding_roles import substitution_of
from starter.commands.decision_form import DecisionForm
from starter.commands.own_signature import OwnSignature
from starter.commands.receipt_view import end_of_stage
from starter.commands.set_aside_preview import in_force, in_force_lines
from starter.commands.unless_meant import plan_of_another
from starter.desk.entry_numbers import by_entry, is_entry_number
from starter.desk.reach import open_pingtai, open_reads
from starter.doubts.decision_doubts import (
    KnownPlatform,
    decision_doubts,
    is_held_against_platform,
    known_platform,
)
from starter.doubts.unchanged_plan import files_plan
from starter.errors import BadInput, NoSuchPlatform, NotAllowed, NotSent, PingtaiError
from starter.terminal.language import say
from starter.terminal.screen import complain
from workflows.decision import Decision
from workflows.decision_reading import new_decision_of
from workflows.model import WHOLE, InvalidMessage, as_sent
from workflows.refusal import Refused
from workflows.states import PlatformState, Receipt
from workflows.vocabulary import Kind
from workflows.words import Words

if TYPE_CHECKING:
    from db.countersign_queries import CountersignDraft
    from starter.commands.guided.case_brief import Brief
    from workflows.run_io import CaseView, DecisionPreview

NOT_TAKEN = (Refused, InvalidMessage, NoSuchPlatform, NotAllowed, BadInput, NotSent)
"""Answers by which it is certain that a decision was not accepted."""


class DecisionCalls:
    """The calls of one command, between which a person is asked: one event loop, one connection."""

    def __init__(self, form: DecisionForm, platform: str, principal: str | None) -> None:
        """Of a decision of this form, for this platform; `principal` is who is acted for."""
        self.form = form
        self.platform = platform
        self.principal = principal
        self._runner = asyncio.Runner()
        self._opened = AsyncExitStack()
        self._log: list[LogLine] | None = None
        self._brief: Brief | None = None
        self._connected: Pingtai | None = None
        self._actor_doubts = ActorDoubts()
        self._told_of: set[str] = set()
        self._seen: CaseView | None = None
        self._own = OwnSignature()
        self.sent: dict[str, Any] = {}
        """What was sent last, with its signatures."""

    def close(self) -> None:
        """Let go of the connection and the event loop."""
        with self._runner:
            self._runner.run(self._opened.aclose())

    @property
    def client(self) -> Pingtai:
        """The client, connected when it is first asked for."""
        if self._connected is None:
            self._connected = self._runner.run(self._opened.enter_async_context(open_pingtai()))
        return self._connected

    def view(self) -> "CaseView":
        """Where the case stands: the open assessment, or the platform itself."""
        self._seen = self._runner.run(self._view(self.client))
        return self._seen

    def beside(self, view: "CaseView") -> "CaseView | None":
        """The assessment that is open beside a platform; None: there is none, or it does not answer now."""
        if view.assessment or view.platform is None or view.platform.open_assessment is None:
            return None
        with suppress(PingtaiError):
            return self._runner.run(_open_assessment(self.client, view.platform))
        return None

    def register_log(self) -> list[LogLine]:
        """All logs of the platform, as the register has them; none where it cannot be read."""
        if self._log is None:
            try:
                self._log = self._runner.run(_register_log(self.platform))
            except PingtaiError:
                self._log = []
        return self._log

    def doubts(self, raw: Mapping[str, Any]) -> list[Words]:
        """What is to be asked about in a decision before it is sent."""
        known = self._known(raw) if is_held_against_platform(raw, today()) else None
        return [
            *plan_of_another(raw, self.platform),
            *decision_doubts(raw, today(), known),
            *self._actor_doubts.of(raw.get("actor")),
        ]

    def _known(self, raw: Mapping[str, Any]) -> KnownPlatform | None:
        """What the register has of the platform; None where it does not answer, or has nothing of it."""
        brief = self.brief() if files_plan(raw) else self._brief
        if brief:
            return known_platform(brief.card, brief.plan.shown if brief.plan else None)
        with suppress(PingtaiError):
            card = self._runner.run(_card(self.platform))
            return known_platform(card) if card else None
        return None

    def brief(self) -> "Brief | None":
        """What the case is about; None where the register does not answer, or says nothing of it."""
        if self._brief is None:
            with suppress(PingtaiError):
                self._brief = self._runner.run(_brief(self.platform))
        return self._brief

    def name_target(self, said: dict[str, Any]) -> None:
        """Let a setting aside name its decision by id where it was called by its entry's number."""
        target = said.get("target") if self.form.kind is Kind.SET_ASIDE else None
        if is_entry_number(target):
            said |= by_entry(self.register_log(), target)

    def decision(self, raw: dict[str, Any]) -> Decision:
        """The decision that `raw` says, which is completed by who is acted for.

        Raises:
            InvalidMessage: it does not fit; each field is named with its flag.
        """
        if self.principal and (who := substitution_of(self.form.kind, raw)):
            from starter.desk.substitutes import in_place_of  # noqa: PLC0415 - few act for another

            raw["actor"] = self._runner.run(in_place_of(self.principal, *who, tell=complain))
        try:
            return self._whole(raw)
        except InvalidMessage as error:
            explained = _explained(self.form, error)
            if self.form.kind is Kind.SET_ASIDE and "target" not in raw:
                for line in in_force_lines(self.register_log()):
                    explained.add_note(say(line))
            raise explained from None

    def _whole(self, raw: dict[str, Any]) -> Decision:
        """The decision, with nothing missing that its outcome needs: all that is missing is said at once.

        What comes signed was whole when it was signed. Raises InvalidMessage.
        """
        missing = () if raw.get("signatures") else self.form.missing(raw)
        try:
            decision = new_decision_of(raw, self.form.kind)
        except InvalidMessage as error:
            named = {field for field, _ in error.problems}
            # What does not fit as a whole says so itself.
            more = [one for one in missing if one.field not in named and WHOLE not in named]
            raise InvalidMessage(error.what, *error.problems, *more) from None
        if missing:
            raise InvalidMessage(str(self.form.kind), *missing)
        return decision

    def preview(self, decision: Decision) -> "DecisionPreview":
        """What would become of it. Raises as `Pingtai.check`; NotAllowed: its person's key may sign nothing."""
        self._tell_of_list(decision)
        try:
            preview = self._runner.run(self.client.check(self.platform, decision))
        except Refused as error:
            raise self._refused(error, decision) from None
        if not preview.repeated:
            self._runner.run(self._own.look(self.client, decision.actor.id))
        return preview

    def judge(self, decision: Decision) -> None:
        """Hear the rules before somebody is asked whether what is odd is meant: a yes changes no refusal.

        Where the system does not answer now, it is asked all the same.

        Raises:
            Refused: the rules refuse it.
        """
        try:
            self._runner.run(self.client.check(self.platform, decision))
        except Refused as error:
            raise self._refused(error, decision) from None
        except PingtaiError:
            return

    def send(self, decision: Decision, again: Words | None = None) -> "Receipt | CountersignDraft":
        """Send it; `again` says how to repeat what may have been taken. Raises as `Pingtai.decide`.

        Where its case asks for two signatures, the other person is left to sign it, and nothing is sent.
        """
        self._tell_of_list(decision)
        client, form = self.client, self._signed(decision)
        if form and form.signatures_needed > len(form.decision["signatures"]):
            try:
                left = self._runner.run(_left(client, form.decision))
            except Refused as error:
                raise self._refused(error, decision) from None
            if left:
                return left
            form = None  # it was taken before: its case repeats its answer
        self.sent = form.decision if form else as_sent(decision)
        try:
            return self._runner.run(
                client.decide(self.platform, form.decision if form else decision)
            )
        except Refused as error:
            raise self._refused(error, decision) from None
        except NOT_TAKEN:
            raise
        except BaseException as error:
            # Whatever it was, an interruption by the keyboard too: it may have been taken.
            error.add_note(say(again or _how_to_repeat(decision)))
            raise

    def _refused(self, error: Refused, decision: Decision) -> Refused:
        """The same refusal, with fields by their flags; of a setting aside also with what may be meant."""
        refused, target = self.form.refused(error), getattr(decision, "target", None)
        if self.form.kind is not Kind.SET_ASIDE:
            return refused
        log = self.register_log()
        if all(line.entry.decision_id != target for line in in_force(log)):
            for words in in_force_lines(log):
                refused.add_note(say(words))
        return refused

    def _tell_of_list(self, decision: Decision) -> None:
        """Say once how many platforms the list has already in which one is included."""
        number = getattr(decision, "list_number", None)
        if number and number not in self._told_of:
            from starter.commands.list_contents import tell_of_lists  # noqa: PLC0415 - one kind needs it

            self._told_of.add(number)
            self._runner.run(tell_of_lists([(self.platform, as_sent(decision))]))

    @property
    def has_key(self) -> bool:
        """Whether who runs the command has a key to sign with."""
        return self._own.has_key

    def _signed(self, decision: Decision) -> ToSign | None:
        """A decision with its person's signature; None: they have no key, or none is needed.

        What comes signed stays as it is; who runs the command signs it as the second, where one is missing.

        Signed between the calls: a person is asked for a touch, and Ctrl-C must end that. Raises as
        `Pingtai.to_sign` and `Signer.sign`; nothing was sent then.
        """
        if decision.signatures:
            return self._signed_before(as_sent(decision))
        signer = self._own.signer_of(decision.actor.id)
        if signer is None:
            return None
        from starter.client.signed_decisions import seen_case, with_signature  # noqa: PLC0415 - only who signs

        case = seen_case(self._seen) if self._seen else None
        if case and decision.case is None and decision.kind != Kind.SET_ASIDE:
            decision = decision.model_copy(update={"case": case})
        form = self._runner.run(self._own.form(self.client, self.platform, decision, signer.key))
        if form is None:
            return None
        needed = form.signatures_needed > 0
        proof = self._runner.run(
            self._own.proof(
                self.client,
                decision.actor.id,
                signer.key,
                needed=needed,
                platform_id=self.platform,
            )
        )
        signed = with_signature(form.decision, signer, proof)
        return form.model_copy(update={"decision": signed})

    def _signed_before(self, raw: dict[str, Any]) -> ToSign:
        from starter.client.signed_decisions import signed_before, with_signature  # noqa: PLC0415 - as above

        found = self._runner.run(signed_before(self.client, self.platform, raw))
        assert found  # noqa: S101 - it is signed
        second = None if found.whole else self._own.second_signer()
        if second is None or not found.lacks(second[1], second[0]):
            return found.form
        proof = self._runner.run(
            self._own.proof(self.client, second[0], second[1].key, needed=True)
        )
        signed = with_signature(raw, second[1], proof)
        return found.form.model_copy(update={"decision": signed})

    def end_of_stage(self, receipt: Receipt) -> Any:
        """The end of the stage that a receipt leads to, where that is no due date."""
        return None if receipt.due else self._runner.run(end_of_stage(self.client, receipt))

    async def _view(self, client: Pingtai) -> "CaseView":
        view = await client.state(self.platform)
        state = view.platform
        if self.form.kind in ASSESSMENT_KINDS and state and state.open_assessment:
            with suppress(NoSuchPlatform):  # it is noted as open a moment before it is there
                return await _open_assessment(client, state)
        return view


async def _open_assessment(client: Pingtai, state: PlatformState) -> "CaseView":
    facts = state.facts
    return await client.assessment_state(facts.platform_id, facts.term, state.open_assessment or 0)


async def _register_log(platform: str) -> list[LogLine]:
    async with open_reads() as register:
        return await register.log(platform)


async def _left(client: Pingtai, raw: dict[str, Any]) -> "CountersignDraft | None":
    from starter.desk.countersigning import (  # noqa: PLC0415 - few need it
        leave_unless_signed,
        open_countersign_drafts,
    )

    async with open_countersign_drafts() as drafts:
        return await leave_unless_signed(drafts, client, raw)


async def _card(platform: str) -> PlatformCard | None:
    async with open_reads() as register:
        return await register.platform(platform)


async def _brief(platform: str) -> "Brief | None":
    from starter.commands.guided.case_brief import Brief  # noqa: PLC0415 - only who asks needs it
    from starter.plans.plan_view import LAST_TWO  # noqa: PLC0415

    async with open_reads() as register:
        card = await register.platform(platform)
        if card is None:
            return None
        several = any(one.term == card.platform.term and one.plan_version > 1 for one in card.terms)
        plan = await register.plan(platform, diff=LAST_TWO if several else None)
    return Brief(card, plan)


def _explained(form: DecisionForm, error: InvalidMessage) -> InvalidMessage:
    explained = form.explained(error)
    if any(field == "actor.id" for field, *_ in error.problems):
        hint = Words(
            "To set who you are once, run: pingtai login", "可运行 pingtai login 登记本人身份。"
        )
        explained.add_note(say(hint))
    return explained


def _how_to_repeat(decision: Decision) -> Words:
    # With the date, because the day may end before it is repeated, and then it would be another.
    same = f"--id {decision.decision_id} --date {decision.decided_on}"
    return Words(
        f"It may have been accepted. To send it again unchanged, add to the command: {same}",
        f"可能已办理。原样重发：请在同一命令后加 {same}",
    )
