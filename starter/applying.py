"""Applying for a platform: one workflow for all its terms, safely repeated."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from temporalio.client import (
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

from db.rows import AppliedBefore
from starter.answers import reaching
from starter.application_refusals import CUT_SHORT, cut_short, used_before
from starter.asking import ANSWER_WITHIN, Asking
from starter.errors import NoSuchPlatform
from workflows import contract
from workflows.application import PlatformApplication, PreviousTerm
from workflows.carried import TermResult
from workflows.model import InvalidMessage, Record, parse, sha256
from workflows.opening import open_platform
from workflows.policy import Policy
from workflows.refusal import Refusal, Refused
from workflows.state import applied
from workflows.vocabulary import Stage

LastTerm = Callable[[str], Awaitable[PreviousTerm | None]]
"""Answers a platform's last ended term from the register, when Temporal no longer keeps its history."""


TermAppliedFor = Callable[[str, str], Awaitable[AppliedBefore | None]]
"""Answers, from the register, which term of a platform an application asked for, however long ago."""

_FILLED_IN = {"term", "previous"}
"""What an application leaves to us."""


class Applied(Record):
    """The answer to an application: the workflow that runs it, and whether it was there before."""

    platform_id: str
    application_id: str
    term: int
    workflow_id: str
    repeated: bool = False


class Applying:
    """Starts the term that an application asks for."""

    def __init__(
        self,
        asking: Asking,
        last_term: LastTerm | None,
        applied_before: TermAppliedFor | None = None,
    ) -> None:
        """`last_term` finds terms whose histories are gone from Temporal.

        `applied_before` knows the applications of all terms: one that is sent again years later starts
        nothing. Without it only the latest term's is recognised.
        """
        self._term_applied_for = applied_before
        self._asking = asking
        self._last_term = last_term

    async def apply(self, application: PlatformApplication) -> Applied:
        """Start the term that an application asks for; the same one again gives the first answer.

        `term` and `previous` are filled in from the platform's last term.

        Raises:
            Refused: another application's term is open, or this id was used for another content.
            InvalidMessage: it does not fit, or the rules refuse what it brings in.
            Unreachable: Temporal does not answer.
        """
        asked = application.model_dump(mode="json", exclude_unset=True, exclude=_FILLED_IN)
        application = parse(PlatformApplication, asked)
        digest = sha256(_as_said(application, leaving_out=_FILLED_IN))
        workflow_id = contract.platform_workflow_id(application.platform_id)
        handle = self._asking.temporal.get_workflow_handle(workflow_id)
        while True:
            latest = await self._asking.describe(handle)
            previous = None
            if latest is not None:
                before = await self._applied_before(latest, application, digest)
                if before:
                    return before
                previous = await self._ended_term(latest)
            if previous is None and self._last_term:
                previous = await self._last_term(application.platform_id)
            if previous and (earlier := await self._of_an_earlier_term(application)):
                return earlier
            form = _following(application, previous)
            # What the rules refuse is told here, and starts nothing.
            stage = open_platform(form, datetime.now(UTC)).state.stage
            try:
                with reaching():
                    await self._start(workflow_id, form, digest, stage)
            except WorkflowAlreadyStartedError:
                continue  # someone else was quicker: compare with what they started
            return Applied(
                platform_id=form.platform_id,
                application_id=form.application_id,
                term=form.term,
                workflow_id=workflow_id,
            )

    async def _start(
        self, workflow_id: str, form: PlatformApplication, digest: str, stage: Stage
    ) -> None:
        await self._asking.temporal.start_workflow(
            contract.PLATFORM_TYPE,
            _as_said(form),
            id=workflow_id,
            task_queue=contract.TASK_QUEUE,
            # A first term begins once, also where it was started and has ended since we looked.
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE
            if form.previous
            else WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            memo={
                "application_id": form.application_id,
                "application_sha256": digest,
                "term": form.term,
            },
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(contract.STAGE, str(stage)),
                    SearchAttributePair(contract.DISTRICT, str(form.district)),
                    SearchAttributePair(contract.FIELD, form.field),
                ]
            ),
            static_summary=f"{form.name} · {form.district.zh}",
        )

    async def _applied_before(
        self, latest: WorkflowExecutionDescription, application: PlatformApplication, digest: str
    ) -> Applied | None:
        """The first answer, if this application was the last one; Refused if another's term is open."""
        if latest.status is WorkflowExecutionStatus.FAILED:
            return None  # it was no application
        if latest.status in CUT_SHORT:
            raise Refused(cut_short(latest))
        memo = await latest.memo()
        if "application_id" not in memo:  # started without this client: ask the workflow itself
            memo = await self._memo_of(application.platform_id)
        same_id = memo.get("application_id") == application.application_id
        if same_id and memo.get("application_sha256", digest) == digest:
            return Applied(
                platform_id=application.platform_id,
                application_id=application.application_id,
                term=memo["term"],
                workflow_id=latest.id,
                repeated=True,
            )
        running = latest.status is WorkflowExecutionStatus.RUNNING
        if not running and not same_id:
            return None
        first, term = memo.get("application_id"), memo.get("term")
        if same_id:
            raise Refused(used_before(first, term, "open" if running else "ended"))
        if earlier := await self._of_an_earlier_term(application):
            return earlier
        en = f"term {term} of {application.platform_id} is open, by application {first}"
        zh = f"{application.platform_id} 的第 {term} 期尚未结束（申请 {first}）"
        raise Refused(Refusal(rule="§四", en=en, zh=zh, stage="open"))

    async def _of_an_earlier_term(self, application: PlatformApplication) -> Applied | None:
        """The first answer to an application of a term before; Refused if it said something else then."""
        platform_id, application_id = application.platform_id, application.application_id
        if self._term_applied_for is None:
            return None
        before = await self._term_applied_for(platform_id, application_id)
        if before is None:
            return None
        whole = parse(PlatformApplication, application.model_dump_json(exclude=_FILLED_IN))
        now, then = _comparable(applied(whole)), _comparable(before.said)
        if any(now[name] != value for name, value in then.items() if name in now):
            raise Refused(used_before(application_id, before.term, "ended"))
        return Applied(
            platform_id=platform_id,
            application_id=application_id,
            term=before.term,
            workflow_id=contract.platform_workflow_id(platform_id),
            repeated=True,
        )

    async def _memo_of(self, platform_id: str) -> dict[str, Any]:
        try:
            view = await self._asking.view(contract.platform_workflow_id(platform_id))
        except InvalidMessage:
            return {}
        facts = view.platform.facts if view.platform else None
        return {"application_id": facts.application_id, "term": facts.term} if facts else {}

    async def _ended_term(self, latest: WorkflowExecutionDescription) -> PreviousTerm | None:
        """The term that a closed workflow ended with; None when it was terminated or never a term."""
        if latest.status is not WorkflowExecutionStatus.COMPLETED:
            return None
        handle: WorkflowHandle[Any, TermResult] = self._asking.temporal.get_workflow_handle(
            latest.id, run_id=latest.run_id, result_type=TermResult
        )
        try:
            with reaching():
                result = await handle.result(rpc_timeout=ANSWER_WITHIN)
        except (WorkflowFailureError, NoSuchPlatform):
            return None
        return PreviousTerm(term=result.term, log_hash=result.log_hash)


