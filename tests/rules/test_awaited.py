"""What is awaited in each stage, from whom, in how many working days, by the rulebook."""

from workflows.circumstances import Edition
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.policy import Policy, policy_for_new_cases
from workflows.rules import awaited
from workflows.steps import Clock
from workflows.vocabulary import AssessmentStage, Happening

from .cases import at_stage, record_event

STEPS = [step for table in (PLATFORM, ASSESSMENT) for step in table.steps]


def test_who_does_what() -> None:
    """§四 and §六: who is awaited in each stage; the commission also where a report is overdue."""
    awaited = {
        str(step.stage): [(str(t.name), str(t.by)) for t in step.triggers if t.by and t.awaited]
        for step in STEPS
        if not step.ended
    }
    assert awaited == {
        "recommendation": [("recommendation", "district")],
        "correction": [("plan_revision", "operator")],
        "inspection": [("inspection", "commission")],
        "improvement": [("plan_revision", "operator")],
        "expert_review": [("expert_opinion", "commission")],
        "listing": [("listing", "commission")],
        "valid": [],
        "self_report": [("self_report", "operator"), ("self_report", "commission")],
        "district_review": [("district_review", "district"), ("district_review", "commission")],
        "evaluation": [("evaluation", "commission")],
        "rectification": [
            ("rectification_report", "operator"),
            ("rectification_report", "commission"),
        ],
        "reassessment_view": [("district_review", "district"), ("district_review", "commission")],
        "reassessment": [("reassessment", "commission")],
    }


def test_in_how_many_working_days() -> None:
    """The rulebook's defaults, stage by stage; a rectification and validity keep their own clocks."""
    days = {
        str(step.stage): getattr(policy_for_new_cases(Policy()), step.days)
        for step in STEPS
        if step.clock is Clock.WORKING_DAYS
    }
    assert days == {
        "recommendation": 20,
        "correction": 20,
        "inspection": 30,
        "improvement": 20,
        "expert_review": 40,
        "listing": 30,
        "self_report": 20,
        "district_review": 10,
        "evaluation": 30,
        "reassessment_view": 10,
        "reassessment": 30,
    }
    others = {str(step.stage): str(step.clock) for step in STEPS if not step.ended}
    assert {stage: clock for stage, clock in others.items() if stage not in days} == {
        "valid": "validity",
        "rectification": "rectification",
    }


def test_what_may_be_said_at_any_time_is_not_awaited() -> None:
    """Nobody waits for a withdrawal, a setting aside, a record of support, or for what is brought in."""
    unasked = {
        (table.name, str(trigger.name), str(trigger.by))
        for table in (PLATFORM, ASSESSMENT)
        for _, trigger, _ in table.arrows()
        if trigger.by and not trigger.awaited
    }
    assert unasked == {
        ("platform", "withdrawal", "operator"),
        ("platform", "bringing_in", "commission"),
        ("platform", "set_aside", "commission"),
        ("platform", "facts_change", "commission"),
        ("platform", "suspension", "commission"),
        ("platform", "termination", "commission"),
        ("platform", "next_term", "operator"),
        ("platform", "support", "commission"),
        ("platform", "support", "district"),
        ("assessment", "set_aside", "commission"),
    }


def test_the_commission_is_awaited_only_when_a_report_is_overdue() -> None:
    """§六: before the deadline it is the turn of the operator, or of the district, alone."""
    for stage, kind, role in (
        (AssessmentStage.SELF_REPORT, "self_report", "operator"),
        (AssessmentStage.DISTRICT_REVIEW, "district_review", "district"),
        (AssessmentStage.REASSESSMENT_VIEW, "district_review", "district"),
    ):
        case = at_stage(stage)
        assert [(a.kind, a.role) for a in awaited(case.state)] == [(kind, role)]
        record_event(case, Happening.OVERDUE)
        assert [(a.kind, a.role) for a in awaited(case.state)] == [
            (kind, role),
            (kind, "commission"),
        ]
        before = awaited(case.state, Edition.V0_4)
        assert len(before) == (2 if kind == "self_report" else 1)


def test_the_policy_is_the_guidelines_and_the_rulebooks() -> None:
    """Three years (§四), and the rulebook's defaults, number by number."""
    fields = ["next_generation_it", "medicine_and_health", "intelligent_equipment"]
    fields += ["artificial_intelligence", "energy_saving_and_environment", "integrated_circuits"]
    assert Policy().model_dump(mode="json") == {
        "validity_years": 3,
        "assessment_lead_days": 90,
        "assessment_opens_from_hour": 8,
        "assessment_opens_until_hour": 18,
        "recommendation_days": 20,
        "inspection_days": 30,
        "improvement_days": 20,
        "expert_review_days": 40,
        "listing_days": 30,
        "self_report_days": 20,
        "district_review_days": 10,
        "evaluation_days": 30,
        "reassessment_days": 30,
        "reassessment_view_days": 0,
        "last_assessment_lead_days": 0,
        "rectification_within_validity": False,
        "next_term_days": 0,
        "reminder_days": 5,
        "escalate_every_days": 7,
        "resumed_days_at_least": 5,
        "expiry_notice_days": [180, 90, 30],
        "rectification_months": 6,
        "inspectors_at_least": 0,
        "listing_entered_within_days": 0,
        "experts_at_least": 5,
        "majority_of": [2, 3],
        "fields": fields,
        "credit_codes": False,
        "decisions_name_case": False,
        "authorship": "none",
        "second_signature": [],
        "indicators": [],
    }
