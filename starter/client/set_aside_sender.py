"""Where a setting aside (撤销更正) belongs: a platform, its open assessment, a year or a term that ended.

A term that has ended is started again from its log in the register, together with the setting aside.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from starter.client.application_sender import search_attributes
from starter.client.blocking_workflow import ENDED_OUTSIDE, ended_outside
from starter.client.case_queries import ANSWER_WITHIN, CaseQueries
from starter.client.lost_terms import lost
from starter.client.payload_converter import sending_for
from starter.client.register_lookups import NoRegister
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NoSuchPlatform, Unreachable, no_such_platform
from workflows import contract
from workflows.decision import digest_of_content
from workflows.decisions import SetAside
from workflows.model import as_sent
from workflows.refusal import Refusal, Refused
from workflows.run_io import TermResult
from workflows.states import PlatformState, Receipt
from workflows.vocabulary import Kind

if TYPE_CHECKING:
    from workflows.case import Case

Answer = TypeVar("Answer")
Addressed = tuple[str, dict[str, Any]]
"""The workflow that a decision is for, and the decision as it is sent there."""


def _followed(target: str, term: int, now: int, platform: PlatformState) -> Refusal:
    return Refusal(
        rule=Kind.SET_ASIDE.article,
        en=f"{target} was taken in term {term}, and term {now} has begun since: what followed rests on how"
        " that term ended, and it stays as it is",
        zh=f"{target} 系第 {term} 期作出，此后第 {now} 期已经开始：后续均以该期的结果为依据，不再更正",
        stage=platform.stage,
    )


@dataclass(frozen=True)
class SetAsideSender:
    """Finds the case that a setting aside is for."""

    _queries: CaseQueries
    _register: NoRegister

    async def place(self, platform_id: str, decision: SetAside) -> Addressed:
        """Where a setting aside is to be sent, and what: of a year that has ended it names the year.

        Raises:
            Unreachable: no answer.
        """
        own, raw = contract.platform_workflow_id(platform_id), as_sent(decision)
        try:
            platform = (await self._queries.view(own)).platform
        except NoSuchPlatform:
            return own, raw  # Temporal keeps it no longer: the register may
        assert platform is not None  # noqa: S101 - a platform's own view
        answered = await self._answered(own, platform, decision)
        if answered:
            return answered
        year = platform.open_assessment
        if year and decision.year in (None, year):
            child = self._assessment(platform, year)
            if await self._receipt(child, decision.target):
                return child, raw
        if decision.year:
            await self._check_year(platform, decision, decision.year)
            return own, _of_year(raw, decision.year)
        return own, await self._naming_year(own, platform, decision)

    async def _naming_year(
        self, own: str, platform: PlatformState, decision: SetAside
    ) -> dict[str, Any]:
        """A setting aside for the platform; of what was decided in a year that has ended, with that year."""
        raw = as_sent(decision)
        if not await self._receipt(own, decision.target):
            for ended in reversed(platform.assessments):
                if await self._receipt(self._assessment(platform, ended.year), decision.target):
                    return _of_year(raw, ended.year)
            await self._check_earlier_terms(platform, decision)
        return raw

    async def _check_earlier_terms(self, platform: PlatformState, decision: SetAside) -> None:
        """Say so where a decision was taken in a term that another has followed. Raises Refused."""
        facts = platform.facts
        with suppress(Unreachable):  # then the case says that it knows no such decision
            found = await self._register.decided_before(facts.platform_id, decision.target)
            if earlier := [one.term for one in found if one.term < facts.term]:
                raise Refused(_followed(decision.target, earlier[-1], facts.term, platform))

    async def start_again(self, platform_id: str, raw: dict[str, Any]) -> Receipt:
        """Start a term that has ended again from its log, with the setting aside as its first message.

        Raises:
            Refused: the rules refuse the setting aside, or the term has not ended by the rules.
            NoSuchPlatform: nothing of this id was ever applied for.
            Unreachable: no answer, or the register cannot be read here or lacks a part of the log.
        """
        workflow_id = contract.platform_workflow_id(platform_id)
        carried = await self._register.ended_term(platform_id)
        if carried is None:
            raise no_such_platform(platform_id)
        facts = carried.state.facts
        if raw.get("case") is None:
            raw = raw | {"case": {"platform_id": facts.platform_id, "term": facts.term}}
        # Seldom needed, and they load the judge.
        from workflows.case import Case  # noqa: PLC0415
        from workflows.known_roster import learn_roster  # noqa: PLC0415
        from workflows.older_entries import starting_with  # noqa: PLC0415

        case = Case(carried.state, carried.record)
        await self._check_ended(workflow_id, case)
        shown, now = [], datetime.now(UTC)
        if raw.get("signatures"):
            *shown, last = await self._versions_since(carried.state) or [[]]
            for roots in shown:
                learn_roster(case, {"roots": roots}, now, started_again=True)
            raw |= {"roster": last} if last else {}
        # The workflow judges again; but a term is not started for what would be refused.
        case.validate(raw, now)
        memo = await self._memo(workflow_id, carried.state)
        sending = sending_for(self._queries.temporal, facts.platform_id, facts.term)

        async def send(update: str, said: dict[str, Any], answer: type[Answer]) -> Answer:
            start: WithStartWorkflowOperation[Any, TermResult] = WithStartWorkflowOperation(
                contract.PLATFORM_TYPE,
                args=[{}, starting_with(carried)],
                id=workflow_id,
                task_queue=contract.TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                result_type=TermResult,
                memo=memo,
                search_attributes=search_attributes(carried.state.stage, facts),
                static_summary=f"{facts.name} · {facts.district.zh}",
            )
            with translate_rpc_errors():
                answered: Answer = await sending.execute_update_with_start_workflow(
                    update,
                    said,
                    start_workflow_operation=start,
                    result_type=answer,
                    rpc_timeout=ANSWER_WITHIN,
                )
            return answered

        for roots in shown:
            await send(contract.LEARN_ROSTER, {"roots": roots}, int)
        return await send("decide", raw, Receipt)

    async def _versions_since(self, state: PlatformState) -> list[list[dict[str, Any]]]:
        """The versions of the roster since the one that a term knew when it ended, by messages.

        Whoever signs today stands in the newest one, and nobody has shown it to a case that had ended.
        """
        found, known = [], state.roster
        while known and (roots := await self._register.roster_after(known.version)):
            found.append([as_sent(one) for one in roots])
            known = roots[-1].root
        return found

    async def _check_ended(self, workflow_id: str, case: "Case[PlatformState]") -> None:
        """Let only that be started again which has ended by its rules, and whose whole log is there.

        A log without its last entries would be gone on from as if those had never been.

        Raises:
            Refused: its workflow was ended from outside.
            Unreachable: the register has not all of its log, or the log has not come to an end.
        """
        latest = await self._queries.describe(workflow_id)
        if latest and latest.status in ENDED_OUTSIDE:
            raise Refused(ended_outside(latest))
        if not (latest or case.ended):
            raise Refused(lost(case.state.facts.platform_id, case.state.facts.term))
        whole = not latest or (await self._queries.view(workflow_id)).log_hash == case.log[-1].hash
        if not (whole and case.ended):
            raise Unreachable(
                "the register does not have the whole log of the term; try again when it has",
                "名册中本期记录不完整，请待其补齐后再试",
            )

    async def _memo(self, workflow_id: str, state: PlatformState) -> dict[str, Any]:
        """The memo of the run before, by which an application sent again is recognised."""
        before = await self._queries.describe(workflow_id)
        memo = dict(await before.memo()) if before else {}
        return memo or {"application_id": state.facts.application_id, "term": state.facts.term}

    async def _answered(
        self, own: str, platform: PlatformState, decision: SetAside
    ) -> Addressed | None:
        """The case that took this very decision before, and how it was said there."""
        raw = as_sent(decision)
        last = max((ended.year for ended in platform.assessments), default=0)
        years = range(1, max(last, platform.open_assessment or 0) + 1)
        receipt = await self._receipt(own, decision.decision_id, decision.sender)
        if receipt:
            ways = [raw, *(raw | {"year": year} for year in years)]
            same = [way for way in ways if digest_of_content(way) == receipt.said_sha256]
            return own, same[0] if same else raw
        for year in years:
            child = self._assessment(platform, year)
            if await self._receipt(child, decision.decision_id, decision.sender):
                return child, raw
        return None

    async def _check_year(self, platform: PlatformState, decision: SetAside, year: int) -> None:
        """Refuse a decision that an assessment, which Temporal still keeps, never took.

        The platform cannot look into the assessment's log: it would open it again, only to hear the
        assessment refuse.

        Raises:
            Refused: that year knows no such decision.
        """
        child = self._assessment(platform, year)
        if await self._queries.describe(child) is None:
            return
        if not await self._receipt(child, decision.target):
            raise Refused(
                Refusal(
                    rule=Kind.SET_ASIDE.article,
                    en=f"no decision {decision.target} was taken in the assessment of year {year}",
                    zh=f"第 {year} 年考核中没有决定 {decision.target}",
                    stage=platform.stage,
                )
            )

    async def _receipt(self, workflow_id: str, decision_id: str, *sender: str) -> Receipt | None:
        """What a case answered to a decision id; None when it never heard it, or is kept no longer."""
        try:
            receipt: Receipt | None = await self._queries.query(
                workflow_id, "receipt", Receipt | None, decision_id, *sender
            )
        except NoSuchPlatform:
            return None
        return receipt

    def _assessment(self, platform: PlatformState, year: int) -> str:
        facts = platform.facts
        return contract.assessment_workflow_id(facts.platform_id, facts.term, year)


def _of_year(raw: dict[str, Any], year: int) -> dict[str, Any]:
    """A setting aside in a year that has ended: its platform takes it, though the case named is the year's.

    What is signed goes as it was signed.
    """
    if raw.get("signatures"):
        return raw
    case = raw.get("case")
    if case and case.get("year") == year:
        raw = raw | {"case": {name: value for name, value in case.items() if name != "year"}}
    return raw | {"year": year}
