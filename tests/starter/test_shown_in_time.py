"""What a person learns before it is too late: what is needed, what to do next, and that more is waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from rich.console import Console

from db.inbox_queries import StepCount
from db.row_types import FindingRow
from starter.clock import today
from starter.commands import inbox_rows
from starter.commands.card import by_guideline
from starter.commands.guided.foresight import Foresight
from starter.commands.inbox_watch import view_of
from starter.terminal import entry_basis
from starter.terminal.chosen_language import speaking
from starter.terminal.days_left import days_left_words, holidays_missing
from starter.terminal.entry_basis import basis, plain
from starter.terminal.language import say
from tests.register.cases import assessment_of, listed
from tests.rules.authored_cases import opened, roster
from tests.rules.cases import at_stage
from tests.starter.test_inbox import ROW
from workflows.application import PlatformApplication
from workflows.decisions import MODELS
from workflows.policy import NEW_CASES
from workflows.run_io import CaseView
from workflows.vocabulary import (
    District,
    IndicatorGroup,
    InspectionItem,
    Kind,
    Origin,
    Role,
    Stage,
    Vote,
)
from workflows.words import BilingualEnum, Language


def foresight(**policy: Any) -> Foresight:
    """Of an inspection under a policy."""
    state = at_stage(Stage.INSPECTION, policy=policy).state
    view = CaseView(platform=state, log_seq=1, log_hash="0" * 64, refusals=0, recorded=1)
    return Foresight(Kind.INSPECTION, view, [])


def test_whoever_has_a_key_is_not_told_that_it_is_not_signed_yet() -> None:
    """The form signs at its end; without a key it says before the first question what is missing."""
    case = opened(roster())
    view = CaseView(platform=case.state, log_seq=1, log_hash="0" * 64, refusals=0, recorded=1)
    said = {"actor": {"id": "hd-01", "role": "district", "district": "haidian"}}
    assert Foresight(Kind.RECOMMENDATION, view, [], signs=True).objection(said) is None
    without = Foresight(Kind.RECOMMENDATION, view, []).objection(said)
    assert without and "this one is not" in without.en


def test_what_a_policy_demands_is_needed_in_the_form() -> None:
    """The form does not let pass what would be refused at its end; where nothing is demanded, it does."""
    assert NEW_CASES["inspectors_at_least"] == 1
    assert foresight(inspectors_at_least=1).needs("inspectors")
    assert not foresight().needs("inspectors")
    assert not foresight(inspectors_at_least=1).needs("corrections")


@pytest.mark.parametrize("number", [1, 9, 200])
def test_a_watched_inbox_says_what_does_not_fit(number: int) -> None:
    """Nothing is cut off without a word, whatever the window's height."""
    rows = [
        ROW.model_copy(update={"platform_id": f"bj-platform-{one}", "due": ROW.due})
        for one in range(number)
    ]
    console = Console(width=80, height=24, force_terminal=True)
    counts = [StepCount(kind=ROW.kind, waiting=number, overdue=0)]
    lines = console.render_lines(view_of(console, rows, counts, 5), pad=False)
    text = "\n".join("".join(one.text for one in line) for line in lines)
    shown = text.count("bj-platform-")
    assert len(lines) <= 24
    assert ("more: a higher window" in text) == (shown < number)
    assert (f"{number - shown} more" in text) == (shown < number)
    assert shown


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_watched_inbox_leaves_no_sign_of_the_days_out(
    monkeypatch: pytest.MonkeyPatch, lang: Language
) -> None:
    """Where it is narrow, columns are as `pingtai inbox` shares them out: none is cut at its right."""
    monkeypatch.setattr(inbox_rows, "is_narrow", lambda: True)
    rows = [ROW.model_copy(update={"due": datetime.now(UTC) + timedelta(days=44), "role": role,
                                   "platform_id": "bj-subsurface-imaging", "due_provisional": True})
            for role in ("commission", "operator")]  # fmt: skip
    console = Console(width=80, height=24, force_terminal=True)
    with speaking(lang):
        lines = console.render_lines(view_of(console, rows, [], 5), pad=False)
        due = rows[0].due
        assert due
        days = say(days_left_words(due, today(), provisional=True))
    text = "".join("".join(part.text for part in line) for line in lines)
    # English is broken between words; Chinese stands in one line.
    assert 2 == text.count(days if lang == "zh" else days.removesuffix(" left"))


