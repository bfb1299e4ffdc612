"""The file of budgets: each says why, and what does not fit one says what to do where."""

import pytest

from bench import budgets
from bench.budgets import Budget, objections


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Budgets of this test's own, but for the test of the file."""
    if request.function is not test_each_budget_says_why:
        own = {"life": {"events": Budget(100, "it must"), "tasks": Budget(10, "it must")}}
        monkeypatch.setattr(budgets, "budgets", lambda: own)


def test_each_budget_says_why() -> None:
    """A number without a reason is none."""
    figures = [figure for what in budgets.budgets().values() for figure in what.values()]
    assert len(figures) > 20
    assert [] == [one for one in figures if one.most <= 0 or len(one.why) < 10]


def test_what_fits_its_budget() -> None:
    """All of it, or nearly."""
    assert [] == objections("life", {"events": 100, "tasks": 10})
    assert [] == objections("life", {"events": 90, "tasks": 10})


@pytest.mark.parametrize(
    ("what", "counted", "wanted"),
    [
        (
            "life",
            {"events": 101, "tasks": 10},
            "set `most` of events to 101 in bench/budgets.toml, [life]",
        ),
        (
            "life",
            {"events": 89, "tasks": 10},
            "Set `most` of events to 89 in bench/budgets.toml, [life]",
        ),
        ("life", {"events": 100}, "[life] has a budget for tasks, which nobody counts"),
        ("life", {"events": 100, "tasks": 10, "rows": 1}, "[life] has no budget for rows"),
        ("death", {"events": 1}, "[death] has no budget for events"),
    ],
)
def test_what_does_not_fit(what: str, counted: dict[str, int], wanted: str) -> None:
    """Too much, far less, and what only one of the two has: one sentence each."""
    (said,) = objections(what, counted)
    assert wanted in said
