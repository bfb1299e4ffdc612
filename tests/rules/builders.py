"""Valid applications, actors and decisions, as plain JSON data: the one place where tests make them."""

from datetime import date, timedelta
from typing import Any

from workflows.vocabulary import (
    Condition,
    ExpertField,
    IndicatorGroup,
    InspectionItem,
    Kind,
    PlanPart,
    Role,
)

Raw = dict[str, Any]
DAY = timedelta(days=1)
ABSENT: Any = object()
"""As a change: leave the field out."""

LEAD_UNIT = "京芯微电子研究院"
OPERATOR_NAME = "京芯共性平台运营有限公司"
OPERATOR_CODE, LEAD_UNIT_CODE = "91119999MA0000994M", "12119999MA0000995X"
OTHER_CODE = "91119999MA0009961A"
"""Of another body than these."""

OPERATOR: Raw = {"id": "op-1", "role": "operator", "organisation": OPERATOR_NAME}
DISTRICT: Raw = {
    "id": "hd-1",
    "role": "district",
    "organisation": "海淀区科技主管部门",
    "district": "haidian",
}
COMMISSION: Raw = {"id": "kw-1", "role": "commission", "organisation": "市科委、中关村管委会"}
ACTORS: dict[str, Raw] = {
    Role.OPERATOR: OPERATOR,
    Role.DISTRICT: DISTRICT,
    Role.COMMISSION: COMMISSION,
}
DOCUMENT: Raw = {"name": "证明.pdf", "sha256": "ab" * 32}
MECHANISMS: Raw = {
    "legal_form": "independent",
    "funding": [{"source": "牵头单位", "share": 60}, {"source": "服务收入", "share": 40}],
    "lead_unit_funding_wan": 500,
}


def changed(content: Raw, **changes: Any) -> Raw:
    """A copy with fields replaced, or left out where the change is ABSENT."""
    return {k: v for k, v in {**content, **changes}.items() if v is not ABSENT}


def plan(approach: str = "以产业需求为牵引") -> Raw:
    """A whole plan; `approach` tells one version from another."""
    parts = {str(part): f"{part.zh}的内容" for part in PlanPart}
    return {"parts": {**parts, "approach": approach}, "mechanisms": MECHANISMS}


def application(**changes: Any) -> Raw:
    """An application that answers everything."""
    answer = {"statement": "符合", "documents": [DOCUMENT]}
    content = {
        "application_id": "a-2024-1",
        "platform_id": "bj-test",
        "name": "芯片验证共性技术平台",
        "operator": {"name": OPERATOR_NAME, "credit_code": OPERATOR_CODE},
        "lead_unit": {
            "name": LEAD_UNIT,
            "credit_code": LEAD_UNIT_CODE,
            "kind": "research_institute",
        },
        "district": "haidian",
        "field": "integrated_circuits",
        "services": ["research", "design"],
        "conditions": {str(condition): answer for condition in Condition},
        "plan": plan(),
        "submitted_by": OPERATOR,
    }
    return changed(content, **changes)


NEXT: Raw = application(
    application_id="a-2024-2",
    name="芯片验证共性技术平台（二期）",
    submitted_by={**OPERATOR},
)
"""The application for the next term."""


def panel(votes: int = 5, of: int = 5, outcome: str = "supported") -> list[Raw]:
    """A panel with all four fields, of whom `votes` vote for the outcome.

    Of no conclusion nobody has the majority, whatever `votes` says.
    """
    if outcome == "no_conclusion":
        votes, outcome = of // 2, "supported"
    fields = list(ExpertField)
    other = "not_supported" if outcome == "supported" else "supported"
    return [
        {
            "name": f"专家{number}",
            "field": str(fields[number % len(fields)]),
            "organisation": f"第{number}研究所",
            "vote": outcome if number < votes else other,
        }
        for number in range(of)
    ]


def group_findings() -> Raw:
    """A finding for each of the four groups of indicators."""
    return {str(group): {"finding": "satisfactory", "score": 88} for group in IndicatorGroup}


def on_document(reason: str) -> Raw:
    """A reason, and the document that it rests on."""
    return {"reason": reason, "documents": [DOCUMENT]}


