"""An application for a platform: who, what, the five conditions, the plan, and the policy it goes by."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from workflows.actors import Actor, Document
from workflows.bringing_in import BringingIn
from workflows.credit_codes import CreditCode, is_none
from workflows.exact_numbers import Amount, Percent, as_json
from workflows.field_labels import TEN_THOUSAND_YUAN, Label
from workflows.indicators import PlanIndicators, target_problem
from workflows.model import Day, Identifier, Message, Name, Remark, Sha256, Text, wrong
from workflows.policy import USUAL, Policy
from workflows.signed_roots import SignedRoot
from workflows.vocabulary import (
    AssessmentStage,
    Condition,
    District,
    GovernanceBody,
    LeadUnitKind,
    LegalForm,
    Origin,
    PlanPart,
    Service,
    TransferPractice,
)
from workflows.words import Words, listed


class FundingSource(Message):
    """Where money comes from, and its share of the whole in percent (§五(三))."""

    source: Annotated[Name, Label("source", "来源")]
    share: Annotated[Percent, Label("share", "份额", unit=Words("percent", "%"))]


class OperatingMechanisms(Message):
    """How the platform runs itself (§五): legal form, fees, governance, funding, transfer of results."""

    legal_form: Annotated[LegalForm, Label("legal form", "法人形式", "§五(一)")]
    independent_by: Annotated[
        Day | None,
        Label(
            "date set for independence",
            "独立法人化承诺日期",
            "§五(一)",
            help=Words("Required where separately managed.", "暂未独立法人化的必填。"),
        ),
    ] = None
    membership: Annotated[Remark | None, Label("membership", "会员制", "§五(一)")] = None
    fees: Annotated[Remark | None, Label("fees", "收费机制", "§五(一)")] = None
    autonomy: Annotated[
        Remark | None, Label("autonomy of the team", "运营团队自主权", "§五(一)")
    ] = None
    governance: Annotated[
        tuple[GovernanceBody, ...], Label("governance", "治理机构与机制", "§五(二)")
    ] = Field(default=(), max_length=len(GovernanceBody))
    other_bodies: Annotated[
        tuple[Name, ...],
        Label(
            "other bodies",
            "其他治理机构",
            "§五(二)",
            help=Words("Others than those named by the guideline.", "《指引》列举之外的机构。"),
        ),
    ] = Field(default=(), max_length=10)
    funding: Annotated[
        tuple[FundingSource, ...],
        Label(
            "funding",
            "资金来源",
            "§五(三)",
            help=Words("The shares add up to 100.", "份额合计为 100。"),
        ),
    ] = Field(min_length=1, max_length=20)
    lead_unit_funding_wan: Annotated[
        Amount, Label("funding by the lead unit", "牵头单位投入", "§五(三)", TEN_THOUSAND_YUAN)
    ]
    transfer: Annotated[
        tuple[TransferPractice, ...], Label("transfer of results", "成果转移转化", "§五(四)")
    ] = Field(default=(), max_length=len(TransferPractice))

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        shares = sum(source.share for source in self.funding)
        if shares != 100:
            raise wrong(
                f"the shares of funding add up to {as_json(shares)}, not to 100 (§五(三))",
                f"资金来源份额合计 {as_json(shares)}，应为 100（§五(三)）",
            )
        if self.legal_form is LegalForm.SEPARATELY_MANAGED and self.independent_by is None:
            raise wrong(
                "separately managed platforms name the date they aim at, independent_by (§五(一))",
                "暂未独立法人化的平台须写明目标日期 independent_by（§五(一)）",
            )
        return self


class Plan(Message):
    """The plan of a platform (§四(一)): its four parts, and its operating mechanisms (§五)."""

    parts: Annotated[dict[PlanPart, Text], Label("parts", "方案内容", "§四(一)")]
    mechanisms: Annotated[OperatingMechanisms, Label("operating mechanisms", "运作机制", "§五")]
    indicators: Annotated[PlanIndicators | None, Label("indicators", "指标", "§六")] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _require_all(self.parts, PlanPart)
        return self


class ConditionAnswer(Message):
    """How an application meets one of the five conditions: a statement and documents."""

    statement: Annotated[Text, Label("statement", "说明")]
    documents: Annotated[tuple[Document, ...], Label("documents", "证明文件")] = Field(
        min_length=1, max_length=20
    )


class Organisation(Message):
    """A body that takes part."""

    name: Annotated[Name, Label("name", "名称")]
    credit_code: Annotated[
        CreditCode | None,
        Label(
            "credit code",
            "统一社会信用代码",
            help=Words(
                "18 characters (GB 32100). It tells bodies apart where both have one.",
                "18 位（GB 32100）。双方均有代码的，以代码判定是否同一单位。",
            ),
        ),
    ] = Field(default=None, exclude_if=is_none)


class LeadUnit(Organisation):
    """The body that leads (§三)."""

    kind: Annotated[LeadUnitKind, Label("kind", "类型", "§三")]


class PreviousYear(Message):
    """How the assessment of a year of the term before ended (§六)."""

    year: Annotated[int, Label("year of the term", "考核年度")] = Field(ge=1, le=10)
    result: Annotated[AssessmentStage, Label("conclusion", "考核结论")]


class PreviousTerm(Message):
    """The term before this one, so that the new log goes on from the old one's last hash."""

    term: Annotated[int, Label("term", "期次")] = Field(ge=1, le=99)
    log_hash: Annotated[Sha256, Label("last hash of its log", "记录末条哈希值")]
    assessments: Annotated[
        tuple[PreviousYear, ...], Label("its yearly assessments", "年度考核", "§六")
    ] = Field(default=(), max_length=10)


