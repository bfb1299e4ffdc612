"""An application as a whole: money that adds up, a field and a policy that make sense, terms in a row."""

from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse

from .builders import MECHANISMS, application, plan


def problem(raw: Any) -> InvalidMessage:
    """What is wrong with an application."""
    with pytest.raises(InvalidMessage) as caught:
        parse(PlatformApplication, raw)
    return caught.value


@pytest.mark.parametrize("shares", [(60, 39), (60, 41), (100, 1), (0, 0)])
def test_the_shares_of_funding_add_up_to_a_hundred(shares: tuple[int, int]) -> None:
    """§五(三): the sources and their shares are the whole."""
    funding = [{"source": f"来源{n}", "share": share} for n, share in enumerate(shares)]
    error = problem(application(plan=plan() | {"mechanisms": MECHANISMS | {"funding": funding}}))
    [(field, words)] = error.problems
    assert field == "plan.mechanisms"
    assert words.en == f"the shares of funding add up to {sum(shares)}, not to 100 (§五(三))"


def test_a_separately_managed_platform_names_the_date_it_aims_at() -> None:
    """§五(一): without independence there is a date for it."""
    apart = MECHANISMS | {"legal_form": "separately_managed"}
    assert "§五(一)" in problem(application(plan=plan() | {"mechanisms": apart})).words.en
    dated = apart | {"independent_by": "2026-12-31"}
    form = parse(PlatformApplication, application(plan=plan() | {"mechanisms": dated}))
    assert str(form.plan.mechanisms.independent_by) == "2026-12-31"


def test_an_unknown_field_of_technology_is_refused_and_policy_may_add_one() -> None:
    """§三(二): the list is open (等), and the policy says how far."""
    assert (
        "quantum is not one of next_generation_it" in problem(application(field="quantum")).words.en
    )
    form = parse(PlatformApplication, application(field="quantum", policy={"fields": ["quantum"]}))
    assert form.field == "quantum"


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({"majority_of": [3, 2]}, "majority_of is a share such as [2, 3]"),
        ({"majority_of": [0, 3]}, "majority_of is a share such as [2, 3]"),
        (
            {"assessment_opens_from_hour": 18},
            "assessment_opens_from_hour must lie before assessment_opens_until_hour",
        ),
        ({"experts_at_least": 3}, "Input should be greater than or equal to 4"),
        ({"listing_day": 3}, "Extra inputs are not permitted"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(policy: dict[str, Any], why: str) -> None:
    """A case never sets out with rules it cannot go by."""
    assert [words.en for _, words in problem(application(policy=policy)).problems] == [why]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"services": ["design", "design"]}, "services name each service once (§一)"),
        ({"term": 2}, "term follows previous: the first is 1 and has none before it"),
        (
            {"previous": {"term": 1, "log_hash": "0" * 64}},
            "term follows previous: the first is 1 and has none before it",
        ),
    ],
)
def test_an_application_is_one_whole(changes: dict[str, Any], why: str) -> None:
    """Services once each (§一), and terms in a row."""
    assert [words.en for _, words in problem(application(**changes)).problems] == [why]


def test_a_second_term_follows_the_first() -> None:
    """§四: after its term a platform applies again, and its history goes on."""
    previous = {"term": 1, "log_hash": "0" * 64}
    assert parse(PlatformApplication, application(term=2, previous=previous)).term == 2