def _as_said(
    application: PlatformApplication, leaving_out: set[str] | None = None
) -> dict[str, Any]:
    """An application as plain data.

    A field that came later is left out where it is unset: a repeat of an application of before is the
    same one, and a worker of before understands it.
    """
    later = {"brought_in"} if application.brought_in is None else set()
    content = application.model_dump(mode="json", exclude={*later, *(leaving_out or ())})
    if not application.policy.decisions_name_case:
        del content["policy"]["decisions_name_case"]
    return content


def _comparable(content: dict[str, Any]) -> dict[str, Any]:
    """What an application said, without what newer releases of this client add to its policy."""
    policy = dict(content.get("policy", {}))
    policy.pop("decisions_name_case", None)
    return {**content, "policy": policy}


def completed(policy: Policy) -> Policy:
    """A policy with the defaults of new cases, where it leaves them open.

    Two that are the same before may differ after: one said that it wants what is no default any more.
    """
    if "decisions_name_case" in policy.model_fields_set:
        return policy
    return policy.model_copy(update={"decisions_name_case": True})


def _following(
    application: PlatformApplication, previous: PreviousTerm | None
) -> PlatformApplication:
    """The application with its term, which follows the platform's last one.

    Raises:
        InvalidMessage: it brings in another term than the platform's next.
    """
    first = application.brought_in.term if application.brought_in else 1
    term = previous.term + 1 if previous else first
    changes = {"term": term, "previous": previous, "policy": completed(application.policy)}
    form = application.model_copy(update=changes)
    return parse(PlatformApplication, form.model_dump_json())
