"""What is read of odd cells, and that what we write for people to mend reads back as it was."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, text
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from starter.commands.batch.decision_cells import from_cells
from starter.commands.importing.application_cells import read
from starter.commands.importing.columns import COLUMNS
from starter.commands.importing.template import shown, write_template
from starter.commands.message_shapes import Shape
from starter.errors import BadInput
from starter.tables.cell_values import Cell
from starter.tables.sheet_writer import sheet
from starter.tables.table import read_table
from starter.tables.workbook import workbook
from tests.starter.odd_tables import Value, book, page, value
from tests.starter.table_commands import (
    COMMANDS,
    Run,
    Taken,
    lines,
    more,
    refused,
    rows_of,
    run,
    taken,
)
from workflows.refusal import Refusal, Refused

__all__ = ["taken"]


def test_utf_8_that_may_be_gbk_is_refused() -> None:
    """Two bytes may be a letter in UTF-8 and a Chinese character in GBK: only a mark or more text tells."""
    written = "platform,title\np-1,每\n"
    with pytest.raises(BadInput, match="UTF-8 as well as GBK"):
        read_table(written.encode("gbk"))
    for content in (
        written.encode("utf-8-sig"),
        written.encode(),
        f"{written}p-2,年\n".encode("gbk"),
    ):
        assert "每" == read_table(content).rows[0].cells["title"]


def test_a_list_number_that_became_a_date_is_none() -> None:
    """2024-2 in a general cell is the first of February to a spreadsheet: that is never a list's number."""
    listing: dict[str, Cell] = {"platform": "p-1", "kind": "listing", "outcome": "included"}
    for cell in (
        datetime(2024, 2, 1),
        date(2024, 2, 1),
        read_table("a\nFeb-24\n").rows[0].cells["a"],
    ):
        with pytest.raises(BadInput, match=r"list_number.*not text|format it as text"):
            from_cells({**listing, "list_number": cell})
        with pytest.raises(BadInput, match="format it as text"):
            read(COLUMNS["brought_in.list_number"], cell)
    assert "2024-2" == from_cells({**listing, "list_number": "2024-2"})["list_number"]


def test_a_date_of_a_nested_field_is_a_day() -> None:
    """Also where it stands within an actor."""
    cells: dict[str, Cell] = {"kind": "withdrawal", "actor.acting_for.first_day": "2026/11/1"}
    assert {"acting_for": {"first_day": "2026-11-01"}} == from_cells(cells)["actor"]


def test_hidden_columns_are_named(pingtai: Run, taken: Taken) -> None:
    """They are read, for people hide what they need not see; that they are is said."""
    columns = '<cols><col min="2" max="2" hidden="1"/><col min="30" max="16384" hidden="1"/></cols>'
    command = COMMANDS["layout"]
    result = run(pingtai, command, "t.xlsx", book(rows_of(command), columns=columns))
    assert "Hidden columns are read, too: direction\n" == result.stderr.splitlines(True)[0]
    assert "甲乙" == taken()[0]["direction"]


def test_a_layout_names_what_it_does_not_read(pingtai: Run, taken: Taken) -> None:
    """A heading of a synonym is read, also in JSON; one that is misspelt is named, or any district would do."""
    plain = {"领域": "集成电路", "direction": "x", "priority": 1}
    good = run(pingtai, COMMANDS["layout"], "t.json", lines({**plain, "所在区": "海淀区"}))
    assert (["haidian"], "") == ([*taken()[0]["districts"]], good.stderr)
    named = {
        **plain,
        "districts": "Haidian District; beijing e-town, 顺义区",
    }  # as a workbook has it
    good = run(pingtai, COMMANDS["layout"], "t.json", lines(named))
    assert ["haidian", "beijing_etown", "shunyi"] == [*taken()[-1]["districts"]], good.output
    other = run(pingtai, COMMANDS["layout"], "t.json", lines({**plain, "distrcts": "海淀区"}))
    assert "not read: distrcts\n" == other.stderr
    twice = page([["领域", "field", "direction", "priority"], ["x", "y", "x", 1]])
    assert 2 == run(pingtai, COMMANDS["layout"], "t.csv", twice).exit_code


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_hidden_is_named(pingtai: Run, taken: Taken, lang: str) -> None:
    """The rows, and what to do, in the language of the answers."""
    Path("t.xlsx").write_bytes(book(more(COMMANDS["decide"]), hidden_rows=[3]))
    result = pingtai("decide", "--file", "t.xlsx", lang=lang)
    expected = "hidden rows (perhaps by a filter): 3: show them, or delete them"
    assert refused(result, taken, expected if lang == "en" else "请取消隐藏或删除")


