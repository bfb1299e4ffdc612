"""An open term of the register: whether its log holds, and what Temporal has of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus

from audit.reading.log_links import check_logs
from audit.reading.log_states import NO_LOG
from audit.recovering.log_comparison import Comparison, compare_log
from db.open_cases import OpenCase
from db.queries import RegisterQueries
from starter.client.blocking_workflow import find_block
from starter.client.case_queries import CaseQueries
from starter.client.moved_runs import destination_of
from starter.encryption.key_errors import MissingKey
from starter.errors import NoSuchPlatform, Unreachable
from workflows.case_roles import year_log
from workflows.contract import ENTRIES, assessment_workflow_id, platform_workflow_id
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.model import InvalidMessage
from workflows.record import LogEntry
from workflows.recovering import term_from_log, year_end
from workflows.recovery import YearLog
from workflows.reopening import BrokenLog
from workflows.run_io import CarriedPlatform, CaseView
from workflows.words import Words


class Standing(StrEnum):
    """What may be done with an open term."""

    LOST = "lost"
    """Temporal has nothing of it: it can go on from its log."""
    LIVES = "lives"
    """It runs at Temporal: there is nothing to do."""
    BEHIND = "behind"
    """It runs at Temporal with an older log than the register has."""
    DIFFERS = "differs"
    """It runs at Temporal with other entries than the register has."""
    AHEAD = "ahead"
    """Temporal has something of it that the register has not."""
    BROKEN = "broken"
    """Its log in the register does not hold."""
    BLOCKED = "blocked"
    """Something else is in its place at Temporal."""
    UNKNOWN = "unknown"
    """Nobody answers who could say."""


class OpenTerm(NamedTuple):
    """An open term, and what may be done with it."""

    case: OpenCase
    standing: Standing
    why: Words | None = None
    begun: CarriedPlatform | None = None
    """What it goes on with, where its log holds; without the recovery."""
    year: YearLog | None = None
    latest: WorkflowExecutionDescription | None = None
    """The closed run that has its id at Temporal."""
    stage: str = ""
    entries: int = 0

    @property
    def is_lost(self) -> bool:
        return self.standing is Standing.LOST

    @property
    def is_behind(self) -> bool:
        return self.standing is Standing.BEHIND

    @property
    def is_left(self) -> bool:
        """Whether it neither runs nor can go on: somebody must look."""
        return self.standing not in (Standing.LOST, Standing.LIVES)


async def read_term(
    engine: AsyncEngine, client: Client, case: OpenCase, *, returns: bool = False
) -> OpenTerm:
    """Read an open term's logs and check them, and look what Temporal has of it.

    `returns`: one that had moved away comes back; without, it is left.

    Raises:
        Unreachable: Temporal does not answer.
    """
    register = RegisterQueries(engine)
    logs: dict[LogId, list[LogEntry]] = {}
    for line in await register.log(case.platform_id):
        logs.setdefault(line.log, []).append(line.entry)
    wrong = next(iter(_faults(logs)), None)
    if wrong:
        return OpenTerm(case, Standing.BROKEN, wrong)
    own = {place: log for place, log in logs.items() if place.term == case.term}
    try:
        begun = term_from_log(own, await register.plans(case.platform_id, case.term))
    except BrokenLog as error:
        return OpenTerm(case, Standing.BROKEN, error.words)
    except NO_LOG as error:
        return OpenTerm(case, Standing.BROKEN, Words.same(str(error)))
    log, stage = year_log(begun.state, own), str(begun.state.stage)
    found = OpenTerm(
        case,
        Standing.LOST,
        begun=begun,
        year=year_end(begun.state, log) if log else None,
        stage=stage,
        entries=len(begun.record.log),
    )
    queries = CaseQueries(client)
    try:
        if PLATFORM.ended(stage):
            return await _ended(queries, found._replace(standing=Standing.LIVES, why=ENDED))
        return await _beside_temporal(queries, found, log, returns=returns)
    except MissingKey as error:  # it lives, and cannot be read
        return found._replace(standing=Standing.UNKNOWN, why=error.words)


def _faults(logs: dict[LogId, list[LogEntry]]) -> Sequence[Words]:
    """What does not hold in the logs of a platform, and between them: chains, links, signatures, rosters."""
    try:
        return [problem.line for problem in check_logs(logs)]
    except NO_LOG as error:
        return [Words.same(str(error))]


async def _ended(queries: CaseQueries, found: OpenTerm) -> OpenTerm:
    """A term that has ended by the register's log: an older copy of Temporal's data may still run it."""
    workflow_id = platform_workflow_id(found.case.platform_id)
    latest = await queries.look(workflow_id)
    if latest is None or latest.close_time is not None or find_block(latest):
        return found
    view = await _view(queries, workflow_id)
    compared = await _of_platform(queries, found, view, workflow_id) if view else None
    if compared in (Comparison.OLDER, Comparison.REPEATED):
        return found._replace(standing=Standing.BEHIND, why=_RUNS_ON)
    return found


async def _beside_temporal(
    queries: CaseQueries, found: OpenTerm, year: Sequence[LogEntry], *, returns: bool
) -> OpenTerm:
    """See what Temporal has of a term; `year` is the register's log of its open assessment."""
    case = found.case
    latest = await queries.look(platform_workflow_id(case.platform_id))
    if latest and not returns and (to := await destination_of(latest)):
        if await latest.memo_value(ENTRIES, default=0) != found.entries:
            return found._replace(standing=Standing.BLOCKED, why=_moved(to))
        return found._replace(why=_not_arrived(to))
    if latest and latest.close_time is None:
        block = find_block(latest)
        if block:
            return found._replace(standing=Standing.BLOCKED, why=Words(block.en, block.zh))
        return await _living(queries, found, latest.id, year)
    if latest and latest.status is not WorkflowExecutionStatus.FAILED:
        found = await _closed(queries, found, latest)
    if found.standing is Standing.LOST and found.year:
        child = await queries.look(_assessment(found))
        if child and child.close_time is None:
            why = Words(f"its assessment {child.id} still runs", f"其考核 {child.id} 仍在运行")
            return found._replace(standing=Standing.BLOCKED, why=why)
    return found


