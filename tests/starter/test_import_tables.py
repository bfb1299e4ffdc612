"""Applications in tables: what a cell may be, what it says, and that no form says anything else."""

import hashlib
import json
import re
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import text
from openpyxl import Workbook, load_workbook

from starter.commands.importing.application_cells import cell_of, from_cells, read
from starter.commands.importing.application_files import read_applications
from starter.commands.importing.columns import COLUMNS, column_of, how, lacking
from starter.commands.importing.example import EXAMPLES
from starter.commands.importing.template import shown, write_template
from starter.commands.message_shapes import Shape
from starter.errors import BadInput
from starter.tables.cell_values import Cell, as_text
from starter.tables.csv_rows import csv_of
from starter.tables.plain_text import as_plain_text, from_plain_text, like_formula
from starter.tables.workbook import workbook
from starter.terminal.chosen_language import speaking
from workflows.application import PlatformApplication
from workflows.model import parse
from workflows.words import Language

EXAMPLE_FILES = sorted(Path(__file__).parents[2].glob("examples/*/application*.json"))
APPLICATIONS = [json.loads(path.read_text(encoding="utf-8")) for path in EXAMPLE_FILES]
HASH = "ab" * 32


def rows(messages: list[dict[str, Any]]) -> list[list[Cell]]:
    """Messages as a table with every column."""
    heading: list[Cell] = [*COLUMNS]
    return [heading, *([cell_of(c, one) for c in COLUMNS.values()] for one in messages)]


def read_back(name: str, content: str | bytes) -> list[PlatformApplication]:
    """What is read out of a file."""
    path = Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read_applications(name, path.suffix.removeprefix("."))  # type: ignore[arg-type]
    assert () == found.problems
    assert [] == [entry for entry in found.entries if entry.problem or entry.bad_cells]
    return [parse(PlatformApplication, dict(entry.fields)) for entry in found.entries]


def test_every_form_says_the_same() -> None:
    """The examples out of JSON lines, out of CSV and out of XLSX are the same applications."""
    expected = [parse(PlatformApplication, one) for one in APPLICATIONS]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in APPLICATIONS)
    assert expected == read_back("a.jsonl", lines)
    assert expected == read_back("a.csv", csv_of(rows(APPLICATIONS)))
    assert expected == read_back("a.xlsx", workbook([("t", rows(APPLICATIONS), ())]))


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_the_template_read_back_gives_its_examples(name: str) -> None:
    """Its remarks are no applications; and a file of this name is never written over."""
    write_template(Path(name))
    content = Path(name).read_bytes()
    assert [parse(PlatformApplication, one) for one in EXAMPLES] == read_back(name, content)
    with pytest.raises(BadInput, match="there already"):
        write_template(Path(name))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_template_explains_every_column(lang: Language) -> None:
    """In the language in use: headings that are read back, remarks, and a sheet with each column's words."""
    with speaking(lang):
        write_template(Path("t.xlsx"))
    book = load_workbook("t.xlsx")
    first, second = book.worksheets
    heading, *remarks = (
        [str(cell) for cell in row if cell] for row in first.iter_rows(max_row=3, values_only=True)
    )
    assert [getattr(column.label.with_unit, lang) for column in shown()] == heading
    if lang == "zh":
        assert [] == [cell for row in remarks for cell in row if re.search("[a-z]_[a-z]", cell)]
    explained = {row[4]: row for row in second.iter_rows(values_only=True)}
    assert {column.name for column in shown()} < set(explained)
    needed = {
        "en": ("required", "required with “existing platform”"),
        "zh": ("必填", "填写“既有平台转入”时必填"),
    }
    assert needed[lang] == (explained["district"][1], explained["brought_in.listed_on"][1])
    assert {"en": "haidian", "zh": "海淀区"}[lang] in str(explained["district"][3])
    assert ("海淀区" in str(explained["district"][3])) == (lang == "zh")
    book.close()
    for column in COLUMNS.values():
        assert all((*column.label.words, *how(column)))


