"""What changed in a state is said in words, and in the days that the card has."""

import pytest

from audit.commands.state_words import field_words, value_words
from starter.terminal.chosen_language import speaking
from workflows.roster_entries import RosterRoot
from workflows.states import AssessmentState, Facts, PlatformState

END = "2030-02-12T16:00:00.000000Z"
"""24:00 of 2030-02-12 in Beijing."""


@pytest.mark.parametrize("name", ["valid_until", "due", "mend_by"])
def test_a_deadline_is_its_last_day(name: str) -> None:
    """As the card says it: 24:00 of a day belongs to that day."""
    assert "2030-02-12" == value_words(f"platform.{name}", END)


@pytest.mark.parametrize(
    ("path", "value", "en", "zh"),
    [
        ("platform.since", END, "2030-02-13 00:00", "2030-02-13 00:00"),
        ("platform.stage", "valid", "valid", "有效期内"),
        ("platform.facts.field", "low_altitude_economy", "low altitude economy", "低空经济"),
        ("platform.facts.field", "my_new_field", "my new field", "my new field"),
        ("platform.facts.district", "haidian", "Haidian District", "海淀区"),
        ("platform.facts.services", ["research", "design"], "research, design", "研发、设计"),
        ("platform.overdue", True, "yes", "是"),
        ("platform.open_assessment", 2, "year 2", "第 2 年"),
        ("platform.list_number", None, "—", "—"),
        ("platform.facts.policy.validity_notice_days", [180, 90], "180, 90", "180、90"),
        ("platform.facts.policy.majority_of", [2, 3], "2/3", "2/3"),
        ("platform.facts.policy.authorship", "none", "none", "不要求"),
        ("platform.facts.policy.second_signature", ["listing"], "listing", "纳入名单"),
        (
            "platform.assessments",
            [{"year": 1, "result": "effective", "log_hash": "0" * 64, "brought_in": False}],
            "year 1: effective",
            "第 1 年：成效显著",
        ),
    ],
)
def test_values_are_words(path: str, value: object, en: str, zh: str) -> None:
    """Of the language that was asked for."""
    with speaking("en"):
        assert en == value_words(path, value)
    with speaking("zh"):
        assert zh == value_words(path, value)


@pytest.mark.parametrize(
    ("case", "model"), [("platform", PlatformState), ("assessment", AssessmentState)]
)
def test_every_field_of_a_state_has_a_name(
    case: str, model: type[PlatformState | AssessmentState]
) -> None:
    """In both languages: none stands there as its path."""
    names = [name for name in model.model_fields if name != "facts"]
    names += [f"facts.{name}" for name in Facts.model_fields]
    for name in names:
        if name in ("facts.operator", "facts.lead_unit", "facts.policy"):
            continue  # their parts are shown
        for language in ("en", "zh"):
            with speaking(language):
                words = field_words(f"{case}.{name}")
            assert "." not in words and "_" not in words, name
            assert language == "en" or not words.replace("SHA-256", "").strip().isascii(), name


def test_every_part_of_the_known_roster_has_a_name_of_its_own() -> None:
    """A later version changes most of them: each row says which, and a moment is Beijing's."""
    paths = [f"platform.roster.{name}" for name in RosterRoot.model_fields]
    for language in ("en", "zh"):
        with speaking(language):
            said = {field_words(path) for path in paths}
            assert len(paths) == len(said)
            assert not said & set(paths)
            assert "2030-02-13 00:00" == value_words("platform.roster.at", END)
