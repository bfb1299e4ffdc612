"""Reading the versions of a platform's plan. Their texts are believed only where the log binds them."""

from collections.abc import Collection
from typing import Any

from db.asyncpg_connections import Row, Source, connections
from db.plan_rows import FILES_A_PLAN, PlanHistory, PlanText, PlanVersion, TextState
from db.reading import LOG_COLUMNS, log_line
from workflows.model import sha256
from workflows.record import EntryKind


class PlanQueries:
    """The versions of plans, and their texts."""

    def __init__(self, source: Source) -> None:
        """Ask over connections, or through an engine of `db.engine.create_engine`."""
        self._connections = connections(source)

    async def history(self, platform_id: str, term: int | None = None) -> PlanHistory | None:
        """The versions of the plan of a term, by default the newest; None: the register does not know it."""
        async with self._connections.connect(snapshot=True) as reading:
            found = await reading.fetch(_PLATFORM, platform_id)
            if not found:
                return None
            wanted = term or found[0]["term"]
            rows = await reading.fetch(
                _FILED, platform_id, wanted, EntryKind.REFUSED, *FILES_A_PLAN
            )
        if not rows:
            return None
        versions = tuple(_version(number, row) for number, row in enumerate(rows, start=1))
        return PlanHistory(
            platform_id=platform_id, versions=versions, **found[0] | {"term": wanted}
        )

    async def texts(self, history: PlanHistory, versions: Collection[int]) -> dict[int, PlanText]:
        """Some of the versions with their texts, by their numbers."""
        rows = await self._connections.fetch(
            _TEXTS, history.platform_id, history.term, list(versions)
        )
        kept = {row["version"]: row["plan"] for row in rows}
        return {
            one.version: _text(one, kept.get(one.version))
            for one in history.versions
            if one.version in versions
        }


def _version(number: int, row: Row) -> PlanVersion:
    """A version by the entry that filed it. Numbers of versions that were set aside are not used again."""
    line = log_line(row)
    return PlanVersion(
        term=line.term,
        version=number,
        sha256=str(line.entry.said.get("plan_sha256", "")),
        entry=line.entry.seq,
        filed_at=line.entry.at,
        filed_by=line.entry.actor,
        decision_id=line.entry.decision_id,
        changes=line.entry.said.get("changes"),
        set_aside_by=line.set_aside_by,
    )


def _text(version: PlanVersion, plan: Any) -> PlanText:
    state: TextState = "absent"
    if plan is not None:
        state = "whole" if sha256(plan) == version.sha256 else _otherwise(plan)
    shown = plan if state == "whole" else None
    return PlanText(**dict(version), text=state, plan=shown)


def _otherwise(plan: Any) -> TextState:
    """What a text is that the log does not bind: where an erasure would change nothing, it was erased."""
    from db.erased_entries import erase_texts  # noqa: PLC0415 - needed for hardly any

    return "erased" if erase_texts(plan, frozenset()) == plan else "changed"


_PLATFORM = "SELECT name, term FROM platforms WHERE platform_id = $1"
_FILED = " ".join(
    (
        "SELECT",
        LOG_COLUMNS,
        "FROM log_entries AS log WHERE log.platform_id = $1 AND log.term = $2 AND log.year = 0",
        "AND log.kind <> $3 AND log.name IN ($4, $5) ORDER BY log.seq",
    )
)
_TEXTS = """SELECT version, plan FROM plan_versions
WHERE platform_id = $1 AND term = $2 AND version = ANY($3::smallint[])"""
