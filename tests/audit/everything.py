"""A platform to which everything happened: for the eyes, and for whatever must bear all of it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from audit.dossier.format import Deadline
from audit.dossier.lives import Life
from audit.replay.replaying import log_of_state
from tests.rules.builders import (
    ABSENT,
    BY,
    COMMISSION,
    OPERATOR,
    PASSED_OVER,
    Raw,
    application,
    changed,
    content,
    plan,
)
from tests.rules.world import World
from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.refusal import Refused
from workflows.vocabulary import Kind

PLATFORM = "bj-everything"
_START = datetime(2024, 3, 4, 1, 30, tzinfo=UTC)
_DOCUMENTS = [
    {"name": "会议纪要.pdf", "sha256": "3f" * 32},
    {"name": "签到表 <b>&amp;</b>.xlsx", "sha256": "a7" * 32},
]
_HOSTILE = '依据充分。</script><script>alert("x")</script> \u202eetihw\u202c <img src=https://example.org/x.png>'
_STAND_IN = {
    "principal_id": "kw-1",
    "first_day": "2024-01-01",
    "last_day": "2030-12-31",
}


class _Story:
    """Tells a life to a world, decision by decision."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self._name = name
        self._numbers = count(1)
        self.dues: dict[tuple[LogId, datetime], Deadline] = {}

    def wait(self, days: float) -> None:
        self._note_dues()
        self.world.advance(self.world.now + timedelta(days=days))
        self._note_dues()

    def decide(self, kind: Kind, outcome: str | None = None, **more: Any) -> str:
        by = COMMISSION if outcome in PASSED_OVER else BY.get(kind, COMMISSION)
        decision_id = f"{self._name}:{next(self._numbers)}"
        raw: Raw = {"kind": str(kind), "actor": by, "documents": _DOCUMENTS}
        raw |= content(kind, outcome) | more
        if kind == Kind.SUPPORT:
            raw = changed(raw, given_on=ABSENT)
        self.world.decide(raw, decision_id)
        self._note_dues()
        return decision_id

    def refused(self, case: Case[Any], kind: Kind) -> None:
        """A signal that came out of turn."""
        try:
            case.decide({"kind": str(kind), **content(kind)}, self.world.now, kind)
        except (Refused, ValueError) as error:
            case.refuse(kind, {"note": "too early"}, error, self.world.now)  # type: ignore[arg-type]

    def _note_dues(self) -> None:
        for case in self.world.cases:
            due = self.world.due(case)
            if due:
                place = log_of_state(case.state)
                self.dues[place, case.state.since] = Deadline(
                    **place._asdict(), since=case.state.since, due=due.due
                )


def _first_term() -> _Story:
    form = application(
        platform_id=PLATFORM,
        application_id="2024-hd-0001",
        name="先进工艺芯片设计验证与可靠性共性技术平台",
        direction="芯片设计验证",
    )
    told = _Story(World(form, _START), "t1")
    world = told.world
    told.wait(6)
    told.decide(Kind.RECOMMENDATION, "returned", opinion="场地证明不全。")
    told.wait(12)
    told.decide(Kind.PLAN_REVISION, plan=plan("补充场地证明后的第二版"))
    told.wait(45)  # reminded, overdue, escalated
    told.decide(Kind.RECOMMENDATION, opinion=_HOSTILE)
    told.wait(14)
    told.refused(world.platform, Kind.LISTING)
    told.wait(2)
    substitute = COMMISSION | {"id": "kw-2", "acting_for": _STAND_IN}
    told.decide(Kind.INSPECTION, corrections=["补充设备清单", "完善安全管理制度"], actor=substitute)
    told.wait(40)
    told.decide(Kind.PLAN_REVISION, plan=plan("按核查意见完善的第三版"))
    told.wait(20)
    wrong = told.decide(Kind.EXPERT_OPINION, "not_supported")
    told.wait(9)
    told.decide(Kind.SET_ASIDE, target=wrong, reason="专家组组成不符合要求，应重新论证。")
    told.wait(30)
    told.decide(Kind.EXPERT_OPINION)
    told.wait(11)
    told.decide(Kind.LISTING, list_number="2024-2", certificate_number="BJPT-2024-017")
    _valid_years(told)
    return told


def _valid_years(told: _Story) -> None:
    world = told.world
    told.wait(40)
    told.decide(Kind.SUPPORT, title="共性技术服务后补助", amount_wan=180)
    told.wait(30)
    twice = told.decide(Kind.SUPPORT, title="共性技术服务后补助（重复登记）", amount_wan=180)
    told.wait(3)
    told.decide(Kind.SET_ASIDE, target=twice, reason="重复登记。")
    told.wait(12)
    told.decide(Kind.SUPPORT, support="talent", title="人才公寓十套")
    world.advance(world.opens() + timedelta(days=9))
    told.decide(Kind.SELF_REPORT)
    told.wait(8)
    told.decide(Kind.DISTRICT_REVIEW)
    told.wait(20)
    told.decide(Kind.EVALUATION)
    world.advance(world.opens() + timedelta(days=4))
    world.break_off()
    told.wait(2)
    told.wait(50)
    told.decide(Kind.SELF_REPORT, "not_filed")
    told.wait(9)
    told.decide(Kind.DISTRICT_REVIEW)
    told.wait(25)
    findings = content(Kind.EVALUATION)["findings"] | {
        "teams": {"finding": "unsatisfactory", "score": 42, "remark": "运营团队流失"},
        "service_and_impact": {"finding": "to_improve", "score": 61},
    }
    told.decide(Kind.EVALUATION, "not_effective", findings=findings, to_mend=["补齐运营团队"])
    told.wait(120)
    told.decide(Kind.RECTIFICATION_REPORT)
    told.wait(8)
    told.decide(Kind.DISTRICT_REVIEW, view="整改已落实")
    told.wait(22)
    last = told.decide(Kind.REASSESSMENT)
    told.wait(6)
    told.decide(Kind.SET_ASIDE, target=last, reason="分数录入有误，应重新评定。")
    told.wait(10)
    told.decide(Kind.REASSESSMENT)
    world.advance(world.opens() + timedelta(days=12))
    told.decide(Kind.SELF_REPORT)
    world.advance(world.now + timedelta(days=200))


def _second_term(before: World) -> _Story:
    form = application(
        platform_id=PLATFORM,
        application_id="2027-hd-0009",
        name="先进工艺芯片设计验证与可靠性共性技术平台",
    )
    told = _Story(World(form, before.now + timedelta(days=20), before.platform), "t2")
    told.wait(10)
    told.decide(Kind.RECOMMENDATION)
    told.wait(50)
    told.decide(Kind.WITHDRAWAL, actor=OPERATOR, reason="牵头单位重组，另行申请。")
    return told


@cache
def everything() -> Life:
    """Two terms: returned, overdue, escalated, set aside, broken off, mended, expired; then withdrawn."""
    first = _first_term()
    second = _second_term(first.world)
    life = Life()
    for story in (first, second):
        for case in story.world.cases:
            place = log_of_state(case.state)
            life.logs[place] = tuple(case.log)
            life.states[place] = case.state
            for version in case.plans:
                life.plans[place.term, version.version] = version
        text = plan()
        one = PlanVersion(version=1, sha256=sha256(text), plan=text)
        life.plans[story.world.platform.state.facts.term, 1] = one
        life.deadlines = (*life.deadlines, *story.dues.values())
    life.logs = dict(sorted(life.logs.items()))
    life.plans = dict(sorted(life.plans.items()))
    return life
