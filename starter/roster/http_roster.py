"""The roster by HTTP (`pingtai serve`): what is signed here is sent as it is."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter

from db.reading import LARGEST_PAGE
from db.roster_queries import RosterPage
from starter.client.http_client import PingtaiHttpClient, parse_answer
from starter.errors import BadInput, NoRoster, NoSuchPlatform
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterProof
from workflows.roster_log import RosterReceipt, RosterView
from workflows.signed_roots import SignedRoot

T = TypeVar("T")
_AT_ONCE = 8


class HttpRoster:
    """Asks the service (`starter.roster.roster_access.RosterAccess`)."""

    def __init__(self, client: PingtaiHttpClient) -> None:
        """Ask by this client."""
        self._client = client

    async def start(self, change: dict[str, Any]) -> RosterView:
        """A roster is set up on the server itself."""
        raise BadInput(
            "a roster is set up on the server: `pingtai roster init` does not work by HTTP",
            "人员目录须在服务器上设立：`pingtai roster init` 不能通过 HTTP 办理",
        )

    async def decide(self, raw: dict[str, Any]) -> RosterReceipt:
        """See `RosterAccess`."""
        try:
            content, repeated = await self._client.post("/v1/roster/decisions", raw)
        except NoSuchPlatform:
            raise NoRoster from None
        receipt = parse_answer(TypeAdapter(RosterReceipt), content)
        return receipt.model_copy(update={"repeated": repeated})

    async def view(self) -> RosterView:
        """See `RosterAccess`."""
        return parse_answer(TypeAdapter(RosterView), await self._get("/v1/roster"))

    async def leaves(self) -> dict[str, str]:
        """See `RosterAccess`."""
        leaves: dict[str, str] = (await self._draft())["leaves"]
        return leaves

    async def waiting(self) -> list[RosterItem]:
        """See `RosterAccess`."""
        return _of(list[RosterItem], (await self._draft())["waiting"])

    async def newest(self) -> SignedRoot | None:
        """See `RosterAccess`."""
        items = json.loads(await self._get("/v1/roster/roots"))["items"]
        return _of(SignedRoot, items[0]) if items else None

    async def named(self, ids: Sequence[str]) -> dict[str, RosterEntry]:
        """See `RosterAccess`."""
        found: dict[str, RosterEntry] = {}
        for at in range(0, len(ids), _AT_ONCE):
            proofs = await asyncio.gather(*(self.proof(one) for one in ids[at : at + _AT_ONCE]))
            found |= {one[0].entry.id: one[0].entry for one in proofs if one}
        return found

    async def holders(self, keys: Sequence[str]) -> dict[str, str]:
        """See `RosterAccess`."""
        found = [(key, await self._proof(key=key)) for key in keys]
        return {key: one[0].entry.id for key, one in found if one}

    async def proof(self, person: str) -> tuple[RosterProof, SignedRoot] | None:
        """See `RosterAccess`."""
        return await self._proof(person=person)

    async def people(self, after: str = "", **narrowed: Any) -> RosterPage:
        """See `RosterAccess`."""
        limit = min(narrowed.pop("limit", LARGEST_PAGE), LARGEST_PAGE)
        answer = json.loads(
            await self._get("/v1/roster/people", after=after or None, limit=limit, **narrowed)
        )
        people = _of(tuple[RosterEntry, ...], answer["items"])
        more = people[-1].id if answer["next"] and people else None
        return RosterPage(people=people, after=more)

    async def _proof(self, **wanted: str) -> tuple[RosterProof, SignedRoot] | None:
        answer = json.loads(await self._get("/v1/roster/proof", **wanted))
        if answer["proof"] is None:
            return None
        return _of(RosterProof, answer["proof"]), _of(SignedRoot, answer["signed_root"])

    async def _draft(self) -> Any:
        return json.loads(await self._get("/v1/roster/draft"))

    async def _get(self, path: str, **wanted: Any) -> bytes:
        try:
            return await self._client.get(path, **wanted)
        except NoSuchPlatform:
            raise NoRoster from None


def _of(kind: type[T], content: Any) -> T:
    return parse_answer(TypeAdapter(kind), json.dumps(content))
