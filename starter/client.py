"""The typed client: start platforms, decide, and read where they stand, safely repeated."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Self

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError

from starter.answers import from_workflow, reaching
from starter.connection import connect
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable
from workflows import contract
from workflows.application import PlatformApplication, PreviousTerm
from workflows.carried import CaseView, TermResult
from workflows.case import decision_of
from workflows.decisions import Decision
from workflows.lifecycle import ASSESSMENT
from workflows.model import InvalidMessage, Record, parse, said, sha256
from workflows.record import LogEntry
from workflows.refusal import Refusal, Refused
from workflows.state import Receipt
from workflows.vocabulary import Kind, Stage

ANSWER_WITHIN = timedelta(seconds=20)
"""How long to wait for a worker's answer."""

ASSESSMENT_KINDS = frozenset(t.name for step in ASSESSMENT.steps for t in step.triggers)

_CUT_SHORT = frozenset(
    (
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.CANCELED,
        WorkflowExecutionStatus.TIMED_OUT,
    )
)
"""Ended by someone at Temporal, and not by a decision: the term is open by the rules."""

LastTerm = Callable[[str], Awaitable[PreviousTerm | None]]
"""Answers a platform's last ended term from the register, when Temporal no longer keeps its history."""


class Applied(Record):
    """The answer to an application: the workflow that runs it, and whether it was there before."""

    platform_id: str
    application_id: str
    term: int
    workflow_id: str
    repeated: bool = False


