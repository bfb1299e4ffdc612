"""What a person learns before it is too late: what is needed, what to do next, and that more is waiting."""

from typing import Any

import pytest
from rich.console import Console

from db.inbox_queries import StepCount
from starter.commands.guided.foresight import Foresight
from starter.commands.inbox_watch import view_of
from starter.terminal.entry_basis import plain
from tests.rules.cases import at_stage
from tests.starter.test_inbox import ROW
from workflows.policy import NEW_CASES
from workflows.run_io import CaseView
from workflows.vocabulary import Kind, Origin, Stage


def foresight(**policy: Any) -> Foresight:
    """Of an inspection under a policy."""
    state = at_stage(Stage.INSPECTION, policy=policy).state
    view = CaseView(platform=state, log_seq=1, log_hash="0" * 64, refusals=0, recorded=1)
    return Foresight(Kind.INSPECTION, view, [])


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


def test_an_origin_is_read_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of the guideline stands nowhere as its wire name."""
    monkeypatch.setenv("PINGTAI_LANG", "zh")
    assert "培育增量" in plain(str(Origin.NEW))