CELLS: tuple[tuple[str, Cell, Any], ...] = (
    ("district", "海淀区", "haidian"),
    ("district", " haidian ", "haidian"),
    ("field", "量子信息", "quantum_information"),
    ("field", "可控核聚变", "可控核聚变"),
    ("field", "集成电路", "integrated_circuits"),
    ("services", "研发、设计；processing", ["research", "design", "processing"]),
    ("direction", 2026.0, "2026"),
    ("direction", datetime(2026, 1, 2), None),
    ("direction", 7.5, None),
    ("plan.mechanisms.independent_by", datetime(2029, 12, 31), "2029-12-31"),
    ("plan.mechanisms.independent_by", date(2029, 12, 31), "2029-12-31"),
    ("plan.mechanisms.independent_by", "2029/1/2", "2029-01-02"),
    ("plan.mechanisms.independent_by", "2029年1月2日", "2029-01-02"),
    ("plan.mechanisms.lead_unit_funding_wan", "1,200", 1200),
    ("plan.mechanisms.lead_unit_funding_wan", "1,234，500", 1234500),
    ("plan.mechanisms.lead_unit_funding_wan", "3,5", None),
    ("plan.mechanisms.lead_unit_funding_wan", "1,2000", None),
    ("plan.mechanisms.lead_unit_funding_wan", 780.0, 780),
    ("platform_id", 110108000000001, "110108000000001"),
    ("platform_id", 110108000000000001, None),
    ("platform_id", 1.10108e17, None),
    ("policy.majority_of", "3/4", [3, 4]),
    (
        "plan.mechanisms.funding",
        "高校；院所=60%；服务收入＝40",
        None,
    ),
    (
        "plan.mechanisms.funding",
        "高校=60%；服务收入＝40",
        [{"source": "高校", "share": 60}, {"source": "服务收入", "share": 40}],
    ),
    (
        "brought_in.documents",
        f"名单;附件=1.pdf={HASH}\n公告={HASH.upper()};",
        [{"name": "名单;附件=1.pdf", "sha256": HASH}, {"name": "公告", "sha256": HASH}],
    ),
    ("brought_in.assessments.2.result", "整改后符合要求", "met"),
    ("brought_in.documents", f"a=12; b={HASH}", None),
    ("brought_in.documents", f"={HASH}", None),
    ("brought_in.documents", "nothing", None),
    ("district", "海淀", "haidian"),
    ("plan.mechanisms.legal_form", "x" * 1000, None),
    ("plan.mechanisms.independent_by", 46387, None),
    ("plan.mechanisms.independent_by", "2029-02-30", None),
    ("plan.mechanisms.independent_by", datetime(2029, 12, 31, 10), None),
    ("plan.mechanisms.lead_unit_funding_wan", 7.5, "7.5"),
    ("plan.mechanisms.lead_unit_funding_wan", 0.1 + 0.2, "0.3"),
    ("plan.mechanisms.lead_unit_funding_wan", "1,200.5", "1200.5"),
    ("plan.mechanisms.lead_unit_funding_wan", 7.12345, None),
    ("plan.mechanisms.lead_unit_funding_wan", "many", None),
    ("direction", "x" * 40_000, None),
    ("policy.credit_codes", "是", True),
    ("policy.credit_codes", False, False),
    ("policy.credit_codes", "Yes", True),
    ("policy.credit_codes", "FALSE", False),
    ("policy.credit_codes", "1", None),
)


@pytest.mark.parametrize(("name", "cell", "expected"), CELLS)
def test_what_a_cell_says(name: str, cell: Cell, expected: Any) -> None:
    """Words in both languages, real dates and numbers, lists; what is none of it is told (None here)."""
    if expected is None:
        with pytest.raises(BadInput):
            read(COLUMNS[name], cell)
    else:
        assert expected == read(COLUMNS[name], cell)