def test_a_list_with_a_heading_is_a_table(pingtai: Run, taken: Taken) -> None:
    """It is not taken for a platform that is called so; and by a pipe a workbook says what it is."""
    command = COMMANDS["list"]
    assert refused(run(pingtai, command, "t.txt", page(rows_of(command))), taken, "with a heading")
    assert refused(
        run(pingtai, command, "t.txt", book(rows_of(command))), taken, "it is a workbook"
    )
    content = book(rows_of(command))
    assert 0 == pingtai(*command.args, "--file", "-", "--format", "xlsx", stdin=content).exit_code
    assert "甲乙" == taken()[0]["note"]


def test_refused_rows_of_a_workbook_come_back(
    pingtai: Run, taken: Taken, answers: dict[str, Any]
) -> None:
    """As a workbook without formulas, with numbers, days and texts as they were: the same decisions."""
    answers["decide"] = Refused(Refusal(rule="§四", en="not now", zh="现在不行", stage="valid"))
    command = COMMANDS["decide"]
    rows = command.rows("text", "=1+1")
    rows.append([*rows[1]])
    odd: dict[str, Value] = {
        "platform": value(96, "zeros"),
        "given_on": value(46350, "day"),
        "amount_wan": value(700, "grouped"),
        "title": "_x0041__x000D_\n1",
    }
    rows[2] = [odd.get(str(name), cell) for name, cell in zip(rows[0], rows[1], strict=True)]
    assert 3 == run(pingtai, command, "t.xlsx", book(rows)).exit_code
    first = taken()
    assert ["=1+1", "A\r\n1"] == [one["title"] for one in first]
    page_of = load_workbook("t.refused.xlsx").worksheets[0]
    cells = [cell for row in page_of.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert {"@"} == {cell.number_format for cell in cells if isinstance(cell.value, str)}
    assert 3 == pingtai("decide", "--file", "t.refused.xlsx").exit_code
    assert first == taken()[2:]


def test_the_template_keeps_what_is_typed() -> None:
    """Its columns of texts have the format of text, also below the examples; those of days are days."""
    write_template(Path("t.xlsx"))
    dimensions = load_workbook("t.xlsx").worksheets[0].column_dimensions
    for place, column in enumerate(shown(), 1):
        expected = {Shape.DAY: "yyyy-mm-dd", Shape.NUMBER: "General", Shape.DECIMAL: "General"}.get(
            column.shape, "@"
        )
        assert (column.name, expected) == (
            column.name,
            dimensions[get_column_letter(place)].number_format,
        )


@settings(deadline=None, max_examples=50)
@given(lists(text(), min_size=1, max_size=50))
def test_texts_of_a_workbook_read_back_as_they_were(written: list[str]) -> None:
    """Whatever characters they have, and whatever they look like."""
    rows = [["n", *map(str, range(len(written)))], ["x", *written]]
    [row] = read_table(workbook([("t", rows, ())])).rows
    assert written == [row.cells.get(name) or "" for name in rows[0][1:]]


def test_an_export_is_no_formula() -> None:
    """What operators wrote is text in it, and keeps to be."""
    with sheet("xlsx", Path("e.xlsx"), ["a"]) as write:
        write(["=1+1"])
        write(["2024-2"])
    cells = [row[0] for row in load_workbook("e.xlsx").worksheets[0].iter_rows(min_row=2)]
    assert [("=1+1", "s", "@"), ("2024-2", "s", "@")] == [
        (cell.value, cell.data_type, cell.number_format) for cell in cells
    ]
