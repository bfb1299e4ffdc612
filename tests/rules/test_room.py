"""The room in a case's record: what can be repeated at will has a share, and what is awaited always fits."""

from typing import Any

import pytest

from workflows.case import Case
from workflows.circumstances import Edition
from workflows.known_roster import learn_roster
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import MAX_RECORD_BYTES, MAX_TERM_BYTES, as_sent
from workflows.record_shares import ROOM_TO_CORRECT, SHARES, TIMES, UNBOUNDED
from workflows.refusal import Refused
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Kind, Role, Stage

from .authored_cases import at, roster
from .builders import COMMISSION, DISTRICT, Raw, plan
from .cases import at_stage, decide, platform
from .rosters import person

WORDS = "大" * 5_000
DOCUMENTS = [{"name": "大" * 200, "sha256": f"{n:064x}"} for n in range(50)]
LONG: Raw = {"note": WORDS, "documents": DOCUMENTS}
"""As much as may stand in any decision."""


def register(case: Case[Any]) -> None:
    """The register has taken all that there is."""
    case.recorded = len(case.log)
    case.plans.clear()


def fill(case: Case[Any], kind: Kind, /, outcome: str | None = None, **said: Any) -> int:
    """Say the same until it is refused for want of room; answers how often it was taken."""
    for number in range(1_000):
        register(case)
        try:
            decide(case, kind, outcome, **said)
        except Refused as error:
            assert "are kept for it" in error.refusal.en, error
            return number
    raise AssertionError("there is no bound")


@pytest.mark.parametrize("by", [DISTRICT, COMMISSION], ids=["district", "commission"])
def test_support_leaves_room_for_a_new_listing(by: Raw) -> None:
    """A listing is set aside, and support has used up its share: the new one fits, at any length."""
    case = at_stage(Stage.VALID)
    listing = next(e for e in case.log if e.name == Kind.LISTING)
    assert 850 < fill(case, Kind.SUPPORT, actor=by)
    decide(case, Kind.SET_ASIDE, target=listing.decision_id, reason=WORDS, **LONG)
    assert "valid" == decide(case, Kind.LISTING, **LONG).stage


def test_one_sender_leaves_the_share_of_another() -> None:
    """Where the district has used up its share of support, the commission still has its own."""
    case = at_stage(Stage.VALID)
    fill(case, Kind.SUPPORT, actor=DISTRICT, **LONG)
    assert 1 <= fill(case, Kind.SUPPORT, actor=COMMISSION, **LONG)


def test_what_is_returned_for_ever_can_still_be_recommended() -> None:
    """To return a plan is bounded, and so are the corrections; what leads on fits afterwards."""
    case = platform()
    with pytest.raises(Refused, match=r"recommendation \(returned\) by the district, repeated"):
        for version in range(100):
            decide(case, Kind.RECOMMENDATION, "returned", opinion=WORDS)
            decide(case, Kind.PLAN_REVISION, plan=plan(f"第 {version} 次修改"), changes=WORDS)
            register(case)
    decide(case, Kind.RECOMMENDATION, opinion=WORDS, **LONG)
    decide(case, Kind.INSPECTION, **LONG)
    decide(case, Kind.EXPERT_OPINION, opinion=WORDS, **LONG)
    assert "valid" == decide(case, Kind.LISTING, **LONG).stage


def test_the_first_of_each_needs_no_share() -> None:
    """Once, each may be said at the length that any message may have."""
    case = platform()
    assert (
        "correction" == decide(case, Kind.RECOMMENDATION, "returned", opinion=WORDS, **LONG).stage
    )


def test_a_plan_counts_by_its_hash() -> None:
    """However large it is: the log of a case keeps no plan."""
    case = platform()
    for version in range(6):
        decide(case, Kind.RECOMMENDATION, "returned")
        decide(case, Kind.PLAN_REVISION, plan=plan(f"{version}：" + "以产业需求为牵引" * 600))
        case.plans.clear()
    assert case.state.plan_version == 7


def test_a_refusal_says_what_to_do_in_both_languages() -> None:
    """Who, what, how much, and that fewer words help."""
    case = at_stage(Stage.VALID)
    with pytest.raises(Refused) as caught:
        for _ in range(1_000):
            register(case)
            decide(case, Kind.SUPPORT, actor=DISTRICT)
    told = caught.value.refusal
    assert told.rule == "§四"
    assert told.en.startswith("support (recorded) by the district, repeated, would take 1,08")
    assert told.en.endswith("at most 1,080,000 are kept for it; shorten it")
    assert told.zh.startswith("所在区多次作出的“支持记录”（recorded）累计将达 1,08")
    assert told.zh.endswith("本案为其保留的上限为 1,080,000；请精简内容")


