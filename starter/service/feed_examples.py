"""Examples for the calls about events, in the OpenAPI document."""

from starter.service.api_examples import add
from workflows.words import Words

GONE = Words(
    "the cursor belongs to another feed: the register was rebuilt, or restored from a backup. Start again"
    " with after=beginning, and skip by id what you have already",
    "游标属于另一事件流：登记库已重建或从备份恢复。请以 after=beginning 重新开始，并按 id 去重",
)
_HASH = "7b0f6c1a6f0d5c2f8f5f6a1a4ff0f2d1c3b5a79e8d7c6b5a4938271605f4e3d2"
_CURSOR = "6f4a7f8e7a75.4711"
EVENT = {
    "specversion": "1.0",
    "id": "bj-riscv-soc:1:0:0:6",
    "source": "/pingtai",
    "type": "cn.pingtai.listing",
    "subject": "bj-riscv-soc",
    "time": "2027-03-15T02:11:40.112233Z",
    "datacontenttype": "application/json",
    "cursor": _CURSOR,
    "data": {
        "kind": "decision",
        "name": "listing",
        "outcome": "included",
        "stage": "valid",
        "platform_id": "bj-riscv-soc",
        "platform_name": "RISC-V处理器核与软硬协同验证共性技术平台",
        "operator": "北京开沅处理器技术中心",
        "district": "haidian",
        "field": "integrated_circuits",
        "term": 1,
        "year": 0,
        "opening": 0,
        "seq": 6,
        "hash": _HASH,
        "decision_id": "kw-2027-0088",
        "actor": {"id": "kw-07", "role": "commission", "organisation": "市科委、中关村管委会"},
        "set_aside_by": None,
        "said": {
            "list_number": "2027-01",
            "certificate_number": "GXJS-2027-008",
            "decided_on": "2027-03-15",
        },
        "reason": None,
    },
}
_WANTED = {
    "url": "https://hooks.example.org/pingtai",
    "events": ["listing", "assessment_ended"],
    "districts": ["haidian"],
}
_VIEW = {
    "id": "sub_0f4a7f8e7a751234",
    **_WANTED,
    "platforms": [],
    "state": "active",
    "cursor": _CURSOR,
    "attempts": 0,
    "next_at": None,
    "last_error": None,
    "last_delivered_at": "2027-03-15T02:11:41.000000Z",
    "old_secret_until": None,
    "created_at": "2027-01-04T01:00:00.000000Z",
}

PAGE = add("events", {"events": [EVENT], "next": _CURSOR, "more": False})
SUBSCRIBE = add("subscribe", {**_WANTED, "after": "now"})
SUBSCRIPTION = add("subscription", _VIEW)
SUBSCRIBED = add(
    "subscribed", {**_VIEW, "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5"}
)
SUBSCRIPTIONS = add("subscriptions", {"subscriptions": [_VIEW]})
REPLAY = add("replay", {"after": _CURSOR})
