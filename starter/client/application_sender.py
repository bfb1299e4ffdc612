"""Apply for a platform, and again after its validity (§四): one workflow for all terms, safely repeated."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from starter.client.application_look import Look, Looked
from starter.client.blocking_workflow import (
    ENDED_OUTSIDE,
    ended_outside,
    find_block,
    second_life,
    still_open,
    used_before,
)
from starter.client.case_queries import ANSWER_WITHIN, CaseQueries
from starter.client.first_application import (
    FILLED_IN,
    FirstApplication,
    application_of_run,
    as_plain_data,
    digest_of,
)
from starter.client.interface import Applied, Pingtai, Sign, ToSign
from starter.client.lost_terms import LostTerms
from starter.client.moved_cases import MovedCases, follows_moves
from starter.client.next_term_sender import TAKES_NEXT, hand_in
from starter.client.payload_converter import sending_for
from starter.client.register_lookups import KnownTerm, NoRegister
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform
from workflows import contract
from workflows.application import PlatformApplication, PreviousTerm
from workflows.content_chain import opening_hash
from workflows.listing_checks import not_brought_in
from workflows.model import as_sent, parse
from workflows.next_term import taken_from
from workflows.policy import policy_for_new_cases
from workflows.refusal import Refused
from workflows.run_io import TermResult
from workflows.signed_roots import SignedRoot
from workflows.states import Facts, application_content
from workflows.vocabulary import Authorship, Stage

_CLOSES_WITHIN = 3.0
_FIRST_LOOK = 0.05
"""Seconds, for a run whose term is over."""


class ApplicationSender:
    """The part of `PingtaiClient` that starts the term which an application asks for.

    With `DecisionSender` it is all of `starter.client.interface.Pingtai`.
    """

    temporal: Client
    _queries: CaseQueries
    _register: NoRegister
    _lost: LostTerms
    moves: MovedCases[Any]

    @follows_moves
    async def apply(self, application: PlatformApplication, sign: Sign | None = None) -> Applied:
        """Start the term that an application asks for; the same one again gives the first answer.

        `term` and `previous` are filled in from the platform's last term. Where that is still valid, and
        in its last days, the application waits with it (`Applied.begins`).

        Raises:
            Refused: another application's term is open, this id was used for another content, the policy
                is not the applicant's to choose, or something that is no platform stands under the id.
            InvalidMessage: it does not fit, or the rules refuse what it brings in.
            Unreachable: Temporal does not answer.
        """
        asked = application.model_dump(mode="json", exclude_unset=True, exclude=set(FILLED_IN))
        application = parse(PlatformApplication, asked)
        workflow_id = contract.platform_workflow_id(application.platform_id)
        while True:
            found = await self._queries.describe(workflow_id)
            latest = await self._queries.case_of(found)
            previous = None
            if latest is not None:
                try:
                    before = await self._applied_before(latest, application, sign)
                except Refused:
                    if latest.close_time is not None or not await self._closes(latest):
                        raise
                    continue
                if before:
                    return before
                previous = await self._ended_term(latest)
            if previous is None:
                known = await self._register.last_term(application.platform_id)
                if isinstance(known, KnownTerm) and not known.ended:
                    await self._lost.refuse(application.platform_id, known.term)
                previous = known and PreviousTerm(term=known.term, log_hash=known.log_hash)
            if previous and (earlier := await self._of_an_earlier_term(application)):
                return earlier
            if previous and not previous.assessments:
                # Temporal no longer has its run, or that is of a release which did not say.
                years = await self._register.years_of(application.platform_id, previous)
                previous = previous.model_copy(update={"assessments": years})
            newest = await self._register.roster_after(None)
            form = _following(application, previous, newest[0] if newest else None)
            if sign and form.policy.authorship is Authorship.REQUIRED:
                form = await _signed(form, sign)
            # What the rules refuse is told here, and starts nothing.
            from workflows.case_opening import open_platform  # noqa: PLC0415 - only who applies needs the judge

            stage = open_platform(form, datetime.now(UTC)).state.stage
            await self._check_number(form)
            if isinstance(sign, Look):
                sign.nothing()
            try:
                with translate_rpc_errors():
                    # Where what ended last was no case, its id is free; and an ended term has a next.
                    await self._start(form, stage, after=form.previous or found is not latest)
            except WorkflowAlreadyStartedError:
                continue  # someone else was quicker: compare with what they started
            return Applied(
                platform_id=form.platform_id,
                application_id=form.application_id,
                term=form.term,
                workflow_id=workflow_id,
            )

    async def application_to_sign(self, application: PlatformApplication) -> ToSign | None:
        """Return what is to be signed of an application, as it would be handed in now; nothing is sent.

        None: nothing, or it was handed in before. Raises as `apply`.
        """
        try:
            await self.apply(application, Look())
        except Looked as looked:
            return looked.form
        return None

    async def _check_number(self, form: PlatformApplication) -> None:
        """Refuse to bring a platform in under another one's certificate number (§四(四)).

        Raises:
            InvalidMessage: it belongs to another platform.
        """
        number = form.brought_in.certificate_number if form.brought_in else None
        holder = await self._register.number_holder(number) if number else None
        if number and holder not in (None, form.platform_id):
            raise not_brought_in(number, holder)

    async def _start(self, form: PlatformApplication, stage: Stage, *, after: object) -> None:
        """Start the term; `after`: something that has ended is known to stand under its id."""
        sending = sending_for(self.temporal, form.platform_id, form.term)
        await sending.start_workflow(
            contract.PLATFORM_TYPE,
            as_plain_data(form),
            id=contract.platform_workflow_id(form.platform_id),
            task_queue=contract.TASK_QUEUE,
            # A first term begins once, also where it was started and has ended since we looked.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE
            if after
            else WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            memo={
                "application_id": form.application_id,
                "application_sha256": digest_of(form),
                "term": form.term,
            },
            search_attributes=search_attributes(stage, form),
            static_summary=f"{form.name} · {form.district.zh}",
        )

    async def _applied_before(
        self,
        latest: WorkflowExecutionDescription,
        application: PlatformApplication,
        sign: Sign | None,
    ) -> Applied | None:
        """The first answer, if this application was the last one; Refused if another's term is open."""
        first = await application_of_run(self.temporal, latest)
        running = latest.close_time is None
        stands = latest.typed_search_attributes.get(contract.STAGE)
        stands = stands or ("open" if running else "ended")
        if await self._is_second_life(latest, application.platform_id, first):
            if running:
                raise Refused(second_life(latest, first))
            return None
        if latest.status in ENDED_OUTSIDE:
            raise Refused(ended_outside(latest))
        first = first or await self._first_of(latest)
        if first and first.application_id == application.application_id:
            return _answer_of(first, application, stands)
        if not running:
            return None
        if earlier := await self._of_an_earlier_term(application):
            return earlier
        if why := find_block(latest):
            raise Refused(why)
        next_from = None
        if (
            stands in TAKES_NEXT
        ):  # else the case, which costs its worker a history, need not be asked
            view = await self._queries.view(latest.id)
            roster = bool(await self._register.roster_after(None))
            own = cast(Pingtai, self)
            if waiting := await hand_in(own, view, application, roster=roster, sign=sign):
                return waiting
            next_from = taken_from(view.platform) if view.platform else None
        raise Refused(still_open(application.platform_id, first, stands, next_from))

    async def _closes(self, latest: WorkflowExecutionDescription) -> bool:
        """Whether a busy run closes while it is waited for: its term is over, it hands in its last entry.

        Who was told of the term's end applies for the next one at once. Where the register is away, it
        takes longer.
        """
        pause, left = _FIRST_LOOK, _CLOSES_WITHIN
        while latest.close_time is None and left > 0 and _is_busy(latest):
            await asyncio.sleep(pause)
            left, pause = left - pause, pause * 1.5
            found = await self._queries.describe(latest.id)
            if found is None or found.run_id != latest.run_id:
                return True
            latest = found
        return latest.close_time is not None

    async def _of_an_earlier_term(self, application: PlatformApplication) -> Applied | None:
        """The first answer to an application of a term before; Refused if it said something else then."""
        platform_id, application_id = application.platform_id, application.application_id
        before = await self._register.applied_before(platform_id, application_id)
        if before is None:
            return None
        first = FirstApplication(application_id, before.term, content=before.said)
        return _answer_of(first, application, "ended")

    async def _is_second_life(
        self,
        latest: WorkflowExecutionDescription,
        platform_id: str,
        first: FirstApplication | None,
    ) -> bool:
        """Whether a run lives a term again that has ended, by another application: a start past us."""
        if first is None or latest.status is WorkflowExecutionStatus.COMPLETED:
            return False
        known = await self._register.last_term(platform_id)
        if not isinstance(known, KnownTerm) or not known.ended or first.term > known.term:
            return False
        stored = await self._register.applied_before(platform_id, first.application_id)
        if first.form is None or stored is None or stored.term != first.term:
            return True
        lived = FirstApplication(first.application_id, stored.term, content=stored.said)
        return not lived.is_same(first.form)

    async def _first_of(self, latest: WorkflowExecutionDescription) -> FirstApplication | None:
        """The application of a case whose input is none: that of its own log."""
        log = await self._queries.log(latest.id)
        if not log:
            return None  # it never was an application
        said = log[0].said
        return FirstApplication(said["application_id"], said.get("term", 1), content=said)

    async def _ended_term(self, latest: WorkflowExecutionDescription) -> PreviousTerm | None:
        """The term that a closed workflow ended with; None when it was terminated or never a term."""
        if latest.status is not WorkflowExecutionStatus.COMPLETED:
            return None
        handle: WorkflowHandle[Any, TermResult] = self.temporal.get_workflow_handle(
            latest.id, run_id=latest.run_id, result_type=TermResult
        )
        try:
            with translate_rpc_errors():
                result = await handle.result(rpc_timeout=ANSWER_WITHIN)
        except (WorkflowFailureError, NoSuchPlatform):
            return None
        return PreviousTerm(
            term=result.term, log_hash=result.log_hash, assessments=result.assessments
        )


