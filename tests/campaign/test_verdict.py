"""What an audit says after a lost engine is told apart from what it must never say."""

import pytest

from bench.campaign.verdict import unexplained

_ATTESTED = (
    "✗ p · histories 2, entries 23",
    "    p, log 1-y1: entry 4 is missing: by the platform's entry 4 it ended with entry 4",
    "    log_entries 1-y1.4: in the register, and in no log",
    "    assessments term 1, year 1, opening 1: stage is 'met', should be 'reassessment'",
    "  ? platform:p 01: entries 1 to 9 of its log are attested by the register only",
    "  · log 1-y1: the register has 1 more entries than the history",
    "    note: platform:p run 01, event 1: entry 1.6 has another moment than in event 62 of run 02",
    "✗ r · histories 3, entries 22",
    "    log_entries 1-y1.11: in the register, and in no log",
    "    ? r, log 1-y1: entries up to 11, with which it ended by the platform's entry 5, are attested",
    "? q · histories 1, entries 6",
    "    ? platform:q 01: entries 1 to 5 of its log are attested by the register only",
)
_SUMMARY = (
    "✗ 2 platforms, 3 runs, 171 events replayed.",
    "  1 run with something that does not agree",
)
_DIFFERENT = "    log_entries 1.3: missing in the register (platform:q run 01, event 34)"
_IN_NO_LOG = "    log_entries 1.3: in the register, and in no log"


def test_what_only_the_register_attests_is_no_violation() -> None:
    """Where an engine was lost; otherwise nothing may be missing."""
    said = "\n".join((*_ATTESTED, "", *_SUMMARY))
    assert unexplained(1, said, lost=True) == []
    assert unexplained(5, said, lost=True) == []
    assert len(unexplained(5, said, lost=False)) == 1
    assert unexplained(0, said, lost=False) == []


@pytest.mark.parametrize("code", [1, 5])
@pytest.mark.parametrize("line", [_DIFFERENT, _IN_NO_LOG])
def test_a_difference_is_one_also_after_a_lost_engine(code: int, line: str) -> None:
    """It stands among what only the register attests; another platform's ended assessment explains nothing."""
    said = "\n".join((*_ATTESTED, line, "", *_SUMMARY))
    assert unexplained(code, said, lost=True) == [line.strip()]


def test_a_command_that_fails_has_checked_nothing() -> None:
    """Whatever was lost."""
    assert unexplained(4, "Temporal does not answer", lost=True) == [
        "exit code 4: …Temporal does not answer"
    ]
