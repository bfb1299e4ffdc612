"""A field is added to a message once, with its label: all that people read of it follows."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from click.testing import Result
from openpyxl import load_workbook
from pydantic import BaseModel

from starter.commands.apply import fields_of
from starter.commands.batch.decision_cells import from_cells
from starter.commands.decision_command import command_of
from starter.commands.forms_by_kind import FORMS
from starter.commands.importing.columns import COLUMNS, columns_of
from starter.commands.importing.template import write_template
from starter.terminal.chosen_language import speaking
from starter.terminal.entry_basis import basis
from tests.rules.cases import at_stage
from tests.starter.test_guided import DISTRICT, show_case
from worker.schema_files import files
from workflows.application import PlatformApplication
from workflows.decisions import MODELS, Recommendation
from workflows.field_labels import Label, label_of
from workflows.model import Message
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Kind, Stage
from workflows.words import Words

Run = Callable[..., Result]

AREA = Label(
    "floor area",
    "场地面积",
    "§三(四)",
    unit=Words("square metres", "平方米"),
    help=Words("Usable area only.", "仅计使用面积。"),
)
ENGLISH = "floor area (square metres, §三(四))"
CHINESE = "场地面积（平方米，《指引》第三部分第（四）项）"


class LaterRecommendation(Recommendation):
    """A recommendation as a later version may have it."""

    floor_area: Annotated[int, AREA]


class LaterApplication(PlatformApplication):
    """An application with the same field."""

    floor_area: Annotated[int, AREA]


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The field is there: nothing else is changed for it."""
    monkeypatch.setitem(MODELS, Kind.RECOMMENDATION, LaterRecommendation)
    fresh = replace(FORMS[Kind.RECOMMENDATION])  # a form reads its message once
    monkeypatch.setitem(FORMS, Kind.RECOMMENDATION, fresh)
    for name, column in columns_of(LaterApplication).items():
        monkeypatch.setitem(COLUMNS, name, column)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)


def test_its_flag_explains_it() -> None:
    """Name, unit, article and help; and `apply` lists it among the fields."""
    options = {one.opts[0]: one for one in command_of(FORMS[Kind.RECOMMENDATION]).params}
    told = getattr(options["--floor-area"], "help", "")
    assert "Floor area 场地面积 (square metres 平方米, §三(四)). Usable area only." == told
    assert "floor_area      floor area 场地面积 §三(四)" in fields_of(LaterApplication).en


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("lang", "words"), [("en", f"F{ENGLISH[1:]}: "), ("zh", f"{CHINESE}：")])
def test_the_form_asks_for_it(
    pingtai: Run,
    answers: dict[str, Any],
    sent: list[tuple[str, dict[str, Any]]],
    lang: str,
    words: str,
) -> None:
    """With its unit and its help, in the language of who is asked; and what it is no number for."""
    show_case(answers, at_stage(Stage.RECOMMENDATION))
    typed = (*DISTRICT, "1", "同意", "many", "1200", "", "", "y", "")
    result = pingtai("recommend", "bj-test", lang=lang, stdin="\n".join(typed))
    assert 0 == result.exit_code, result.output
    assert 1200 == sent[0][1]["floor_area"]
    assert 2 == result.stdout.count(words)
    assert AREA.help and AREA.help[lang == "zh"] in result.stdout


def test_spreadsheets_have_its_column() -> None:
    """That of decisions reads it; that of applications also explains it, in its template."""
    cells = {"platform": "p-1", "kind": "所在区推荐", "floor_area": "1,200"}
    assert 1200 == from_cells(cells)["floor_area"]
    with speaking("zh"):
        write_template(Path("t.xlsx"))
    first, second = load_workbook("t.xlsx").worksheets
    assert "floor_area" in next(first.iter_rows(values_only=True))
    explained = {row[4]: row for row in second.iter_rows(values_only=True)}["floor_area"]
    assert ("必填", "整数。仅计使用面积。") == explained[1:3]


def test_its_schema_describes_it() -> None:
    """By name, unit, article and help."""
    schema = json.loads(files.__wrapped__()["schemas/decisions/recommendation.schema.json"])
    described = schema["properties"]["floor_area"]["description"]
    assert "floor area 场地面积 (square metres 平方米, §三(四)). Usable area only." == described


def test_an_error_calls_it_by_its_name(pingtai: Run) -> None:
    """In the language of who reads it, with the flag that fills it."""
    said = (
        "--outcome",
        "recommended",
        "--opinion",
        "x",
        "--actor",
        "u",
        "--organisation",
        "某单位",
    )
    for lang, words in (
        ("en", "floor area (floor_area, --floor-area): missing"),
        ("zh", "场地面积（floor_area，--floor-area）：缺少此项"),
    ):
        result = pingtai("recommend", "p-1", *said, lang=lang)
        assert (2, True) == (result.exit_code, words in result.stderr)


def test_the_report_tells_it() -> None:
    """As a part of what a decision rests on."""
    said = {"outcome": "recommended", "opinion": "x", "floor_area": 1200}
    entry = LogEntry(
        seq=2,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        kind=EntryKind.DECISION,
        name="recommendation",
        outcome="recommended",
        stage="inspection",
        said=said,
        previous="",
    )
    assert (ENGLISH, "1200") in [(block.label, block.value) for block in basis(entry)]


def test_every_field_has_a_label() -> None:
    """In both languages, but for `kind`, which the command says."""
    messages = [model for model in _below(Message) if model.__module__.startswith("workflows.")]
    assert len(messages) > 25
    for model in messages:
        for name, field in model.model_fields.items():
            label = label_of(field)
            if label is None:
                assert "kind" == name, (model, name)
            else:
                assert label.en.isascii(), (model, name)
                assert not label.zh.isascii(), (model, name)


def _below(above: type[BaseModel]) -> list[type[BaseModel]]:
    return [one for each in above.__subclasses__() for one in (each, *_below(each))]
