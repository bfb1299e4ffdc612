"""One message for each decision of the contract: what it must say, by the guideline.

Whether it may be taken now, and by whom, `lifecycle.py` says; here is only what makes it complete in
itself.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from workflows.application import OperatingMechanisms, Plan
from workflows.bringing_in import BringingIn
from workflows.case_changes import FactsChange, Resumption, Suspension, Termination
from workflows.circumstances import Edition
from workflows.credit_codes import CreditCode, is_none
from workflows.decision import Decision, Filing
from workflows.exact_numbers import Amount, Measure, Percent
from workflows.field_labels import TEN_THOUSAND_YUAN, Label
from workflows.model import (
    Day,
    DecisionId,
    Identifier,
    Message,
    Name,
    OfficialNumber,
    Remark,
    Text,
    wrong,
)
from workflows.next_application import NextTerm
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
    ReviewOutcome,
    SoleOutcome,
    Support,
    Vote,
    Word,
)
from workflows.words import Words

_INCLUDED = (ListingOutcome.INCLUDED,)
_FILED = (FilingOutcome.FILED,)
_NOT_FILED = (FilingOutcome.NOT_FILED,)
_GIVEN = (ReviewOutcome.GIVEN,)
_NOT_GIVEN = (ReviewOutcome.NOT_GIVEN,)
_NOT_EFFECTIVE = (EvaluationOutcome.NOT_EFFECTIVE,)


class Recommendation(Decision):
    """The district's decision on a plan (§四(一))."""

    kind: Literal["recommendation"]
    outcome: Annotated[RecommendationOutcome, Label("outcome", "结论")]
    opinion: Annotated[Text, Label("opinion", "推荐意见")]


class ItemFinding(Message):
    """What was found of one item inspected."""

    finding: Annotated[Finding, Label("finding", "意见")]
    remark: Annotated[Remark | None, Label("remark", "说明")] = None


class Inspection(Decision):
    """The on-site inspection (§四(二)): a finding for each of the seven items, and corrections, if any."""

    kind: Literal["inspection"]
    outcome: Annotated[InspectionOutcome, Label("outcome", "结论")]
    findings: Annotated[dict[InspectionItem, ItemFinding], Label("findings", "核查意见")]
    corrections: Annotated[
        tuple[Remark, ...],
        Label(
            "corrections",
            "修改意见",
            only_for=(InspectionOutcome.PASSED, InspectionOutcome.RETURNED),
            needed_for=(InspectionOutcome.RETURNED,),
        ),
    ] = Field(default=(), max_length=50)
    inspectors: Annotated[
        tuple[Name, ...],
        Label(
            "inspectors",
            "核查人员",
            by_policy=True,
            how=Words("NAME (ORGANISATION)", "姓名（单位）"),
            help=Words(
                "Who inspected the site, each with the organisation.",
                "参加现场核查的人员，逐一注明单位。",
            ),
        ),
    ] = Field(default=(), max_length=30)


class PlanRevision(Filing):
    """A new version of the plan: improved after the inspection (§四(二)), or corrected when returned."""

    only_outcome: ClassVar[Word] = FilingOutcome.FILED

    kind: Literal["plan_revision"]
    plan: Annotated[Plan, Label("new plan", "修改后的建设方案")]
    changes: Annotated[Text, Label("changes", "修改说明")]


class Expert(Message):
    """A member of the panel: a role name will do, the organisation is checked, the vote is counted.

    Who is recused is named on the record only: no vote, and no member that the rules count.
    """

    name: Annotated[Name, Label("name", "姓名")]
    field: Annotated[ExpertField, Label("field", "方面")]
    organisation: Annotated[Name, Label("organisation", "单位")]
    vote: Annotated[Vote, Label("vote", "意见")]
    credit_code: Annotated[
        CreditCode | None, Label("organisation's credit code", "单位统一社会信用代码", rare=True)
    ] = Field(default=None, exclude_if=is_none)

    @property
    def sits(self) -> bool:
        """Whether the expert takes part: everybody but who is recused."""
        return self.vote is not Vote.RECUSED

    @property
    def casts_vote(self) -> bool:
        """Whether the vote counts: abstaining is none."""
        return self.vote not in (Vote.ABSTAINED, Vote.RECUSED)


