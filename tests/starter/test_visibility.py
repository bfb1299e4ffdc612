"""List filters: what cannot be written is narrowed by what can, and never breaks a query off."""

import pytest

from starter.client.visibility import any_type, named, quoted


@pytest.mark.parametrize(
    "word", ["it's", "a\\", 'a"b', "a?b", "a\x00", "a\nb", "ü", "a%b", "a_b'--"]
)
def test_a_word_that_cannot_be_quoted_is_refused(word: str) -> None:
    """Whatever a store may take otherwise than it was meant."""
    with pytest.raises(ValueError, match="cannot be written"):
        quoted(word)
    narrowed = named(f"platform:{word}")
    assert narrowed.startswith("WorkflowId STARTS_WITH 'platform:")
    assert 2 == narrowed.count("'")
    assert set(narrowed).isdisjoint('\\"?\x00\nü%')


def test_an_id_of_ours_is_asked_for_exactly() -> None:
    """With its children where they are wanted, and no other platform's that begins alike."""
    assert "WorkflowId = 'platform:bj-1'" == named("platform:bj-1")
    children = "(WorkflowId = 'platform:bj-1' OR WorkflowId STARTS_WITH 'platform:bj-1:')"
    assert children == named("platform:bj-1", children=True)
    assert "(WorkflowType = 'A' OR WorkflowType = 'B')" == any_type(("A", "B"))
