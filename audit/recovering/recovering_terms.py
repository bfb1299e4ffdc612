"""Going on with open terms of the register: each looked at, stated, started, and asked what became of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Container, Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from audit.histories import Histories
from audit.reading.runs import OLDER
from audit.recovering.kept_histories import filed_application
from audit.recovering.lost_terms import OpenTerm, Standing, read_term
from audit.recovering.recovery_sender import Outcome, Recovered, RecoverySender
from audit.recovering.statement import Stating
from db.open_cases import OpenCase, has_recovery, open_cases
from db.queries import RegisterQueries
from starter.client.case_queries import CaseQueries
from starter.client.rpc_errors import translate_rpc_errors
from starter.client.visibility import any_type
from starter.errors import NoSuchPlatform, no_such_platform
from workflows.contract import PLATFORM_TYPE, platform_workflow_id
from workflows.words import Words

_AT_ONCE = 8
_PREFIX = platform_workflow_id("")
Kept = Callable[[str], Awaitable[str]]


class RecoveringTerms:
    """The open terms of a register, beside one Temporal."""

    def __init__(
        self,
        engine: AsyncEngine,
        client: Client,
        histories: Histories,
        *,
        end_older: bool = False,
        returns: bool = False,
    ) -> None:
        """`histories` are those of before, as far as they are kept; `end_older`: end what runs with less.

        `returns`: what had moved away from this Temporal comes back.
        """
        self._returns = returns
        self._engine, self._client, self._histories = engine, client, histories
        self._end_older = end_older
        self._sender = RecoverySender(client, recorded=partial(has_recovery, engine))

    async def find(self, wanted: Collection[str]) -> AsyncIterator[OpenTerm]:
        """Look at open terms, in the order of their ids; `wanted` none: at all, and at what runs besides.

        Raises:
            NoSuchPlatform: the register does not know one.
            Unreachable: Temporal does not answer.
        """
        terms = {case.platform_id: case for case in await open_cases(self._engine) if not case.year}
        chosen = [case for name, case in terms.items() if not wanted or name in wanted]
        chosen += await self._ended_terms(wanted, terms)
        chosen.sort()
        for begin in range(0, len(chosen), _AT_ONCE):
            some = chosen[begin : begin + _AT_ONCE]
            for one in await asyncio.gather(*(self._read(case) for case in some)):
                yield one._replace(begun=None)  # thousands of whole logs fit nowhere

    async def _ended_terms(
        self, wanted: Collection[str], still_open: Container[str]
    ) -> list[OpenCase]:
        """The last terms of platforms that are wanted, or run at Temporal, and are not open in the register."""
        query = f"{any_type((PLATFORM_TYPE,))} AND CloseTime IS NULL"
        ids = wanted or {
            run.id.removeprefix(_PREFIX)
            async for run in self._client.list_workflows(query, page_size=1000)
        }
        found = []
        for platform_id in {one for one in ids if one not in still_open}:
            last = await RegisterQueries(self._engine).last_term(platform_id)
            if last is None and wanted:
                raise no_such_platform(platform_id)
            if last is not None:
                found.append(OpenCase(platform_id, last.term, 0))
        return found

    async def recover(
        self, terms: Sequence[OpenTerm], stating: Stating, kept: Kept
    ) -> AsyncIterator[tuple[OpenTerm, Recovered]]:
        """Go on with terms, as they stand now, some at once; `kept` says where histories of a platform are.

        Raises:
            NotAllowed: nobody here may sign it.
            Unreachable: Temporal does not answer.
        """
        for begin in range(0, len(terms), _AT_ONCE):
            some = terms[begin : begin + _AT_ONCE]
            ways = (self.recover_one(one.case, stating, kept) for one in some)
            for one, became in zip(some, await asyncio.gather(*ways), strict=True):
                yield one, became

    async def recover_one(self, case: OpenCase, stating: Stating, kept: Kept) -> Recovered:
        """Go on with a term, as it stands now. Raises as `recover`."""
        now, ended = await self._read(case), False
        if now.standing is Standing.BEHIND and self._end_older:
            await self._end(case)
            now, ended = await self._read(case), True  # what came in the last moment is found now
        if now.begun is None or not now.is_lost:
            lives = now.standing is Standing.LIVES
            if lives and ended:
                return Recovered(Outcome.ENDED)
            return Recovered(Outcome.ALREADY if lives else Outcome.REFUSED, now.why)
        begun, lacking = now.begun, None
        if filed := begun.state.next_term:
            text = await filed_application(self._histories, case.platform_id, begun.state)
            record = begun.record.model_copy(update={"next_application": text})
            begun = begun.model_copy(update={"record": record})
            lacking = None if text else _lost_text(filed.application_id)
        stated = await stating.state(begun, now.year, await kept(case.platform_id))
        found = await self._sender.recover(stated, now.latest)
        return found._replace(why=found.why or lacking)

    async def _end(self, case: OpenCase) -> None:
        """End what runs at Temporal, and after it the assessment that it opened."""
        own = platform_workflow_id(case.platform_id)
        child = await CaseQueries(self._client).open_child(own)
        for workflow_id in filter(None, (own, child)):
            with suppress(NoSuchPlatform), translate_rpc_errors(workflow_id):
                await self._client.get_workflow_handle(workflow_id).terminate(reason=OLDER)

    async def _read(self, case: OpenCase) -> OpenTerm:
        return await read_term(self._engine, self._client, case, returns=self._returns)


def _lost_text(application_id: str) -> Words:
    return Words(
        f"the text of application {application_id} for the next term is in no history here: the operator"
        " hands it in again (`pingtai next-term`)",
        f"下一期申请 {application_id} 的正文未见于现有历史，须由运营单位重新提交（pingtai next-term）",
    )
