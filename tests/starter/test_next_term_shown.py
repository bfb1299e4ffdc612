"""The application for the next term on the card of a platform: when its term begins."""

import pytest

from starter.commands.card import next_term_words
from tests.register.cases import application, listed
from tests.rules.builders import NEXT
from tests.rules.cases import SOON
from tests.starter.shown_cases import card_of


@pytest.mark.parametrize("outcome", ["filed", "taken_back"])
def test_what_waits_for_the_end_of_the_term(outcome: str) -> None:
    """Its id and the day on which it begins, as long as it is not taken back."""
    told = listed(application(policy=SOON))
    facts = told.case.state.facts
    own = {"platform_id": facts.platform_id, "operator": {"name": facts.operator.name}}
    told.decide("next_term", application=NEXT | own)
    if outcome == "taken_back":
        told.decide("next_term", outcome=outcome)
    card = card_of(told)
    term = card.terms[0].model_copy(update={"valid_until": told.case.state.valid_until})
    words = next_term_words(card.model_copy(update={"terms": (term,)}))
    if outcome == "taken_back":
        assert words is None
    else:
        assert words and words.en.startswith("application a-2024-2, begins on 20")
