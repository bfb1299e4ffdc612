"""Each pair of what may meet in a case: which goes first decides, and what comes after it is judged on that.

What a row says is what must come out on the servers, too; which of two goes first there: docs/races.md, whose
table has these rows, and the test that shows each mechanism.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.rules.builders import COMMISSION, Raw, application, decision
from tests.rules.cases import START
from tests.rules.world import ASSESSMENT_KINDS, World
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.state_folding import fold

DOCUMENT = Path(__file__).parents[2] / "docs/races.md"

UNTIL_EVALUATION = (("self_report", None), ("district_review", None))
UNTIL_REASSESSMENT = (
    *UNTIL_EVALUATION,
    ("evaluation", "not_effective"),
    ("rectification_report", None),
    ("district_review", None),
)
TIMERS = {
    "due date": "overdue",
    "kick-off": "assessment_opened",
    "end of validity": "validity_ended",
}
"""What each notes."""
REFUSED = " (refused)"
LISTING = "d4"


@dataclass(frozen=True)
class Pair:
    """What goes first, what comes after it, whether that is taken, and where the platform stands then."""

    first: str
    then: str
    taken: bool
    stage: str
    year: str = ""
    """How the assessment stands, or ended."""

    def row(self) -> str:
        """The row of the document's table."""
        cells = (
            self.first,
            self.then,
            "taken" if self.taken else "not taken",
            self.stage,
            self.year,
        )
        return f"| {' | '.join(cells)} |"


