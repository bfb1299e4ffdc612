"""A signature is over all that a decision says, and for one step of one case."""

from datetime import timedelta
from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.circumstances import Edition
from workflows.content_chain import opening_hash
from workflows.decision_reading import decision_of
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import InvalidMessage, parse
from workflows.record import EntryKind
from workflows.signed_form import signed_form, signed_form_of_entry, signers
from workflows.states import application_content
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

from .builders import DAY, Raw, application
from .cases import START, at_stage, decide, decision, moment, platform, record_event
from .refusing import refusal
from .signing import Person, bound, signed

WANG, LI = Person("wang"), Person("li")
LISTED = (Stage.LISTING, Kind.LISTING, "included")


def taken(case: Case[Any], raw: Raw) -> None:
    """Take a decision, and see that the log alone gives back what was signed, and by whom."""
    receipt = case.decide(raw, moment(case))
    entry = case.log[receipt.seq - 1]
    assert signed_form_of_entry(entry) == signed_form(decision_of(raw))
    assert len(signers(entry.said["signatures"], signed_form_of_entry(entry))) >= 1


@pytest.mark.parametrize(
    ("stage", "kind", "outcome"),
    [
        LISTED,
        (Stage.CORRECTION, Kind.PLAN_REVISION, "filed"),
        (AssessmentStage.EVALUATION, Kind.EVALUATION, "effective"),
        (Stage.VALID, Kind.FACTS_CHANGE, "changed"),
    ],
)
def test_it_is_sealed_in_the_log(stage: AnyStage, kind: Kind, outcome: str) -> None:
    """Also of what the log says in another form, as a plan, or with more, as what was replaced."""
    case = at_stage(stage)
    taken(case, signed(bound(decision(kind, case, outcome), case), WANG, LI))


def test_without_a_signature_nothing_is_different() -> None:
    """What is written and hashed is what it was; a repeat is one, signed or not."""
    case = at_stage(Stage.LISTING)
    raw = decision(Kind.LISTING, case, "included")
    assert "signatures" not in decision_of(raw).model_dump(mode="json")
    case.decide(raw, moment(case))
    again = case.decide(signed(bound(raw, case), WANG), moment(case))
    assert again.repeated


def test_signed_for_another_case_or_moment() -> None:
    """Another platform, a step before, no entry: never taken."""
    here, there = at_stage(Stage.LISTING), at_stage(Stage.LISTING, platform_id="bj-other")
    raw = bound(decision(Kind.LISTING, there, "included"), there)
    assert refusal(here, signed(raw, WANG), "§四(四)").startswith("the decision is about platform")
    moved = raw | {"case": {**raw["case"], "platform_id": here.state.facts.platform_id}}
    assert "not signed for the step" in refusal(here, signed(moved, WANG), "§四(四)")
    before = bound(raw, here)
    before["case"]["answers"] = here.content_chain().hashes[-2]
    assert "not signed for the step" in refusal(here, signed(before, WANG), "§四(四)")
    unbound = bound(raw, here)
    del unbound["case"]["answers"]
    assert "add case.answers" in refusal(here, signed(unbound, WANG), "§四(四)")


def again(case: Case[Any], later: timedelta) -> Case[Any]:
    """The same case at other moments, as a reset has it do again what it did."""
    first, *rest = case.log
    second: Case[Any] = Case.open(first.said, first.at + later, actor=first.actor)
    for entry in rest:
        if entry.kind is EntryKind.DECISION:
            second.decide(entry.said, entry.at + later)
    return second


@pytest.mark.parametrize("later", [timedelta(), timedelta(seconds=7), timedelta(days=3)])
def test_what_was_taken_is_taken_at_other_moments(later: timedelta) -> None:
    """After a reset, and where a clock lagged, the log's hashes are others; nothing signed is lost by it."""
    case = at_stage(Stage.RECOMMENDATION)
    for kind in (Kind.RECOMMENDATION, Kind.INSPECTION, Kind.EXPERT_OPINION, Kind.LISTING):
        taken(case, signed(bound(decision(kind, case), case), WANG))
    second = again(case, later)
    assert second.state.stage is Stage.VALID
    assert (second.log[-1].hash == case.log[-1].hash) == (not later)
    assert second.content_chain().hashes == case.content_chain().hashes


