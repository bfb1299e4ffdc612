"""Where a case stands: from its workflow, or, where that cannot be asked, from the register's log."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import NamedTuple, TypeVar

from temporalio.service import RPCError

from db.queries import RegisterQueries
from db.row_types import LastTerm, LogLine
from starter.client.temporal_client import PingtaiClient
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable, no_such_platform
from starter.service.backends import Backends
from workflows.activity_messages import DueDate
from workflows.content_chain import ContentChain
from workflows.lifecycle import PLATFORM
from workflows.model import Instant, InvalidMessage
from workflows.record import EntryKind, LogEntry
from workflows.rules import awaited
from workflows.run_io import CaseView
from workflows.state_folding import fold
from workflows.states import AssessmentState, PlatformState, next_assessment

T = TypeVar("T")
PATIENCE = 4.0
"""Seconds for the workflow to answer; after them the register is asked."""
LONGER = 12.0
"""Seconds for one that the register has not heard of yet."""


class Source(StrEnum):
    """What an answer was read from; the answer's header says it."""

    WORKFLOW = "workflow"
    REGISTER = "register"


class CaseStatus(NamedTuple):
    """Where a case stands, and by what source."""

    view: CaseView
    source: Source

    @property
    def district(self) -> str:
        case = self.view.platform or self.view.assessment
        return str(case.facts.district) if case else ""


async def platform_status(backends: Backends, platform_id: str) -> CaseStatus:
    """Where a platform's newest term stands.

    Raises:
        NoSuchPlatform: neither knows it.
        Unreachable: neither can be asked.
    """

    async def by_register(register: RegisterQueries) -> CaseView | None:
        last = await register.last_term(platform_id)
        own = await _own_log(register, platform_id, last)
        return _view(own, await register.due(platform_id, last.term)) if last and own else None

    return CaseStatus(
        *await _known(backends, platform_id, lambda of: of.state(platform_id), by_register)
    )


async def district_of(backends: Backends, platform_id: str) -> str:
    """A platform's district: by the register; where that has not heard of it yet, by its workflow.

    Raises as above.
    """
    owner = await RegisterQueries(await backends.engine()).whose(platform_id)
    return owner.district if owner else (await platform_status(backends, platform_id)).district


async def assessment_status(
    backends: Backends, platform_id: str, year: int, term: int | None
) -> CaseStatus:
    """Where the assessment of a year stands; of the newest term where none is named. Raises as above."""
    if term is None:
        platform = (await platform_status(backends, platform_id)).view.platform
        assert platform is not None  # noqa: S101 - a platform's own view
        term = platform.facts.term
    of_term = term

    async def by_register(register: RegisterQueries) -> CaseView | None:
        lines = [one for one in await register.log(platform_id, of_term) if one.year == year]
        due = await register.due(platform_id, of_term, year)
        return _view(_last_opening(lines), due) if lines else None

    return CaseStatus(
        *await _known(
            backends,
            platform_id,
            lambda of: of.assessment_state(platform_id, of_term, year),
            by_register,
        )
    )


async def platform_log(backends: Backends, platform_id: str) -> tuple[list[LogEntry], Source]:
    """The own log of a platform's newest term. Raises as above."""

    async def by_register(register: RegisterQueries) -> list[LogEntry] | None:
        return await _own_log(register, platform_id, await register.last_term(platform_id)) or None

    return await _known(backends, platform_id, lambda of: of.log(platform_id), by_register)


async def _own_log(
    register: RegisterQueries, platform_id: str, last: LastTerm | None
) -> list[LogEntry]:
    lines = await register.log(platform_id, last.term) if last else []
    return [line.entry for line in lines if line.year == 0]


async def _known(
    backends: Backends,
    platform_id: str,
    question: Callable[[PingtaiClient], Awaitable[T]],
    by_register: Callable[[RegisterQueries], Awaitable[T | None]],
) -> tuple[T, Source]:
    """The workflow's answer; or the register's, where the workflow does not answer in time.

    What the register does not have either was applied for just now: then the workflow is waited for longer.
    """
    answer = await _asked(backends, question, PATIENCE)
    if isinstance(answer, Exception):
        found = await by_register(RegisterQueries(await backends.engine()))
        if found is not None:
            return found, Source.REGISTER
    if isinstance(answer, TimeoutError):
        answer = await _asked(backends, question, LONGER)
    if isinstance(answer, Exception):
        raise _unknown(platform_id, answer)
    return answer, Source.WORKFLOW


async def _asked(
    backends: Backends, question: Callable[[PingtaiClient], Awaitable[T]], patience: float
) -> T | Exception:
    """The workflow's answer; or why it, its worker or Temporal is not to be had."""
    try:
        async with asyncio.timeout(patience):
            return await question(await backends.client())
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
        content_hash=ContentChain(log).newest,
        refusals=sum(entry.kind is EntryKind.REFUSED for entry in log),
        recorded=len(log),
    )


def _unknown(platform_id: str, error: Exception) -> PingtaiError:
    """The error for a case that the register does not have: a new one may not be there yet."""
    match error:
        case NoSuchPlatform():
            return error
        case InvalidMessage():
            return no_such_platform(platform_id)
    return Unreachable(
        "Temporal does not answer, and the register does not have it (yet)",
        "流程引擎没有应答，名册中尚无记录",
    )
