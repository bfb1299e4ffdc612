"""A plan as a workbook: a row for each part and each mechanism, and how it is filled in."""

from collections.abc import Mapping
from typing import Any

from starter.commands.importing.columns import how
from starter.commands.plan_files.plan_headings import (
    GROUPS,
    Found,
    all_at_once,
    column_of,
    path_of,
    text_of,
    title_of,
)
from starter.errors import BadInput
from starter.plans.plan_sections import HEADINGS
from starter.tables.cell_values import Cell, is_error
from starter.tables.cell_values import text_of as text_of_cell
from starter.tables.table import BEYOND, read_table
from starter.terminal.language import say
from workflows.words import Words

_PART, _TEXT = Words("part", "部分"), Words("text", "内容")
_HOW = Words("how it is filled in", "填写说明")
_WIDTHS = (30, 90, 40)


def workbook_of(plan: Mapping[str, Any]) -> bytes:
    """Return a plan as a workbook."""
    from starter.tables.workbook import TEXT, workbook  # noqa: PLC0415 - who reads one need not load it

    rows = [(title_of(path), text_of(path, plan), say(how(column_of(path)))) for path in HEADINGS]
    title = say(GROUPS["parts"])
    heading = (say(_PART), say(_TEXT), say(_HOW))
    return workbook([(title, [heading, *rows], _WIDTHS)], formats=[TEXT] * len(_WIDTHS))


def _written(words: Words) -> tuple[str, ...]:
    """How a column may be called: in one language, or in both as earlier releases wrote them."""
    return words.en, words.zh, f"{words.zh} {words.en}"


def _cell(cell: Cell, where: Words, heading: str) -> Cell:
    """What a cell holds. Raises BadInput: a spreadsheet's error, which is no text of a plan."""
    try:
        return text_of_cell(cell) if is_error(cell) else cell
    except BadInput as error:
        raise BadInput(
            error.words.at(Words(f"{where.en}, {heading}", f"{where.zh}“{heading}”"))
        ) from None


def sections_in_table(content: bytes) -> dict[str, Found]:
    """Return what a workbook says in the rows of a plan, by their paths.

    Raises:
        BadInput: it is no such workbook, or rows are none of a plan's or are there twice; names each row.
    """
    table = read_table(content)
    part, text = (
        next((name for name in table.heading if name.casefold() in _written(one)), None)
        for one in (_PART, _TEXT)
    )
    if part is None or text is None or table.named_twice():
        raise BadInput(
            f"the first row names the columns “{_PART.en}” and “{_TEXT.en}”, each once",
            f"首行应为列名“{_PART.zh}”和“{_TEXT.zh}”，各一次",
        )
    found: dict[str, Found] = {}
    problems: list[Words] = []
    for row in table.rows:
        where = Words(f"row {row.number}", f"第 {row.number} 行")
        heading = str(row.cells.get(part) or "").strip()
        path = path_of(heading)
        if row.beyond:
            problems.append(BEYOND.at(where))
        elif path is None or path in found:
            why = Words("no part of a plan", "不是建设方案的部分")
            if path:
                why = Words("this part is there twice", "该部分重复")
            problems.append(why.at(Words(f"{where.en}, “{heading}”", f"{where.zh}“{heading}”")))
        elif path not in GROUPS:
            try:
                found[path] = Found(where, heading, _cell(row.cells.get(text), where, heading))
            except BadInput as error:
                problems.append(error.words)
    if problems:
        raise all_at_once(problems)
    return found
