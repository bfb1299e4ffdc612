"""The guided form of a decision: what it is about, what is missing, and a summary to say yes to."""

import json
from pathlib import Path
from typing import Any

import click

from starter.commands.decision_form import (
    COMMON,
    DecisionForm,
    needs,
    outcome_of,
    outcomes_for,
    roles_for,
    today,
)
from starter.commands.guided import prompts
from starter.commands.guided.nested_forms import ask_field, ask_part
from starter.commands.guided.summary import summary
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import facts, heading, show
from workflows.actors import Actor
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import Message
from workflows.run_io import CaseView
from workflows.states import Facts
from workflows.vocabulary import Role
from workflows.words import citation


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
                (
                    say("Rule", "依据"),
                    say(citation(form.kind.article)) + say(": ", "：") + say(form.rule),
                ),
            )
        ),
    )
    if any(one.kind == form.kind for one in view.awaited) or not _waited_for(form):
        return
    prompts.wrong(
        say(
            f"{wording.what(form.kind)} is not due now and would be refused.",
            f"当前环节不办理“{wording.what(form.kind)}”，提交将不予受理。",
        )
    )
    if not prompts.sure(say("Continue?", "是否继续？")):
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
    documents = next(part for part in COMMON if part.field == "documents")
    for part in form.asked(outcome):
        if part.field not in raw:
            facts = case.facts if case else None
            value = ask_part(form.kind, part, needed=needs(part, outcome), facts=facts)
            if value is not None:
                raw[part.field] = value
    if "decided_on" not in raw:
        raw["decided_on"] = ask_field(MODELS[form.kind], "decided_on", default=str(today()))
    given = raw.get("documents") or ask_part(form.kind, documents, needed=False, facts=None)
    if given:
        raw["documents"] = given


def confirm(form: DecisionForm, raw: dict[str, Any], known: Facts | None, leads_to: str) -> None:
    """Show a summary, and where the decision leads, and ask whether to send it.

    Raises:
        click.Abort: it is not to be sent.
    """
    show(heading(say("Summary", "摘要")), summary(form, raw, known, leads_to))
    show("")
    if not prompts.sure(say("Submit?", "确认提交？")):
        raise click.Abort


def keep(form: DecisionForm, platform: str, raw: dict[str, Any]) -> None:
    """Ask for a file to keep a refused decision in, so that what was typed is not lost.

    Raises:
        click.Abort: whoever was asked went away.
    """

    def write(given: str) -> Path:
        path = Path(given).expanduser()
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(json.dumps(raw, ensure_ascii=False, indent=2) + "\n")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ValueError(f"{given}: {why}") from None
        return path

    question = say("Save answers to edit later: file name", "保存所填内容以便修改：文件名")
    kept = prompts.ask_until(question, write, needed=False)
    if kept:
        show(f"pingtai {form.name} {platform} --file {kept}")


def _waited_for(form: DecisionForm) -> bool:
    """Whether a case waits for this kind at all; what may be said at any time is never awaited."""
    return form.kind in PLATFORM.kinds + ASSESSMENT.kinds


def _ask_who(form: DecisionForm, raw: dict[str, Any], *, office: bool) -> None:
    actor = raw["actor"]
    if not isinstance(actor, dict):
        return
    if office and "organisation" not in actor:
        able = roles_for(form.kind, outcome_of(form.kind, raw))
        if len(able) > 1:
            actor["role"] = _choose(Actor, "role", prompts.choices_of(Role, able))
    for field in ("id", "organisation") if office else ("id",):
        if field not in actor:
            actor[field] = ask_field(Actor, field)
    if office and actor.get("role") == Role.DISTRICT and "district" not in actor:
        actor["district"] = ask_field(Actor, "district")


def _ask_outcome(form: DecisionForm, raw: dict[str, Any]) -> None:
    """The outcome, out of those that the role may decide; one that is the only one is not asked for."""
    part = next((part for part in form.parts if part.field == "outcome"), None)
    if part is None or "outcome" in raw:
        return
    role = raw["actor"].get("role") if isinstance(raw["actor"], dict) else None
    may = outcomes_for(form.kind, role)
    if not part.switch:
        choices = prompts.choices_of(part.vocabulary, may)
        raw["outcome"] = _choose(MODELS[form.kind], "outcome", choices)
    elif len(may) == 1 and outcome_of(form.kind, raw) not in may:
        raw["outcome"] = may[0]


def _choose(model: type[Message], field: str, choices: prompts.Choices) -> str:
    label = label_at(model, field)
    assert label, field  # noqa: S101 - each of them has one
    return prompts.choose(prompts.named(label), choices)
