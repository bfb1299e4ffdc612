"""The policy of a case: what the guideline leaves open, decided once and carried with the case."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from workflows.actors import Actor
from workflows.field_labels import DAYS, HOUR, MONTHS, WORKING_DAYS, YEARS, Label
from workflows.indicators import Indicator
from workflows.model import FieldError, Identifier, Message, wrong
from workflows.vocabulary import Authorship, Role, SecondSignature
from workflows.vocabulary import Field as TechnologyField
from workflows.words import Words


class Policy(Message):
    """What the guideline leaves open, decided once for a case and carried with it (rulebook, Default).

    Days named `..._days` of a step are working days of the Chinese calendar; `assessment_lead_days`
    are calendar days; hours are Beijing time.
    """

    validity_years: Annotated[int, Label("validity", "有效期", "§四", YEARS)] = Field(
        default=3, ge=1, le=10
    )
    assessment_lead_days: Annotated[
        int, Label("assessment opens before the anniversary", "年度考核提前", "§六", DAYS)
    ] = Field(default=90, ge=0, le=330)
    last_assessment_lead_days: Annotated[
        int,
        Label(
            "the last assessment opens before the end of validity",
            "末年考核提前",
            "§六",
            DAYS,
            help=Words("0: as in the other years.", "0 为与其他年度相同。"),
        ),
    ] = Field(default=0, ge=0, le=330)
    assessment_opens_from_hour: Annotated[
        int, Label("assessments open from", "考核启动时段起", "§六", HOUR)
    ] = Field(default=8, ge=0, le=23)
    assessment_opens_until_hour: Annotated[
        int, Label("assessments open until", "考核启动时段止", "§六", HOUR)
    ] = Field(default=18, ge=1, le=24)
    recommendation_days: Annotated[
        int, Label("time for the recommendation", "所在区推荐期限", "§四(一)", WORKING_DAYS)
    ] = Field(default=20, ge=1, le=250)
    inspection_days: Annotated[
        int, Label("time for the on-site inspection", "现场核查期限", "§四(二)", WORKING_DAYS)
    ] = Field(default=30, ge=1, le=250)
    improvement_days: Annotated[
        int, Label("time for improving the plan", "方案完善期限", "§四(二)", WORKING_DAYS)
    ] = Field(default=20, ge=1, le=250)
    expert_review_days: Annotated[
        int, Label("time for the expert review", "专家论证期限", "§四(三)", WORKING_DAYS)
    ] = Field(default=40, ge=1, le=250)
    listing_days: Annotated[
        int, Label("time for the listing", "纳入名单期限", "§四(四)", WORKING_DAYS)
    ] = Field(default=30, ge=1, le=250)
    self_report_days: Annotated[
        int, Label("time for the yearly report", "年度报告期限", "§六", WORKING_DAYS)
    ] = Field(default=20, ge=1, le=250)
    district_review_days: Annotated[
        int, Label("time for the district's view", "所在区意见期限", "§六", WORKING_DAYS)
    ] = Field(default=10, ge=1, le=250)
    evaluation_days: Annotated[
        int, Label("time for the evaluation", "考核评价期限", "§六", WORKING_DAYS)
    ] = Field(default=30, ge=1, le=250)
    reassessment_days: Annotated[
        int, Label("time for the reassessment", "整改后考核期限", "§六", WORKING_DAYS)
    ] = Field(default=30, ge=1, le=250)
    reassessment_view_days: Annotated[
        int,
        Label(
            "time for the district's view before the reassessment",
            "整改后所在区意见期限",
            "§六",
            WORKING_DAYS,
            help=Words("0: it is not heard.", "0 为不征求。"),
        ),
    ] = Field(default=0, ge=0, le=250)
    reminder_days: Annotated[
        int,
        Label(
            "reminder before a step is due",
            "到期前提醒",
            unit=WORKING_DAYS,
            help=Words("0: never.", "0 为不提醒。"),
        ),
    ] = Field(default=5, ge=0, le=60)
    escalate_every_days: Annotated[
        int,
        Label(
            "escalation of an overdue step every",
            "逾期督办间隔",
            unit=DAYS,
            help=Words("On a working day; 0: never.", "顺延至工作日；0 为不督办。"),
        ),
    ] = Field(default=7, ge=0, le=90)
    resumed_days_at_least: Annotated[
        int, Label("least time left after a correction", "退改后最少剩余期限", unit=WORKING_DAYS)
    ] = Field(default=5, ge=0, le=60)
    expiry_notice_days: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1000)], ...],
        Label("notices before the end of validity", "有效期届满前提示", "§四", DAYS),
    ] = Field(default=(180, 90, 30), max_length=10)
    next_term_days: Annotated[
        int,
        Label(
            "application for the next term before the end of validity",
            "下一期申请提前",
            "§四",
            DAYS,
            help=Words("0: only after the end.", "0 为届满后方可申请。"),
        ),
    ] = Field(default=0, ge=0, le=365)
    rectification_months: Annotated[
        int, Label("time for rectification", "整改期限", "§六", MONTHS)
    ] = Field(default=6, ge=1, le=24)
    rectification_within_validity: Annotated[
        bool,
        Label(
            "rectification within validity only",
            "整改须在有效期内完成",
            "§六",
            help=Words(
                "Whether one that would end after validity is not begun: the year ends not effective.",
                "整改期限晚于有效期的不再进入整改，该年度以成效不明显结束。",
            ),
        ),
    ] = False
    inspectors_at_least: Annotated[
        int,
        Label(
            "inspectors named at least",
            "核查人员最少人数",
            "§四(二)",
            help=Words("0: none need be named.", "0 为可不列明。"),
        ),
    ] = Field(default=0, ge=0, le=30)
    experts_at_least: Annotated[int, Label("experts at least", "专家最少人数", "§四(三)")] = Field(
        default=5, ge=4, le=50
    )
    majority_of: Annotated[
        tuple[int, int],
        Label(
            "majority of the panel",
            "专家论证通过比例",
            "§四(三)",
            help=Words("Part and whole: [2, 3] is two thirds.", "分子和分母：[2, 3] 即三分之二。"),
        ),
    ] = (2, 3)
    fields: Annotated[tuple[Identifier, ...], Label("fields", "适用领域", "§三(二)")] = Field(
        default=tuple(TechnologyField), min_length=1, max_length=50
    )
    indicators: Annotated[
        tuple[Indicator, ...],
        Label(
            "catalogue of indicators",
            "指标目录",
            "§六",
            help=Words(
                "What the yearly report states figures of, by group.", "年度报告须逐项填报的指标。"
            ),
        ),
    ] = Field(default=(), max_length=50)
    listing_entered_within_days: Annotated[
        int,
        Label(
            "a listing is entered within",
            "纳入决定录入期限",
            "§四(四)",
            DAYS,
            help=Words(
                "What is entered later is brought in, by documents; 0: at any time.",
                "逾期录入的须按既有平台转入并附依据文件；0 为不限。",
            ),
        ),
    ] = Field(default=0, ge=0, le=1000)
    credit_codes: Annotated[
        bool,
        Label(
            "credit codes required",
            "须填写统一社会信用代码",
            help=Words(
                "Of operator and lead unit. New cases ask for them.",
                "运营单位和牵头单位的代码；新事项均须填写。",
            ),
        ),
    ] = False
    decisions_name_case: Annotated[
        bool,
        Label(
            "decisions name the case",
            "决定须注明所属事项",
            help=Words(
                "Whether a decision must name its platform, term and year. New cases ask for it.",
                "决定是否须注明平台、期次和年度；新事项均须注明。",
            ),
        ),
    ] = False

    authorship: Annotated[
        Authorship,
        Label(
            "authorship",
            "经办人签名",
            "§四",
            help=Words(
                "Whether decisions are signed by an officer of the roster; `recorded`: what is signed is"
                " checked. New cases require it once there is a roster.",
                "决定是否须由人员目录中的经办人签名；recorded 为有签名即核验。设立人员目录后，新事项必须签名。",
            ),
        ),
    ] = Authorship.NONE
    second_signature: Annotated[
        tuple[SecondSignature, ...],
        Label(
            "second signature",
            "须两人签名的决定",
            "§四",
            help=Words(
                "Which decisions two different persons sign, where signatures are required.",
                "必须签名的事项中，须由两名不同人员签名的决定。",
            ),
        ),
    ] = Field(default=(), max_length=len(SecondSignature))

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        part, whole = self.majority_of
        if not 0 < part <= whole:
            raise wrong("majority_of is a share such as [2, 3]", "majority_of 应为比例，如 [2, 3]")
        ids = [one.id for one in self.indicators]
        if len(set(ids)) != len(ids):
            raise wrong("indicators have ids of their own", "指标编号不得重复")
        if self.second_signature and self.authorship is not Authorship.REQUIRED:
            raise wrong(
                "second_signature goes with authorship required: set that, or leave second_signature out",
                "second_signature 仅用于 authorship 为 required 的事项：请改为 required，或不填本项",
            )
        if self.assessment_opens_from_hour >= self.assessment_opens_until_hour:
            raise wrong(
                "assessment_opens_from_hour must lie before assessment_opens_until_hour",
                "assessment_opens_from_hour 须早于 assessment_opens_until_hour",
            )
        return self


USUAL = Policy.model_construct()
"""What a case goes by whose application says nothing else. Not validated: to build its model takes a command
longer than it needs for a case."""

NEW_CASES: dict[str, Any] = {
    "listing_entered_within_days": 90,
    "decisions_name_case": True,
    "reassessment_view_days": 10,
    "last_assessment_lead_days": 120,
    "rectification_within_validity": True,
    "inspectors_at_least": 1,
    "next_term_days": 180,
    "credit_codes": True,
}
"""What new cases are sent, by name of the field: the model's defaults are those of older cases, and stay."""