class PlatformApplication(Message):
    """The one input of the workflow `Platform` (§三, §四(一))."""

    application_id: Annotated[
        Identifier,
        Label(
            "application id",
            "申请编号",
            help=Words("Your own; no other application has it.", "自编，不得重复。"),
        ),
    ]
    platform_id: Annotated[Identifier, Label("platform id", "平台编号")]
    name: Annotated[Name, Label("name of the platform", "平台名称")]
    operator: Annotated[Organisation, Label("operator", "平台运营单位", "§四(一)")]
    lead_unit: Annotated[LeadUnit, Label("lead unit", "牵头单位", "§三")]
    district: Annotated[District, Label("district", "所在区", "§四(一)")]
    field: Annotated[Identifier, Label("field", "领域", "§三(二)")]
    services: Annotated[tuple[Service, ...], Label("services", "技术服务", "§一")] = Field(
        min_length=1, max_length=len(Service)
    )
    other_services: Annotated[
        tuple[Name, ...],
        Label(
            "other services",
            "其他技术服务",
            "§一",
            help=Words("Names them, with the service `other`.", "技术服务含“其他”的必填。"),
        ),
    ] = Field(default=(), max_length=10)
    direction: Annotated[Name | None, Label("direction in the field", "布局方向", "§四")] = None
    address: Annotated[
        Name | None,
        Label(
            "address in Beijing",
            "在京地址",
            "§三",
            help=Words("Where the platform is built.", "平台建设地点。"),
        ),
    ] = None
    partners: Annotated[tuple[Name, ...], Label("partner units", "合作单位", "§三")] = Field(
        default=(), max_length=30
    )
    origin: Annotated[Origin | None, Label("origin", "建设来源", "§二(四)")] = None
    centre: Annotated[
        Name | None,
        Label(
            "existing centre",
            "依托的已有中心",
            "§三",
            help=Words(
                "The centre that the platform grows from, with the origin `existing_centre`.",
                "建设来源为“盘活存量”的必填，如技术创新中心、产业创新中心、工程技术研究中心。",
            ),
        ),
    ] = None
    conditions: Annotated[dict[Condition, ConditionAnswer], Label("conditions", "建设条件", "§三")]
    plan: Annotated[Plan, Label("plan", "建设方案", "§四(一)")]
    policy: Annotated[Policy, Label("policy", "政策参数")] = USUAL
    submitted_by: Annotated[Actor | None, Label("submitted by", "提交人")] = None
    term: Annotated[int, Label("term", "期次", "§四")] = Field(default=1, ge=1, le=99)
    previous: Annotated[PreviousTerm | None, Label("previous term", "上一期")] = None
    brought_in: Annotated[
        BringingIn | None,
        Label(
            "existing platform",
            "既有平台转入",
            help=Words(
                "Of a platform listed before it came here: how it stood, as the commission says.",
                "此前已纳入名单的平台填写，由市科委、中关村管委会说明其情况。",
            ),
        ),
    ] = None

    roster: Annotated[
        SignedRoot | None,
        Label(
            "version of the roster",
            "人员目录版本",
            rare=True,
            help=Words(
                "By which its decisions' signatures are judged. Filled in by whoever sends the application.",
                "据以核验决定签名的人员目录版本，由提交程序填写。",
            ),
        ),
    ] = Field(default=None, exclude_if=is_none)

    @model_validator(mode="after")
    def _answer_all(self) -> Self:
        _require_all(self.conditions, Condition)
        if self.field not in self.policy.fields:
            known = listed(self.policy.fields)
            raise wrong(
                f"field {self.field} is not one of {known.en} (§三(二))",
                f"领域 {self.field} 不在 {known.zh} 之列（§三(二)）",
            )
        if len(set(self.services)) != len(self.services):
            raise wrong("services name each service once (§一)", "services 每项只列一次（§一）")
        if (Service.OTHER in self.services) is not bool(self.other_services):
            raise wrong(
                "other_services names the services where other is one of them, and only there (§一)",
                "技术服务含“其他”（other）的须填写 other_services，且仅此时填写（§一）",
            )
        if (self.origin is Origin.EXISTING_CENTRE) is not (self.centre is not None):
            raise wrong(
                "centre names the centre where that is the origin, and only there (§三)",
                "建设来源为“盘活存量”的须填写 centre，且仅此时填写（§三）",
            )
        wrong_targets = target_problem(self.plan.indicators, self.policy.indicators)
        if wrong_targets:
            raise wrong(*wrong_targets)
        self._check_term()
        return self

    def _check_term(self) -> None:
        """A term follows the one before it; the first that is known here may be one that is brought in."""
        if self.brought_in and not {"term", "previous"} & self.model_fields_set:
            return  # left to whoever hands it in, who knows the platform's last term
        if self.brought_in and self.brought_in.term != self.term:
            raise wrong(
                f"brought_in.term is {self.brought_in.term}, and the platform's next term is {self.term}",
                f"brought_in.term 为 {self.brought_in.term}，而该平台下一期为第 {self.term} 期",
            )
        first = self.brought_in.term if self.brought_in else 1
        if (self.previous.term + 1 if self.previous else first) != self.term:
            raise wrong(
                "term follows previous: the first is 1 and has none before it",
                "term 须接续 previous：首期为 1，且无 previous",
            )


def _require_all(given: object, words: type[PlanPart] | type[Condition]) -> None:
    """Raise `wrong` when a member of `words` has no entry in the mapping `given`."""
    missing = [word for word in words if isinstance(given, dict) and word not in given]
    if missing:
        named = listed(f"{word} {word.zh}" for word in missing)
        article = missing[0].article
        raise wrong(f"missing: {named.en} ({article})", f"缺少：{named.zh}（{article}）")
