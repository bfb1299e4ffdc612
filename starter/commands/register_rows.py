"""Rows of the register as people read them at a terminal."""

from collections.abc import Sequence

from rich.table import Table

from db.plaque_types import PlaqueState
from db.row_types import RegisterRow
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, IF_SHORT, Column, is_narrow, stacked, table_of
from starter.terminal.table_words import district_cell
from workflows.periods import last_day
from workflows.vocabulary import Stage
from workflows.words import Words


def rows_table(rows: Sequence[RegisterRow]) -> Table:
    """The rows as a table: id, name, district, field, stage, and its last day.

    On a narrow terminal the name stands below the id, and the field below the district: columns of
    their own would be so narrow that words are broken.
    """
    return table_of(rows, _NARROW if is_narrow() else _WIDE)


def _field(row: RegisterRow) -> str:
    return wording.field(row.field)


def _stage(row: RegisterRow) -> str:
    year = row.open_assessment
    return wording.stage(row.stage) + "".join(
        say(words)
        for holds, words in (
            (row.suspended_since, Words(", SUSPENDED", "【暂停】")),
            (row.overdue, Words(", OVERDUE", "【逾期】")),
            (year, Words(f", assessment {year}", f"，第 {year} 年考核")),
            (row.assessment_overdue, Words(" OVERDUE", "【逾期】")),
            (row.plaque == PlaqueState.OVERDUE, Words(", plaque not returned", "，牌子未交回")),
        )
        if holds
    )


def _until(row: RegisterRow) -> object:
    end = row.valid_until if row.stage == Stage.VALID else row.due
    return last_day(end) if end and not wording.has_ended(row.stage) else None


_END = (
    Column(wording.STAGE, _stage),
    Column(wording.UNTIL, _until, whole=ALWAYS),
)
_WIDE: tuple[Column[RegisterRow], ...] = (
    Column(wording.PLATFORM_ID, lambda row: row.platform_id, whole=IF_SHORT),
    Column(wording.PLATFORM_NAME, lambda row: row.name),
    Column(wording.DISTRICT, lambda row: district_cell(row.district)),
    Column(wording.FIELD, _field),
    *_END,
)
_NARROW: tuple[Column[RegisterRow], ...] = (
    Column(wording.PLATFORM_LABEL, lambda row: stacked(row.platform_id, row.name), least=26),
    Column(
        Words("district, field", "所在区、领域"),
        lambda row: stacked(district_cell(row.district), _field(row)),
    ),
    *_END,
)