def _assessment(found: OpenTerm) -> str:
    assert found.year, "one is open"  # noqa: S101
    return assessment_workflow_id(found.case.platform_id, found.case.term, found.year.year)


async def _living(
    queries: CaseQueries, found: OpenTerm, workflow_id: str, year: Sequence[LogEntry]
) -> OpenTerm:
    assert found.begun, "its log holds"  # noqa: S101
    view, log = await _view(queries, workflow_id), found.begun.record.log
    if view is None:
        return found._replace(standing=Standing.LIVES, why=_NOT_ASKED)
    entries = len(log)
    compared = await _of_platform(queries, found, view, workflow_id)
    if compared is Comparison.SAME and year:  # its assessment may be behind alone
        child = _assessment(found)
        view = await _view(queries, child)
        if view is None:
            return found._replace(standing=Standing.LIVES, why=_NOT_ASKED)
        compared, entries = await compare_log(queries, child, view, year), len(year)
    match compared:
        case Comparison.OLDER:
            return found._replace(standing=Standing.BEHIND, why=_older(view.log_seq, entries))
        case Comparison.REPEATED:
            return found._replace(standing=Standing.BEHIND, why=_REPEATED)
        case Comparison.OTHER:
            return found._replace(standing=Standing.DIFFERS, why=_OTHERS)
        case _:
            return found._replace(standing=Standing.LIVES)


async def _closed(
    queries: CaseQueries, found: OpenTerm, latest: WorkflowExecutionDescription
) -> OpenTerm:
    """A run that has closed: of a term before, or ended from outside with a log that the register has."""
    view = await _view(queries, latest.id)
    if view is None or view.platform is None:
        return found._replace(standing=Standing.UNKNOWN, why=_NOT_ASKED)
    match await _of_platform(queries, found, view, latest.id):
        case Comparison.NEWER:
            return found._replace(standing=Standing.AHEAD, why=_MORE)
        case Comparison.OTHER:
            return found._replace(standing=Standing.DIFFERS, why=_OTHERS)
        case _:
            return found._replace(latest=latest)


async def _of_platform(
    queries: CaseQueries, found: OpenTerm, view: CaseView, workflow_id: str
) -> Comparison:
    assert found.begun, "its log holds"  # noqa: S101
    term = view.platform.facts.term if view.platform else found.case.term
    if term != found.case.term:
        return Comparison.OLDER if term < found.case.term else Comparison.NEWER
    return await compare_log(queries, workflow_id, view, found.begun.record.log)


async def _view(queries: CaseQueries, workflow_id: str) -> CaseView | None:
    try:
        return await queries.view(workflow_id)
    except (NoSuchPlatform, Unreachable, InvalidMessage):
        return None


def _older(there: int, entries: int) -> Words:
    return Words(
        f"it runs with {there} of {entries} entries: an older copy of Temporal's data",
        f"运行中的流程仅有 {entries} 条中的 {there} 条：Temporal 数据较旧",
    )


def _moved(to: str) -> Words:
    return Words(
        f"it has moved to the Temporal of profile {to}, and goes on there",
        f"已迁往配置 {to} 所指的 Temporal，在该处继续",
    )


def _not_arrived(to: str) -> Words:
    return Words(
        f"it left for profile {to}, and has not arrived: `pingtai move --to {to}` goes on there, this here",
        f"已迁出而尚未在配置 {to} 处接续：pingtai move --to {to} 在该处接续，本命令在此处接续",
    )


ENDED = Words("the term has ended", "该期已结束")
_OTHERS = Words(
    "it runs with other entries than the register has: people decide which are right (docs/deployment.md,"
    " “A term with two histories”)",
    "运行中的流程与名册的条目不同：须由人判断以何者为准（docs/deployment.zh.md“同一期次的两份记录”）",
)
_REPEATED = Words(
    "it runs with entries of the register at other moments: an older copy of Temporal's data, which has"
    " taken messages once more",
    "运行中的流程所载条目与名册相同而时刻不同：Temporal 数据较旧，重新处理了已处理的消息",
)
_RUNS_ON = Words(
    "it has ended, and an older copy of Temporal's data still runs it",
    "该期已结束，而较旧的 Temporal 数据仍在运行其流程",
)
_NOT_ASKED = Words("no worker says where it stands", "没有工作进程可说明其状态")
_MORE = Words(
    "Temporal has entries of it that the register lacks: first `pingtai audit reconcile --repair`",
    "Temporal 中有名册所缺的条目：请先运行 pingtai audit reconcile --repair",
)
