"""A platform's card: where it stands, its terms, its assessments with their findings."""

from datetime import datetime

from rich.table import Table

from db.row_types import AssessmentRow, FindingRow, PlatformCard, TermRow
from starter.commands.options import today
from starter.commands.support import support_table
from starter.commands.timeline import timeline
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import ALWAYS, Column, Said, facts, heading, show, table_of
from workflows.periods import beijing_date, last_day
from workflows.vocabulary import (
    AssessmentStage,
    Finding,
    IndicatorGroup,
    LeadUnitKind,
    Service,
)
from workflows.words import Words


def show_card(card: PlatformCard) -> None:
    """Show everything of a platform, the newest term first of all."""
    years = [year for term in card.terms for year in term.assessments]
    findings = [(year, found) for year in years for found in year.findings]
    show(_now(card))
    show(heading(Words("Terms", "各期")), table_of(card.terms, _TERMS))
    if years:
        show(heading(Words("Assessments", "年度考核")), table_of(years, _ASSESSMENTS))
    if findings:
        show(heading(Words("Findings", "考核意见")), table_of(findings, _FINDINGS))
    if card.support:
        show(heading(Words("Support given", "支持记录")), support_table(card.support))
    show(heading(Words("Timeline (Beijing time)", "时间线（北京时间）")), timeline(card.log))


def _now(card: PlatformCard) -> Table:
    platform = card.platform
    term = next((one for one in card.terms if one.term == platform.term), None)
    kind = word(platform.lead_unit_kind, LeadUnitKind)
    rows: list[tuple[Said, object]] = [
        (wording.PLATFORM_LABEL, platform.name),
        (Words("id", "编号"), platform.platform_id),
        (wording.OPERATOR, platform.operator),
        (wording.LEAD_UNIT, platform.lead_unit + say(Words(f" ({kind})", f"（{kind}）"))),
        (wording.DISTRICT, wording.district(platform.district)),
        (wording.FIELD, wording.field(platform.field)),
        (Words("direction", "方向"), platform.direction),
        (Words("services", "服务"), wording.joined(word(s, Service) for s in platform.services)),
    ]
    return facts(rows + (_standing(term) if term else []))


def _standing(term: TermRow) -> list[tuple[Said, object]]:
    since, on = wording.moment(term.since), term.brought_in_on
    entered = Words(f"since {since}", f"{since} 进入")
    openings = [year for year in term.assessments if year.year == term.open_assessment]
    brought_in = Words(f"not decided here: as it stood on {on}", f"非本系统作出：截至 {on} 的情况")
    return [
        (wording.TERM, term.term),
        (wording.STAGE, f"{wording.stage(term.stage)} · {say(entered)}"),
        (Words("awaited", "待办"), _awaited(term, term.due)),
        (Words("assessment", "年度考核"), _open(openings[-1]) if openings else None),
        (wording.LIST_NUMBER, term.list_number),
        (wording.CERTIFICATE, term.certificate_number),
        (wording.VALID_UNTIL, _last(term.valid_until)),
        (Words("brought in", "转入"), brought_in if on else None),
    ]


def _open(year: AssessmentRow) -> str:
    named = say(Words(f"year {year.year}", f"第 {year.year} 年"))
    parts = (named, wording.stage(year.stage), _awaited(year, _due(year)))
    return " · ".join(part for part in parts if part)


def _awaited(case: TermRow | AssessmentRow, due: datetime | None) -> str:
    return wording.awaited(
        wording.awaited_in(case.stage, overdue=case.overdue),
        due,
        overdue=case.overdue,
        provisional=case.due_provisional,
        today=today(),
    )


def _due(year: AssessmentRow) -> datetime | None:
    rectifying = year.stage == AssessmentStage.RECTIFICATION
    return year.mend_by if rectifying else year.due


def _day(at: datetime | None) -> object:
    return beijing_date(at) if at else None


def _last(until: datetime | None) -> object:
    return last_day(until) if until else None


def _until(year: AssessmentRow) -> str:
    return "" if year.ended_at else wording.until(_due(year), overdue=year.overdue)


def _year(year: AssessmentRow) -> str:
    """The year, and which opening of it, where the first was broken off from outside."""
    return f"{year.year}-{year.opening}" if year.opening > 1 else str(year.year)


_TERMS: tuple[Column[TermRow], ...] = (
    Column(wording.TERM, lambda term: term.term),
    Column(Words("application", "申请"), lambda term: term.application_id),
    Column(Words("applied", "提交"), lambda term: _day(term.applied_at), whole=ALWAYS),
    Column(wording.STAGE, lambda term: wording.stage(term.stage)),
    Column(Words("list", "名单"), lambda term: term.list_number),
    Column(wording.VALID_UNTIL, lambda term: _last(term.valid_until), whole=ALWAYS),
    Column(Words("plans", "方案版本"), lambda term: term.plan_version),
)
_ASSESSMENTS: tuple[Column[AssessmentRow], ...] = (
    Column(wording.TERM, lambda year: year.term),
    Column(wording.YEAR, _year),
    Column(Words("opened", "开始"), lambda year: _day(year.opened_at), whole=ALWAYS),
    Column(
        Words("stage or result", "阶段或结果"),
        lambda year: wording.stage(year.result or year.stage),
    ),
    Column(wording.UNTIL, _until),
    Column(Words("ended", "结束"), lambda year: _day(year.ended_at), whole=ALWAYS),
)
_FINDINGS: tuple[Column[tuple[AssessmentRow, FindingRow]], ...] = (
    Column(wording.TERM, lambda of: of[0].term),
    Column(wording.YEAR, lambda of: _year(of[0])),
    Column(Words("round", "轮次"), lambda of: wording.what(of[1].round)),
    Column(Words("group", "指标组"), lambda of: word(of[1].indicator_group, IndicatorGroup)),
    Column(Words("finding", "意见"), lambda of: word(of[1].finding, Finding)),
    Column(Words("score", "分数"), lambda of: of[1].score),
    Column(Words("remark", "说明"), lambda of: of[1].remark),
)
