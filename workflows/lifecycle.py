"""The rules as one table: for each stage what is awaited, from whom, by which article, and where it leads.

Everything that needs to know the order of things reads this table: the judge (`rules.py`), the
workflows' clocks, error messages, the diagram in the docs, the demo's check and the tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from workflows.vocabulary import (
    AssessmentStage,
    EvaluationOutcome,
    FilingOutcome,
    Happening,
    InspectionOutcome,
    Kind,
    ListingOutcome,
    OpinionOutcome,
    ReassessmentOutcome,
    RecommendationOutcome,
    Role,
    Stage,
)

AnyStage = Stage | AssessmentStage


class Clock(StrEnum):
    """Which clock a stage keeps while it lasts."""

    NONE = "none"
    WORKING_DAYS = "working_days"
    """A due date in working days; passing it is noted and told, and decides nothing."""
    RECTIFICATION = "rectification"
    """The deadline that the evaluation set, in calendar time."""
    VALIDITY = "validity"
    """The two clocks that act: the kick-off of an assessment and the end of validity (§四, §六)."""


@dataclass(frozen=True)
class Arrow:
    """Where an outcome leads. `to` None: stay where you are."""

    outcome: str
    to: AnyStage | None
    corrections: bool | None = None
    """Taken only when an inspection passed with (True) or without (False) corrections."""
    returned_from: Stage | None = None
    """Taken only when the plan was returned from that stage."""


@dataclass(frozen=True)
class Trigger:
    """A decision that is awaited from a role, or a happening (no role), with the arrows it may take."""

    name: Kind | Happening
    by: Role | None
    rule: str
    arrows: tuple[Arrow, ...]
    once_overdue: bool = False
    """Accepted only after the step's due date has passed."""


@dataclass(frozen=True)
class Step:
    """One stage: what may move it, and the clock it keeps. A stage that nothing is awaited in is an end."""

    stage: AnyStage
    triggers: tuple[Trigger, ...] = ()
    clock: Clock = Clock.NONE
    days: str = ""
    """The policy's field that says how many working days the step has."""
    ended: bool = False


@dataclass(frozen=True)
class Lifecycle:
    """All steps of one kind of case, and what may happen in any of its open stages."""

    name: str
    steps: tuple[Step, ...]
    anytime: tuple[Trigger, ...]

    def step(self, stage: AnyStage) -> Step:
        """The row of a stage."""
        return next(step for step in self.steps if step.stage == stage)

    def ended(self, stage: str) -> bool:
        """Whether a stage is an end."""
        return any(step.ended for step in self.steps if step.stage == stage)

    def triggers(self, stage: AnyStage) -> tuple[Trigger, ...]:
        """All that may move a case out of a stage, its own first."""
        step = self.step(stage)
        return step.triggers if step.ended else step.triggers + self.anytime

    def arrows(self) -> Iterator[tuple[AnyStage | None, Trigger, Arrow]]:
        """Every arrow of the table once: (from, trigger, arrow); from None means any open stage."""
        for step in self.steps:
            for trigger in step.triggers:
                for arrow in trigger.arrows:
                    yield step.stage, trigger, arrow
        for trigger in self.anytime:
            for arrow in trigger.arrows:
                yield None, trigger, arrow


