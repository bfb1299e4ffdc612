"""The examples of the OpenAPI document: the platform of examples/bj-riscv-soc, shortened."""

from typing import Any

from starter.service.problem_details import Kind, Problem
from workflows.words import Words

_PLACE = "#/example/"
_PLATFORM = "bj-riscv-soc"
_HASH = "7b0f6c1a6f0d5c2f8f5f6a1a4ff0f2d1c3b5a79e8d7c6b5a4938271605f4e3d2"
_DOCUMENT = {"name": "开源项目统计报告.pdf", "sha256": _HASH}
_OPERATOR = "北京开沅处理器技术中心"
_DISTRICT_STAFF = {
    "id": "haidian-kw-01",
    "role": "district",
    "organisation": "海淀区科技主管部门",
    "district": "haidian",
}
_FACTS = {
    "platform_id": _PLATFORM,
    "application_id": "2026-hd-0096",
    "name": "RISC-V处理器核与软硬协同验证共性技术平台",
    "operator": {"name": _OPERATOR},
    "lead_unit": {"name": "沅渚计算技术研究所", "kind": "research_institute"},
    "district": "haidian",
    "field": "integrated_circuits",
    "services": ["research", "design"],
    "direction": "开放指令集处理器",
}
_INSPECTION_AWAITED = [{"kind": "inspection", "role": "commission", "rule": "§四(二)"}]
_STANDING = {
    "since": "2026-11-23T19:02:19.766176Z",
    "came_from": "recommendation",
    "decided_on": "2026-11-23",
}
_ENTRY = {
    "seq": 2,
    "at": "2026-11-23T19:02:19.766176Z",
    "kind": "decision",
    "name": "recommendation",
    "outcome": "recommended",
    "stage": "inspection",
    "actor": _DISTRICT_STAFF,
    "decision_id": "hd-2026-0031",
    "said": {"kind": "recommendation", "outcome": "recommended", "opinion": "同意推荐。"},
    "reason": None,
    "previous": _HASH,
    "hash": _HASH,
}
_LISTED = {
    "platform_id": _PLATFORM,
    "name": _FACTS["name"],
    "operator": _OPERATOR,
    "lead_unit": "沅渚计算技术研究所",
    "district": "haidian",
    "field": "integrated_circuits",
    "term": 1,
    "stage": "valid",
    "list_number": "2027-01",
    "certificate_number": "GXJS-2027-008",
    "listed_on": "2027-03-15",
    "valid_until": "2030-03-15T16:00:00.000000Z",
}

_EXAMPLES: dict[str, Any] = {
    "application": {
        **_FACTS,
        "conditions": {
            name: {"statement": statement, "documents": [_DOCUMENT]}
            for name, statement in (
                ("lead_unit_strength", "牵头单位已开源三代高性能处理器核。"),
                ("strategic_fit", "海淀区把开放指令集列为重点培育方向。"),
                ("plan_and_organisation", "下设硬件、软件、认证三组，设技术指导委员会。"),
                ("resources_and_team", "验证平台8套，持续集成集群90节点，技术团队58人。"),
                ("openness", "处理器核和测试套件全部以宽松许可开源。"),
            )
        },
        "plan": {
            "parts": {
                "approach": "以公共处理器核减少重复设计，以兼容性认证治理碎片化。",
                "goals": "三年发布两代工程化处理器核，认证产品50款。",
                "key_tasks": "攻关乱序核联合验证；建设操作系统持续集成环境。",
                "safeguards": "版本冻结须经三分之二委员同意；核心代码双人审核。",
            },
            "mechanisms": {
                "legal_form": "independent",
                "funding": [{"source": "研究所投入", "share": 60}, {"source": "会费", "share": 40}],
                "lead_unit_funding_wan": 1200,
            },
        },
        "submitted_by": {"id": "kaiyuan-01", "role": "operator", "organisation": _OPERATOR},
    },
    "applied": {
        "platform_id": _PLATFORM,
        "application_id": "2026-hd-0096",
        "term": 1,
        "workflow_id": f"platform:{_PLATFORM}",
    },
    "decision": {
        "kind": "recommendation",
        "decision_id": "hd-2026-0031",
        "actor": _DISTRICT_STAFF,
        "decided_on": "2026-11-23",
        "outcome": "recommended",
        "opinion": "同意推荐。",
    },
    "decided": {
        "decision_id": "hd-2026-0031",
        "platform_id": _PLATFORM,
        "term": 1,
        "year": None,
        "seq": 2,
        "at": "2026-11-23T19:02:19.766176Z",
        "kind": "recommendation",
        "outcome": "recommended",
        "stage": "inspection",
        "awaited": _INSPECTION_AWAITED,
        "said_sha256": _HASH,
    },
    "platform": {
        "platform": {
            "facts": _FACTS,
            "stage": "inspection",
            **_STANDING,
            "plan_sha256": _HASH,
        },
        "due": {"due": "2027-01-06T16:00:00.000000Z"},
        "awaited": _INSPECTION_AWAITED,
        "log_seq": 2,
        "log_hash": _HASH,
        "refusals": 0,
        "recorded": 2,
    },
    "assessment": {
        "assessment": {
            "facts": _FACTS,
            "year": 1,
            "valid_until": "2030-03-15T16:00:00.000000Z",
            "stage": "self_report",
            "since": "2027-12-16T02:11:40.000000Z",
        },
        "awaited": [{"kind": "self_report", "role": "operator", "rule": "§六"}],
        "log_seq": 1,
        "log_hash": _HASH,
        "refusals": 0,
        "recorded": 1,
    },
    "log": [_ENTRY],
    "timeline": {
        "items": [
            {
                "platform_id": _PLATFORM,
                "term": 1,
                "year": 0,
                "opening": 0,
                "workflow_id": f"platform:{_PLATFORM}",
                "entry": _ENTRY,
            }
        ],
        "next": f"/v1/platforms/{_PLATFORM}/timeline?limit=1&after=1.0.0.2",
    },
    "validity": {
        "platform_id": _PLATFORM,
        "name": _FACTS["name"],
        "day": "2027-11-24",
        "valid": True,
        "reason": "valid",
        "listing": {
            "term": 1,
            "list_number": "2027-01",
            "certificate_number": "GXJS-2027-008",
            "listed_on": "2027-03-15",
            "last_day": "2030-03-15",
        },
    },
    "register": {"items": [_LISTED], "next": None},
    "alive": {"alive": True},
    "ready": {"temporal": True, "postgresql": True, "worker": True},
    "metrics": 'pingtai_http_requests_total{method="GET",route="/livez",status="200"} 3.0\n',
}

