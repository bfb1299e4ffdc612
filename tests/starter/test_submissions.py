"""What an operator hands in is a submission: its day and its number are not called those of a decision."""

import json
from pathlib import Path
from typing import Any

import pytest

from starter.commands.deciding_roles import roles_for, spoken_model
from starter.commands.forms_by_kind import FORMS
from starter.commands.receipt_view import show_receipt
from starter.terminal.chosen_language import speaking
from tests.rules.builders import plan
from tests.rules.cases import at_stage
from tests.starter.form_typing import Run, Sent, day_of, terminal, typed  # noqa: F401
from tests.starter.test_guided import COMMISSION, OPERATOR, show_case
from workflows.decision import Decision, Filing
from workflows.decisions import MODELS
from workflows.states import Receipt
from workflows.vocabulary import AssessmentStage, FilingOutcome, Kind, Role, Stage

FILED = [kind for kind in Kind if Role.OPERATOR in roles_for(kind, None)]


@pytest.mark.parametrize("kind", Kind)
def test_by_whom_it_is_said_is_by_the_lifecycle_table(kind: Kind) -> None:
    """Every kind that the operator may take is a filing, and no other."""
    assert (kind in FILED) == issubclass(MODELS[kind], Filing)
    flags = {part.flag: part.label.zh for part in FORMS[kind].common}
    if kind in FILED:
        assert ("提交日期", "提交编号") == (flags["--date"], flags["--id"])
    elif kind is not Kind.BRINGING_IN:
        assert ("决定日期", "决定编号") == (flags["--date"], flags["--id"])


def test_where_nothing_was_submitted_the_commission_decides() -> None:
    """It goes on without the report."""
    assert Decision is spoken_model(Kind.SELF_REPORT, FilingOutcome.NOT_FILED)
    assert MODELS[Kind.SELF_REPORT] is spoken_model(Kind.SELF_REPORT, FilingOutcome.FILED)


def test_a_form_and_its_check_say_so(pingtai: Run, answers: dict[str, Any], sent: Sent) -> None:
    """The question for the day, the lines of the check, and the receipt."""
    show_case(answers, at_stage(Stage.IMPROVEMENT))
    Path("plan.json").write_text(json.dumps(plan()), encoding="utf-8")
    stdin = typed(*OPERATOR, "补充", day_of(Stage.IMPROVEMENT), "", "y")
    result = pingtai("revise", "bj-test", "--plan", "plan.json", lang="zh", stdin=stdin)
    for words in ("提交日期", "提交事项", "提交人"):
        assert words in result.stdout
    assert "决定日期" not in result.stdout


def test_a_form_of_the_commission_s_says_decision(
    pingtai: Run, answers: dict[str, Any], sent: Sent
) -> None:
    """Of the same kind."""
    show_case(answers, at_stage(AssessmentStage.SELF_REPORT))
    stdin = typed("y", *COMMISSION, "逾期", "2024-03-11", "", "n")
    result = pingtai("report", "bj-test", "--not-filed", lang="zh", stdin=stdin)
    assert "决定日期" in result.stdout
    assert "提交日期" not in result.stdout


def test_a_receipt_says_so(receipt: Receipt, capsys: pytest.CaptureFixture[str]) -> None:
    """Its number is that of the submission."""
    with speaking("zh"):
        show_receipt(receipt, None)
        decided = capsys.readouterr().out
        show_receipt(receipt.model_copy(update={"kind": "self_report", "outcome": "filed"}), None)
        filed = capsys.readouterr().out
    assert ("决定编号" in decided, "决定编号" in filed) == (True, False)
    assert ("提交编号" in decided, "提交编号" in filed) == (False, True)