OVERDUE = Trigger(Happening.OVERDUE, None, "§四, §六", (Arrow("told", None),))

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
                        Arrow(RecommendationOutcome.RETURNED, Stage.CORRECTION),
                        Arrow(RecommendationOutcome.DECLINED, Stage.DECLINED),
                    ),
                ),
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
                    (
                        Arrow("filed", Stage.RECOMMENDATION, returned_from=Stage.RECOMMENDATION),
                        Arrow("filed", Stage.INSPECTION, returned_from=Stage.INSPECTION),
                        Arrow("filed", Stage.EXPERT_REVIEW, returned_from=Stage.EXPERT_REVIEW),
                    ),
                ),
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
                        Arrow(InspectionOutcome.RETURNED, Stage.CORRECTION),
                        Arrow(InspectionOutcome.FAILED, Stage.DECLINED),
                    ),
                ),
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
                    (Arrow("filed", Stage.EXPERT_REVIEW),),
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
                        Arrow(OpinionOutcome.RETURNED, Stage.CORRECTION),
                        Arrow(OpinionOutcome.NOT_SUPPORTED, Stage.DECLINED),
                    ),
                ),
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
                        Arrow(ListingOutcome.INCLUDED, Stage.VALID),
                        Arrow(ListingOutcome.NOT_INCLUDED, Stage.DECLINED),
                    ),
                ),
            ),
            Clock.WORKING_DAYS,
            "listing_days",
        ),
        Step(
            Stage.VALID,
            (
                Trigger(Happening.ASSESSMENT_OPENED, None, "§六", (Arrow("opened", None),)),
                Trigger(
                    Happening.ASSESSMENT_ENDED,
                    None,
                    "§六",
                    (
                        Arrow(AssessmentStage.EFFECTIVE, None),
                        Arrow(AssessmentStage.MET, None),
                        Arrow(AssessmentStage.NOT_MET, Stage.DELISTED),
                        Arrow(AssessmentStage.ENDED_WITH_VALIDITY, None),
                        Arrow("broken_off", None),
                    ),
                ),
                Trigger(
                    Happening.VALIDITY_ENDED, None, "§四", (Arrow("period_over", Stage.EXPIRED),)
                ),
            ),
            Clock.VALIDITY,
        ),
        Step(Stage.EXPIRED, ended=True),
        Step(Stage.DELISTED, ended=True),
        Step(Stage.DECLINED, ended=True),
        Step(
            Stage.WITHDRAWN,
            (
                Trigger(
                    Happening.ASSESSMENT_ENDED,
                    None,
                    "§六",
                    (Arrow(AssessmentStage.ENDED_WITH_PLATFORM, None),),
                ),
            ),
            ended=True,
        ),
    ),
    anytime=(
        Trigger(Kind.WITHDRAWAL, Role.OPERATOR, "§四", (Arrow("withdrawn", Stage.WITHDRAWN),)),
        OVERDUE,
    ),
)

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
            (
                Trigger(
                    Kind.DISTRICT_REVIEW,
                    Role.DISTRICT,
                    "§六",
                    (Arrow("given", AssessmentStage.EVALUATION),),
                ),
            ),
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
                        Arrow(EvaluationOutcome.NOT_EFFECTIVE, AssessmentStage.RECTIFICATION),
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
                    (Arrow(FilingOutcome.FILED, AssessmentStage.REASSESSMENT),),
                ),
                Trigger(
                    Kind.RECTIFICATION_REPORT,
                    Role.COMMISSION,
                    "§六",
                    (Arrow(FilingOutcome.NOT_FILED, AssessmentStage.REASSESSMENT),),
                    once_overdue=True,
                ),
            ),
            Clock.RECTIFICATION,
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
                        Arrow(ReassessmentOutcome.NOT_MET, AssessmentStage.NOT_MET),
                    ),
                ),
            ),
            Clock.WORKING_DAYS,
            "reassessment_days",
        ),
        Step(AssessmentStage.EFFECTIVE, ended=True),
        Step(AssessmentStage.MET, ended=True),
        Step(AssessmentStage.NOT_MET, ended=True),
        Step(AssessmentStage.ENDED_WITH_VALIDITY, ended=True),
        Step(AssessmentStage.ENDED_WITH_PLATFORM, ended=True),
    ),
    anytime=(
        Trigger(
            Happening.VALIDITY_ENDED,
            None,
            "§四",
            (Arrow("period_over", AssessmentStage.ENDED_WITH_VALIDITY),),
        ),
        Trigger(
            Happening.PLATFORM_WITHDRAWN,
            None,
            "§四",
            (Arrow("withdrawn", AssessmentStage.ENDED_WITH_PLATFORM),),
        ),
        OVERDUE,
    ),
)