PAIRS = (
    # A child's end and a parent's decision
    Pair("reassessment not_met", "withdrawal", False, "delisted", "not_met"),
    Pair("reassessment not_met", "support", False, "delisted", "not_met"),
    Pair("reassessment not_met", "set_aside of the listing", True, "listing", "not_met"),
    Pair("reassessment met", "withdrawal", True, "withdrawn", "met"),
    Pair("reassessment met", "support", True, "valid", "met"),
    Pair("reassessment met", "set_aside of the listing", True, "listing", "met"),
    Pair("evaluation effective", "withdrawal", True, "withdrawn", "effective"),
    Pair("evaluation effective", "support", True, "valid", "effective"),
    Pair("evaluation effective", "set_aside of the listing", True, "listing", "effective"),
    Pair("withdrawal", "reassessment not_met", False, "withdrawn", "ended_with_platform"),
    Pair("withdrawal", "reassessment met", False, "withdrawn", "ended_with_platform"),
    Pair("withdrawal", "evaluation effective", False, "withdrawn", "ended_with_platform"),
    Pair("termination", "reassessment not_met", False, "terminated", "ended_with_platform"),
    Pair("termination", "evaluation effective", False, "terminated", "ended_with_platform"),
    Pair("suspension", "evaluation effective", False, "valid", "evaluation"),
    Pair("evaluation effective", "termination", True, "terminated", "effective"),
    Pair("evaluation effective", "suspension", True, "valid", "effective"),
    Pair("support", "reassessment not_met", True, "delisted", "not_met"),
    Pair("support", "evaluation effective", True, "valid", "effective"),
    Pair(
        "set_aside of the listing", "reassessment not_met", False, "listing", "ended_with_platform"
    ),
    Pair(
        "set_aside of the listing", "evaluation effective", False, "listing", "ended_with_platform"
    ),
    Pair("reassessment not_met", "termination", False, "delisted", "not_met"),
    Pair("reassessment not_met", "suspension", False, "delisted", "not_met"),
    Pair("reassessment not_met", "facts_change", False, "delisted", "not_met"),
    Pair("suspension", "reassessment not_met", False, "valid", "reassessment"),
    Pair("facts_change", "reassessment not_met", True, "delisted", "not_met"),
    # A message and a timer
    Pair("withdrawal", "end of validity", False, "withdrawn", "ended_with_platform"),
    Pair("end of validity", "withdrawal", False, "expired", "ended_with_validity"),
    Pair("suspension", "end of validity", True, "expired", "ended_with_validity"),
    Pair("suspension", "due date", False, "valid", "evaluation"),
    Pair("suspension", "kick-off", True, "valid", "self_report"),
    Pair("termination", "end of validity", False, "terminated", "ended_with_platform"),
    Pair("termination", "kick-off", False, "terminated", "not opened"),
    Pair("support", "end of validity", True, "expired", "ended_with_validity"),
    Pair("end of validity", "support", False, "expired", "ended_with_validity"),
    Pair("evaluation effective", "end of validity", True, "expired", "effective"),
    Pair("end of validity", "evaluation effective", False, "expired", "ended_with_validity"),
    Pair("reassessment not_met", "end of validity", False, "delisted", "not_met"),
    Pair("end of validity", "reassessment not_met", False, "expired", "ended_with_validity"),
    Pair("end of validity", "set_aside of the listing", False, "expired", "ended_with_validity"),
    Pair("self_report", "due date", False, "valid", "district_review"),
    Pair("due date", "self_report", True, "valid", "district_review, overdue"),
    Pair("self_report not_filed (refused)", "due date", True, "valid", "self_report, overdue"),
    Pair("due date", "self_report not_filed", True, "valid", "district_review, overdue"),
    Pair("withdrawal", "kick-off", False, "withdrawn", "not opened"),
    Pair("kick-off", "withdrawal", True, "withdrawn", "ended_with_platform"),
    Pair("set_aside of the listing", "kick-off", False, "listing", "not opened"),
    Pair("kick-off", "set_aside of the listing", True, "listing", "ended_with_platform"),
    Pair("kick-off", "termination", True, "terminated", "ended_with_platform"),
    Pair("end of validity", "termination", False, "expired", "ended_with_validity"),
    Pair("end of validity", "suspension", False, "expired", "ended_with_validity"),
    Pair("next_term", "end of validity", True, "expired", "ended_with_validity"),
    Pair("end of validity", "next_term", False, "expired", "ended_with_validity"),
    # Two messages
    Pair("suspension", "next_term", True, "valid", "evaluation"),
    Pair("next_term", "suspension", True, "valid", "evaluation"),
    Pair("withdrawal", "next_term", False, "withdrawn", "ended_with_platform"),
    Pair("next_term", "withdrawal", True, "withdrawn", "ended_with_platform"),
    Pair("withdrawal", "termination", False, "withdrawn", "ended_with_platform"),
    Pair("termination", "withdrawal", False, "terminated", "ended_with_platform"),
    Pair("suspension", "support", False, "valid", "evaluation"),
    Pair("suspension", "withdrawal", True, "withdrawn", "ended_with_platform"),
    Pair("suspension", "self_report", False, "valid", "self_report"),
    Pair("self_report", "suspension", True, "valid", "district_review"),
    Pair("withdrawal", "withdrawal", False, "withdrawn", "ended_with_platform"),
    Pair("withdrawal", "support", False, "withdrawn", "ended_with_platform"),
    Pair("support", "withdrawal", True, "withdrawn", "ended_with_platform"),
    Pair("support", "set_aside of the listing", True, "listing", "ended_with_platform"),
    Pair("set_aside of the listing", "support", False, "listing", "ended_with_platform"),
    Pair("withdrawal", "set_aside of the listing", False, "withdrawn", "ended_with_platform"),
    Pair("set_aside of the listing", "withdrawal", True, "withdrawn", "ended_with_platform"),
    Pair("self_report", "self_report not_filed", False, "valid", "district_review"),
    Pair("self_report", "self_report", False, "valid", "district_review"),
    Pair("reassessment met", "reassessment not_met", False, "valid", "met"),
    Pair("reassessment not_met", "reassessment met", False, "delisted", "not_met"),
)


