"""Lines of logs, as the register answers with them."""

from datetime import UTC, datetime
from typing import Any

from db.row_types import LogLine
from workflows.actors import Actor
from workflows.record import BEGINNING, EntryKind, LogEntry
from workflows.vocabulary import Role

AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
ACTOR = Actor(id="u-1", role=Role.OPERATOR, organisation="北京旷宇星联终端技术有限公司")


def line(year: int, seq: int, at: datetime, what: tuple[str, str, str], **more: Any) -> LogLine:
    """An entry of a log; `what` is its name, outcome and stage."""
    opening = more.pop("opening", min(year, 1))
    set_aside_by = more.pop("set_aside_by", None)
    name, outcome, stage = what
    entry = LogEntry(
        seq=seq,
        at=at,
        kind=more.pop("kind", EntryKind.DECISION),
        name=name,
        outcome=outcome,
        stage=stage,
        said=more.pop("said", {}),
        previous=BEGINNING,
        **more,
    )
    return LogLine(
        platform_id="p-1",
        term=1,
        year=year,
        opening=opening,
        workflow_id="w",
        entry=entry,
        set_aside_by=set_aside_by,
    )