_WITH_OUTCOME = set(Kind) - {
    Kind.PLAN_REVISION,
    Kind.WITHDRAWAL,
    Kind.SET_ASIDE,
    Kind.FACTS_CHANGE,
    Kind.SUSPENSION,
    Kind.RESUMPTION,
    Kind.TERMINATION,
    Kind.SUPPORT,
    Kind.BRINGING_IN,
}
"""The kinds that leave a choice."""
BY = {
    Kind.RECOMMENDATION: DISTRICT,
    Kind.PLAN_REVISION: OPERATOR,
    Kind.WITHDRAWAL: OPERATOR,
    Kind.SELF_REPORT: OPERATOR,
    Kind.DISTRICT_REVIEW: DISTRICT,
    Kind.RECTIFICATION_REPORT: OPERATOR,
    Kind.NEXT_TERM: OPERATOR,
}
"""Who takes a decision; the commission, if it is not named here."""


PASSED_OVER = ("not_filed", "not_given")
"""By which the commission goes on without what is overdue."""


def content(kind: str, outcome: str | None = None) -> Raw:
    """What a valid decision of a kind says, fitted to its outcome."""
    to_correct = {"corrections": ["补充设备清单"]} if outcome == "returned" else {}
    to_mend = {"to_mend": ["提高开放服务水平"]} if outcome == "not_effective" else {}
    numbers = {"list_number": "2024-1", "certificate_number": "GX-001"}
    items = {str(item): {"finding": "satisfactory"} for item in InspectionItem}
    groups = {str(group): f"{group.zh}的情况" for group in IndicatorGroup}
    said: dict[str, Raw] = {
        Kind.RECOMMENDATION: {"outcome": "recommended", "opinion": "意见"},
        Kind.INSPECTION: {
            "outcome": "passed",
            "findings": items,
            "inspectors": ["核查员1（市科委、中关村管委会）"],
            **to_correct,
        },
        Kind.PLAN_REVISION: {"plan": plan("已按意见修改"), "changes": "补充设备清单"},
        Kind.EXPERT_OPINION: {
            "outcome": "supported",
            "panel": panel(outcome=outcome or "supported"),
            "opinion": "专家组意见",
        },
        Kind.LISTING: {"outcome": "included", **({} if outcome == "not_included" else numbers)},
        Kind.BRINGING_IN: {
            **numbers,
            "listed_on": "2023-06-01",
            "documents": [{"name": "名单公告", "sha256": "ab" * 32}],
        },
        Kind.WITHDRAWAL: {"reason": "业务调整"},
        Kind.FACTS_CHANGE: {
            "requested_by": "operator",
            "name": "更名后的共性技术平台",
            **on_document("运营单位名称变更登记"),
        },
        Kind.SUSPENSION: on_document("场地搬迁"),
        Kind.RESUMPTION: on_document("搬迁完成"),
        Kind.TERMINATION: on_document("运营单位已注销"),
        Kind.SET_ASIDE: {"target": "d-2", "reason": "所依据的材料有误"},
        Kind.SUPPORT: {
            "support": "fiscal",
            "given_on": "2024-03-08",
            "title": "共性技术服务后补助",
            "amount_wan": 120,
        },
        Kind.NEXT_TERM: {} if outcome == "taken_back" else {"application": NEXT},
        Kind.SELF_REPORT: {"groups": groups, "mechanisms": MECHANISMS},
        Kind.DISTRICT_REVIEW: {"view": "运行良好"},
        Kind.EVALUATION: {"outcome": "effective", "findings": group_findings(), **to_mend},
        Kind.RECTIFICATION_REPORT: {"mended": ["已扩大开放服务"]},
        Kind.REASSESSMENT: {"outcome": "met", "findings": group_findings()},
    }
    if outcome in PASSED_OVER:
        return {"outcome": outcome, "reason": "逾期未收到"}
    chosen = {"outcome": outcome} if outcome and kind in _WITH_OUTCOME else {}
    return said[kind] | chosen


def decision(
    kind: str, decision_id: str, on: date | str, outcome: str | None = None, /, **changes: Any
) -> Raw:
    """A valid decision of a kind, by whoever takes it, fitted to its outcome."""
    whole = {
        "kind": str(kind),
        "decision_id": decision_id,
        "actor": COMMISSION if outcome in PASSED_OVER else BY.get(Kind(kind), COMMISSION),
        "decided_on": str(on),
        **content(kind, outcome),
    }
    if kind == Kind.PLAN_REVISION:  # no version is filed twice
        whole["plan"] = plan(f"已按意见修改（{decision_id}）")
    return changed(whole, **changes)


def actor(role: str, **changes: Any) -> Raw:
    """The actor of a role, with fields replaced."""
    return changed(ACTORS[role], **changes)
