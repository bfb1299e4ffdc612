"""Cases as the register answers with them: their cards, their plans."""

from typing import Any

from db.plan_rows import PlanText, PlanVersion
from db.row_types import LogLine, PlatformCard, PlatformRow, TermRow
from starter.plans.plan_view import PlanView
from tests.register.cases import Told
from tests.rules.builders import plan
from workflows.log_id import LogId
from workflows.record import BEGINNING
from workflows.state_folding import set_aside_marks


def lines(told: Told, year: int = 0) -> list[LogLine]:
    """The lines of a case's log, as the register has them."""
    log = told.case.log
    marks = set_aside_marks(log)
    place = LogId(1, year, min(year, 1))
    return [
        LogLine(platform_id="p-1", **place._asdict(), workflow_id="w", entry=one,
                set_aside_by=marks.get(one.seq))
        for one in log
    ]  # fmt: skip


def card_of(told: Told, *more: LogLine) -> PlatformCard:
    """The card of a case."""
    state = told.case.state
    term = TermRow(
        term=1, application_id="a-1", stage=state.stage, since=state.since, overdue=False, due=None,
        due_provisional=False, open_assessment=None, plan_version=state.plan_version, list_number=None,
        certificate_number=None, listed_on=None, valid_until=None, applied_at=state.since, ended_at=None,
        log_seq=len(told.case.log), log_hash=BEGINNING,
    )  # fmt: skip
    row = PlatformRow(
        platform_id="p-1", term=1, name="共性技术平台", operator="某公司", lead_unit="某大学",
        lead_unit_kind="university", district="haidian", field="artificial_intelligence",
        services=("research",), direction=None,
    )  # fmt: skip
    return PlatformCard(platform=row, terms=(term,), log=(*lines(told), *more))


def plan_of(told: Told, text: str = "whole") -> PlanView:
    """The newest version of its plan, as the register answers with it."""
    state = told.case.state
    version = PlanVersion(
        term=1, version=state.plan_version, sha256=state.plan_sha256, entry=1, filed_at=state.since,
        filed_by=None, decision_id=None, changes=None, set_aside_by=None,
    )  # fmt: skip
    written = plan() if text == "whole" else None
    shown = PlanText(**dict(version), text=text, plan=written)  # type: ignore[arg-type]
    return PlanView(platform_id="p-1", name="x", term=1, versions=(version,), shown=shown)


class PretendRegister:
    """A register with one platform."""

    def __init__(self, card: PlatformCard, plan_view: PlanView) -> None:
        self.card, self.plan_view = card, plan_view

    async def platform(self, platform_id: str) -> PlatformCard:
        return self.card

    async def plan(self, platform_id: str, **_wanted: Any) -> PlanView:
        return self.plan_view

    async def log(self, platform_id: str) -> list[LogLine]:
        return list(self.card.log)
