"""The rules as one table: for each stage what is awaited, from whom, by which article, and where it leads.

Everything that needs to know the order of things reads this table: the judge (`judge.py`), the
workflows' clocks, error messages, the diagram in the docs, the demo's check and the tests.
"""

from dataclasses import replace

from workflows.circumstances import Edition
from workflows.lifecycle_rows import (
    BRINGING_IN,
    CASE_CHANGES,
    CORRECTED,
    CORRECTED_LATER,
    NEXT_TERM,
    NOTED,
    NOTICES,
    SET_ASIDE,
    STARTED,
    SUPPORT,
    happens,
)
from workflows.steps import AnyStage, Arrow, Clock, Lifecycle, Step, Trigger
from workflows.vocabulary import (
    AssessmentStage,
    EvaluationOutcome,
    FilingOutcome,
    Happening,
    HappeningOutcome,
    InspectionOutcome,
    Kind,
    ListingOutcome,
    OpinionOutcome,
    ReassessmentOutcome,
    RecommendationOutcome,
    ReviewOutcome,
    Role,
    SecondSignature,
    SoleOutcome,
    Stage,
    Word,
)

_ENDED_WITH_PLATFORM = Trigger(
    Happening.ASSESSMENT_ENDED,
    None,
    "§六",
    (Arrow(AssessmentStage.ENDED_WITH_PLATFORM, None),),
    suspended=None,
)
_LISTING = SecondSignature.LISTING


def _district_review(to: AnyStage) -> tuple[Trigger, ...]:
    """会同各区: the district gives its view; once that is overdue the commission goes on without it."""
    return (
        Trigger(
            Kind.DISTRICT_REVIEW,
            Role.DISTRICT,
            "§六",
            (Arrow(ReviewOutcome.GIVEN, to),),
        ),
        Trigger(
            Kind.DISTRICT_REVIEW,
            Role.COMMISSION,
            "§六",
            (Arrow(ReviewOutcome.NOT_GIVEN, to),),
            once_overdue=True,
            since=Edition.V0_5,
        ),
    )


def _rectified(outcome: FilingOutcome) -> tuple[Arrow, ...]:
    """After a rectification the district is heard, where the policy gives it days for that."""
    return (
        Arrow(outcome, AssessmentStage.REASSESSMENT, district_heard=False),
        Arrow(outcome, AssessmentStage.REASSESSMENT_VIEW, district_heard=True),
    )


