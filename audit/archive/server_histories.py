"""Histories from the Temporal server, for as long as its retention keeps them."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from audit.archive.event_json import compact, history_of, linked
from audit.histories import (
    ROSTER,
    TYPES,
    NoHistory,
    StoredHistory,
    belongs,
    own_workflow_id,
    parse_workflow_id,
)
from starter.client.visibility import any_type, named
from workflows.contract import ERASURE_TYPE

_OURS = any_type(TYPES)
_GONE = (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT)
"""How the server says that it has no such run (any more), or that this can be no run's id."""

Key = tuple[str, str]
"""Workflow id and run id."""


@dataclass(frozen=True)
class Execution:
    """A run that the server knows of; how many events it has, where the server says so."""

    workflow_id: str
    run_id: str
    closed: bool
    events: int

    @property
    def key(self) -> Key:
        return self.workflow_id, self.run_id


class ServerHistories:
    """All that a server still has (`audit.histories.Histories`).

    Visibility, which lists runs, is eventually consistent: it may not know the newest run yet. So the
    runs that a history names are looked up too, and the last run of each workflow is asked for by name.
    """

    def __init__(self, client: Client) -> None:
        """Read through a client; the namespace is the client's."""
        self._client = client
        self._sdk = version("temporalio")
        self._retention: timedelta | None = None

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        """See `Histories`. One platform's are held at a time."""
        if platform_id is not None:
            for history in await self._all_of(platform_id):
                yield history
            return
        async for each in self.platforms():
            for history in await self._all_of(each):
                yield history

    async def platforms(self) -> AsyncIterator[str]:
        """The ids of all platforms that the server has a run of, in order.

        Visibility lists runs in no such order: a temporary file sorts them, however many there are.
        """
        with closing(sqlite3.connect("")) as sorting:
            sorting.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")
            async for run in self.executions():
                own, _ = parse_workflow_id(run.workflow_id)
                sorting.execute("INSERT OR IGNORE INTO ids VALUES (?)", (own,))
            ids = sorting.execute("SELECT id FROM ids WHERE id <> ? ORDER BY id", (ROSTER,))
            for (platform_id,) in ids:
                yield platform_id

    async def executions(self, narrowed: str = "") -> AsyncIterator[Execution]:
        """The runs of platforms, assessments and the roster that visibility knows, narrowed by a query."""
        query = f"{_OURS} AND {narrowed}" if narrowed else _OURS
        async for run in self._client.list_workflows(query, page_size=1000):
            if _is_ours(run.id):
                yield _execution(run)

    async def latest(self, workflow_id: str, run_id: str | None = None) -> Execution | None:
        """The last run of a workflow, or the named one, as the server itself has it; None: it has none."""
        try:
            handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
            return _execution(await handle.describe())
        except RPCError as error:
            if error.status in _GONE:
                return None
            raise

    async def fetch(self, workflow_id: str, run_id: str) -> StoredHistory | None:
        """The history of a run; None: the server has it no more."""
        try:
            handle = self._client.get_workflow_handle(workflow_id, run_id=run_id)
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status in _GONE:
                return None
            raise
        content = compact(history.to_json_dict())
        found = history_of(content, workflow_id=workflow_id, run_id=run_id, sdk=self._sdk)
        return replace(found, kept_since=await self._kept_since())

    async def _kept_since(self) -> datetime | None:
        """The moment before which runs that ended may be gone, by the namespace's retention."""
        if self._retention is None:
            request = DescribeNamespaceRequest(namespace=self._client.namespace)
            try:
                namespace = await self._client.workflow_service.describe_namespace(request)
            except RPCError:  # whoever may read histories need not be allowed this
                self._retention = timedelta()
            else:
                ttl = namespace.config.workflow_execution_retention_ttl
                self._retention = ttl.ToTimedelta()
        return datetime.now(UTC) - self._retention if self._retention else None

    async def _all_of(self, platform_id: str) -> list[StoredHistory]:
        own = own_workflow_id(platform_id)
        waiting = [run.key async for run in self.executions(named(own, children=True))]
        if platform_id == ROSTER:
            erasures = any_type((ERASURE_TYPE,))
            waiting += [run.key async for run in self.executions(erasures)]
        newest = await self.latest(own)
        if newest:
            waiting.append(newest.key)
        found: dict[Key, StoredHistory | None] = {}
        while waiting:
            key = waiting.pop()
            if key not in found and belongs(key[0], platform_id):
                history = found[key] = await self.fetch(*key)
                waiting += linked(history) if history else ()
        return sorted((history for history in found.values() if history), key=in_order)


def in_order(history: StoredHistory) -> tuple[str, str, str, str]:
    """What histories are sorted by: platform, workflow, start, and the run where all that is one."""
    started = history.started_at.isoformat()
    return history.platform_id, history.workflow_id, started, history.run_id


def _execution(run: WorkflowExecution) -> Execution:
    return Execution(run.id, run.run_id, run.close_time is not None, run.history_length)


def _is_ours(workflow_id: str) -> bool:
    """Whoever reaches the server can start our types under other ids: those are nobody's."""
    try:
        parse_workflow_id(workflow_id)
    except NoHistory:
        return False
    return True
