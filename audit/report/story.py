"""All that the report tells, put into the words of a language; the template sets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.anchoring.proofs import Proof
from audit.dossier.erased_terms import check_erased_terms
from audit.dossier.format import Head
from audit.dossier.lives import Life
from audit.reading.check_histories import check_reading, wrong_in_logs
from audit.replay.replaying import Replayed
from audit.report.erased_term_section import ErasedTermSection, erased_term_section
from audit.report.terms import Pair, Term, term_of
from audit.report.visits import visits
from starter.terminal import wording
from starter.terminal.entry_basis import known
from starter.terminal.language import say, word
from workflows.periods import last_day
from workflows.record import EntryKind
from workflows.states import PlatformState
from workflows.vocabulary import Kind, Service
from workflows.words import listed


@dataclass(frozen=True)
class Story:
    """The whole report."""

    name: str
    facts: Sequence[Pair]
    problems: Sequence[str]
    """What is wrong with the record, as far as the making of the report found it."""
    counts: Sequence[Pair]
    terms: Sequence[Term]
    erased: Sequence[ErasedTermSection]
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
        terms=[term_of(life, head, place.term) for place in own],
        erased=[erased_term_section(one) for one in life.erased],
        logs=[
            {
                "name": say(place.words),
                "entries": len(log),
                "first": log[0].previous,
                "last": log[-1].hash,
            }
            for place, log in life.all_logs.items()
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
        (say("Services", "服务"), say(listed(_service(s) for s in facts.services))),
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
    problems = (
        *wrong_in_logs(life.reading, life.logs),
        *check_reading(life.reading),
        *check_erased_terms(life.erased),
    )
    found = [f"{say(one.words)} ({one.where})" for one in problems]
    for replayed in life.replays:
        trouble = _trouble(replayed)
        if trouble:
            found.append(f"{trouble} ({replayed.workflow_id} {replayed.run_id})")
    return found + [
        say(f"the register differs: {one}", f"名册不符：{one}")
        for one in head.register_differs or ()
    ]


def _trouble(replayed: Replayed) -> str:
    """Why a history does not replay, or what does not agree in it; empty when all is well."""
    divergence = replayed.divergence
    found = [divergence] if divergence else [one for one in replayed.findings if one.wrong]
    return say("; ", "；").join(say(one.words) for one in found)


def _counts(life: Life, proof: Proof | None) -> list[Pair]:
    logs = [log for log in life.logs.values() if log]
    entries = [entry for log in logs for entry in log]
    decisions = sum(e.kind is EntryKind.DECISION for e in entries)
    late = sum(
        visit.until is not None and visit.late(visit.until) is not None
        for place, log in life.logs.items()
        for visit in visits(place, log, life.deadlines)
    )
    aside = sum(e.name == Kind.SET_ASIDE and e.kind is EntryKind.DECISION for e in entries)
    terms = sum(place.year == 0 for place in life.logs)
    return [
        (say("terms", "期次"), str(terms + len(life.erased))),
        (say("assessments", "年度考核"), str(len(logs) - terms)),
        (say("decisions", "决定"), str(decisions)),
        (say("entries", "记录条目"), str(len(entries))),
        (say("steps overdue", "逾期步骤"), str(late)),
        (say("set aside", "撤销更正"), str(aside)),
        (say("runs replayed", "重放历史"), str(len(life.histories))),
    ]
