"""Amounts, shares and scores with decimals: exact in the log, and hashed as before where they are whole."""

import json
from decimal import Decimal

import pytest

from workflows.application import OperatingMechanisms
from workflows.decisions import SupportGiven
from workflows.exact_numbers import as_json, exact, grouped
from workflows.model import InvalidMessage, as_sent, parse

from .builders import MECHANISMS, decision


def _support(amount: object) -> SupportGiven:
    content = decision("support", "d-1", "2024-05-06", given_on="2024-05-06", amount_wan=amount)
    return parse(SupportGiven, content)


@pytest.mark.parametrize(
    ("given", "in_log"),
    [
        (500, 500),
        (12.5, "12.5"),
        ("12.50", "12.5"),
        ("500", 500),
        (500.0, 500),
        (0.1, "0.1"),
        ("99999999.9999", "99999999.9999"),
    ],
)
def test_an_amount_stands_in_the_log_as_it_was_written(given: object, in_log: object) -> None:
    """12.5 万元 is text there, never a floating-point number; a whole amount a number, as it always was."""
    said = as_sent(_support(given))["amount_wan"]
    assert said == in_log
    assert type(said) is type(in_log)
    assert as_sent(_support(said))["amount_wan"] == in_log, (
        "what was said is read again as the same"
    )


@pytest.mark.parametrize("given", ["1,200", "12.34567", -1, 100_000_001, "1e3", "", True, [1]])
def test_what_is_no_amount_is_refused(given: object) -> None:
    """Also more than four decimals: nothing is rounded in silence."""
    with pytest.raises(InvalidMessage):
        _support(given)


def test_shares_with_decimals_add_up_exactly() -> None:
    """33.4, 33.3 and 33.3 are 100; with floating point they might not be."""
    shares = [{"source": s, "share": n} for s, n in (("甲", 33.4), ("乙", "33.3"), ("丙", 33.3))]
    whole = parse(OperatingMechanisms, {**MECHANISMS, "funding": shares})
    assert [one["share"] for one in as_sent(whole)["funding"]] == ["33.4", "33.3", "33.3"]
    less = [*shares[:2], {"source": "丙", "share": 33.2}]
    with pytest.raises(InvalidMessage, match=r"add up to 99\.9, not to 100"):
        parse(OperatingMechanisms, {**MECHANISMS, "funding": less})


def test_the_schema_takes_both_ways_of_writing() -> None:
    """Integrators read that a number or its text may be sent."""
    amount = json.dumps(SupportGiven.model_json_schema()["properties"]["amount_wan"])
    assert '"number"' in amount and '"string"' in amount


def test_as_people_read_it() -> None:
    """With marks of thousands, without zeros at the end."""
    assert [grouped(n) for n in ("12345.50", 500, Decimal("0.1"))] == ["12,345.5", "500", "0.1"]
    assert as_json(exact(1200)) == 1200