class PingtaiClient:
    """All that one may ask of the system. Every call may be repeated."""

    def __init__(self, client: Client, last_term: LastTerm | None = None) -> None:
        """Use a connected client; `last_term` finds terms whose histories are gone from Temporal."""
        self.temporal = client
        self._last_term = last_term

    @classmethod
    async def connect(cls, last_term: LastTerm | None = None) -> Self:
        """Connect as `starter.connection` says."""
        return cls(await connect(), last_term)

    async def apply(self, application: PlatformApplication) -> Applied:
        """Start the term that an application asks for; the same one again gives the first answer.

        `term` and `previous` are filled in from the platform's last term.

        Raises:
            Refused: another application's term is open, or this id was used for another content.
            Unreachable: Temporal does not answer.
        """
        application = parse(PlatformApplication, application.model_dump_json())
        digest = sha256(application.model_dump(mode="json", exclude={"term", "previous"}))
        workflow_id = contract.platform_workflow_id(application.platform_id)
        handle = self.temporal.get_workflow_handle(workflow_id)
        while True:
            latest = await self.describe(handle)
            previous = None
            if latest is not None:
                before = await self._applied_before(latest, application, digest)
                if before:
                    return before
                previous = await self._ended_term(latest)
            if previous is None and self._last_term:
                previous = await self._last_term(application.platform_id)
            term = previous.term + 1 if previous else 1
            form = application.model_copy(update={"term": term, "previous": previous})
            try:
                with reaching():
                    await self._start(workflow_id, form, digest)
            except WorkflowAlreadyStartedError:
                continue  # someone else was quicker: compare with what they started
            return Applied(
                platform_id=form.platform_id,
                application_id=form.application_id,
                term=term,
                workflow_id=workflow_id,
            )

    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Receipt:
        """Send a decision to where it belongs, and wait for the receipt.

        The same decision (the same `decision_id`) again gives the first receipt, marked `repeated`.

        Raises:
            Refused: the rules refuse it.
            InvalidMessage: it does not fit its model.
            NoSuchPlatform: nothing of this id was ever applied for.
            Unreachable: no answer; it may still be taken, so repeat it with the same `decision_id`.
        """
        raw = decision if isinstance(decision, dict) else said(decision)
        checked = decision_of(raw)
        if checked.kind in ASSESSMENT_KINDS:
            workflow_id = await self._assessment_for(platform_id, checked)
        else:
            workflow_id = contract.platform_workflow_id(platform_id)
        handle = self.temporal.get_workflow_handle(workflow_id)
        try:
            with reaching():
                answer: Receipt = await handle.execute_update(
                    "decide", raw, result_type=Receipt, rpc_timeout=ANSWER_WITHIN
                )
        except WorkflowUpdateFailedError as error:
            raise from_workflow(error.cause) from None
        except NoSuchPlatform:
            return await self._answered_before(workflow_id, platform_id, checked)
        with suppress(PingtaiError):  # it is taken; only the due date may still be missing
            answer = await self._with_due(workflow_id, answer)
        return answer

    async def state(self, platform_id: str) -> CaseView:
        """Where a platform stands. Raises NoSuchPlatform, Unreachable."""
        return await self.view(contract.platform_workflow_id(platform_id))

    async def assessment_state(self, platform_id: str, term: int, year: int) -> CaseView:
        """Where a yearly assessment stands. Raises NoSuchPlatform, Unreachable."""
        return await self.view(contract.assessment_workflow_id(platform_id, term, year))

    async def log(self, platform_id: str) -> list[LogEntry]:
        """The log of a platform's latest term. Raises NoSuchPlatform, Unreachable."""
        workflow_id = contract.platform_workflow_id(platform_id)
        entries: list[LogEntry] = await self._query(workflow_id, "log", list[LogEntry])
        return entries

    async def describe(
        self, handle: WorkflowHandle[Any, Any]
    ) -> WorkflowExecutionDescription | None:
        """What Temporal says of a workflow; None when there is none of this id."""
        try:
            with reaching():
                return await handle.describe()
        except NoSuchPlatform:
            return None

    # ---- how ----

    async def _start(self, workflow_id: str, form: PlatformApplication, digest: str) -> None:
        await self.temporal.start_workflow(
            contract.PLATFORM_TYPE,
            form,
            id=workflow_id,
            task_queue=contract.TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            memo={
                "application_id": form.application_id,
                "application_sha256": digest,
                "term": form.term,
            },
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(contract.STAGE, str(Stage.RECOMMENDATION)),
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
        if latest.status in _CUT_SHORT:
            raise Refused(_cut_short(latest))
        memo = await latest.memo()
        if not memo:  # started without this client: ask the workflow itself
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
            en = f"application_id {first} was used before, for term {term}, with another content"
            zh = f"application_id {first} 已用于第 {term} 期申请，内容不同"
        else:
            en = f"term {term} of {application.platform_id} is open, by application {first}"
            zh = f"{application.platform_id} 的第 {term} 期尚未结束（申请 {first}）"
        raise Refused(Refusal(rule="§四", en=en, zh=zh, stage="open" if running else "ended"))

    async def _memo_of(self, platform_id: str) -> dict[str, Any]:
        try:
            view = await self.state(platform_id)
        except InvalidMessage:
            return {}
        facts = view.platform.facts if view.platform else None
        return {"application_id": facts.application_id, "term": facts.term} if facts else {}

    async def _ended_term(self, latest: WorkflowExecutionDescription) -> PreviousTerm | None:
        """The term that a closed workflow ended with; None when it was terminated or never a term."""
        if latest.status is not WorkflowExecutionStatus.COMPLETED:
            return None
        handle: WorkflowHandle[Any, TermResult] = self.temporal.get_workflow_handle(
            latest.id, run_id=latest.run_id, result_type=TermResult
        )
        try:
            with reaching():
                result = await handle.result(rpc_timeout=ANSWER_WITHIN)
        except (WorkflowFailureError, NoSuchPlatform):
            return None
        return PreviousTerm(term=result.term, log_hash=result.log_hash)

    async def _assessment_for(self, platform_id: str, decision: Decision) -> str:
        view = await self.state(platform_id)
        platform = view.platform
        assert platform is not None  # noqa: S101 - a platform's own view
        term, year = platform.facts.term, platform.open_assessment
        if year is None and platform.assessments:
            year = platform.assessments[-1].year  # it may be a repeat of what ended it
        if year is None:
            when = view.next_assessment
            raise Refused(
                Refusal(
                    rule="§六",
                    en=f"{decision.kind} is not awaited: no assessment is open"
                    + (f"; the next opens on {when:%Y-%m-%d}" if when else ""),
                    zh=f"现在不能作“{Kind(decision.kind).zh}”：没有进行中的年度考核"
                    + (f"，下一次于 {when:%Y-%m-%d} 开始" if when else ""),
                    stage=platform.stage,
                    awaited=view.awaited,
                )
            )
        return contract.assessment_workflow_id(platform_id, term, year)

    async def _answered_before(
        self, workflow_id: str, platform_id: str, decision: Decision
    ) -> Receipt:
        """What a case that has ended answered to this decision id; Refused when it never heard it."""
        receipt: Receipt | None = await self._query(
            workflow_id, "receipt", Receipt | None, decision.decision_id
        )
        if receipt and receipt.said_sha256 == sha256(said(decision)):
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
        for pause in (0.05, 0.1, 0.2, 0.6):
            await asyncio.sleep(pause)
            if not receipt.awaited or receipt.repeated:
                break
            view = await self.view(workflow_id)
            if view.log_seq != receipt.seq:
                break
            if view.due:
                return receipt.model_copy(update={"due": view.due.due})
        return receipt

    async def view(self, workflow_id: str) -> CaseView:
        """Where the case of a workflow stands. Raises NoSuchPlatform, Unreachable."""
        try:
            view: CaseView = await self._query(workflow_id, "state", CaseView)
        except WorkflowQueryFailedError as error:
            raise InvalidMessage("application", (("", str(error), str(error)),)) from None
        return view

    async def _query(self, workflow_id: str, name: str, result_type: Any, *args: Any) -> Any:
        handle = self.temporal.get_workflow_handle(workflow_id)
        for patience in (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 0.0):
            try:
                with reaching():
                    return await handle.query(
                        name, args=args, result_type=result_type, rpc_timeout=ANSWER_WITHIN
                    )
            except Unreachable as error:
                # Between two runs of a case there is a moment in which nobody can be asked.
                if not patience or "not scheduled yet" not in error.en:
                    raise
            await asyncio.sleep(patience)
        raise AssertionError("the last try returns or raises")


def _cut_short(latest: WorkflowExecutionDescription) -> Refusal:
    how = latest.status.name.lower() if latest.status else "ended"
    reset = f"temporal workflow reset --workflow-id {latest.id} --type LastWorkflowTask --reason …"
    return Refusal(
        rule="§四",
        en=f"the workflow of the term was {how} from outside, which is no decision: bring it back"
        f" with `{reset}`",
        zh=f"该期的流程被从外部终止（{how}），并非决定：请用 {reset} 恢复",
        stage=how,
    )
