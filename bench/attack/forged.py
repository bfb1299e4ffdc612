"""Lives that nobody ever sent, made with our own pure functions: what a forger who has the code can do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from bench.attack.cases import Handle, decide
from bench.attack.payloads import plain
from bench.attack.valid_messages import application, decision
from workflows import contract
from workflows.application import PlatformApplication
from workflows.case_opening import open_platform
from workflows.model import parse
from workflows.run_io import AssessmentOpening, CarriedPlatform
from workflows.states import Facts

FORGED_SINCE = "2026-06"
"""Whatever claims to stand somewhere since before this month was made up: the attack began later."""
_BEGAN = datetime(2025, 3, 3, 2, tzinfo=UTC)
_STEPS = (
    ("recommendation", "district", "recommended"),
    ("inspection", "commission", "passed"),
    ("expert_opinion", "commission", "supported"),
    ("listing", "commission", "included"),
)
_PATIENCE = 30.0


def carried(form: dict[str, Any], *, reopened: bool = False) -> dict[str, Any]:
    """A whole life up to a listing in 2025, as a run would carry it to the next."""
    case = open_platform(parse(PlatformApplication, form), _BEGAN)
    facts = case.state.facts.model_dump(mode="json")
    for number, (kind, role, outcome) in enumerate(_STEPS, start=1):
        at = _BEGAN + timedelta(days=20 * number)
        case.decide(_said(kind, role, outcome, facts, at.date()), at)
    life = CarriedPlatform(state=case.state, record=case.record(), recorded=0, reopened=reopened)
    plain_life: dict[str, Any] = life.model_dump(mode="json")
    return plain_life


def _said(kind: str, role: str, outcome: str, facts: dict[str, Any], day: date) -> dict[str, Any]:
    """A decision with an outcome, dated a day of the past."""
    random = Random(kind)  # noqa: S311
    while True:
        said = decision(random, kind, role, facts, f"forged-{kind}")
        if said.get("outcome") == outcome and not said.get("corrections"):
            return said | {"decided_on": str(day)}


def assessment_opening(platform_id: str) -> dict[str, Any]:
    """What a platform would open its first assessment with; it never did."""
    form = parse(PlatformApplication, application(platform_id))
    facts: Facts = open_platform(form, _BEGAN).state.facts
    opening = AssessmentOpening(
        facts=facts,
        year=1,
        valid_until=datetime(2028, 3, 3, 16, tzinfo=UTC),
        before="a" * 64,
    )
    plain_opening: dict[str, Any] = opening.model_dump(mode="json", exclude_none=True)
    return plain_opening


async def declined_term(client: Client, workflow_id: str, form: dict[str, Any]) -> None:
    """A term that really was applied for, and declined by the district."""
    handle: Handle = await client.start_workflow(
        contract.PLATFORM_TYPE,
        plain(form),
        id=workflow_id,
        task_queue=contract.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    facts = {**form, "term": 1}
    random = Random(workflow_id)  # noqa: S311
    said = decision(random, "recommendation", "district", facts, "declined-1")
    said = {**said, "outcome": "declined"}
    await decide(client, workflow_id, said)
    await asyncio.wait_for(handle.result(), _PATIENCE)
