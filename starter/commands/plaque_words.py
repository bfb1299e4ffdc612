"""How plaques 牌子 stand, in words: for a platform's card, for lists, and for the inbox."""

from collections.abc import Sequence
from datetime import date

from rich.table import Table

from db.plaque_types import PlaqueEntry, PlaqueEvent, PlaqueRow, PlaqueState, standing
from db.row_types import PlatformCard
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import ALWAYS, IF_SHORT, Column, stacked, table_of
from starter.terminal.table_words import district_cell
from workflows.periods import beijing_date
from workflows.words import Words

PLAQUE = Words("plaque", "牌子")


def plaque_line(card: PlatformCard) -> Words | None:
    """Return how the plaque of a platform stands, and since when; None: none was issued."""
    last = standing(card.plaques)
    if last is None or card.plaque is None:
        return None
    ended = next((term.ended_at for term in card.terms if term.term == card.platform.term), None)
    return plaque_words(card.plaque, last.happened_on, beijing_date(ended) if ended else None)


def plaque_words(state: str, since: date, ended_on: date | None) -> Words:
    """Return a state with the day of its last entry; overdue ones with the day on which validity ended."""
    match state:
        case PlaqueState.RETURNED:
            return Words(f"returned on {since}", f"{since} 已交回")
        case PlaqueState.ISSUED:
            return Words(f"issued on {since}", f"{since} 颁发")
    en = f"OVERDUE: issued on {since}, not returned"
    zh = f"【逾期】{since} 颁发，应交回而未交回"
    if ended_on is None:  # a new term has begun, and is not listed
        return Words(en, zh)
    return Words(f"{en} since the end on {ended_on}", f"{zh}（平台 {ended_on} 结束）")


def to_return(number: int) -> Words:
    """Return the line of an inbox about plaques that have not come back."""
    many = "plaques have" if number > 1 else "plaque has"
    return Words(
        f"{number} {many} not been returned: pingtai plaque list --state overdue",
        f"逾期未交回牌子 {number} 块：pingtai plaque list --state overdue",
    )


def plaque_table(rows: Sequence[PlaqueRow]) -> Table:
    """Plaques by platform."""
    return table_of(rows, _COLUMNS)


def entries_table(entries: Sequence[PlaqueEntry]) -> Table:
    """The log of a platform's plaques; what no longer counts is marked."""
    return table_of(entries, _ENTRIES)


def _event(entry: PlaqueEntry) -> str:
    said = word(entry.event, PlaqueEvent)
    if entry.cancelled_by:
        said += say(
            Words(f", CANCELLED by {entry.cancelled_by}", f"【已由 {entry.cancelled_by} 撤销】")
        )
    return said + (f" {entry.cancels}" if entry.cancels else "")


def ended_on(row: PlaqueRow) -> date | None:
    """Return the day on which a platform's validity ended, if it did."""
    return beijing_date(row.ended_at) if row.ended_at else None


def _state(row: PlaqueRow) -> str:
    return say(plaque_words(row.state, row.since, ended_on(row)))


_COLUMNS: tuple[Column[PlaqueRow], ...] = (
    Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=IF_SHORT),
    Column(
        Words("name, operator", "名称、运营单位"),
        lambda row: stacked(row.name, row.operator),
        least=24,
    ),
    Column(wording.DISTRICT, lambda row: district_cell(row.district)),
    Column(PLAQUE, _state),
)
_ENTRIES: tuple[Column[PlaqueEntry], ...] = (
    Column(Words("number", "编号"), lambda entry: entry.number, whole=ALWAYS),
    Column(Words("day", "日期"), lambda entry: entry.happened_on, whole=ALWAYS),
    Column(Words("recorded", "登记事项"), _event),
    Column(
        Words("document, remark", "依据文件、说明"),
        lambda entry: stacked(
            *filter(None, (entry.document.name if entry.document else None, entry.remark))
        ),
    ),
    Column(Words("recorded by", "经办人"), lambda entry: entry.actor.id),
)