def vocabularies(
    kind: Any, path: tuple[str, ...]
) -> Iterator[tuple[type[BilingualEnum], tuple[str, ...]]]:
    """The words that a message of this type may have, each with where it may have them."""
    if isinstance(kind, type) and issubclass(kind, BilingualEnum):
        yield kind, path
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from vocabularies(field.annotation, (*path, name))
    for part in get_args(kind):
        yield from vocabularies(part, path)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_word_of_a_message_is_shown_as_it_is_sent(lang: Language) -> None:
    """Origin, who asked for a change, a part of the plan: cards say each in words, also those of the future."""
    found = {
        word: path
        for model in (*MODELS.values(), PlatformApplication)
        for vocabulary, path in vocabularies(model, (str(model),))
        if path[-1] not in {"outcome", "kind"}
        for word in vocabulary
    }
    assert {Origin.NEW, Role.OPERATOR, District.YANQING, Vote.RECUSED} <= set(found)
    with speaking(lang):
        wrong = {
            word: path
            for word, path in found.items()
            if (word.zh not in plain(str(word)) if lang == "zh" else "_" in plain(str(word)))
        }
    assert {} == wrong


@pytest.mark.parametrize("words", [IndicatorGroup, InspectionItem])
def test_groups_and_items_stand_in_the_order_of_the_guideline(words: type[BilingualEnum]) -> None:
    """Whichever order they were sent in, in the text of a decision and on the card."""
    sent: dict[str, Any] = {str(one): {} for one in sorted(words, reverse=True)}
    assert list(map(str, words)) == [name for name, _ in entry_basis.in_order(sent)]
    rows = [FindingRow(round=what, indicator_group=name, finding="satisfactory", remark=None, score=None)
            for name in sent for what in ("reassessment", "evaluation")]  # fmt: skip
    if words is IndicatorGroup:
        shown = [(one.round, one.indicator_group) for one in by_guideline(rows)]
        assert [
            (what, str(one)) for what in ("evaluation", "reassessment") for one in words
        ] == shown


def test_figures_stand_beside_their_indicators() -> None:
    """Each once, by its id: the label of the field is not said again for each."""
    told = listed()
    year = assessment_of(told)
    year.decide("self_report")
    report = year.case.log[-1]
    figures = {"clients": 22, "open_hours": "3120.5"}
    entry = report.model_copy(update={"said": report.said | {"indicators": figures}})
    [block] = [one for one in basis(entry) if one.label.lower().startswith("indicators")]
    assert [("clients", "22"), ("open_hours", "3120.5")] == block.value


def test_years_without_holidays_are_listed_as_people_write_them() -> None:
    """One, two and three."""
    said = [holidays_missing(range(2027, last)).en for last in (2028, 2029, 2030)]
    assert ["2027 are", "2027 and 2028 are", "2027, 2028 and 2029 are"] == [
        one.removeprefix("the holidays of ").removesuffix(" not announced yet") for one in said
    ]
    assert "2027、2028、2029 年节假日安排尚未公布" == holidays_missing(range(2027, 2030)).zh


def test_role_and_rule_do_not_share_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lines for a row of 80 columns, also where several roles are listed."""
    monkeypatch.setenv("COLUMNS", "80")
    now = ROW.since
    row = ROW.model_copy(update={"role": "commission", "kind": "inspection", "name": "平台" * 14})
    with speaking("zh"):
        both = inbox_rows._narrow([row, ROW.model_copy(update={"role": "district"})], now)
        cells = [str(one.cell(row)) for one in both]
    assert "市科委、中关村管委会" not in cells[1]
    assert cells[2].startswith("市科委、中关村管委会\n")
    assert max(cell.count("\n") for cell in cells) == 1