@pytest.mark.parametrize(
    ("stage", "round_of"),
    [
        (Stage.EXPERT_REVIEW, ((Kind.EXPERT_OPINION, "no_conclusion"),)),
        (Stage.EXPERT_REVIEW, ((Kind.EXPERT_OPINION, None), (Kind.SET_ASIDE, None))),
        (Stage.INSPECTION, ((Kind.INSPECTION, "returned"), (Kind.PLAN_REVISION, None))),
        (AssessmentStage.EVALUATION, ((Kind.EVALUATION, None), (Kind.SET_ASIDE, None))),
    ],
)
def test_what_was_signed_for_an_earlier_round(
    stage: AnyStage, round_of: tuple[tuple[Kind, str | None], ...]
) -> None:
    """A step that begins anew in its stage needs a new signature: what it answers is another step."""
    case = at_stage(stage)
    kind = round_of[0][0]
    old = signed(bound(decision(kind, case) | {"decision_id": "kept"}, case), WANG)
    for name, outcome in round_of:
        decide(case, name, outcome)
    assert case.state.stage is stage
    late = {"decided_on": decision(kind, case)["decided_on"]}
    assert "not signed for the step" in refusal(case, old, Kind(kind).article)
    taken(case, signed(bound(old | late, case), WANG))


def test_each_outcome_begins_its_step_anew_or_never() -> None:
    """What a log says of an entry is enough to know whether a step began with it."""
    for lifecycle in (PLATFORM, ASSESSMENT):
        for stage, trigger, arrow in lifecycle.arrows():
            if lifecycle.returns_to(str(stage), trigger.name, arrow.outcome):
                assert arrow.to is stage, (stage, trigger.name, arrow)


def test_support_that_is_set_aside_begins_no_step() -> None:
    """What was signed meanwhile, of a valid platform, holds."""
    case = at_stage(Stage.VALID)
    kept = signed(bound(decision(Kind.FACTS_CHANGE, case) | {"decision_id": "kept"}, case), WANG)
    decide(case, Kind.SUPPORT)
    decide(case, Kind.SET_ASIDE, target=case.log[-1].decision_id)
    taken(case, kept)


def test_a_platform_that_is_brought_in_by_a_signed_decision() -> None:
    """Whoever applies knows what it answers: the application itself."""
    form = application()
    said = application_content(parse(PlatformApplication, form))
    about = {"platform_id": form["platform_id"], "term": 1, "answers": opening_hash(said)}
    raw = decision(Kind.BRINGING_IN, platform()) | {"case": about}
    case = open_platform(
        parse(PlatformApplication, form | {"brought_in": signed(raw, WANG)}), START + DAY
    )
    assert signers(case.log[1].said["signatures"], signed_form_of_entry(case.log[1])) == [WANG.key]
    other = signed(raw | {"case": about | {"answers": "ab" * 32}}, WANG)
    with pytest.raises(InvalidMessage, match="not signed for the step"):
        open_platform(parse(PlatformApplication, form | {"brought_in": other}), START + DAY)


def test_what_happens_in_between_does_not_matter() -> None:
    """A step that became overdue after a decision was signed is the same step."""
    case = at_stage(Stage.LISTING)
    raw = signed(bound(decision(Kind.LISTING, case, "included"), case), WANG)
    record_event(case, Happening.OVERDUE)
    taken(case, raw)


def test_no_word_may_be_changed() -> None:
    """Of the decision, of its author, of its case; nor the signature, nor is one person two."""
    case = at_stage(Stage.LISTING)
    raw = signed(bound(decision(Kind.LISTING, case, "included"), case), WANG)
    for changed in (
        raw | {"note": "另行说明"},
        raw | {"actor": raw["actor"] | {"id": "kw-2"}},
        raw | {"decision_id": "other"},
        raw | {"signatures": [LI.sign(b"{}")]},
        raw | {"signatures": [{"sshsig": "AAAA"}]},
        raw | {"signatures": [{"sshsig": "AAAAA"}]},  # no base64 is so long
    ):
        assert refusal(case, changed, "§四(四)").startswith("the signature does not hold")
    form = signed_form(decision_of(raw))
    twice = raw | {"signatures": [WANG.sign(form), WANG.sign(form)]}
    assert "by one key" in refusal(case, twice, "§四(四)")
    with pytest.raises(InvalidMessage):
        decision_of(raw | {"signatures": [{"sshsig": "A" * 3000}]})


def test_a_run_of_before_takes_the_edition_with_it() -> None:
    """A case of 0.4.0 judges a signature by the edition that knows it."""
    case = at_stage(Stage.LISTING)
    case.take_edition(Edition.V0_4)
    assert Edition.V0_5 == case.edition_for(
        decision_of(signed(bound(decision(Kind.LISTING, case, "included"), case), WANG))
    )
    decide(case, Kind.LISTING, "included")
