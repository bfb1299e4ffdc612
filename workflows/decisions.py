"""One message for each decision of the contract: what it must say, by the guideline.

Whether it may be said now, and by whom, is the lifecycle's matter (`lifecycle.py`, `rules.py`);
here stands only what makes it complete in itself.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from workflows.application import OperatingMechanisms, Plan
from workflows.bringing_in import BringingIn
from workflows.decision import Decision
from workflows.model import Day, DecisionId, Identifier, Message, Name, Percent, Remark, Text, wrong
from workflows.vocabulary import (
    EvaluationOutcome,
    ExpertField,
    FilingOutcome,
    Finding,
    IndicatorGroup,
    InspectionItem,
    InspectionOutcome,
    Kind,
    ListingOutcome,
    OpinionOutcome,
    ReassessmentOutcome,
    RecommendationOutcome,
    Support,
)


class Recommendation(Decision):
    """The district's word on a plan (§四(一))."""

    kind: Literal["recommendation"]
    outcome: RecommendationOutcome
    opinion: Text


class ItemFinding(Message):
    """What was found of one item inspected."""

    finding: Finding
    remark: Remark | None = None


class Inspection(Decision):
    """The on-site inspection (§四(二)): a finding for each of the seven items, and corrections, if any."""

    kind: Literal["inspection"]
    outcome: InspectionOutcome
    findings: dict[InspectionItem, ItemFinding]
    corrections: tuple[Remark, ...] = Field(default=(), max_length=50)


class PlanRevision(Decision):
    """A new version of the plan: improved after the inspection (§四(二)), or corrected when returned."""

    only_outcome: ClassVar[str] = "filed"

    kind: Literal["plan_revision"]
    plan: Plan
    changes: Text


class Expert(Message):
    """A member of the panel: a role name will do, the organisation is checked, the vote is counted."""

    name: Name
    field: ExpertField
    organisation: Name
    vote: OpinionOutcome


class ExpertOpinion(Decision):
    """The panel's opinion (§四(三))."""

    kind: Literal["expert_opinion"]
    outcome: OpinionOutcome
    panel: tuple[Expert, ...] = Field(min_length=1, max_length=50)
    opinion: Text


class Listing(Decision):
    """The commission includes the platform in a numbered list, or does not (§四(四))."""

    kind: Literal["listing"]
    outcome: ListingOutcome
    list_number: Identifier | None = None
    certificate_number: Identifier | None = None

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        numbers = (self.list_number, self.certificate_number)
        if self.outcome is ListingOutcome.INCLUDED and None in numbers:
            raise wrong(
                "included needs list_number and certificate_number (§四(四))",
                "纳入须有 list_number 和 certificate_number（§四(四)）",
            )
        if self.outcome is ListingOutcome.NOT_INCLUDED and numbers != (None, None):
            raise wrong(
                "not_included has no list_number and no certificate_number",
                "不纳入不得有 list_number 和 certificate_number",
            )
        return self


class Withdrawal(Decision):
    """The operator withdraws."""

    only_outcome: ClassVar[str] = "withdrawn"

    kind: Literal["withdrawal"]
    reason: Text


class SetAside(Decision):
    """The commission sets a wrong decision aside: it stays in the log, and no longer counts.

    All that followed from it falls with it, and the case stands again where it was awaited.
    """

    only_outcome: ClassVar[str] = "set_aside"

    kind: Literal["set_aside"]
    target: DecisionId
    """The `decision_id` of the decision that was wrong."""
    entry: int | None = Field(default=None, ge=1)
    """The number of its entry in the log; needed only where two people used the same id."""
    year: int | None = Field(default=None, ge=1, le=10)
    """Said to a platform: the year of its last assessment, now ended, in which the decision was taken."""
    reason: Text


class SupportGiven(Decision):
    """Support that was given to a valid platform (§四, last paragraph)."""

    only_outcome: ClassVar[str] = "recorded"

    kind: Literal["support"]
    support: Support
    given_on: Day
    title: Name
    amount_wan: int | None = Field(default=None, ge=0, le=100_000_000)
    """In 万元 (ten thousand yuan), where it is money."""


class SelfReport(Decision):
    """The operator's yearly report (§六); or the commission's word that none came and it goes on without."""

    kind: Literal["self_report"]
    outcome: FilingOutcome = FilingOutcome.FILED
    groups: dict[IndicatorGroup, Text] = Field(default_factory=dict)
    mechanisms: OperatingMechanisms | None = None
    reason: Text | None = None


class DistrictReview(Decision):
    """The district's view of the year (§六: 会同各区)."""

    only_outcome: ClassVar[str] = "given"

    kind: Literal["district_review"]
    view: Text


class GroupFinding(Message):
    """What was found of one group of indicators; a score of 0 to 100 informs, people conclude."""

    finding: Finding
    remark: Remark | None = None
    score: Percent | None = None


class Evaluation(Decision):
    """The commission's evaluation of the year (§六): four groups, the conclusion, what to mend by when."""

    kind: Literal["evaluation"]
    outcome: EvaluationOutcome
    findings: dict[IndicatorGroup, GroupFinding]
    to_mend: tuple[Remark, ...] = Field(default=(), max_length=50)
    mend_by: Day | None = None
    """The last day for the rectification report; by default the policy's months from `decided_on`."""


class RectificationReport(Decision):
    """The operator's report on what was mended (§六); or the commission's word that none came."""

    kind: Literal["rectification_report"]
    outcome: FilingOutcome = FilingOutcome.FILED
    mended: tuple[Remark, ...] = Field(default=(), max_length=50)
    reason: Text | None = None


class Reassessment(Decision):
    """The commission's assessment after rectification, on the same four groups (§六)."""

    kind: Literal["reassessment"]
    outcome: ReassessmentOutcome
    findings: dict[IndicatorGroup, GroupFinding]


MODELS: dict[Kind, type[Decision]] = {
    Kind.RECOMMENDATION: Recommendation,
    Kind.INSPECTION: Inspection,
    Kind.PLAN_REVISION: PlanRevision,
    Kind.EXPERT_OPINION: ExpertOpinion,
    Kind.LISTING: Listing,
    Kind.BRINGING_IN: BringingIn,
    Kind.WITHDRAWAL: Withdrawal,
    Kind.SET_ASIDE: SetAside,
    Kind.SUPPORT: SupportGiven,
    Kind.SELF_REPORT: SelfReport,
    Kind.DISTRICT_REVIEW: DistrictReview,
    Kind.EVALUATION: Evaluation,
    Kind.RECTIFICATION_REPORT: RectificationReport,
    Kind.REASSESSMENT: Reassessment,
}
