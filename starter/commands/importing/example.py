"""The applications that the template shows: a new platform, and one that was listed before (invented)."""

from typing import Any

from workflows.vocabulary import Condition, PlanPart

_HASH = "0123456789abcdef" * 4


def _application(number: str, platform_id: str, name: str) -> dict[str, Any]:
    return {
        "application_id": number,
        "platform_id": platform_id,
        "name": name,
        "operator": {"name": "示例平台运营有限公司", "credit_code": "91119999MA0000992F"},
        "lead_unit": {
            "name": "示例大学",
            "credit_code": "12119999MA0000993P",
            "kind": "university",
        },
        "district": "haidian",
        "field": "integrated_circuits",
        "services": ["research", "commercial_validation"],
        "direction": "芯片验证",
        "conditions": {str(condition): _answer(condition) for condition in Condition},
        "plan": {
            "parts": {str(part): f"（示例）本平台的{part.zh}。" for part in PlanPart},
            "mechanisms": {
                "legal_form": "separately_managed",
                "independent_by": "2029-12-31",
                "membership": "会员企业优先预约。",
                "fees": "按机时收费。",
                "governance": ["academic_committee", "open_competition"],
                "funding": [
                    {"source": "牵头单位投入", "share": 60},
                    {"source": "服务收入", "share": 40},
                ],
                "lead_unit_funding_wan": 780,
                "transfer": ["use_first_pay_later"],
            },
        },
        "submitted_by": {
            "id": "op-0001",
            "role": "operator",
            "organisation": "示例平台运营有限公司",
        },
    }


def _answer(condition: Condition) -> dict[str, Any]:
    papers = [{"name": f"{condition.zh}.pdf", "sha256": _HASH}]
    return {"statement": f"（示例）{condition.zh}的说明。", "documents": papers}


_PAST = {
    "kind": "bringing_in",
    "decision_id": "brought-in:EXAMPLE-2",
    "actor": {"id": "c-01", "role": "commission", "organisation": "市科委、中关村管委会"},
    "decided_on": "2026-11-01",
    "documents": [{"name": "名单公告.pdf", "sha256": _HASH}],
    "list_number": "2024-1",
    "certificate_number": "BJPT-2024-009",
    "listed_on": "2024-12-20",
    "last_day": "2027-12-20",
    "assessments": [
        {
            "year": 1,
            "result": "effective",
            "concluded_on": "2025-11-28",
            "documents": [{"name": "第一年度考核结论.pdf", "sha256": _HASH}],
        }
    ],
}

EXAMPLES: tuple[dict[str, Any], ...] = (
    _application("EXAMPLE-1", "bj-example", "示例共性技术平台"),
    {**_application("EXAMPLE-2", "bj-example-listed", "示例既有平台"), "brought_in": _PAST},
)
"""As messages."""

EXAMPLE_IDS = frozenset(one[name] for one in EXAMPLES for name in ("application_id", "platform_id"))
"""No application that is meant has these."""
