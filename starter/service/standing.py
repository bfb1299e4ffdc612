"""Where a case stands: from its workflow, or, where that cannot be asked, from the register's log."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import NamedTuple, TypeVar

from temporalio.service import RPCError

from db.queries import RegisterQueries
from db.rows import LogLine
from starter.client import PingtaiClient
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable
from starter.service.connections import Connections
from workflows.carried import CaseView
from workflows.folding import fold
from workflows.handing_in import DueDate
from workflows.lifecycle import PLATFORM
from workflows.model import Instant, InvalidMessage
from workflows.record import EntryKind, LogEntry
from workflows.rules import awaited
from workflows.state import AssessmentState, PlatformState, next_assessment

T = TypeVar("T")
PATIENCE = 4.0
"""Seconds for the workflow to answer; after them the register is asked."""


class Source(StrEnum):
    """What an answer was read from; the answer's header says it."""

    WORKFLOW = "workflow"
    REGISTER = "register"


class Standing(NamedTuple):
    """Where a case stands, and by what source."""

    view: CaseView
    source: Source

    @property
    def district(self) -> str:
        """The platform's district."""
        case = self.view.platform or self.view.assessment
        return str(case.facts.district) if case else ""


async def platform_standing(connections: Connections, platform_id: str) -> Standing:
    """Where a platform's newest term stands.

    Raises:
        NoSuchPlatform: neither knows it.
        Unreachable: neither can be asked.
    """
    view = await _asked(connections, lambda client: client.state(platform_id))
    if not isinstance(view, Exception):
        return Standing(view, Source.WORKFLOW)
    register = RegisterQueries(await connections.engine())
    last = await register.last_term(platform_id)
    lines = await register.log(platform_id, last.term) if last else []
    log = [line.entry for line in lines if line.year == 0]
    if last is None or not log:
        raise _unknown(view)
    return Standing(_view(log, await register.due(platform_id, last.term)), Source.REGISTER)


async def district_of(connections: Connections, platform_id: str) -> str:
    """A platform's district: by the register; where that has not heard of it yet, by its workflow.

    Raises as above.
    """
    district = await RegisterQueries(await connections.engine()).district(platform_id)
    return district or (await platform_standing(connections, platform_id)).district


async def assessment_standing(
    connections: Connections, platform_id: str, year: int, term: int | None
) -> Standing:
    """Where the assessment of a year stands; of the newest term where none is named. Raises as above."""
    if term is None:
        platform = (await platform_standing(connections, platform_id)).view.platform
        assert platform is not None  # noqa: S101 - a platform's own view
        term = platform.facts.term
    view = await _asked(
        connections, lambda client: client.assessment_state(platform_id, term, year)
    )
    if not isinstance(view, Exception):
        return Standing(view, Source.WORKFLOW)
    register = RegisterQueries(await connections.engine())
    lines = [one for one in await register.log(platform_id, term) if one.year == year]
    if not lines:
        raise _unknown(view)
    due = await register.due(platform_id, term, year)
    return Standing(_view(_last_opening(lines), due), Source.REGISTER)


async def platform_log(connections: Connections, platform_id: str) -> tuple[list[LogEntry], Source]:
    """The own log of a platform's newest term. Raises as above."""
    log = await _asked(connections, lambda client: client.log(platform_id))
    if not isinstance(log, Exception):
        return log, Source.WORKFLOW
    register = RegisterQueries(await connections.engine())
    last = await register.last_term(platform_id)
    lines = await register.log(platform_id, last.term) if last else []
    own = [line.entry for line in lines if line.year == 0]
    if not own:
        raise _unknown(log)
    return own, Source.REGISTER


async def _asked(
    connections: Connections, question: Callable[[PingtaiClient], Awaitable[T]]
) -> T | Exception:
    """The workflow's answer; or why it, its worker or Temporal is not to be had."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await question(await connections.client())
    except (NoSuchPlatform, Unreachable, InvalidMessage, RPCError, TimeoutError) as error:
        return error


def _last_opening(lines: list[LogLine]) -> list[LogEntry]:
    last = max(line.opening for line in lines)
    return [line.entry for line in lines if line.opening == last]


def _view(log: list[LogEntry], due: Instant | None) -> CaseView:
    """What the query `state` would answer."""
    state = fold(log)
    return CaseView(
        platform=state if isinstance(state, PlatformState) else None,
        assessment=state if isinstance(state, AssessmentState) else None,
        due=DueDate(due=due) if due else None,
        next_assessment=next_assessment(state)
        if isinstance(state, PlatformState) and not PLATFORM.ended(state.stage)
        else None,
        awaited=awaited(state),
        log_seq=len(log),
        log_hash=log[-1].hash,
        refusals=sum(entry.kind is EntryKind.REFUSED for entry in log),
        recorded=len(log),
    )


def _unknown(error: Exception) -> PingtaiError:
    """What is said of a case that the register does not know: it may not have heard of it yet."""
    if isinstance(error, NoSuchPlatform | InvalidMessage):
        return NoSuchPlatform(
            "no platform, or no assessment, of this id", "没有此编号的平台，或没有此年度考核"
        )
    return Unreachable(
        "Temporal does not answer, and the register does not know it (yet)",
        "流程引擎没有应答，登记库中（尚）无记录",
    )