@pytest.mark.parametrize("by", [DISTRICT, COMMISSION], ids=["district", "commission"])
def test_while_the_register_is_away_less_is_taken(by: Raw) -> None:
    """As much as was taken in all before logs went by reference: what is awaited still fits."""
    case = at_stage(Stage.VALID)
    register(case)
    listing = next(e for e in case.log if e.name == Kind.LISTING)
    with pytest.raises(Refused, match="the register has still to take") as refused:
        for _ in range(1_000):
            decide(case, Kind.SUPPORT, actor=by)
    assert "at most 120,000 may wait for it; try again once it has" in refused.value.refusal.en
    assert "上限为 120,000；请待写入后再试" in refused.value.refusal.zh
    decide(case, Kind.SET_ASIDE, target=listing.decision_id, reason=WORDS, **LONG)
    assert "valid" == decide(case, Kind.LISTING, **LONG).stage
    register(case)
    decide(case, Kind.SUPPORT, actor=by)


def test_what_waits_for_the_register_is_bounded_in_all() -> None:
    """By what a run can hand on whole; to leave is always possible."""
    case = at_stage(Stage.VALID)
    case.recorded = len(case.log)
    case._room.taken += MAX_RECORD_BYTES
    with pytest.raises(Refused, match="at most 700,000 may wait"):
        decide(case, Kind.SUPPORT, actor=DISTRICT)
    assert "withdrawn" == decide(case, Kind.WITHDRAWAL).stage


def test_an_assessment_is_handed_on_whole() -> None:
    """It lasts a year at the most, and has the room that it had."""
    case = at_stage(AssessmentStage.DISTRICT_REVIEW)
    case.recorded = len(case.log)
    case._room.taken += MAX_RECORD_BYTES
    with pytest.raises(Refused, match="the record of this case would grow to"):
        decide(case, Kind.DISTRICT_REVIEW)


def test_a_run_of_before_has_no_shares() -> None:
    """What was accepted stays accepted when its history is replayed."""
    now = at_stage(Stage.VALID)
    case: Case[Any] = Case(now.state, now.record(), Edition.V0_1)
    for _ in range(200):
        decide(case, Kind.SUPPORT, actor=DISTRICT)


def test_the_shares_leave_over_a_third_of_the_record() -> None:
    """All shares together leave what the guideline's course needs."""
    assert sum(SHARES.values()) * 3 <= 2 * MAX_RECORD_BYTES
    assert ROOM_TO_CORRECT < MAX_RECORD_BYTES
    assert TIMES * MAX_RECORD_BYTES == MAX_TERM_BYTES


def test_all_that_leads_back_or_nowhere_has_a_share() -> None:
    """The table of shares is complete: each arrow of a role by which a case can come where it was before."""
    repeatable = set()
    for lifecycle in (PLATFORM, ASSESSMENT):
        ways: dict[AnyStage, set[AnyStage]] = {step.stage: set() for step in lifecycle.steps}
        arrows = [
            (step.stage, trigger, arrow)
            for step in lifecycle.steps
            for trigger in lifecycle.triggers(step.stage)
            for arrow in trigger.arrows
        ]
        for stage, _, arrow in arrows:
            ways[stage].add(arrow.to or stage)
        for stage, trigger, arrow in arrows:
            if trigger.by and _leads_to(ways, arrow.to or stage, stage):
                repeatable.add((trigger.name, arrow.outcome, trigger.by))
    repeatable -= {(Kind.SET_ASIDE, "set_aside", Role.COMMISSION)}  # has its own room, beside
    repeatable = {one for one in repeatable if one[0] not in UNBOUNDED}
    # What goes on from where a case was returned to is gone again only as often as it was returned.
    leads_on = {k for k in repeatable if k[1] in ("recommended", "passed")}
    assert set(SHARES) == repeatable - leads_on


def _leads_to(ways: dict[AnyStage, set[AnyStage]], start: AnyStage, goal: AnyStage) -> bool:
    seen, left = set(), [start]
    while left:
        stage = left.pop()
        if stage == goal:
            return True
        if stage not in seen:
            seen.add(stage)
            left.extend(ways[stage])
    return False


def test_how_many_versions_of_the_roster_fit() -> None:
    """As docs/architecture.md says: a version takes a little less than 2,415 bytes of what a case may carry."""
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    known.change(person("new-1"))
    entry = learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    assert entry
    assert 285 < MAX_RECORD_BYTES / len(entry.model_dump_json().encode()) < 300