def _is_busy(latest: WorkflowExecutionDescription) -> bool:
    raw = latest.raw_description
    return raw.HasField("pending_workflow_task") or bool(raw.pending_activities)


def _answer_of(first: FirstApplication, application: PlatformApplication, stage: str) -> Applied:
    """The first answer to an application that came before.

    Raises:
        Refused: its id came with another content then.
    """
    if not first.is_same(application):
        raise Refused(used_before(first.application_id, first.term, stage))
    return Applied(
        platform_id=application.platform_id,
        application_id=application.application_id,
        term=first.term,
        workflow_id=contract.platform_workflow_id(application.platform_id),
        repeated=True,
    )


def search_attributes(stage: Stage, of: PlatformApplication | Facts) -> TypedSearchAttributes:
    """What Temporal's lists show and find of a term."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(contract.STAGE, str(stage)),
            SearchAttributePair(contract.DISTRICT, str(of.district)),
            SearchAttributePair(contract.FIELD, of.field),
        ]
    )


async def _signed(form: PlatformApplication, sign: Sign) -> PlatformApplication:
    """The application with what it brings in signed, if it brings in something: that answers itself."""
    if form.brought_in is None or form.brought_in.signatures:
        return form
    plain = as_plain_data(form)
    answers = opening_hash(application_content(parse(PlatformApplication, plain)))
    case = {"platform_id": form.platform_id, "term": form.term, "answers": answers}
    raw = as_sent(form.brought_in) | {"case": case}
    signed = await sign(ToSign(decision=raw, signatures_needed=1))
    return parse(PlatformApplication, plain | {"brought_in": signed})


def _following(
    application: PlatformApplication, previous: PreviousTerm | None, roster: SignedRoot | None
) -> PlatformApplication:
    """The application with its term, which follows the platform's last one, and the roster in force.

    Raises:
        InvalidMessage: it brings in another term than the platform's next.
    """
    first = application.brought_in.term if application.brought_in else 1
    term = previous.term + 1 if previous else first
    changes = {
        "term": term,
        "previous": previous,
        "policy": policy_for_new_cases(application.policy, roster=roster is not None),
        # Whoever applies does not choose by which roster decisions are judged.
        "roster": roster or application.roster,
    }
    form = parse(PlatformApplication, application.model_copy(update=changes).model_dump_json())
    signed = application.brought_in
    if signed is None or not signed.signatures:
        return form
    # It stays as it was signed, and answers the application as it is sent, without what is left open in it.
    as_signed = form.model_copy(update={"brought_in": signed})
    return parse(PlatformApplication, as_plain_data(as_signed))