def test_a_row_completes_what_is_brought_in() -> None:
    """Its kind, its id, and the assessments by year; an empty cell says nothing."""
    said, wrong = from_cells(
        {
            "application_id": "a-1",
            "direction": "",
            "brought_in.term": 2,
            "brought_in.assessments.2.result": "met",
            "brought_in.assessments.1.result": "effective",
            "district": "?",
        }
    )
    assert ["district"] == [name for name, _ in wrong]
    assert {
        "application_id": "a-1",
        "brought_in": {
            "kind": "bringing_in",
            "decision_id": "brought-in:a-1",
            "term": 2,
            "assessments": [{"year": 1, "result": "effective"}, {"year": 2, "result": "met"}],
        },
    } == said


def test_columns_are_those_of_the_message() -> None:
    """What is needed of a whole application is there; of a part that is left out, nothing is."""
    assert [] == [*lacking(EXAMPLES[0])]
    needed = [column.name for column in lacking({"submitted_by": {"id": "x"}})]
    assert "conditions.openness.documents" in needed
    assert "submitted_by.role" in needed
    assert not any(name.startswith(("brought_in", "policy")) for name in needed)
    assert {"term", "previous"}.isdisjoint(COLUMNS)
    assert {Shape.TEXT, Shape.DAY} < {column.shape for column in COLUMNS.values()}


def test_a_field_of_the_message_has_its_column() -> None:
    """Also one within a cell, and one of the assessments, which count from one."""
    assert "conditions.openness.documents" == column_of("conditions.openness.documents.0.sha256")
    assert "brought_in.assessments.2.result" == column_of("brought_in.assessments.1.result")
    assert "nowhere.x" == column_of("nowhere.x")


def test_semicolons_tabs_gbk_and_utf_16_are_read() -> None:
    """As spreadsheets in China and elsewhere write CSV."""
    expected = [parse(PlatformApplication, one) for one in APPLICATIONS[:2]]
    page = csv_of(rows(APPLICATIONS[:2])).removeprefix("\ufeff")
    assert expected == read_back("gbk.csv", page.encode("gb18030"))
    assert expected == read_back("utf16.csv", page.encode("utf-16"))
    table = [[as_text(cell).replace("\n", " ") for cell in row] for row in rows(APPLICATIONS[:2])]
    for mark in ("\t", ";"):
        quoted = "\n".join(mark.join(f'"{cell}"' for cell in row) for row in table)
        assert expected == read_back("other.csv", f"# a remark, and more, {mark}\n{quoted}")


def test_broken_utf_8_is_not_taken_for_gbk() -> None:
    """A file that is marked as UTF-8 and has a bad byte is told: as GBK it would be other words."""
    content = "\ufeffplatform_id,name\nbj,平台".encode() + b"\xa1\xa1\n"
    content.decode("gb18030")  # it can be read so
    Path("b.csv").write_bytes(content)
    with pytest.raises(BadInput, match="neither UTF-8 nor GBK"):
        read_applications("b.csv", "csv")


def test_a_hidden_sheet_is_not_what_was_meant() -> None:
    """The first sheet that people see is read, whatever is hidden before it."""
    book = Workbook()
    hidden = book.worksheets[0]
    seen = book.create_sheet("seen")
    for row in rows(APPLICATIONS[:1]):
        seen.append(row)
    for row in rows(APPLICATIONS[1:2]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    book.active = seen
    book.save("h.xlsx")
    content = Path("h.xlsx").read_bytes()
    assert [parse(PlatformApplication, APPLICATIONS[0])] == read_back("h.xlsx", content)


FORMULAS = (
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM",
        "﹦1",
        "﹢1",
        "﹣1",
        "﹫x",
        "−1",
    ),
    *("\u200b=1", "\ufeff=1", "\u2060＝1", "\xad=1", "\ufe0f=1", "\u3000＝1", "\xa0=1", "\u202e=1"),
    *("'=1", "''=1", "'\u200b＝1", "\u3164=1", "\u2800=1"),
)
"""Each kind of head, and of what is not shown before one."""


