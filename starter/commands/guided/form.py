"""The guided form of a decision: what it is about, what is missing, and a summary to say yes to."""

from typing import Any

import click

from starter.commands.decision_form import (
    DecisionForm,
    outcome_of,
    outcomes_for,
    roles_for,
    today,
)
from starter.commands.guided import prompts
from starter.commands.guided.nested_forms import ask_documents, ask_field, ask_part, misfit
from starter.commands.guided.summary import summary
from starter.commands.guided.vocabulary_prompts import name, rule
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import facts, heading, show
from workflows.actors import Actor
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.run_io import CaseView
from workflows.states import Facts
from workflows.vocabulary import District, Role


def show_case(form: DecisionForm, view: CaseView) -> None:
    """Show which platform it is, where it stands, what is awaited, and the rule of the step."""
    case = view.assessment or view.platform
    assert case, "a case's own view"  # noqa: S101
    due = view.due.due if view.due else None
    named = f"{case.facts.name} ({case.facts.platform_id})"
    if view.assessment:
        year = view.assessment.year
        named += say(f", assessment {year}", f"，第 {year} 年考核")
    now = wording.awaited(view.awaited, due, overdue=case.overdue)
    show(
        heading(wording.what(form.kind)),
        facts(
            (
                (say("Platform", "平台"), named),
                (say("Stage", "阶段"), wording.stage(case.stage)),
                (say("Awaited", "待办"), now or say("nothing", "无")),
                (say("Rule", "规则"), rule(form.kind)),
            )
        ),
    )
    if any(one.kind == form.kind for one in view.awaited) or not _waited_for(form):
        return
    prompts.wrong(
        say(
            f"{wording.what(form.kind)} is not awaited now: it would be refused.",
            f"现在不待“{wording.what(form.kind)}”，将不予受理。",
        )
    )
    if not prompts.sure(say("Go on all the same?", "仍要继续吗？")):
        raise click.Abort


def fill_in(form: DecisionForm, raw: dict[str, Any], view: CaseView, *, office: bool) -> None:
    """Ask for what a decision lacks; `office`: also for the role and the organisation it is taken in.

    Raises:
        click.Abort: whoever was asked went away; nothing has been sent.
    """
    case = view.assessment or view.platform
    _ask_who(form, raw, office=office)
    _ask_outcome(form, raw)
    outcome = outcome_of(form.kind, raw)
    for part in form.asked(outcome):
        if part.field not in raw:
            needed = form.needs(part, outcome)
            value = ask_part(form, part, needed=needed, facts=case.facts if case else None)
            if value is not None:
                raw[part.field] = value
    if "decided_on" not in raw:
        raw["decided_on"] = ask_field(
            form.kind, "decided_on", str, needed=True, default=str(today())
        )
    if "documents" not in raw:
        raw["documents"] = ask_documents()
        if not raw["documents"]:
            del raw["documents"]


def confirm(form: DecisionForm, raw: dict[str, Any], known: Facts | None, leads_to: str) -> None:
    """Show a summary, and where the decision leads, and ask whether to send it.

    Raises:
        click.Abort: it is not to be sent.
    """
    show(heading(say("Summary", "摘要")), summary(form, raw, known, leads_to))
    show("")
    if not prompts.sure(say("Take this decision?", "确认作出此决定？")):
        raise click.Abort


def _waited_for(form: DecisionForm) -> bool:
    """Whether a case waits for this kind at all; what may be said at any time is never awaited."""
    steps = (*PLATFORM.steps, *ASSESSMENT.steps)
    return any(t.name == form.kind and t.awaited for step in steps for t in step.triggers)


def _ask_who(form: DecisionForm, raw: dict[str, Any], *, office: bool) -> None:
    actor = raw["actor"]
    if not isinstance(actor, dict):
        return
    if office and "organisation" not in actor:
        able = roles_for(form.kind, outcome_of(form.kind, raw))
        if len(able) > 1:
            actor["role"] = prompts.choose(name("role"), prompts.choices_of(Role, able))
    for field in ("id", "organisation") if office else ("id",):
        if field not in actor:
            actor[field] = prompts.ask_until(name(field), _fits(field), needed=True)
    if office and actor.get("role") == Role.DISTRICT and "district" not in actor:
        actor["district"] = prompts.choose(name("district"), prompts.choices_of(District))


def _fits(field: str) -> Any:
    def read(given: str) -> str:
        problem = misfit(Actor, field, given)
        if problem:
            raise ValueError(problem)
        return given

    return read


def _ask_outcome(form: DecisionForm, raw: dict[str, Any]) -> None:
    """The outcome, out of those that the role may decide; one that is the only one is not asked for."""
    part = next((part for part in form.parts if part.field == "outcome"), None)
    if part is None or "outcome" in raw:
        return
    role = raw["actor"].get("role") if isinstance(raw["actor"], dict) else None
    may = outcomes_for(form.kind, role)
    if part.choices:
        raw["outcome"] = prompts.choose(name("outcome"), prompts.choices_of(part.choices, may))
    elif len(may) == 1 and outcome_of(form.kind, raw) not in may:
        raw["outcome"] = may[0]
