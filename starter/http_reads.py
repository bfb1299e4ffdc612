"""What the register answers, asked of the service (`pingtai serve`)."""

import json
from datetime import date

from pydantic import TypeAdapter

from db.rows import LogLine, SubstitutionRow
from starter.http_client import PingtaiHttpClient, platform_path

_LINES: TypeAdapter[list[LogLine]] = TypeAdapter(list[LogLine])
_SUBSTITUTIONS: TypeAdapter[list[SubstitutionRow]] = TypeAdapter(list[SubstitutionRow])
_PAGE = 500


class HttpReads:
    """See `starter.register_reads.RegisterReads`."""

    def __init__(self, client: PingtaiHttpClient) -> None:
        """Ask by this client."""
        self._client = client

    async def log(self, platform_id: str) -> list[LogLine]:
        """See `RegisterReads`."""
        lines: list[LogLine] = []
        following = f"{platform_path(platform_id)}/timeline?limit={_PAGE}"
        while following:
            page = json.loads(await self._client.get(following))
            lines += _LINES.validate_json(json.dumps(page["items"]))
            following = page["next"]
        return lines

    async def substitutions(
        self, principal_id: str, substitute_id: str, day: date
    ) -> list[SubstitutionRow]:
        """See `RegisterReads`."""
        page = await self._client.get(
            "/v1/substitutions", principal=principal_id, substitute=substitute_id, on=str(day)
        )
        return _SUBSTITUTIONS.validate_json(json.dumps(json.loads(page)["items"]))

    async def named_like(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """See `RegisterReads`."""
        after = {"after": beginning} if beginning else {}
        page = await self._client.get("/v1/register", limit=str(limit), **after)
        found = ((row["platform_id"], row["name"]) for row in json.loads(page)["items"])
        return [one for one in found if one[0].startswith(beginning)]
