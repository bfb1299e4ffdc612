"""A platform's card: where it stands, its terms, its assessments with their findings."""

from datetime import datetime

from rich.table import Table

from db.row_types import AssessmentRow, PlatformCard, TermRow
from starter.commands.support_table import support_table
from starter.commands.timeline import timeline
from starter.commands.today import today
from starter.terminal import wording
from starter.terminal.language import say, word
from starter.terminal.screen import facts, heading, show, table
from workflows.periods import beijing_date, last_day
from workflows.vocabulary import (
    AssessmentStage,
    Finding,
    IndicatorGroup,
    LeadUnitKind,
    Service,
)


def show_card(card: PlatformCard) -> None:
    """Show everything of a platform, the newest term first of all."""
    years = [(term, year) for term in card.terms for year in term.assessments]
    show(_now(card))
    show(heading(say("Terms", "各期")), _terms(card.terms))
    if years:
        show(heading(say("Assessments", "年度考核")), _assessments(years))
    if any(year.findings for _, year in years):
        show(heading(say("Findings", "考核意见")), _findings(years))
    if card.support:
        show(heading(say("Support given", "支持记录")), support_table(card.support))
    show(heading(say("Timeline (Beijing time)", "时间线（北京时间）")), timeline(card.log))


def _now(card: PlatformCard) -> Table:
    platform = card.platform
    term = next((one for one in card.terms if one.term == platform.term), None)
    kind = word(platform.lead_unit_kind, LeadUnitKind)
    rows = [
        (say("Platform", "平台"), f"{platform.name}"),
        (say("Id", "编号"), platform.platform_id),
        (say("Operator", "运营单位"), platform.operator),
        (say("Lead unit", "牵头单位"), platform.lead_unit + say(f" ({kind})", f"（{kind}）")),
        (say("District", "所在区"), wording.district(platform.district)),
        (say("Field", "领域"), wording.field(platform.field)),
        (say("Direction", "方向"), platform.direction or ""),
        (
            say("Services", "服务"),
            say(", ", "、").join(word(s, Service) for s in platform.services),
        ),
    ]
    return facts(rows + (_standing(term) if term else []))


def _standing(term: TermRow) -> list[tuple[str, str]]:
    since = wording.moment(term.since)
    awaited = wording.awaited(
        wording.awaited_in(term.stage, overdue=term.overdue),
        term.due,
        overdue=term.overdue,
        provisional=term.due_provisional,
        today=today(),
    )
    openings = [year for year in term.assessments if year.year == term.open_assessment]
    return [
        (say("Term", "期次"), str(term.term)),
        (
            say("Stage", "阶段"),
            f"{wording.stage(term.stage)} · " + say(f"since {since}", f"自 {since}"),
        ),
        (say("Awaited", "待办"), awaited),
        (say("Assessment", "年度考核"), _open(openings[-1]) if openings else ""),
        (say("List number", "名单批次"), term.list_number or ""),
        (say("Certificate", "证书编号"), term.certificate_number or ""),
        (
            say("Valid until", "有效期至"),
            str(last_day(term.valid_until)) if term.valid_until else "",
        ),
        (
            say("Brought in", "转入"),
            say(
                f"not decided here: as it stood on {term.brought_in_on}",
                f"非本系统作出：截至 {term.brought_in_on} 的情况",
            )
            if term.brought_in_on
            else "",
        ),
    ]


def _open(year: AssessmentRow) -> str:
    awaited = wording.awaited(
        wording.awaited_in(year.stage, overdue=year.overdue),
        _due(year),
        overdue=year.overdue,
        provisional=year.due_provisional,
        today=today(),
    )
    named = say(f"year {year.year}", f"第 {year.year} 年")
    return f"{named} · {wording.stage(year.stage)}" + (f" · {awaited}" if awaited else "")


def _due(year: AssessmentRow) -> datetime | None:
    rectifying = year.stage == AssessmentStage.RECTIFICATION
    return year.mend_by if rectifying else year.due


def _terms(terms: tuple[TermRow, ...]) -> Table:
    return table(
        (
            say("term", "期"),
            say("application", "申请"),
            say("applied", "提交"),
            say("stage", "阶段"),
            say("list", "名单"),
            say("valid until", "有效期至"),
            say("plans", "方案版本"),
        ),
        [
            (
                str(term.term),
                term.application_id,
                _day(term.applied_at),
                wording.stage(term.stage),
                term.list_number or "",
                str(last_day(term.valid_until)) if term.valid_until else "",
                str(term.plan_version),
            )
            for term in terms
        ],
        whole=(2, 5),
    )


def _assessments(years: list[tuple[TermRow, AssessmentRow]]) -> Table:
    return table(
        (
            say("term", "期"),
            say("year", "年"),
            say("opened", "开始"),
            say("stage or result", "阶段或结果"),
            say("until", "期限"),
            say("ended", "结束"),
        ),
        [
            (
                str(term.term),
                _year(year),
                _day(year.opened_at),
                wording.stage(year.result or year.stage),
                "" if year.ended_at else wording.until(_due(year), overdue=year.overdue),
                _day(year.ended_at),
            )
            for term, year in years
        ],
        whole=(2, 5),
    )


def _findings(years: list[tuple[TermRow, AssessmentRow]]) -> Table:
    return table(
        (
            say("term", "期"),
            say("year", "年"),
            say("round", "轮次"),
            say("group", "指标组"),
            say("finding", "意见"),
            say("score", "分数"),
            say("remark", "说明"),
        ),
        [
            (
                str(term.term),
                _year(year),
                wording.what(found.round),
                word(found.indicator_group, IndicatorGroup),
                word(found.finding, Finding),
                "" if found.score is None else str(found.score),
                found.remark or "",
            )
            for term, year in years
            for found in year.findings
        ],
    )


def _year(year: AssessmentRow) -> str:
    """The year, and which opening of it, where the first was broken off from outside."""
    return f"{year.year}-{year.opening}" if year.opening > 1 else str(year.year)


def _day(at: datetime | None) -> str:
    return str(beijing_date(at)) if at else ""