class ExpertOpinion(Decision):
    """The panel's opinion (§四(三))."""

    kind: Literal["expert_opinion"]
    outcome: Annotated[OpinionOutcome, Label("outcome", "结论")]
    panel: Annotated[tuple[Expert, ...], Label("experts", "论证专家")] = Field(
        min_length=1, max_length=50
    )
    opinion: Annotated[Text, Label("opinion", "论证意见")]

    @property
    def content_since(self) -> Edition:
        """Abstaining and recusal are known since 0.5."""
        return super().content_since if all(one.casts_vote for one in self.panel) else Edition.V0_5


class Listing(Decision):
    """The commission includes the platform in a numbered list, or does not (§四(四))."""

    kind: Literal["listing"]
    outcome: Annotated[ListingOutcome, Label("outcome", "结论")]
    list_number: Annotated[
        OfficialNumber | None,
        Label("list number", "名单批次", only_for=_INCLUDED, needed_for=_INCLUDED),
    ] = None
    certificate_number: Annotated[
        OfficialNumber | None,
        Label("certificate number", "证书编号", only_for=_INCLUDED, needed_for=_INCLUDED),
    ] = None

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


class Withdrawal(Filing):
    """The operator withdraws."""

    only_outcome: ClassVar[Word] = SoleOutcome.WITHDRAWN

    kind: Literal["withdrawal"]
    reason: Annotated[Text, Label("reason", "理由")]


class SetAside(Decision):
    """The commission sets a wrong decision aside: it stays in the log, and no longer counts.

    All that followed from it is set aside with it, and the case stands again where it was awaited.
    """

    only_outcome: ClassVar[Word] = SoleOutcome.SET_ASIDE

    kind: Literal["set_aside"]
    target: Annotated[DecisionId, Label("wrong decision's id", "被撤销决定的编号")]
    entry: Annotated[
        int | None,
        Label(
            "its entry in the log",
            "记录条目序号",
            rare=True,
            help=Words(
                "Required only where two people used the same id.", "仅在两人使用相同编号时必填。"
            ),
        ),
    ] = Field(default=None, ge=1)
    year: Annotated[
        int | None,
        Label(
            "year of the ended assessment",
            "已结束考核的年度",
            rare=True,
            help=Words(
                "The year of the platform's last assessment, in which the decision was taken.",
                "作出该决定的最近一次年度考核。",
            ),
        ),
    ] = Field(default=None, ge=1, le=10)
    reason: Annotated[Text, Label("reason", "理由")]


class SupportGiven(Decision):
    """Support that was given to a valid platform (§四, last paragraph)."""

    only_outcome: ClassVar[Word] = SoleOutcome.RECORDED

    kind: Literal["support"]
    support: Annotated[Support, Label("kind of support", "支持类别")]
    given_on: Annotated[Day, Label("given on", "给予日期")]
    title: Annotated[Name, Label("title", "支持事项名称")]
    amount_wan: Annotated[
        Amount | None,
        Label(
            "amount",
            "金额",
            unit=TEN_THOUSAND_YUAN,
            help=Words("Where it is money.", "资金类支持填写。"),
        ),
    ] = None


class SelfReport(Filing):
    """The operator's yearly report (§六); or the commission's decision to go on without one."""

    kind: Literal["self_report"]
    outcome: Annotated[FilingOutcome, Label("outcome", "提交情况")] = FilingOutcome.FILED
    groups: Annotated[
        dict[IndicatorGroup, Text],
        Label("report on each group", "各方面情况", only_for=_FILED, needed_for=_FILED),
    ] = Field(default_factory=dict)
    mechanisms: Annotated[
        OperatingMechanisms | None,
        Label("operating mechanisms", "运作机制", "§五", only_for=_FILED, needed_for=_FILED),
    ] = None
    indicators: Annotated[
        dict[Identifier, Measure],
        Label(
            "indicators",
            "指标情况",
            "§六",
            only_for=_FILED,
            help=Words(
                "The year's figure of each indicator in the catalogue of the case's policy.",
                "本案指标目录中各项指标的年度值。",
            ),
        ),
    ] = Field(default_factory=dict, max_length=50)
    reason: Annotated[
        Text | None, Label("reason", "理由", only_for=_NOT_FILED, needed_for=_NOT_FILED)
    ] = None