PLATFORM = Lifecycle(
    "platform",
    steps=(
        Step(
            Stage.RECOMMENDATION,
            (
                Trigger(
                    Kind.RECOMMENDATION,
                    Role.DISTRICT,
                    "§四(一)",
                    (
                        Arrow(RecommendationOutcome.RECOMMENDED, Stage.INSPECTION),
                        Arrow(RecommendationOutcome.RETURNED, Stage.CORRECTION, stops=True),
                        Arrow(RecommendationOutcome.DECLINED, Stage.DECLINED),
                    ),
                ),
                BRINGING_IN,
                STARTED,
            ),
            Clock.WORKING_DAYS,
            "recommendation_days",
        ),
        Step(
            Stage.CORRECTION,
            (
                Trigger(
                    Kind.PLAN_REVISION,
                    Role.OPERATOR,
                    "§四",
                    tuple(
                        Arrow(FilingOutcome.FILED, stage, returned_from=stage, resumes=True)
                        for stage in (Stage.RECOMMENDATION, Stage.INSPECTION, Stage.EXPERT_REVIEW)
                    ),
                ),
                happens(Happening.CLOCK_STOPPED, suspended=False),
            ),
            Clock.WORKING_DAYS,
            "improvement_days",
        ),
        Step(
            Stage.INSPECTION,
            (
                Trigger(
                    Kind.INSPECTION,
                    Role.COMMISSION,
                    "§四(二)",
                    (
                        Arrow(InspectionOutcome.PASSED, Stage.EXPERT_REVIEW, corrections=False),
                        Arrow(InspectionOutcome.PASSED, Stage.IMPROVEMENT, corrections=True),
                        Arrow(InspectionOutcome.RETURNED, Stage.CORRECTION, stops=True),
                        Arrow(InspectionOutcome.FAILED, Stage.DECLINED),
                    ),
                ),
                STARTED,
            ),
            Clock.WORKING_DAYS,
            "inspection_days",
        ),
        Step(
            Stage.IMPROVEMENT,
            (
                Trigger(
                    Kind.PLAN_REVISION,
                    Role.OPERATOR,
                    "§四(二)",
                    (Arrow(FilingOutcome.FILED, Stage.EXPERT_REVIEW),),
                ),
            ),
            Clock.WORKING_DAYS,
            "improvement_days",
        ),
        Step(
            Stage.EXPERT_REVIEW,
            (
                Trigger(
                    Kind.EXPERT_OPINION,
                    Role.COMMISSION,
                    "§四(三)",
                    (
                        Arrow(OpinionOutcome.SUPPORTED, Stage.LISTING),
                        Arrow(OpinionOutcome.RETURNED, Stage.CORRECTION, stops=True),
                        Arrow(OpinionOutcome.NOT_SUPPORTED, Stage.DECLINED),
                        Arrow(
                            OpinionOutcome.NO_CONCLUSION, Stage.EXPERT_REVIEW, since=Edition.V0_5
                        ),
                    ),
                ),
                STARTED,
            ),
            Clock.WORKING_DAYS,
            "expert_review_days",
        ),
        Step(
            Stage.LISTING,
            (
                Trigger(
                    Kind.LISTING,
                    Role.COMMISSION,
                    "§四(四)",
                    (
                        Arrow(ListingOutcome.INCLUDED, Stage.VALID, second=_LISTING),
                        Arrow(ListingOutcome.NOT_INCLUDED, Stage.DECLINED, second=_LISTING),
                    ),
                ),
                replace(BRINGING_IN, since=Edition.V0_5),  # a listing that is entered long after
            ),
            Clock.WORKING_DAYS,
            "listing_days",
        ),
        Step(
            Stage.VALID,
            (
                happens(Happening.ASSESSMENT_OPENED),
                Trigger(
                    Happening.ASSESSMENT_ENDED,
                    None,
                    "§六",
                    (
                        Arrow(AssessmentStage.EFFECTIVE, None),
                        Arrow(AssessmentStage.UNMENDED, None),
                        Arrow(AssessmentStage.MET, None),
                        Arrow(AssessmentStage.NOT_MET, Stage.DELISTED),
                        Arrow(AssessmentStage.ENDED_WITH_VALIDITY, None),
                        Arrow(HappeningOutcome.BROKEN_OFF, None),
                    ),
                    suspended=None,
                ),
                happens(Happening.VALIDITY_ENDED, Stage.EXPIRED),
                happens(Happening.VALIDITY_NEARING),
                *SUPPORT,
                NEXT_TERM,
            ),
            Clock.VALIDITY,
        ),
        Step(Stage.EXPIRED, ended=True, followed=True),
        Step(Stage.DELISTED, CORRECTED_LATER, ended=True),
        Step(Stage.DECLINED, CORRECTED, ended=True),
        Step(
            Stage.WITHDRAWN,
            (*CORRECTED_LATER, _ENDED_WITH_PLATFORM),
            ended=True,
            ended_by=Kind.WITHDRAWAL,
        ),
        Step(
            Stage.TERMINATED,
            (*CORRECTED_LATER, _ENDED_WITH_PLATFORM),
            ended=True,
            ended_by=Kind.TERMINATION,
        ),
    ),
    anytime=(
        Trigger(
            Kind.WITHDRAWAL,
            Role.OPERATOR,
            "§四",
            (Arrow(SoleOutcome.WITHDRAWN, Stage.WITHDRAWN),),
            awaited=False,
            suspended=None,
            followed_as=Happening.PLATFORM_WITHDRAWN,
        ),
        *CASE_CHANGES,
        SET_ASIDE,
        *NOTICES,
        *NOTED,
        happens(Happening.ASSESSMENT_CLOSED),
    ),
)

LISTING_OUTCOMES: dict[str, Word] = {
    trigger.name: arrow.outcome
    for _, trigger, arrow in PLATFORM.arrows()
    if trigger.by and arrow.to is Stage.VALID
}
"""The decisions that list a platform, each with its outcome."""

