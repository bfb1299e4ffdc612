"""Tables take the headings that people read: labels in both languages, beside the names of fields."""

import csv
import io
from typing import Any

import pytest

from starter.commands.batch.decision_headings import decision_headings
from starter.commands.batch.formats import Cells
from starter.commands.batch.lines import Outcome, Result
from starter.commands.importing.application_cells import cell_of
from starter.commands.importing.application_files import Applications
from starter.commands.importing.columns import COLUMNS, columns_of
from starter.commands.importing.example import EXAMPLES
from starter.errors import BadInput
from starter.tables.csv_rows import csv_of
from starter.tables.headings import Headings
from workflows.application import PlatformApplication
from workflows.decisions import MODELS
from workflows.model import parse


def application_table(language: str) -> bytes:
    """The example of the template, under labels in a language."""
    columns = [column for column in COLUMNS.values() if cell_of(column, EXAMPLES[0]) is not None]
    heading = [getattr(column.label.words, language) for column in columns]
    return csv_of([heading, [cell_of(one, EXAMPLES[0], chinese=True) for one in columns]]).encode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_applications_come_back_under_labels(language: str) -> None:
    """With unit and article, as the template's remarks and error messages have them."""
    table = Applications()
    [entry] = table.read(application_table(language))
    assert [] == table.problems
    assert parse(PlatformApplication, EXAMPLES[0]) == parse(PlatformApplication, dict(entry.fields))


def test_every_label_of_an_application_names_its_own_column() -> None:
    """Alone, and with unit and article: none is ambiguous."""
    headings = Headings((name, [*c.label.name, *c.label.words]) for name, c in COLUMNS.items())
    for name, column in COLUMNS.items():
        for heading in (name, *column.label.name, *column.label.words):
            assert name == headings.name_of(heading)


def test_every_label_of_a_decision_names_a_column() -> None:
    """Of each kind; what two kinds call alike is the same field."""
    headings = decision_headings()
    for model in MODELS.values():
        for name, column in columns_of(model).items():
            assert name == headings.name_of(column.label.zh)
            assert name == headings.name_of(column.label.en)


DECISIONS = "平台编号,决定种类,决定日期,结论,推荐意见\nbj-x,区推荐,2026-11-24,推荐,同意推荐。\n"


def test_decisions_come_back_under_labels() -> None:
    """And what was not done is written under the same headings, to be mended and run again."""
    cells = Cells()
    [entry] = cells.read(DECISIONS.replace("区推荐", "所在区推荐"))
    assert entry.problem is None
    assert {
        "platform": "bj-x",
        "kind": "recommendation",
        "decided_on": "2026-11-24",
        "outcome": "recommended",
        "opinion": "同意推荐。",
    } == dict(entry.fields)
    written = cells.write([Result(entry, Outcome.BAD)])
    assert isinstance(written, str)
    heading = next(csv.reader(io.StringIO(written.lstrip("\ufeff"))))
    assert ["平台编号", "决定种类", "决定日期", "结论", "推荐意见", "problem"] == heading
    [again] = Cells().read(written)
    assert dict(entry.fields) == dict(again.fields)


@pytest.mark.parametrize(
    "heading",
    ["平台编号,platform,kind", "平台编号,平台,kind", "platform,决定日期,decided_on"],
)
def test_two_headings_of_one_column_are_told(heading: str) -> None:
    """By what they are called, and which column it is."""
    with pytest.raises(BadInput, match="two columns are the same") as refused:
        Cells().read(f"{heading}\na,b,c\n")
    assert "两列表示同一项" in refused.value.words.zh


def test_a_heading_that_may_be_several_is_told() -> None:
    """And which names to use."""
    called: list[tuple[str, list[str]]] = [("a.name", ["名称"]), ("b.name", ["名称"])]
    with pytest.raises(BadInput, match=r"may be any of a\.name, b\.name"):
        Headings(called).name_of("名 称")


def test_width_and_spaces_of_a_heading_do_not_count() -> None:
    """As they do not in names."""
    headings: Any = decision_headings()
    assert "decided_on" == headings.name_of("决定 日期")
    assert "amount_wan" == headings.name_of("金额(万元)") or "amount_wan" == headings.name_of(
        "金额"
    )
    assert "nonsense" == headings.name_of("nonsense")