_PROBLEMS: dict[Kind, Words] = {
    Kind.BAD_REQUEST: Words(
        "Invalid JSON: Expecting value at line 1 column 1",
        "请求内容不是有效的 JSON：第 1 行第 1 列有误",
    ),
    Kind.NO_KEY: Words("unknown key", "没有此密钥"),
    Kind.NOT_ALLOWED: Words("the key lacks the scope apply", "密钥没有权限 apply"),
    Kind.NOT_FOUND: Words("No platform has this id", "没有此编号的平台"),
    Kind.NO_SUCH_METHOD: Words("allowed here: POST", "可用方法：POST"),
    Kind.REFUSED: Words(
        "withdrawal is for the operator to take, not for the commission",
        "“撤回”应由平台运营单位作出",
    ),
    Kind.KEY_REUSED: Words(
        "this Idempotency-Key was used for another call, or another body",
        "此 Idempotency-Key 已用于其他调用或其他内容",
    ),
    Kind.TOO_MANY: Words(
        "the key already has 20 subscriptions, the most it may have: delete one",
        "此密钥已有 20 个订阅，请先删除",
    ),
    Kind.SLOW_BODY: Words(
        "the body did not arrive within 10 seconds",
        "请求内容未在 10 秒内到达",
    ),
    Kind.UNKNOWN_HOST: Words(
        "this service has no such name: ask by its address, with a key, or set PINGTAI_HTTP_HOSTS",
        "本服务没有此主机名：请使用其地址、出示密钥，或设置 PINGTAI_HTTP_HOSTS",
    ),
    Kind.GONE: Words("the cursor belongs to another feed", "游标属于另一事件流"),
    Kind.TOO_LARGE: Words("the body is larger than 524,288 bytes", "请求内容超过 524,288 字节"),
    Kind.MEDIA_TYPE: Words(
        "send application/json in UTF-8, not compressed",
        "请求内容应为 application/json（UTF-8，不压缩）",
    ),
    Kind.INVALID: Words(
        "PlatformApplication: name: Field required",
        "PlatformApplication：name：缺少此项",
    ),
    Kind.MISTAKE: Words(
        "internal error of the service; see its log",
        "系统内部错误，详见服务日志",
    ),
    Kind.AWAY: Words(
        "Temporal does not answer; try again in a moment",
        "流程引擎没有应答，请稍后重试",
    ),
    Kind.TOO_SLOW: Words("no answer came in time", "未能按时应答"),
    Kind.BUSY: Words("too much is asked at once", "请求过多，请稍后重试"),
}
_EXTENSIONS: dict[Kind, dict[str, Any]] = {
    Kind.REFUSED: {
        "detail": "withdrawal is for the operator to take, not for the commission (§四). Awaited"
        " now: inspection from the commission (§四(二)).",
        "rule": "§四",
        "stage": "inspection",
        "awaited": _INSPECTION_AWAITED,
    },
    Kind.INVALID: {"errors": [{"field": "name", "en": "Field required", "zh": "缺少此项"}]},
}


def of(name: str) -> dict[str, Any]:
    """A place for the example of this name, which `filled` puts there: FastAPI would take its nulls out."""
    return {name: {"value": f"{_PLACE}{name}"}}


def filled(part: Any) -> Any:
    """A document, or a part of one, with its examples in their places."""
    if isinstance(part, str) and part.startswith(_PLACE):
        return value(part.removeprefix(_PLACE))
    if isinstance(part, dict):
        return {name: filled(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [filled(inner) for inner in part]
    return part


def value(name: str) -> Any:
    """The example itself."""
    return _EXAMPLES[name]


def add(name: str, example: Any) -> str:
    """Add an example, from a module of routes that has its own; answers its name."""
    _EXAMPLES[name] = example
    return name


def problem(kind: Kind) -> dict[str, Any]:
    """How a problem of a kind is answered."""
    details = Problem(kind, _PROBLEMS[kind]).details(f"/v1/platforms/{_PLATFORM}", "en")
    return details | _EXTENSIONS.get(kind, {})
