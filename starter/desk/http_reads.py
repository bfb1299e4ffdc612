"""What the register answers, asked of the service (`pingtai serve`). Each question loads its answer's model."""

import json
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from db.reading import LARGEST_PAGE
from db.row_types import LogLine, PlatformCard, RegisterRow, SupportRow
from starter.client.http_client import PingtaiHttpClient, parse_answer, platform_path
from starter.desk.page_cursors import support_cursor
from starter.errors import NoSuchPlatform, NotAllowed
from workflows.vocabulary import Role

if TYPE_CHECKING:
    from db.listing_queries import ListingRow
    from db.name_search import Found
    from db.organisation_queries import Known
    from db.plaque_types import PlaqueRow
    from db.programme_rows import Figures, Layout, LayoutVersion, Mechanisms
    from db.substitution_queries import SubstitutionRow
    from db.support_queries import After
    from db.validity_queries import Validity
    from starter.desk.http_inbox import HttpInbox
    from starter.plans.plan_view import PlanView


class HttpReads:
    """Answers as `starter.desk.direct_reads.DirectReads`. Each raises NotAllowed, too: what the key lacks."""

    def __init__(self, client: PingtaiHttpClient) -> None:
        """Ask by this client."""
        self._client = client

    def inbox(self) -> "HttpInbox":
        from starter.desk.http_inbox import HttpInbox  # noqa: PLC0415 - one command needs it

        return HttpInbox(self._client)

    async def platform(self, platform_id: str) -> PlatformCard | None:
        with suppress(NoSuchPlatform):
            found = await self._client.get(f"{platform_path(platform_id)}/card")
            return parse_answer(TypeAdapter(PlatformCard), found)
        return None

    async def register(self, **wanted: Any) -> list[RegisterRow]:
        items = await self._items("/v1/register", **wanted)
        if any("since" not in one for one in items):
            raise NotAllowed(
                "the key lacks the scope read: it sees only what anybody may",
                "密钥没有权限 read，仅可查看公开内容",
            )
        return parse_answer(TypeAdapter(list[RegisterRow]), json.dumps(items))

    async def register_count(self, **wanted: Any) -> int:
        return await self._total("/v1/register", **wanted)

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        items = await self._items("/v1/register", limit=limit, after=beginning or None)
        found = ((one["platform_id"], one["name"]) for one in items)
        return [one for one in found if one[0].startswith(beginning)]

    async def plan(self, platform_id: str, **wanted: Any) -> "PlanView | None":
        try:
            return await self._client.plan(platform_id, **wanted)
        except NoSuchPlatform:
            if await self.platform(platform_id):
                raise  # it is the term or the version that there is none of
            return None

    async def find(self, words: str, *, after: str | None = None, limit: int = 20) -> "Found":
        from db.name_search import Found  # noqa: PLC0415

        found = await self._client.get("/v1/platforms", q=words, after=after, limit=limit)
        return parse_answer(TypeAdapter(Found), found)

    async def knows(self, platform_id: str) -> bool:
        found = json.loads(await self._client.get("/v1/platforms", id=platform_id))
        return bool(found["total"])

    async def log(self, platform_id: str) -> list[LogLine]:
        card = await self.platform(platform_id)
        return list(card.log) if card else []

    async def validity(self, platform_id: str, day: date) -> "Validity | None":
        from db.validity_queries import Validity  # noqa: PLC0415 - one command needs it

        with suppress(NoSuchPlatform):
            found = await self._client.get(f"{platform_path(platform_id)}/validity", on=day)
            return parse_answer(TypeAdapter(Validity), found)
        return None

    async def substitutions(
        self, person: str | None = None, since: date | None = None, limit: int = LARGEST_PAGE
    ) -> "list[SubstitutionRow]":
        from db.substitution_queries import SubstitutionRow  # noqa: PLC0415

        items = await self._items("/v1/substitutions", person=person, since=since, limit=limit)
        return parse_answer(TypeAdapter(list[SubstitutionRow]), json.dumps(items))

    async def standing_in(
        self, principal_id: str, substitute_id: str, day: date
    ) -> "list[SubstitutionRow]":
        return [
            row
            for row in await self.substitutions(substitute_id, since=day)
            if (row.principal_id, row.substitute_id) == (principal_id, substitute_id)
            and row.first_day <= day
        ]

    async def organisations(self, role: str) -> "list[Known]":
        """The first operators by platform id; the service tells nothing of offices."""
        if role != Role.OPERATOR:
            return []
        return [(row.operator, None) for row in await self.register(limit=LARGEST_PAGE)]

    async def support(self, *, after: "After | None" = None, **wanted: Any) -> list[SupportRow]:
        place = support_cursor(after) if after else None
        items = await self._items("/v1/support", **_renamed(wanted), after=place)
        return parse_answer(TypeAdapter(list[SupportRow]), json.dumps(items))

    async def support_count(self, **wanted: Any) -> int:
        return await self._total("/v1/support", **_renamed(wanted))

    async def figures(self, **wanted: Any) -> "Figures":
        from db.programme_rows import Figures  # noqa: PLC0415

        return parse_answer(TypeAdapter(Figures), await self._client.get("/v1/figures", **wanted))

    async def mechanisms(self, today: date, *, after: str = "", **wanted: Any) -> "Mechanisms":
        """As of the service's own day."""
        from db.programme_rows import Mechanisms  # noqa: PLC0415

        found = await self._client.get("/v1/mechanisms", after=after or None, **wanted)
        return parse_answer(TypeAdapter(Mechanisms), found)

    async def layout(self, **wanted: Any) -> "Layout | None":
        from db.programme_rows import Layout  # noqa: PLC0415

        with suppress(NoSuchPlatform):
            found = await self._client.get("/v1/layout", **wanted)
            return parse_answer(TypeAdapter(Layout), found)
        return None

    async def layout_versions(self) -> "list[LayoutVersion]":
        from db.programme_rows import LayoutVersion  # noqa: PLC0415

        items = await self._items("/v1/layout/versions")
        return parse_answer(TypeAdapter(list[LayoutVersion]), json.dumps(items))

    async def plaques(self, **wanted: Any) -> "list[PlaqueRow]":
        from db.plaque_types import PlaqueRow  # noqa: PLC0415

        items = await self._items("/v1/plaques", **_given(wanted))
        return parse_answer(TypeAdapter(list[PlaqueRow]), json.dumps(items))

    async def listings(self, **wanted: Any) -> "list[ListingRow]":
        from db.listing_queries import ListingRow  # noqa: PLC0415

        items = await self._items("/v1/listings", **_given(wanted))
        return parse_answer(TypeAdapter(list[ListingRow]), json.dumps(items))

    async def _total(self, path: str, **wanted: Any) -> int:
        page = json.loads(await self._client.get(path, **wanted, count=True, limit=1))
        total: int = page["total"]
        return total

    async def _items(self, path: str, **wanted: Any) -> list[Any]:
        page = json.loads(await self._client.get(path, **wanted))
        items: list[Any] = page["items"]
        return items


def _given(wanted: dict[str, Any]) -> dict[str, Any]:
    """What was said: a first page is after nothing."""
    return {name: value or None for name, value in wanted.items()}


def _renamed(wanted: dict[str, Any]) -> dict[str, Any]:
    """The filters of support, as the service calls them."""
    names = {"platform_id": "platform", "first_day": "from", "last_day": "until"}
    return {names.get(name, name): value for name, value in wanted.items()}
