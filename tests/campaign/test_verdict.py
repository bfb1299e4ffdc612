"""What an audit says after a lost engine is told apart from what it must never say."""

import pytest

from bench.campaign.verdict import unexplained

_ATTESTED = (
    "  ? platform:p 01: entries 1 to 9 of its log are attested by the register only",
    "    p, log 1-y1: missing: by the platform's entry 4 it ended with 4 entries",
    "  · log 1-y1: it is in the register, and in none of these histories",
    "✗ 21 platforms: 6 with problems",
)
_DIFFERENT = "    log_entries 1.3: missing in the register (platform:p run 01, event 34)"


def test_what_only_the_register_attests_is_no_violation() -> None:
    """Where an engine was lost; otherwise nothing may be missing."""
    said = "\n".join(_ATTESTED)
    assert unexplained(1, said, lost=True) == []
    assert unexplained(5, said, lost=True) == []
    assert len(unexplained(5, said, lost=False)) == 1
    assert unexplained(0, said, lost=False) == []


@pytest.mark.parametrize("code", [1, 5])
def test_a_difference_is_one_also_after_a_lost_engine(code: int) -> None:
    """It stands among what only the register attests."""
    assert unexplained(code, "\n".join((*_ATTESTED, _DIFFERENT)), lost=True) == [_DIFFERENT.strip()]


def test_a_command_that_fails_has_checked_nothing() -> None:
    """Whatever was lost."""
    assert unexplained(4, "Temporal does not answer", lost=True) == [
        "exit code 4: …Temporal does not answer"
    ]
