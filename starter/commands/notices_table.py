"""Notices and their deliveries as tables: for whom, by which way, how often tried, and what went wrong."""

from collections.abc import Sequence

from rich.table import Table

from db.outbox_queries import DEAD, DELIVERED, WAITING, DeliveryRow, NoticeRow
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, IF_SHORT, Column, Said, is_narrow, stacked, table_of
from workflows.notice_messages import Notice
from workflows.words import BilingualEnum, Words

_NUMBER = Words("number", "序号")
_ABOUT = Words("about", "事项")
_FOR = Words("for", "对象")
_NOTED = Words("noted", "记录时间")


class DeliveryState(BilingualEnum):
    """How far a delivery is."""

    WAITING = WAITING, "待发送"
    DELIVERED = DELIVERED, "已送达"
    DEAD = DEAD, "发送失败"


_STATES = {
    WAITING: DeliveryState.WAITING.words,
    DELIVERED: DeliveryState.DELIVERED.words,
    DEAD: Words("FAILED", "【发送失败】"),
}


def about(notice: Notice) -> list[tuple[Said, object]]:
    """A notice as names and values."""
    return [
        (_NUMBER, notice.number),
        (Words("id", "编号"), notice.id),
        (_ABOUT, wording.what(notice.event)),
        (_FOR, f"{wording.who(notice.role)} · {wording.district(notice.district)}"),
        (wording.PLATFORM_ID, notice.platform_id),
        (_NOTED, wording.moment(notice.at)),
    ]


def notices_table(rows: Sequence[NoticeRow]) -> Table:
    """Notices, a row for each recipient."""
    return table_of(rows, _NARROW if is_narrow() else _NOTICES)


def deliveries_table(rows: Sequence[DeliveryRow]) -> Table:
    """What became of one notice, a row for each recipient."""
    return table_of(rows, _DELIVERIES)


def _state(row: DeliveryRow) -> str:
    words = say(_STATES.get(row.state, row.state))
    if row.state == DELIVERED or not row.attempts:
        return words
    tries = "attempt" if row.attempts == 1 else "attempts"
    return words + say(Words(f", {row.attempts} {tries}", f"，已尝试 {row.attempts} 次"))


def _when(row: DeliveryRow) -> str:
    if row.state == WAITING:
        return say(Words("next attempt ", "下次尝试 ")) + wording.moment(row.next_at)
    return wording.moment(row.delivered_at) if row.delivered_at else ""


def _recipient(row: DeliveryRow) -> str:
    """Whom it goes to: an address, or the file of a local stack."""
    return say(_FILE) if row.recipient == row.channel == "file" else row.recipient


_FILE = Words("file", "文件")
_STATE = Words("state", "状态")
_NOTICES: tuple[Column[NoticeRow], ...] = (
    Column(_NUMBER, lambda row: row.number, whole=ALWAYS),
    Column(_NOTED, lambda row: wording.moment(row.at)[:10], whole=ALWAYS),
    Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=IF_SHORT),
    Column(_ABOUT, lambda row: wording.what(row.event)),
    Column(_FOR, lambda row: wording.who(row.role)),
    Column(
        Words("recipient", "收件方"), lambda row: _recipient(row.delivery) if row.delivery else "–"
    ),
    Column(_STATE, lambda row: _state(row.delivery) if row.delivery else "–"),
)
_NARROW: tuple[Column[NoticeRow], ...] = (
    Column(
        Words("number, noted", "序号、记录时间"),
        lambda row: stacked(row.number, wording.moment(row.at)[:10]),
        whole=ALWAYS,
    ),
    Column(
        Words("platform id, about", "平台编号、事项"),
        lambda row: stacked(row.platform_id, wording.what(row.event)),
    ),
    Column(
        Words("for, recipient", "对象、收件方"),
        lambda row: stacked(
            wording.who(row.role), _recipient(row.delivery) if row.delivery else "–"
        ),
    ),
    Column(_STATE, lambda row: _state(row.delivery) if row.delivery else "–"),
)
_DELIVERIES: tuple[Column[DeliveryRow], ...] = (
    Column(Words("recipient", "收件方"), _recipient),
    Column(Words("by", "方式"), lambda row: row.channel),
    Column(_STATE, _state),
    Column(Words("when", "时间"), _when),
    Column(Words("last error", "最近错误"), lambda row: row.last_error),
)