class DistrictReview(Decision):
    """The district's view (§六: 会同各区); or the commission's decision to go on without one."""

    kind: Literal["district_review"]
    outcome: Annotated[ReviewOutcome, Label("outcome", "提出情况")] = ReviewOutcome.GIVEN
    view: Annotated[
        Text | None, Label("district's view", "所在区意见", only_for=_GIVEN, needed_for=_GIVEN)
    ] = None
    reason: Annotated[
        Text | None, Label("reason", "理由", only_for=_NOT_GIVEN, needed_for=_NOT_GIVEN)
    ] = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if self.outcome is ReviewOutcome.GIVEN:
            if not self.view or self.reason:
                raise wrong(
                    "“given” goes with the district's view (view), and with no reason (§六)",
                    "已提出（given）须写明所在区意见（view），不附理由（§六）",
                )
        elif not self.reason or self.view:
            raise wrong(
                "“not given” goes with the reason for going on without the view, and with nothing else (§六)",
                "逾期未提出（not_given）须写明理由（reason），且不附意见（§六）",
            )
        return self


class GroupFinding(Message):
    """What was found of one group of indicators; a score of 0 to 100 informs, people conclude."""

    finding: Annotated[Finding, Label("finding", "意见")]
    remark: Annotated[Remark | None, Label("remark", "说明")] = None
    score: Annotated[
        Percent | None,
        Label(
            "score",
            "分数",
            unit=Words("0 to 100", "0 至 100"),
            help=Words("People conclude.", "仅供参考。"),
        ),
    ] = None


class Evaluation(Decision):
    """The commission's evaluation of the year (§六): four groups, the conclusion, what to rectify by when."""

    kind: Literal["evaluation"]
    outcome: Annotated[EvaluationOutcome, Label("outcome", "结论")]
    findings: Annotated[dict[IndicatorGroup, GroupFinding], Label("findings", "考核意见")]
    to_mend: Annotated[
        tuple[Remark, ...],
        Label("to be rectified", "整改内容", only_for=_NOT_EFFECTIVE, needed_for=_NOT_EFFECTIVE),
    ] = Field(default=(), max_length=50)
    mend_by: Annotated[
        Day | None,
        Label(
            "rectification due",
            "整改期限",
            only_for=_NOT_EFFECTIVE,
            help=Words(
                "The last day for the report; by default the policy's months later.",
                "整改报告的最后提交日；不填则按政策参数计算。",
            ),
            unset=Words("by the policy", "按政策参数"),
        ),
    ] = None


class RectificationReport(Filing):
    """The operator's report on the rectification (§六); or the commission's decision to go on without one."""

    kind: Literal["rectification_report"]
    outcome: Annotated[FilingOutcome, Label("outcome", "提交情况")] = FilingOutcome.FILED
    mended: Annotated[
        tuple[Remark, ...],
        Label("rectification done", "整改情况", only_for=_FILED, needed_for=_FILED),
    ] = Field(default=(), max_length=50)
    reason: Annotated[
        Text | None, Label("reason", "理由", only_for=_NOT_FILED, needed_for=_NOT_FILED)
    ] = None


class Reassessment(Decision):
    """The commission's assessment after rectification, on the same four groups (§六)."""

    kind: Literal["reassessment"]
    outcome: Annotated[ReassessmentOutcome, Label("outcome", "结论")]
    findings: Annotated[dict[IndicatorGroup, GroupFinding], Label("findings", "考核意见")]


MODELS: dict[Kind, type[Decision]] = {
    Kind.RECOMMENDATION: Recommendation,
    Kind.INSPECTION: Inspection,
    Kind.PLAN_REVISION: PlanRevision,
    Kind.EXPERT_OPINION: ExpertOpinion,
    Kind.LISTING: Listing,
    Kind.BRINGING_IN: BringingIn,
    Kind.WITHDRAWAL: Withdrawal,
    Kind.SET_ASIDE: SetAside,
    Kind.FACTS_CHANGE: FactsChange,
    Kind.SUSPENSION: Suspension,
    Kind.RESUMPTION: Resumption,
    Kind.TERMINATION: Termination,
    Kind.SUPPORT: SupportGiven,
    Kind.NEXT_TERM: NextTerm,
    Kind.SELF_REPORT: SelfReport,
    Kind.DISTRICT_REVIEW: DistrictReview,
    Kind.EVALUATION: Evaluation,
    Kind.RECTIFICATION_REPORT: RectificationReport,
    Kind.REASSESSMENT: Reassessment,
}
