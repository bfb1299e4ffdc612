"""A platform's card: where it stands, its terms, its assessments with their findings."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from db.decisions_in_force import sent_back
from db.row_types import AssessmentRow, FindingRow, PlatformCard, SentBack, TermRow
from starter.clock import today
from starter.commands.plaque_words import PLAQUE, entries_table, plaque_line
from starter.commands.support import support_table
from starter.commands.timeline import timeline
from starter.terminal import wording
from starter.terminal.entry_wording import decision_line, reason_words
from starter.terminal.language import say, word
from starter.terminal.pager import show_long
from starter.terminal.reason_rows import reason_rows
from starter.terminal.screen import ALWAYS, Column, Said, facts, heading, stacked, table_of
from workflows.periods import beijing_date, last_day
from workflows.record import EntryKind
from workflows.vocabulary import (
    AssessmentStage,
    Finding,
    IndicatorGroup,
    Kind,
    LeadUnitKind,
    NextTermOutcome,
    Service,
)
from workflows.words import Words


def show_card(card: PlatformCard, more: Iterable[Table | Text] | None = None) -> None:
    """Show everything of a platform, the newest term first of all.

    `more` is what the next decision rests on, whole; without it a line says how to see that.
    """
    years = [year for term in card.terms for year in term.assessments]
    findings = [(year, found) for year in years for found in by_guideline(year.findings)]
    parts: list[Table | Text] = [_now(card, full=more is not None), *(more or ())]
    parts += [heading(Words("Terms", "各期")), table_of(card.terms, _TERMS)]
    if years:
        parts += [heading(Words("Assessments", "年度考核")), table_of(years, _ASSESSMENTS)]
    if findings:
        parts += [heading(Words("Findings", "考核意见")), table_of(findings, _FINDINGS)]
    if card.support:
        parts += [heading(Words("Support given", "支持记录")), support_table(card.support)]
    if card.plaques:
        parts += [heading(Words("Plaque", "牌子")), entries_table(card.plaques)]
    parts += [heading(Words("Timeline (Beijing time)", "时间线（北京时间）")), timeline(card.log)]
    show_long(*parts)


def by_guideline(findings: Iterable[FindingRow]) -> list[FindingRow]:
    """Return findings by round, the groups in the order of §六; one that it does not name comes last."""
    places = {str(group): place for place, group in enumerate(IndicatorGroup)}
    return sorted(
        findings, key=lambda one: (one.round, places.get(one.indicator_group, len(places)))
    )


def _now(card: PlatformCard, *, full: bool) -> Table:
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
    rows += _standing(term) if term else []
    rows.append((Words("next term", "下一期"), next_term_words(card)))
    rows.append((PLAQUE, plaque_line(card)))
    rows += why_rows(card, 0 if full else _LETTERS)
    if not full:
        rows.append((Words("in full", "查看全文"), f"pingtai show {platform.platform_id} --full"))
    return facts(rows)


def next_term_words(card: PlatformCard) -> Words | None:
    """The application that waits for the end of the present term; None where there is none."""
    term = card.terms[-1] if card.terms else None
    if term is None or term.ended_at is not None or term.valid_until is None:
        return None
    filed = [
        line.entry
        for line in card.log
        if line.term == term.term
        and line.entry.name == Kind.NEXT_TERM
        and line.entry.kind is EntryKind.DECISION
    ]
    if not filed or filed[-1].outcome != NextTermOutcome.FILED:
        return None
    application, begins = filed[-1].said["application_id"], beijing_date(term.valid_until)
    return Words(
        f"application {application}, begins on {begins}", f"申请 {application}，{begins} 开始"
    )


_LETTERS = 500
"""Maximum letters of a reason on the card; `--full` has all."""


def why_rows(card: PlatformCard, most: int = 0) -> list[tuple[Said, object]]:
    """How the term before ended, where it was refused; and what sent this one back, with the reasons.

    `most`: of each reason so many letters; 0: all.
    """
    before = sent_back(card.log, card.platform.term - 1)
    rows: list[tuple[Said, object]] = []
    if before:
        entry = before.decision.entry
        told = (decision_line(entry), reason_words(entry, most))
        rows.append((Words("previous term", "上一期结果"), stacked(*filter(None, told))))
    return rows + (_sent_back_rows(card.sent_back, most) if card.sent_back else [])


def _sent_back_rows(found: SentBack, most: int) -> list[tuple[Said, object]]:
    """The decision that sent a platform back, why, what must be corrected, and what was handed in since."""
    decision, answer = found.decision.entry, found.answer
    rows: list[tuple[Said, object]] = [
        (Words("last decision", "最近决定"), decision_line(decision)),
        *reason_rows(decision, most),
    ]
    if answer:
        rows += [
            (Words("since then", "此后提交"), decision_line(answer.entry)),
            *reason_rows(answer.entry, most),
        ]
    return rows


def _standing(term: TermRow) -> list[tuple[Said, object]]:
    since, on = wording.moment(term.since), term.brought_in_on
    entered = Words(f"since {since}", f"{since} 进入")
    openings = [year for year in term.assessments if year.year == term.open_assessment]
    brought_in = Words(f"not decided here: as it stood on {on}", f"非本系统作出：截至 {on} 的情况")
    return [
        (wording.TERM, term.term),
        (
            wording.STAGE,
            " · ".join(
                filter(
                    None,
                    (
                        wording.stage(term.stage),
                        say(entered),
                        wording.suspended(term.suspended_since),
                    ),
                )
            ),
        ),
        (Words("awaited", "待办"), _awaited(term, term.due)),
        (Words("assessment", "年度考核"), _open(openings[-1]) if openings else None),
        (wording.LIST_NUMBER, term.list_number),
        (wording.CERTIFICATE, term.certificate_number),
        (wording.VALID_UNTIL, _last(term.valid_until)),
        (Words("brought in", "转入"), brought_in if on else None),
    ]


def _open(year: AssessmentRow) -> str:
    named = say(Words(f"year {year.year}", f"第 {year.year} 年"))
    parts = (
        named,
        wording.stage(year.stage),
        wording.suspended(year.suspended_since),
        _awaited(year, _due(year)),
    )
    return " · ".join(part for part in parts if part)


def _awaited(case: TermRow | AssessmentRow, due: datetime | None) -> str:
    return wording.awaited(
        wording.awaited_in(
            case.stage, overdue=case.overdue, suspended=case.suspended_since is not None
        ),
        due,
        overdue=case.overdue,
        provisional=case.due_provisional,
        today=today(),
    )


def _due(year: AssessmentRow) -> datetime | None:
    if year.suspended_since:
        return None
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


def _outcome(year: AssessmentRow) -> str:
    """Where it stands or how it ended; what was set aside since is no conclusion of the year."""
    outcome = wording.stage(year.result or year.stage)
    if year.set_aside_by is None:
        return outcome
    return say(f"set aside ({outcome})", f"已撤销（{outcome}）")


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
    Column(Words("stage or result", "阶段或结果"), _outcome),
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
