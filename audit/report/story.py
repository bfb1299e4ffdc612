"""All that the report tells, put into the words of a language; the template sets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from audit.anchoring.proofs import Proof
from audit.dossier.check_logs import check_logs
from audit.dossier.lives import Life
from audit.dossier.parts import Head, LogPlace
from audit.reading.checking import check_reading
from audit.replay.replaying import Replayed
from audit.report.basis import in_order, known, plain
from audit.report.labels import label
from audit.report.rows import Row, number, rows
from audit.report.steps_chart import steps_chart
from audit.report.term_chart import term_chart
from audit.report.visits import visits
from starter import wording
from starter.language import say, word
from workflows.folding import fallen
from workflows.periods import beijing_date, last_day
from workflows.record import EntryKind
from workflows.state import PlatformState
from workflows.vocabulary import Kind, Service

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
    plans: Sequence[dict[str, str]]
    support: Sequence[dict[str, str]]
    policy: Sequence[Pair]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Story:
    """The whole report."""

    name: str
    facts: Sequence[Pair]
    problems: Sequence[str]
    """What is wrong with the record, as far as the making of the report found it."""
    counts: Sequence[Pair]
    terms: Sequence[Term]
    logs: Sequence[dict[str, Any]]
    runs: Sequence[dict[str, Any]]


def story(life: Life, head: Head, proof: Proof | None) -> Story:
    """What there is to tell, in the language that is spoken."""
    own = [place for place in life.logs if place.year == 0]
    newest = life.states.get(own[-1]) if own else None
    return Story(
        name=newest.facts.name if newest else head.platform_id,
        facts=_facts(newest) if isinstance(newest, PlatformState) else (),
        problems=_problems(life, head),
        counts=_counts(life, proof),
        terms=[_term(life, head, place.term) for place in reversed(own)],
        logs=[
            {
                "name": say(*place.words()),
                "entries": len(log),
                "first": log[0].previous,
                "last": log[-1].hash,
            }
            for place, log in life.logs.items()
            if log
        ],
        runs=[
            {
                "workflow": history.workflow_id,
                "run": history.run_id,
                "events": replayed.events,
                "closed": wording.moment(history.closed_at) if history.closed_at else "",
                "sdk": history.sdk,
                "trouble": _trouble(replayed),
            }
            for history, replayed in zip(life.histories, life.replays, strict=True)
        ],
    )


def _facts(state: PlatformState) -> list[Pair]:
    facts = state.facts
    kind = known(str(facts.lead_unit.kind))
    pairs = [
        (say("Platform id", "平台编号"), facts.platform_id),
        (say("Operator", "运营单位"), facts.operator.name),
        (say("Lead unit", "牵头单位"), facts.lead_unit.name + say(f" ({kind})", f"（{kind}）")),
        (say("District", "所在区"), wording.district(facts.district)),
        (say("Field", "领域"), wording.field(facts.field)),
        (say("Direction", "方向"), facts.direction or ""),
        (say("Services", "服务"), say(", ", "、").join(_service(s) for s in facts.services)),
        (say("Stage", "阶段"), wording.stage(state.stage)),
        (say("Certificate", "证书编号"), state.certificate_number or ""),
        (
            say("Valid until", "有效期至"),
            str(last_day(state.valid_until)) if state.valid_until else "",
        ),
    ]
    return [pair for pair in pairs if pair[1]]


def _service(value: str) -> str:
    return word(value, Service)


def _problems(life: Life, head: Head) -> list[str]:
    found = [say(one.en, one.zh) + f" ({one.where})" for one in check_logs(life.logs)]
    for problem in check_reading(life.reading):
        found.append(f"{say(problem.en, problem.zh)} ({problem.where})")
    for replayed in life.replays:
        trouble = _trouble(replayed)
        if trouble:
            found.append(f"{trouble} ({replayed.workflow_id} {replayed.run_id})")
    return found + [
        say(f"the register differs: {one}", f"登记库不符：{one}")
        for one in head.register_differs or ()
    ]


def _trouble(replayed: Replayed) -> str:
    """Why a history does not replay, or what does not agree in it; empty when all is well."""
    divergence = replayed.divergence
    found = [divergence] if divergence else [one for one in replayed.findings if not one.remark]
    return say("; ", "；").join(say(one.en, one.zh) for one in found)


def _counts(life: Life, proof: Proof | None) -> list[Pair]:
    logs = [log for log in life.logs.values() if log]
    entries = [entry for log in logs for entry in log]
    decisions = sum(e.kind is EntryKind.DECISION for e in entries)
    late = sum(
        visit.due is not None and visit.until is not None and visit.until > visit.due
        for place, log in life.logs.items()
        for visit in visits(place, log, life.deadlines)
    )
    aside = sum(e.name == Kind.SET_ASIDE and e.kind is EntryKind.DECISION for e in entries)
    terms = sum(place.year == 0 for place in life.logs)
    return [
        (say("terms", "期次"), str(terms)),
        (say("assessments", "年度考核"), str(len(logs) - terms)),
        (say("decisions", "决定"), str(decisions)),
        (say("entries", "记录条目"), str(len(entries))),
        (say("steps overdue", "逾期步骤"), str(late)),
        (say("set aside", "撤销更正"), str(aside)),
        (say("runs replayed", "重放历史"), str(len(life.histories))),
    ]


def _term(life: Life, head: Head, term: int) -> Term:
    # A demo's clock runs ahead of the one by which a dossier is made.
    now = max([head.made_at, *(log[-1].at for log in life.logs.values())])
    place = LogPlace(term)
    log, state = life.logs[place], life.states[place]
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    mine = [(one, entries) for one, entries in life.logs.items() if one.term == term and entries]
    ended = wording.has_ended(str(state.stage))
    stays = visits(place, log, life.deadlines)
    return Term(
        number=term,
        span=_span(beijing_date(log[0].at), beijing_date(log[-1].at) if ended else None),
        stage=wording.stage(state.stage),
        facts=[
            pair
            for pair in (
                (say("application", "申请编号"), state.facts.application_id),
                (say("list", "名单批次"), state.list_number or ""),
                (say("certificate", "证书编号"), state.certificate_number or ""),
                (say("listed on", "纳入日期"), str(state.listed_on or "")),
                (
                    say("valid until", "有效期至"),
                    str(last_day(state.valid_until)) if state.valid_until else "",
                ),
            )
            if pair[1]
        ],
        chart=term_chart(life, term, now),
        steps=steps_chart(stays, now, say("Steps of getting in", "申请各步骤")),
        years=[_year(life, now, one) for one, _ in mine if one.year],
        plans=_plans(life, term),
        support=_support(life, place),
        policy=[(label(name), plain(value)) for name, value in _policy(state).items()],
        rows=rows(head.platform_id, mine),
    )


def _span(first: date, last: date | None) -> str:
    return f"{first} – {last}" if last else say(f"since {first}", f"{first} 起")


def _policy(state: PlatformState) -> dict[str, Any]:
    return state.facts.policy.model_dump(mode="json")


def _year(life: Life, now: datetime, place: LogPlace) -> Year:
    log, state = life.logs[place], life.states.get(place)
    marks = fallen(log)
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
    return Year(
        title=title,
        result=words,
        state=str(state.stage) if state else "",
        steps=steps_chart(stays, now, title),
        rounds=rounds,
    )


def _plans(life: Life, term: int) -> list[dict[str, str]]:
    log = life.logs[LogPlace(term)]
    by_hash = {e.said["plan_sha256"]: e for e in log if "plan_sha256" in e.said}
    marks = fallen(log)
    found = []
    for (of, version), plan in life.plans.items():
        entry = by_hash.get(plan.sha256)
        if of == term and entry:
            found.append(
                {
                    "version": str(version),
                    "at": wording.moment(entry.at),
                    "by": entry.actor.id if entry.actor else "",
                    "changes": str(
                        entry.said.get("changes", say("with the application", "随申请提交"))
                    ),
                    "sha256": plan.sha256,
                    "fell": "fell" if entry.seq in marks else "",
                }
            )
    return found


def _support(life: Life, place: LogPlace) -> list[dict[str, str]]:
    log = life.logs[place]
    marks = fallen(log)
    return [
        {
            "given_on": e.said["given_on"],
            "support": known(e.said["support"]),
            "title": e.said["title"],
            "amount": f"{e.said['amount_wan']:,}" if e.said.get("amount_wan") is not None else "",
            "by": e.actor.id if e.actor else "",
            "number": number(place, e.seq),
            "fell": "fell" if e.seq in marks else "",
        }
        for e in log
        if e.name == Kind.SUPPORT and e.kind is EntryKind.DECISION
    ]
