"""Terms that are open in the register, and of which Temporal has nothing: that is said, with what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starter.client.case_queries import CaseQueries
from starter.client.register_lookups import KnownTerm, NoRegister
from starter.errors import NoSuchPlatform, Unreachable
from workflows.contract import platform_workflow_id
from workflows.refusal import Refusal, Refused


@dataclass(frozen=True)
class LostTerms:
    """Looks where Temporal knows no such platform whether the register does."""

    _queries: CaseQueries
    _register: NoRegister

    @asynccontextmanager
    async def named(self, platform_id: str) -> AsyncIterator[None]:
        """Say of a platform that is not there that its term is lost, where it is.

        Raises:
            Refused: it is open in the register.
            NoSuchPlatform: nobody knows it, or the register cannot be asked.
        """
        try:
            yield
        except NoSuchPlatform:
            try:
                known = await self._register.last_term(platform_id)
            except Unreachable:
                known = None
            if isinstance(known, KnownTerm) and not known.ended:
                await self.refuse(platform_id, known.term)
            raise

    async def refuse(self, platform_id: str, term: int) -> None:
        """Refuse what is asked of an open term of which Temporal has nothing.

        Raises:
            Refused: so it is.
        """
        if await self._queries.look(platform_workflow_id(platform_id)) is None:
            raise Refused(lost(platform_id, term))


_LOST = "lost"


def is_lost(error: Refused) -> bool:
    """Whether something was refused because Temporal has lost the term."""
    return error.refusal.stage == _LOST


def lost(platform_id: str, term: int) -> Refusal:
    """What is said of a term that is open in the register, and lost in Temporal."""
    return Refusal(
        rule="§四",
        en=f"term {term} of {platform_id} is open in the register, and lost in Temporal: whoever administers"
        f" the system goes on with it by `pingtai recover {platform_id}`",
        zh=f"{platform_id} 的第 {term} 期在名册中未结束，而 Temporal 中已丢失：由运维人员用 pingtai recover"
        f" {platform_id} 据记录接续",
        stage=_LOST,
    )