WITH_A_ROSTER: dict[str, Any] = {
    "authorship": Authorship.REQUIRED,
    "second_signature": (
        SecondSignature.LISTING,
        SecondSignature.SET_ASIDE,
        SecondSignature.DELISTING,
    ),
}
"""What new cases are sent besides, once there is a roster."""


def policy_for_new_cases(policy: Policy, *, roster: bool = False) -> Policy:
    """Return a policy with the defaults of new cases, where it leaves them open; `roster`: there is one.

    Two that are the same before may differ after: one said that it wants what is no default any more.
    """
    wanted = NEW_CASES | WITH_A_ROSTER if roster else NEW_CASES
    left = {k: v for k, v in wanted.items() if k not in policy.model_fields_set}
    return policy.model_copy(update=left)


def usual_values(name: str) -> tuple[Any, ...]:
    """Return the values of a field that make no policy a case's own: of older cases, of new ones."""
    old, new = Policy.model_fields[name].default, NEW_CASES | WITH_A_ROSTER
    return (old, new[name]) if name in new else (old,)


def is_own(policy: Policy) -> bool:
    """Whether a policy is another than the usual one, whichever that was when its case began."""
    return any(getattr(policy, n) not in usual_values(n) for n in Policy.model_fields)


def days_at_most(working_days: int) -> int:
    """Return how many days a number of working days takes at most, with the longest holidays in them.

    A test compares it with the calendar of all years that are known; docs/lifecycle.md has the reasoning.
    """
    return -(-working_days * 7 // 5) + 9 + working_days // 12


def _asks_for_less(policy: Policy) -> bool:
    """Whether a policy asks for fewer signatures than new cases do where there is a roster."""
    usual = WITH_A_ROSTER["second_signature"]
    asked = policy.authorship is Authorship.REQUIRED
    return not asked or not {*usual} <= {*policy.second_signature}


def policy_problem(
    policy: Policy, submitted_by: Actor | None, *, roster: bool = False
) -> FieldError | None:
    """Return why a new case may not go by a policy; None when it may. `roster`: it knows one.

    No validator of the model: cases that began with such a policy go on with it, and are replayed.
    """
    own = is_own(policy) or (roster and _asks_for_less(policy))
    if own and (submitted_by is None or submitted_by.role is not Role.COMMISSION):
        return FieldError(
            "policy",
            Words(
                "a policy other than the usual one is the commission's to give: submitted_by has the"
                " role commission, or leave policy out",
                "自定政策参数只能由市科委、中关村管委会给出：submitted_by 的 role 应为 commission，"
                "否则请勿填写 policy",
            ),
        )
    part, whole = policy.majority_of
    if part * 2 <= whole:
        return FieldError(
            "policy.majority_of",
            Words(
                f"{part}/{whole} is no majority: more than half of the votes",
                f"{part}/{whole} 不构成多数，应超过半数",
            ),
        )
    working = policy.self_report_days + policy.district_review_days + policy.evaluation_days
    if policy.assessment_lead_days * 5 < working * 7:
        least = -(-working * 7 // 5)
        return FieldError(
            "policy.assessment_lead_days",
            Words(
                f"{policy.assessment_lead_days} days are too few: report, view and evaluation take"
                f" {working} working days, so at least {least} days before the anniversary",
                f"{policy.assessment_lead_days} 天过短：报告、意见和评价共 {working} 个工作日，"
                f"至少须提前 {least} 天",
            ),
        )
    least = days_at_most(working)
    if 0 < policy.last_assessment_lead_days < least:
        return FieldError(
            "policy.last_assessment_lead_days",
            Words(
                f"{policy.last_assessment_lead_days} days are too few: report, view and evaluation take"
                f" {working} working days, with holidays {least} days, and end before validity does",
                f"{policy.last_assessment_lead_days} 天过短：报告、意见和评价共 {working} 个工作日，"
                f"遇节假日需 {least} 天，且须在有效期届满前结束",
            ),
        )
    longest = max(policy.expiry_notice_days, default=0)
    if longest >= policy.validity_years * 365:
        return FieldError(
            "policy.expiry_notice_days",
            Words(
                f"{longest} days before its end validity has not begun",
                f"届满前 {longest} 天时有效期尚未开始",
            ),
        )
    return None