ASSESSMENT = Lifecycle(
    "assessment",
    steps=(
        Step(
            AssessmentStage.SELF_REPORT,
            (
                Trigger(
                    Kind.SELF_REPORT,
                    Role.OPERATOR,
                    "§六",
                    (Arrow(FilingOutcome.FILED, AssessmentStage.DISTRICT_REVIEW),),
                ),
                Trigger(
                    Kind.SELF_REPORT,
                    Role.COMMISSION,
                    "§六",
                    (Arrow(FilingOutcome.NOT_FILED, AssessmentStage.DISTRICT_REVIEW),),
                    once_overdue=True,
                ),
            ),
            Clock.WORKING_DAYS,
            "self_report_days",
        ),
        Step(
            AssessmentStage.DISTRICT_REVIEW,
            _district_review(AssessmentStage.EVALUATION),
            Clock.WORKING_DAYS,
            "district_review_days",
        ),
        Step(
            AssessmentStage.EVALUATION,
            (
                Trigger(
                    Kind.EVALUATION,
                    Role.COMMISSION,
                    "§六",
                    (
                        Arrow(EvaluationOutcome.EFFECTIVE, AssessmentStage.EFFECTIVE),
                        Arrow(
                            EvaluationOutcome.NOT_EFFECTIVE,
                            AssessmentStage.RECTIFICATION,
                            mends=True,
                        ),
                        Arrow(
                            EvaluationOutcome.NOT_EFFECTIVE, AssessmentStage.UNMENDED, mends=False
                        ),
                    ),
                ),
            ),
            Clock.WORKING_DAYS,
            "evaluation_days",
        ),
        Step(
            AssessmentStage.RECTIFICATION,
            (
                Trigger(
                    Kind.RECTIFICATION_REPORT,
                    Role.OPERATOR,
                    "§六",
                    _rectified(FilingOutcome.FILED),
                ),
                Trigger(
                    Kind.RECTIFICATION_REPORT,
                    Role.COMMISSION,
                    "§六",
                    _rectified(FilingOutcome.NOT_FILED),
                    once_overdue=True,
                ),
            ),
            Clock.RECTIFICATION,
        ),
        Step(
            AssessmentStage.REASSESSMENT_VIEW,
            _district_review(AssessmentStage.REASSESSMENT),
            Clock.WORKING_DAYS,
            "reassessment_view_days",
        ),
        Step(
            AssessmentStage.REASSESSMENT,
            (
                Trigger(
                    Kind.REASSESSMENT,
                    Role.COMMISSION,
                    "§六",
                    (
                        Arrow(ReassessmentOutcome.MET, AssessmentStage.MET),
                        Arrow(
                            ReassessmentOutcome.NOT_MET,
                            AssessmentStage.NOT_MET,
                            second=SecondSignature.DELISTING,
                        ),
                    ),
                ),
            ),
            Clock.WORKING_DAYS,
            "reassessment_days",
        ),
        Step(AssessmentStage.EFFECTIVE, CORRECTED, ended=True),
        Step(AssessmentStage.UNMENDED, CORRECTED, ended=True),
        Step(AssessmentStage.MET, CORRECTED, ended=True),
        Step(AssessmentStage.NOT_MET, CORRECTED, ended=True),
        Step(AssessmentStage.ENDED_WITH_VALIDITY, ended=True),
        Step(AssessmentStage.ENDED_WITH_PLATFORM, ended=True),
    ),
    anytime=(
        happens(Happening.VALIDITY_ENDED, AssessmentStage.ENDED_WITH_VALIDITY),
        happens(Happening.PLATFORM_WITHDRAWN, AssessmentStage.ENDED_WITH_PLATFORM),
        happens(
            Happening.PLATFORM_TERMINATED,
            AssessmentStage.ENDED_WITH_PLATFORM,
            since=Edition.V0_5,
        ),
        *(
            happens(name, lasting=True, suspended=suspended, since=Edition.V0_5)
            for name, suspended in (
                (Happening.FACTS_CHANGED, None),
                (Happening.PLATFORM_SUSPENDED, False),
                (Happening.PLATFORM_RESUMED, True),
            )
        ),
        SET_ASIDE,
        *NOTICES,
        *NOTED,
    ),
)

LASTING = frozenset(
    trigger.name for table in (PLATFORM, ASSESSMENT) for trigger in table.anytime if trigger.lasting
)
"""What is true of the body, whatever was decided of its plan."""
STAYS = LASTING | {trigger.name for _, trigger, _ in PLATFORM.arrows() if trigger.apart}
"""The entries that stay when an earlier decision is set aside."""

_SINCE: dict[str, Edition] = {}
for _table in (PLATFORM, ASSESSMENT):
    for _, _trigger, _arrow in _table.arrows():
        _brought = max(_trigger.since, _arrow.since)
        _SINCE[_trigger.name] = min(_brought, _SINCE.get(_trigger.name, _brought))


def known_since(kind: Kind) -> Edition:
    """Return the edition that brought a kind of decision."""
    return _SINCE[kind]
