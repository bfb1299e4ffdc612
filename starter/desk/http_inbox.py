"""The inbox, asked of the service (`pingtai serve`)."""

import json
from typing import Any

from pydantic import TypeAdapter

from db.inbox_queries import InboxCursor, InboxRow, StepCount, Wanted
from starter.client.http_client import PingtaiHttpClient, parse_answer
from starter.desk.page_cursors import inbox_cursor
from workflows.name_comparison import name_key

_ROWS, _COUNTS = TypeAdapter(list[InboxRow]), TypeAdapter(list[StepCount])


class HttpInbox:
    """Answers as `db.inbox_queries.Inbox`. A seat is a call; what they answer is put together."""

    def __init__(self, client: PingtaiHttpClient) -> None:
        """Ask by this client."""
        self._client = client
        self._counted: dict[Wanted, list[StepCount]] = {}

    async def page(
        self, *wanted: Wanted, after: InboxCursor | None = None, limit: int = 50
    ) -> list[InboxRow]:
        found: dict[InboxCursor, InboxRow] = {}
        for one in _different(wanted):
            answer = await self._asked(one, after, limit)
            found |= {row.place: row for row in parse_answer(_ROWS, json.dumps(answer["items"]))}
        return [found[place] for place in sorted(found)][:limit]

    async def counts(self, *wanted: Wanted) -> list[StepCount]:
        """Counts that came with a page are not fetched again."""
        sums: dict[str, tuple[int, int]] = {}
        for one in _different(wanted):
            if one not in self._counted:
                await self._asked(one, None, 1)
            for count in self._counted.pop(one):
                waiting, overdue = sums.get(count.kind, (0, 0))
                sums[count.kind] = waiting + count.waiting, overdue + count.overdue
        return [
            StepCount(kind=kind, waiting=waiting, overdue=overdue)
            for kind, (waiting, overdue) in sorted(sums.items())
        ]

    async def _asked(self, one: Wanted, after: InboxCursor | None, limit: int) -> dict[str, Any]:
        asked = {name: value for name, value in one if name != "kind"}
        where = {"step": one.kind, "after": inbox_cursor(after) if after else None, "limit": limit}
        answer: dict[str, Any] = json.loads(await self._client.get("/v1/inbox", **asked, **where))
        self._counted[one] = parse_answer(_COUNTS, json.dumps(answer["counts"]))
        return answer


def _different(wanted: tuple[Wanted, ...]) -> list[Wanted]:
    """Each seat once: a body that is written in two ways is one."""
    seats = {
        one.model_copy(update={"operator": one.operator and name_key(one.operator)}): one
        for one in wanted or (Wanted(),)
    }
    return list(seats.values())
