"""The guided form of a decision: what it is about, and what is missing, asked for part by part."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import click

from starter.commands.decision_form import (
    COMMON,
    DecisionForm,
    Part,
    needs,
    outcome_of,
    outcomes_for,
    roles_for,
    today,
)
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.commands.guided.nested_forms import ask_field, ask_part
from starter.commands.guided.panel_questions import ask_panel
from starter.commands.message_shapes import Shape
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import facts, heading, show
from workflows.actors import Actor
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import Message
from workflows.rules import CaseState
from workflows.run_io import CaseView
from workflows.vocabulary import Role
from workflows.words import citation

DAY = "decided_on"
DOCUMENTS = next(part for part in COMMON if part.field == "documents")


def show_case(form: DecisionForm, view: CaseView) -> None:
    """Show which platform it is, where it stands, what is awaited, and the rule of the step."""
    case = case_of(view)
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


def foresee(form: DecisionForm, *, awaited: bool) -> None:
    """Say what would be refused in any case, before any question, and ask whether to go on.

    Raises:
        click.Abort: not to go on.
    """
    if awaited or not _waited_for(form):
        return
    prompts.wrong(
        say(
            f"{wording.what(form.kind)} is not due now and would be refused.",
            f"当前环节不办理“{wording.what(form.kind)}”，提交将不予受理。",
        )
    )
    if not prompts.sure(say("Continue?", "是否继续？")):
        raise click.Abort


def case_of(view: CaseView) -> CaseState:
    """The case that a view is of."""
    case = view.assessment or view.platform
    assert case, "a case's own view"  # noqa: S101
    return case


def fill_in(
    talk: Dialogue, form: DecisionForm, said: Mapping[str, Any], case: CaseState, *, office: bool
) -> dict[str, Any]:
    """A decision of what was said before, and of answers for what that lacks.

    `office`: ask also for the role and the organisation it is taken in.

    Raises:
        click.Abort: whoever was asked went away; nothing has been sent.
    """
    raw = deepcopy(dict(said))
    _ask_who(talk, form, raw, office=office)
    _ask_outcome(talk, form, raw)
    outcome = outcome_of(form.kind, raw)
    for part in form.asked(outcome):
        if part.field not in raw:
            value = _value(talk, form, part, case, needed=needs(part, outcome))
            if value not in (None, {}, []):
                raw[part.field] = value
    if DAY not in raw:
        with talk.part(DAY):
            raw[DAY] = ask_field(talk, MODELS[form.kind], DAY, default=str(today()))
    if not raw.get(DOCUMENTS.field):
        given = ask_part(talk, form.kind, DOCUMENTS, needed=False)
        if given:
            raw[DOCUMENTS.field] = given
    return raw


def _value(talk: Dialogue, form: DecisionForm, part: Part, case: CaseState, *, needed: bool) -> Any:
    if part.shape is Shape.PANEL:
        return ask_panel(talk, part, case)
    return ask_part(talk, form.kind, part, needed=needed)


def _waited_for(form: DecisionForm) -> bool:
    """Whether a case waits for this kind at all; what may be said at any time is never awaited."""
    return form.kind in PLATFORM.kinds + ASSESSMENT.kinds


def _ask_who(talk: Dialogue, form: DecisionForm, raw: dict[str, Any], *, office: bool) -> None:
    actor = raw["actor"]
    if not isinstance(actor, dict):
        return
    if office and "organisation" not in actor:
        able = roles_for(form.kind, outcome_of(form.kind, raw))
        if len(able) > 1:
            choices = prompts.choices_of(Role, able)
            actor["role"] = _choose(talk, "actor.role", Actor, "role", choices)
    for field in ("id", "organisation") if office else ("id",):
        if field not in actor:
            with talk.part(f"actor.{field}"):
                actor[field] = ask_field(talk, Actor, field)
    if office and actor.get("role") == Role.DISTRICT and "district" not in actor:
        with talk.part("actor.district"):
            actor["district"] = ask_field(talk, Actor, "district")


def _ask_outcome(talk: Dialogue, form: DecisionForm, raw: dict[str, Any]) -> None:
    """The outcome, out of those that the role may decide; one that is the only one is not asked for."""
    part = next((part for part in form.parts if part.field == "outcome"), None)
    if part is None or "outcome" in raw:
        return
    role = raw["actor"].get("role") if isinstance(raw["actor"], dict) else None
    may = outcomes_for(form.kind, role)
    if not part.switch:
        choices = prompts.choices_of(part.vocabulary, may)
        raw["outcome"] = _choose(talk, "outcome", MODELS[form.kind], "outcome", choices)
    elif len(may) == 1 and outcome_of(form.kind, raw) not in may:
        raw["outcome"] = may[0]


def _choose(
    talk: Dialogue, part: str, model: type[Message], field: str, choices: prompts.Choices
) -> str:
    label = label_at(model, field)
    assert label, field  # noqa: S101 - each of them has one
    with talk.part(part):
        return talk.choose(prompts.named(label), choices)
