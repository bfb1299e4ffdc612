"""The examples of the calls about the programme as a whole."""

from starter.service.api_examples import add

_PLATFORM, _NAME = "bj-riscv-soc", "RISC-V处理器核与软硬协同验证共性技术平台"
_OF = {"district": "haidian", "field": "integrated_circuits"}
FIGURES = add(
    "figures",
    {
        "stages": [{"word": "valid", "platforms": 1}],
        "districts": [{"word": "haidian", "platforms": 1}],
        "fields": [{"word": "integrated_circuits", "platforms": 1}],
        "years": [{"word": "2027", "platforms": 1}],
        "steps": [
            {
                "stage": "inspection",
                "times": 1,
                "median_days": 12.5,
                "worst_days": 12.5,
                "worst_platform": _PLATFORM,
            }
        ],
        "results": [{"year": None, "result": "open", "assessments": 1}],
    },
)
MECHANISMS = add(
    "mechanisms",
    {
        "platforms": 1,
        "past_date": 0,
        "average_lead_unit_funding_wan": 1200.0,
        "legal_forms": [{"word": "independent", "platforms": 1}],
        "funding": [{"word": "会费", "platforms": 1, "average_share": 40.0}],
        "governance": [],
        "transfer": [],
        "page": [
            {
                "platform_id": _PLATFORM,
                "name": _NAME,
                **_OF,
                "stage": "valid",
                "year": 0,
                "legal_form": "independent",
                "independent_by": None,
                "past_date": False,
                "lead_unit_funding_wan": 1200,
                "governance": [],
                "transfer": [],
            }
        ],
    },
)
LAYOUT = add(
    "layout",
    {
        "directions": [
            {
                "field": "integrated_circuits",
                "direction": "开放指令集处理器",
                "priority": 1,
                "districts": ["haidian"],
                "stages": [{"stage": "valid", "platforms": 1, "first": [_PLATFORM]}],
            }
        ],
        "outside": [],
    },
)
SUPPORT = add(
    "support",
    {
        "items": [
            {
                "platform_id": _PLATFORM,
                "term": 1,
                "seq": 9,
                "support": "tax",
                "given_on": "2027-06-30",
                "title": "研发费用加计扣除",
                "amount_wan": 12,
                "actor_id": "haidian-kw-01",
                "organisation": "海淀区科技主管部门",
                "decision_id": "hd-2027-0102",
                "recorded_at": "2027-07-02T02:11:40.000000Z",
                "name": _NAME,
                "district": "haidian",
                "set_aside_by": None,
            }
        ],
        "next": None,
    },
)
