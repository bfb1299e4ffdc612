"""What there is to tell of one term: its drawings, assessments, plans, support, and its story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from markupsafe import Markup

from audit.dossier.format import Head
from audit.dossier.lives import Life
from audit.report.plan_versions import ToldVersion, plan_in_force, told_versions
from audit.report.report_rows import Row, lines_of, rows
from audit.report.steps_chart import steps_chart
from audit.report.term_chart import term_chart
from audit.report.visits import is_set_aside, over_at, visits
from db.decisions_in_force import sent_back
from db.indicator_rows import indicator_rows
from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.entry_basis import in_order, known, label, plain
from starter.terminal.entry_wording import decision_line
from starter.terminal.indicator_texts import cells, heads
from starter.terminal.language import say
from workflows.application import PlatformApplication
from workflows.bringing_in import BringingIn
from workflows.exact_numbers import grouped
from workflows.log_id import LogId
from workflows.periods import beijing_date, last_day
from workflows.policy import Policy
from workflows.record import EntryKind
from workflows.state_folding import set_aside_marks
from workflows.stated_reasons import stated_reasons
from workflows.states import PlatformState
from workflows.vocabulary import Kind

Pair = tuple[str, str]


@dataclass(frozen=True)
class Year:
    """An assessment: its steps, and its findings by groups."""

    title: str
    result: str
    state: str
    """The stage's own word, by which it is coloured."""
    steps: Markup
    rounds: Sequence[tuple[str, Sequence[dict[str, Any]]]]


@dataclass(frozen=True)
class Term:
    """A term: its drawings, assessments, plans, support and story."""

    number: int
    span: str
    stage: str
    facts: Sequence[Pair]
    chart: Markup
    steps: Markup
    years: Sequence[Year]
    plans: Sequence[ToldVersion]
    indicators: Sequence[Sequence[str]]
    """A table, its headings first; empty where the case has no catalogue."""
    support: Sequence[dict[str, str]]
    policy: Sequence[Pair]
    why: Sequence[Pair]
    """What sent it back or ended it, and the reasons; empty where nothing is left of that."""
    rows: Sequence[Row]


def term_of(life: Life, head: Head, term: int) -> Term:
    """A term, told in the language that is spoken."""
    # A demo's clock runs ahead of the one by which a dossier is made.
    now = max([head.made_at, *(log[-1].at for log in life.logs.values())])
    place = LogId(term)
    log, state = life.logs[place], life.states[place]
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    mine = [(one, entries) for one, entries in life.logs.items() if one.term == term and entries]
    ended = wording.has_ended(str(state.stage))
    stays = visits(place, log, life.deadlines)
    lines = lines_of(head.platform_id, mine)
    return Term(
        number=term,
        span=_span(beijing_date(log[0].at), beijing_date(log[-1].at) if ended else None),
        stage=wording.stage(state.stage),
        facts=[
            pair
            for pair in (
                (label(PlatformApplication, "application_id"), state.facts.application_id),
                (label(BringingIn, "list_number"), state.list_number or ""),
                (label(BringingIn, "certificate_number"), state.certificate_number or ""),
                (label(BringingIn, "listed_on"), str(state.listed_on or "")),
                (
                    label(BringingIn, "last_day"),
                    str(last_day(state.valid_until)) if state.valid_until else "",
                ),
                (say("brought in, as of", "转入，截至"), str(state.brought_in_on or "")),
            )
            if pair[1]
        ],
        chart=term_chart(life, term, now),
        steps=steps_chart(stays, now, say("Steps from application to listing", "申请各步骤")),
        years=[_year(life, now, one) for one, _ in mine if one.year],
        plans=told_versions(life, term),
        indicators=_indicators(lines, term, plan_in_force(life, term)),
        support=_support(life, place),
        policy=_policy(state),
        why=_why(lines, term),
        rows=rows(lines),
    )


def _why(lines: Sequence[LogLine], term: int) -> list[Pair]:
    """The decision and the answer, each with its reasons; those of one name are lines below it."""
    found = sent_back(lines, term)
    entries = [one.entry for one in (found.decision, found.answer) if one] if found else []
    return [
        pair
        for entry in entries
        for pair in (
            (wording.moment(entry.at), decision_line(entry)),
            *(
                (name, "\n".join(say(reason.text) for reason in reasons))
                for name, reasons in groupby(stated_reasons(entry), lambda one: say(one.name))
            ),
        )
    ]


def _indicators(
    lines: Sequence[LogLine], term: int, plan: dict[str, Any] | None
) -> list[list[str]]:
    rows = indicator_rows(lines, term, plan)
    return [list(map(say, heads(rows))), *cells(rows)] if rows else []


def _span(first: date, last: date | None) -> str:
    return f"{first} – {last}" if last else say(f"since {first}", f"{first} 起")


def _policy(state: PlatformState) -> list[Pair]:
    policy = state.facts.policy
    said = policy.model_dump(mode="json")
    return [(label(Policy, name), plain(value, Policy, name)) for name, value in said.items()]


def _year(life: Life, now: datetime, place: LogId) -> Year:
    log, state = life.logs[place], life.states.get(place)
    marks = set_aside_marks(log)
    words = wording.stage(str(state.stage)) if state else ""
    title = say(f"Year {place.year}", f"第 {place.year} 年")
    if place.opening > 1:
        title += say(f", opening {place.opening}", f"（第 {place.opening} 次）")
    rounds = []
    for entry in log:
        counts = entry.kind is EntryKind.DECISION and entry.seq not in marks
        if counts and "findings" in entry.said:
            groups = [
                {"group": known(group), "finding": known(one["finding"]), "word": one["finding"]}
                | {"score": one.get("score")}
                for group, one in in_order(entry.said["findings"])
            ]
            rounds.append((wording.said(entry.name, entry.outcome), groups))
    stays = visits(place, log, life.deadlines)
    broken_off = over_at(life, place)
    if is_set_aside(life, place):
        words = say(f"set aside ({words})", f"已撤销（{words}）")
    return Year(
        title=title,
        result=say("broken off", "中断") if broken_off else words,
        state=str(state.stage) if state else "",
        steps=steps_chart(stays, now, title, broken_off),
        rounds=rounds,
    )


def _support(life: Life, place: LogId) -> list[dict[str, str]]:
    log = life.logs[place]
    marks = set_aside_marks(log)
    return [
        {
            "given_on": e.said["given_on"],
            "support": known(e.said["support"]),
            "title": e.said["title"],
            "amount": grouped(e.said["amount_wan"]) if e.said.get("amount_wan") is not None else "",
            "by": e.actor.id if e.actor else "",
            "number": place.entry(e.seq),
            "fell": "fell" if e.seq in marks else "",
        }
        for e in log
        if e.name == Kind.SUPPORT and e.kind is EntryKind.DECISION
    ]
