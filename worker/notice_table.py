"""What is told to whom, as a table for the documents: made from `db.notice_queries.WHO_IS_TOLD`."""

from db.notice_queries import WHO_IS_TOLD, Whom
from workflows.vocabulary import Happening, Kind, Role

_WHOM = {
    Whom.NEXT: "who must act next 下一步办理方",
    **{Whom(role.value): f"{role} {role.zh}" for role in Role},
}


def table() -> str:
    """Every event, of a platform or of an assessment, and who is told of it."""
    rows = [
        f"| `{event}` {_zh(event)} | {case} | {', '.join(_WHOM[whom] for whom in told)} |"
        for case, events in WHO_IS_TOLD.items()
        for event, told in events.items()
    ]
    return "\n".join(("| event 事项 | of 属于 | told to 通知 |", "| --- | --- | --- |", *rows))


def _zh(event: str) -> str:
    return next(word.zh for words in (Kind, Happening) for word in words if word == event)