class Meeting:
    """A platform in the year in which two things meet."""

    def __init__(self, pair: Pair) -> None:
        """Bring it to where both are possible."""
        happens = (pair.first, pair.then)
        policy = {"validity_years": 1, "rectification_within_validity": False}
        form = application(policy=policy, submitted_by=COMMISSION)
        self.world = World(form, START)
        self._numbers = count(1)
        for kind in ("recommendation", "inspection", "expert_opinion", "listing"):
            self._decide(kind)
        end = self.world.platform.state.valid_until
        assert end
        self._moments = {"kick-off": self.world.opens(), "end of validity": end}
        self.late = "due date" in happens
        if "kick-off" not in happens:
            self._open_the_year(happens)

    def _open_the_year(self, happens: tuple[str, str]) -> None:
        self.world.advance(self._moments["kick-off"])
        year = self.world.assessment
        assert year
        due = self.world.due(year)
        assert due
        self._moments["due date"] = due.due
        if any("reassessment" in what for what in happens):
            steps: tuple[tuple[str, str | None], ...] = UNTIL_REASSESSMENT
        else:
            steps = () if any("self_report" in what for what in happens) else UNTIL_EVALUATION
        for kind, outcome in steps:
            self._decide(kind, outcome)
        if self.late:
            self.world.advance(due.due - timedelta(hours=1))

    def _decide(self, kind: str, outcome: str | None = None) -> None:
        number, today = f"d{next(self._numbers)}", beijing_date(self.world.now)
        more: Raw = {"target": LISTING} if kind == "set_aside" else {}
        if kind == "support":
            more = {"given_on": str(today)}
        self.world.decide(decision(kind, number, today, outcome, **more), number)

    def happen(self, what: str) -> bool:
        """Let one of the two happen; False when it is refused, or a timer finds nothing to do."""
        if what in TIMERS:
            before = self._noted()[TIMERS[what]]
            self.world.advance(self._moments[what] + timedelta(seconds=1))
            return self._noted()[TIMERS[what]] > before
        kind, _, outcome = what.removesuffix(" of the listing").partition(" ")
        if kind in ASSESSMENT_KINDS and self.world.assessment is None:
            return False  # its workflow has ended, and takes nothing more
        try:
            self._decide(kind, outcome or None)
        except Refused:
            return False
        return True

    def _noted(self) -> Counter[str]:
        return Counter(entry.name for case in self.world.cases for entry in case.log)

    def how_the_year_stands(self) -> str:
        """The stage of its assessment, and whether it was overdue."""
        if not self.world.cases[1:]:
            return "not opened"
        late = ", overdue" if self.late and "overdue" in self._noted() else ""
        return f"{self.world.cases[-1].state.stage}{late}"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.first} - {pair.then}")
def test_what_comes_second_is_judged_on_what_went_first(pair: Pair) -> None:
    """Taken or refused as its row says, and both logs stand as it says."""
    meeting = Meeting(pair)
    assert meeting.happen(pair.first.removesuffix(REFUSED)) is not pair.first.endswith(REFUSED)
    taken = meeting.happen(pair.then)
    stands = (meeting.world.platform.state.stage, meeting.how_the_year_stands())
    assert (pair.taken, pair.stage, pair.year) == (taken, *stands)
    assert fold(meeting.world.platform.log) == meeting.world.platform.state


def test_each_mechanism_names_a_test_that_is_there() -> None:
    """By its file, or by its function in that."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", DOCUMENT.read_text("utf-8"))
    assert named
    for file, function in named:
        source = (DOCUMENT.parents[1] / file).read_text("utf-8")
        assert not function or f"def {function}(" in source, f"{file}::{function}"


def test_the_table_of_the_document_has_these_rows() -> None:
    """Row by row."""
    text = DOCUMENT.read_text("utf-8")
    assert [] == [pair.row() for pair in PAIRS if pair.row() not in text]
    assert len(PAIRS) == text.count("| taken |") + text.count("| not taken |")