@pytest.mark.parametrize("odd", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(odd: str) -> None:
    """It is marked as text where it is written, and read back as it was."""
    message = {**APPLICATIONS[0], "direction": f"{odd}x"}
    page = csv_of(rows([message]))
    assert f"'{odd}x" in page
    expected = [parse(PlatformApplication, message)]
    assert expected == read_back("f.csv", page)
    assert expected == read_back("f.xlsx", workbook([("t", rows([message]), ())]))
    cells = [cell for row in load_workbook("f.xlsx").worksheets[0].iter_rows() for cell in row]
    (found,) = [cell for cell in cells if str(cell.value).strip() == f"{odd}x".strip()]
    assert ("s", True) == (found.data_type, found.quotePrefix)


@given(text())
def test_marked_text_reads_back_as_it_was(written: str) -> None:
    """Whatever it is, and however often it was marked before; nothing that is written is a formula."""
    marked = as_plain_text(written)
    assert written == from_plain_text(marked)
    assert marked.startswith("'") or not like_formula(marked)
    assert not unicodedata.normalize("NFKC", marked).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("words", ["", "'tis", "a=1", "1-2", "微电子＝", "'", "。=x"])
def test_other_text_is_written_as_it_is(words: str) -> None:
    """No mark where none is needed."""
    assert words == as_plain_text(words)


def test_formulas_without_a_value_and_errors_are_told() -> None:
    """Neither passes for an empty cell, nor for text."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["application_id", "direction", "name"])
    page.append(["a-1", "=1+1", "#REF!"])
    book.save("f.xlsx")
    found = read_applications("f.xlsx", "xlsx")
    assert ["direction", "name"] == [name for name, _ in found.entries[0].bad_cells]


@pytest.mark.parametrize(
    "content", [b"", b"no workbook", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_is_no_workbook_is_bad_input(content: bytes) -> None:
    """Broken, old or locked ones are told, and never a traceback."""
    Path("x.xlsx").write_bytes(content)
    with pytest.raises(BadInput):
        read_applications("x.xlsx", "xlsx")


@pytest.mark.parametrize("holds", [Shape.WORD, Shape.WORDS])
def test_every_word_is_understood_in_both_languages(holds: Shape) -> None:
    """No Chinese word holds what separates words in a list."""
    for column in COLUMNS.values():
        for word in column.vocabulary if column.shape is holds else ():
            expected = [str(word)] if holds is Shape.WORDS else str(word)
            assert expected == read(column, str(word))
            assert expected == read(column, getattr(word, "zh", ""))


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_documents_are_hashed_beside_the_table(name: str) -> None:
    """A cell names a file; one that is not there is a problem of its line and its column."""
    folder = Path("sent")
    folder.mkdir()
    (folder / "证明.pdf").write_bytes(b"paper")
    made = rows([APPLICATIONS[0]])
    heading, row = [str(cell) for cell in made[0]], made[1]
    column = heading.index("conditions.openness.documents")
    row[column] = "证明.pdf; 证明.pdf=设备共享办法"
    row[heading.index("conditions.strategic_fit.documents")] = "缺失.pdf"
    path = folder / name
    table = csv_of(made).encode() if name == "t.csv" else workbook([("t", made, ())])
    path.write_bytes(table)
    found = read_applications(str(path), path.suffix.removeprefix("."))  # type: ignore[arg-type]
    (entry,) = found.entries
    digest = hashlib.sha256(b"paper").hexdigest()
    assert entry.fields["conditions"]["openness"]["documents"] == [
        {"name": "证明.pdf", "sha256": digest},
        {"name": "设备共享办法", "sha256": digest},
    ]
    ((field, why),) = entry.bad_cells
    assert field == "conditions.strategic_fit.documents"
    assert "“缺失.pdf”不存在" in why.zh
