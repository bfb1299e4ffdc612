"""Notices and their deliveries as tables: for whom, by which way, how often tried, and what went wrong."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from db.outbox import DEAD, DELIVERED, WAITING
from db.outbox_queries import DeliveryRow, NoticeRow
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import short, table
from workflows.notice_messages import Notice


def about(notice: Notice) -> list[tuple[str, str]]:
    """A notice as names and values."""
    return [
        (say("Number", "序号"), str(notice.number)),
        (say("Id", "编号"), notice.id),
        (say("About", "事项"), wording.what(notice.event)),
        (say("For", "对象"), f"{wording.who(notice.role)} · {wording.district(notice.district)}"),
        (say("Platform", "平台"), notice.platform_id),
        (say("Noted", "记录时间"), wording.moment(notice.at)),
    ]


def notices_table(rows: Sequence[NoticeRow]) -> Table:
    """Notices, a row for each recipient."""
    return table(
        (
            say("number", "序号"),
            say("noted", "记录时间"),
            say("platform", "平台"),
            say("about", "事项"),
            say("for", "对象"),
            say("recipient", "收件方"),
            say("state", "状态"),
        ),
        [
            (
                str(row.number),
                wording.moment(row.at)[:10],
                row.platform_id,
                wording.what(row.event),
                wording.who(row.role),
                row.delivery.recipient if row.delivery else "–",
                _state(row.delivery) if row.delivery else "–",
            )
            for row in rows
        ],
        whole=(0, 1, 2) if short(row.platform_id for row in rows) else (0, 1),
    )


def deliveries_table(rows: Iterable[DeliveryRow]) -> Table:
    """What became of one notice, a row for each recipient."""
    return table(
        (
            say("recipient", "收件方"),
            say("by", "方式"),
            say("state", "状态"),
            say("when", "时间"),
            say("last error", "最近错误"),
        ),
        [
            (row.recipient, row.channel, _state(row), _when(row), row.last_error or "")
            for row in rows
        ],
    )


def _state(row: DeliveryRow) -> str:
    words = {
        WAITING: say("waiting", "待发送"),
        DELIVERED: say("delivered", "已送达"),
        DEAD: say("DEAD", "【已放弃】"),
    }.get(row.state, row.state)
    if row.state == DELIVERED or not row.attempts:
        return words
    tries = "try" if row.attempts == 1 else "tries"
    return words + say(f", {row.attempts} {tries}", f"，已试 {row.attempts} 次")


def _when(row: DeliveryRow) -> str:
    if row.state == WAITING:
        return say("next try ", "下次 ") + wording.moment(row.next_at)
    return wording.moment(row.delivered_at) if row.delivered_at else ""
