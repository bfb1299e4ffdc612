"""Sending a decision to where it belongs: the platform, or its open assessment."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from temporalio.client import Client

from starter.client.case_binding import CaseBinding
from starter.client.case_queries import ANSWER_WITHIN, CaseQueries
from starter.client.interface import ASSESSMENT_KINDS, ToSign
from starter.client.lost_terms import LostTerms
from starter.client.moved_cases import MovedCases, follows_moves
from starter.client.outgoing_decision import outgoing
from starter.client.payload_converter import sending_for
from starter.client.people_first import put_first
from starter.client.register_lookups import NoRegister
from starter.client.set_aside_sender import Addressed, SetAsideSender
from starter.client.signature_forms import SignatureForms
from starter.errors import Moved, NoSuchPlatform, NotSent, PingtaiError, Unreachable
from workflows import contract
from workflows.decision import CaseReference, Decision, digest_of_content
from workflows.decision_reading import decision_of
from workflows.decisions import Listing, SetAside
from workflows.lifecycle import ASSESSMENT
from workflows.listing_checks import belongs_to_another
from workflows.model import as_sent, invalid
from workflows.next_application import NextTerm
from workflows.refusal import Refusal, Refused
from workflows.run_io import DecisionPreview
from workflows.states import Receipt
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from workflows.roster_entries import RosterProof

_OPENS_AGAIN = (0.1, 0.2, 0.5, 1.0, 2.0)
"""How long to wait for an assessment that its platform has noted as open (seconds)."""


_TASK_FAILED = "unexpected workflow task failure"
"""So the server gives an update back whose task could not be written: a case that was about to go on in
a new run heard something else in the same moment. It is sent again; it is never taken twice."""
_GIVEN_BACK = (0.2, 1.0)

_DUE_AFTER = (0.05, 0.25, 0.6)
"""When to look for the due date (seconds). Nearly always it is there at the first look, and each look
costs the worker a whole history (docs/decisions/0001-queries-on-uncached-cases.md)."""


class DecisionSender:
    """The part of `PingtaiClient` that takes decisions to their cases and brings back the receipts."""

    temporal: Client
    _queries: CaseQueries
    _register: NoRegister
    _setting_aside: SetAsideSender
    _binding: CaseBinding
    _forms: SignatureForms
    _lost: LostTerms
    _due: bool
    moves: MovedCases[Any]

    @follows_moves
    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Receipt:
        """See `starter.client.interface.Pingtai`."""
        async with self._lost.named(platform_id):
            return await self._decide(platform_id, decision)

    async def _decide(
        self, platform_id: str, decision: Decision | dict[str, Any], *, again: bool = False
    ) -> Receipt:
        """Send it; once `again`, where its case was not there, and is now."""
        checked, raw = await self._outgoing(decision)
        try:
            workflow_id, raw = await self._place(platform_id, checked, raw)
            case = await self._binding.case_of(platform_id, workflow_id)
        except Moved:
            raise
        except Unreachable as error:
            raise NotSent(error.words) from error
        if case:
            first = await self._binding.taken_before(platform_id, checked, case)
            if first:
                return first
        raw = _naming(case, raw)
        try:
            answer = await self._update(workflow_id, raw)
        except NoSuchPlatform:
            answer = await self._was_not_there(
                workflow_id, platform_id, checked, raw, decision=decision, again=again
            )
        except Refused as error:
            if case is None and not again and await self._runs(workflow_id):
                return await self._decide(platform_id, decision, again=True)
            if not _has_ended(error):
                fresh = await self._with_proofs_of_today(raw)
                if not await self._tells_of_roster(workflow_id, fresh) and fresh == raw:
                    raise
                answer = await self._update(workflow_id, fresh)
            else:
                answer = await self._of_ended(workflow_id, platform_id, checked, raw)
        self._forms.note(workflow_id, answer)
        return await self._with_due(workflow_id, answer)

    async def _was_not_there(
        self,
        workflow_id: str,
        platform_id: str,
        checked: Decision,
        raw: dict[str, Any],
        *,
        decision: Decision | dict[str, Any],
        again: bool,
    ) -> Receipt:
        """The answer where a case had ended; or begins just now, as at the end of a move."""
        if again or not await self._runs(workflow_id):
            try:
                return await self._of_ended(workflow_id, platform_id, checked, raw)
            except Refused:
                if again or not await self._runs(workflow_id):
                    raise
        return await self._decide(platform_id, decision, again=True)

    async def _with_proofs_of_today(self, raw: dict[str, Any]) -> dict[str, Any]:
        """A signed decision whose proofs lead to the roster in force: what was signed has none of them.

        One that is sent again after a new version is refused by its old proof, though nothing of it changed.
        """
        signatures = list(raw.get("signatures", ()))
        with suppress(Unreachable):  # then the refusal stands
            for number, one in enumerate(signatures):
                person = (one.get("proof") or {}).get("entry", {}).get("id")
                proof = await self._register.roster_proof(person) if person else None
                if proof:
                    signatures[number] = {**one, "proof": proof.sent}
        return {**raw, "signatures": signatures} if signatures else raw

    async def _tells_of_roster(self, workflow_id: str, raw: dict[str, Any]) -> bool:
        """Whether a case that refused a signed decision knew an old roster, and has been shown the new one."""
        if not any(one.get("proof") for one in raw.get("signatures", ())):
            return False
        view = await self._queries.view(workflow_id)
        state = view.platform or view.assessment
        known = state.roster.version if state and state.roster else None
        told = False
        while known and (roots := await self._register.roster_after(known)):
            shown = {"roots": [as_sent(one) for one in roots]}
            handle = self.temporal.get_workflow_handle(workflow_id)
            sent: Awaitable[int] = handle.execute_update(
                contract.LEARN_ROSTER, shown, result_type=int, rpc_timeout=ANSWER_WITHIN
            )
            known, told = await self._queries.answer(workflow_id, sent), True
        return told

    @follows_moves
    async def check(self, platform_id: str, decision: Decision | dict[str, Any]) -> DecisionPreview:
        """See `Pingtai`; `stage` of the answer says where the decision would lead, or led before."""
        async with self._lost.named(platform_id):
            return await self._check(platform_id, decision)

    async def _check(
        self, platform_id: str, decision: Decision | dict[str, Any]
    ) -> DecisionPreview:
        checked, raw = await self._outgoing(decision)
        workflow_id, raw = await self._place(platform_id, checked, raw)
        case = await self._binding.case_of(platform_id, workflow_id)
        if case and (first := await self._binding.taken_before(platform_id, checked, case)):
            return DecisionPreview(
                stage=first.stage, repeated=True, set_aside_by=first.set_aside_by
            )
        raw = _naming(case, raw)
        preview: DecisionPreview = await self._queries.query(
            workflow_id, "check", DecisionPreview, raw
        )
        if preview.refusal:
            raise Refused(preview.refusal)
        if preview.invalid:
            raise invalid("decision", "", *preview.invalid)
        await self._check_listed_number(platform_id, checked)
        return preview

    async def _check_listed_number(self, platform_id: str, decision: Decision) -> None:
        """Refuse another platform's certificate number, which a case that is only asked does not look up.

        Raises:
            Refused: it belongs to another platform.
        """
        if not isinstance(decision, Listing) or decision.certificate_number is None:
            return
        holder = None
        with suppress(Unreachable):  # then the case asks when it decides
            holder = await self._register.number_holder(decision.certificate_number)
        if holder not in (None, platform_id):
            why = belongs_to_another(decision.certificate_number, holder)
            raise Refused(Refusal(rule=Kind.LISTING.article, **why._asdict(), stage=""))

    @follows_moves
    async def to_sign(self, platform_id: str, decision: Decision | dict[str, Any]) -> ToSign | None:
        """See `Pingtai`."""
        async with self._lost.named(platform_id):
            return await self._to_sign(platform_id, decision)

    async def _to_sign(
        self, platform_id: str, decision: Decision | dict[str, Any]
    ) -> ToSign | None:
        checked, raw = await self._outgoing(decision)
        try:
            workflow_id, raw = await self._place(platform_id, checked, raw)
            case = await self._binding.case_of(platform_id, workflow_id)
            if case is None or await self._binding.is_taken(platform_id, checked, case):
                return None
            return await self._forms.complete(workflow_id, case, raw)
        except Moved:
            raise
        except Unreachable as error:
            raise NotSent(error.words) from error

    async def _outgoing(
        self, decision: Decision | dict[str, Any]
    ) -> tuple[Decision, dict[str, Any]]:
        checked, raw = outgoing(decision)
        if isinstance(checked, NextTerm) and checked.application and not checked.signatures:
            return outgoing(decision, roster=bool(await self._register.roster_after(None)))
        return checked, raw

    async def roster_proof(self, person: str) -> "RosterProof | None":
        """See `Pingtai`."""
        return await self._register.roster_proof(person)

    async def roster_holder(self, public: str) -> str | None:
        """See `Pingtai`."""
        return await self._register.roster_holder(public)

    async def _place(self, platform_id: str, decision: Decision, raw: dict[str, Any]) -> Addressed:
        """The workflow that a decision is for, and the decision as it is sent there."""
        if isinstance(decision, SetAside):
            return await self._setting_aside.place(platform_id, decision)
        if decision.kind in ASSESSMENT_KINDS:
            return await self._assessment_for(platform_id, decision), raw
        return contract.platform_workflow_id(platform_id), raw

    async def _update(self, workflow_id: str, raw: dict[str, Any]) -> Receipt:
        about = raw.get("case") or {}
        sending = sending_for(self.temporal, about.get("platform_id", ""), about.get("term"))
        case = sending.get_workflow_handle(workflow_id)
        for pause in (*_GIVEN_BACK, None):
            sent: Awaitable[Receipt] = case.execute_update(
                "decide", raw, result_type=Receipt, rpc_timeout=ANSWER_WITHIN
            )
            first = put_first(self.temporal, workflow_id, sent)
            try:
                return await self._queries.answer(workflow_id, first)
            except Unreachable as error:
                if pause is None or _TASK_FAILED not in str(error):
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _runs(self, workflow_id: str) -> bool:
        """Whether a case that was not there is there now: it has just moved here, or was recovered."""
        found = await self._queries.describe(workflow_id)
        return found is not None and found.close_time is None

    async def _of_ended(
        self, workflow_id: str, platform_id: str, decision: Decision, raw: dict[str, Any]
    ) -> Receipt:
        """The answer to a decision on a case that has ended, or is just being opened again."""
        for pause in _OPENS_AGAIN:
            if not await self._is_to_open(workflow_id, platform_id):
                break
            await asyncio.sleep(pause)
            try:
                return await self._update(workflow_id, raw)
            except NoSuchPlatform:
                continue
            except Refused as error:
                if not _has_ended(error):
                    raise
        if isinstance(decision, SetAside):
            try:
                return await self._answered_before(workflow_id, platform_id, decision, raw)
            except (Refused, NoSuchPlatform):
                return await self._set_aside_of_ended(workflow_id, platform_id, decision, raw)
        return await self._answered_before(workflow_id, platform_id, decision, raw)

    async def _set_aside_of_ended(
        self, workflow_id: str, platform_id: str, decision: SetAside, raw: dict[str, Any]
    ) -> Receipt:
        """A setting aside in a case that has ended: an assessment's is for its platform to take."""
        if workflow_id != contract.platform_workflow_id(platform_id):
            # It ended only now: where it was to be sent to was found out a moment too early.
            workflow_id, raw = await self._setting_aside.place(platform_id, decision)
            raw = _naming(await self._binding.case_of(platform_id, workflow_id), raw)
            with suppress(NoSuchPlatform):
                return await self._update(workflow_id, raw)
        return await self._setting_aside.start_again(platform_id, raw)

    async def _is_to_open(self, workflow_id: str, platform_id: str) -> bool:
        """Whether a workflow is the assessment that its platform is about to open."""
        if workflow_id == contract.platform_workflow_id(platform_id):
            return False
        platform = (await self._queries.view(contract.platform_workflow_id(platform_id))).platform
        year = platform.open_assessment if platform else None
        return bool(
            platform
            and year
            and workflow_id
            == contract.assessment_workflow_id(platform_id, platform.facts.term, year)
        )

    async def _assessment_for(self, platform_id: str, decision: Decision) -> str:
        open_one = await self._queries.open_child(contract.platform_workflow_id(platform_id))
        if open_one:
            return open_one
        view = await self._queries.view(contract.platform_workflow_id(platform_id))
        platform = view.platform
        assert platform is not None  # noqa: S101 - a platform's own view
        term, year = platform.facts.term, platform.open_assessment
        if year is None and platform.assessments:
            # It may be a repeat of what ended the last one, if that was held here and not before.
            last = platform.assessments[-1].year
            if await self._queries.describe(
                contract.assessment_workflow_id(platform_id, term, last)
            ):
                year = last
        if year is None:
            when = view.next_assessment
            raise Refused(
                Refusal(
                    rule="§六",
                    en=f"{Kind(decision.kind).words.en} is not awaited: no assessment is open"
                    + (f"; the next opens on {when:%Y-%m-%d}" if when else ""),
                    zh=f"现在不能作“{Kind(decision.kind).zh}”：没有进行中的年度考核"
                    + (f"，下一次于 {when:%Y-%m-%d} 开始" if when else ""),
                    stage=platform.stage,
                    awaited=view.awaited,
                )
            )
        return contract.assessment_workflow_id(platform_id, term, year)

    async def _answered_before(
        self, workflow_id: str, platform_id: str, decision: Decision, raw: dict[str, Any]
    ) -> Receipt:
        """What a case that has ended answered to this decision id; Refused when it never heard it."""
        receipt: Receipt | None = await self._queries.query(
            workflow_id, "receipt", Receipt | None, decision.decision_id, decision.sender
        )
        if receipt and receipt.said_sha256 == digest_of_content(as_sent(decision_of(raw))):
            return receipt.model_copy(update={"repeated": True})
        raise Refused(
            Refusal(
                rule="§四",
                en=f"{decision.kind} comes too late: the case of {platform_id} has ended",
                zh=f"“{Kind(decision.kind).zh}”已过时：{platform_id} 的该项程序已结束",
                stage="ended",
            )
        )

    async def _with_due(self, workflow_id: str, receipt: Receipt) -> Receipt:
        """The receipt with the due date of what is awaited now, if it is known within a second."""
        if not self._due or not receipt.awaited or receipt.repeated:
            return receipt
        for ask in (self._register.due_after, partial(self._due_by_case, workflow_id)):
            with suppress(PingtaiError):  # it is taken; only the due date may still be missing
                return receipt.model_copy(update={"due": await ask(receipt)})
        return receipt

    async def _due_by_case(self, workflow_id: str, receipt: Receipt) -> datetime | None:
        for pause in _DUE_AFTER:
            await asyncio.sleep(pause)
            view = await self._queries.view(workflow_id)
            case = view.platform or view.assessment
            if case is None or case.stage != receipt.stage:
                break
            if view.due:
                return view.due.due
        return None


def _has_ended(error: Refused) -> bool:
    """Whether an assessment refused because it has ended: its log is still on its way to the register."""
    return ASSESSMENT.ended(error.refusal.stage)


def _naming(case: CaseReference | None, raw: dict[str, Any]) -> dict[str, Any]:
    """A decision that names the case it is sent to, where it names none itself."""
    if case is None or raw.get("case") is not None:
        return raw
    return raw | {"case": as_sent(case)}
