"""The guided form of a decision: what it is about, and what is missing, asked for part by part."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from starter.clock import today
from starter.commands.deciding_roles import outcome_of, outcomes_for, roles_for, spoken_model
from starter.commands.decision_form import COMMON, DecisionForm, Part, needs
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.commands.guided.facts_as_they_are import fact_now
from starter.commands.guided.foresight import Foresight
from starter.commands.guided.indicator_questions import ask_indicators
from starter.commands.guided.nested_forms import Read, ask_field, ask_part
from starter.commands.guided.panel_questions import PanelQuestions
from starter.commands.guided.target_question import ask_target
from starter.commands.message_shapes import Shape
from starter.commands.unless_meant import plan_of_another
from starter.doubts.body_doubts import lacks_organisation
from starter.terminal import wording
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.official_wording import official
from starter.terminal.screen import facts, heading, show
from workflows.actors import Actor
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.model import Message
from workflows.rules import CaseState
from workflows.run_io import CaseView
from workflows.vocabulary import Role
from workflows.words import citation

DAY = "decided_on"
ACTOR = "actor"
TARGET = "target"
DOCUMENTS = next(part for part in COMMON if part.field == "documents")


_JUDGED_ALONE = (Shape.BODY, Shape.LEAD_UNIT, Shape.TEXTS)
"""Shapes of answers of which the rules can say something before the others are known."""


def show_case(form: DecisionForm, view: CaseView, assessment: CaseView | None = None) -> None:
    """Show which platform it is, where it stands, what is awaited, and the rule of the step.

    `assessment`: the one that is open beside a platform of which nothing is awaited itself.
    """
    case = case_of(view)
    name, its_id = case.facts.name, case.facts.platform_id
    named = say(f"{name} ({its_id})", f"{name}（{its_id}）")
    if view.assessment:
        year = view.assessment.year
        named += say(f", assessment {year}", f"，第 {year} 年考核")
    now = _awaited(view) or _of_open_assessment(view, assessment)
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


def _awaited(view: CaseView) -> str:
    due = view.due
    return wording.awaited(
        view.awaited,
        due.due if due else None,
        overdue=case_of(view).overdue,
        provisional=bool(due and due.provisional_years),
        today=today(),
    )


def _of_open_assessment(view: CaseView, assessment: CaseView | None) -> str:
    """What is awaited of a platform's assessment, or where to look; empty while none is open."""
    year = view.platform.open_assessment if view.platform else None
    if view.assessment or year is None:
        return ""
    its = _awaited(assessment) if assessment else ""
    if its:
        return say(f"assessment of year {year}: {its}", f"第 {year} 年考核：{its}")
    return say(
        f"of the assessment of year {year}, which is open: see `pingtai show`",
        f"第 {year} 年考核进行中，其待办见 pingtai show",
    )


def foresee(form: DecisionForm, foresight: Foresight, said: Mapping[str, Any]) -> None:
    """Say what would be refused in any case, before any question, and ask whether to go on.

    Raises:
        click.Abort: not to go on.
    """
    foresight.told = foresight.objection(said)
    if not foresight.told:
        return
    named = wording.what(form.kind)
    if foresight.is_its_turn:
        prompts.wrong(
            say(
                f"It would be refused: {foresight.told.en}",
                f"提交将不予受理：{official(foresight.told).zh}",
            )
        )
    else:
        prompts.wrong(
            say(
                f"{named[:1].upper()}{named[1:]} is not due now and would be refused.",
                f"当前环节不办理“{named}”，提交将不予受理。",
            )
        )
    if not prompts.sure(say("Continue?", "是否继续？")):
        raise Declined


def case_of(view: CaseView) -> CaseState:
    """The case that a view is of."""
    case = view.assessment or view.platform
    assert case, "a case's own view"  # noqa: S101
    return case


def fill_in(
    talk: Dialogue,
    form: DecisionForm,
    said: Mapping[str, Any],
    foresight: Foresight,
    panel: PanelQuestions,
    *,
    office: bool,
) -> dict[str, Any]:
    """A decision of what was said before, and of answers for what that lacks.

    `office`: ask also for the role and the organisation it is taken in.

    Raises:
        click.Abort: whoever was asked went away; nothing has been sent.
    """
    raw = deepcopy(dict(said))
    _ask_who(talk, form, raw, foresight, office=office)
    _ask_outcome(talk, form, raw)
    outcome = outcome_of(form.kind, raw)
    for part in form.asked(outcome):
        if part.field == TARGET and TARGET not in raw and foresight.log:
            raw |= ask_target(talk, part, foresight.log)
        elif part.field not in raw:
            value: Any
            if part.shape is Shape.PANEL:
                value = panel.ask(part)
            elif part.shape is Shape.DAY:
                _ask_day(talk, form, raw, foresight)  # what the other days are compared with
                value = ask_part(
                    talk,
                    form.kind,
                    part,
                    needed=needs(part, outcome),
                    also=_in_order(foresight, part.field, raw),
                )
            elif part.shape is Shape.MEASURES:
                value = ask_indicators(talk, part, foresight.state.facts.policy.indicators)
            else:
                value = ask_part(
                    talk,
                    form.kind,
                    part,
                    needed=needs(part, outcome) or foresight.needs(part.field),
                    now=fact_now(form.kind, part.field, foresight.state.facts),
                    also=_of_this_platform(foresight, part, raw),
                )
            if value not in (None, {}, []):
                raw[part.field] = value
    _ask_day(talk, form, raw, foresight)
    if not raw.get(DOCUMENTS.field):
        given = ask_part(talk, form.kind, DOCUMENTS, needed=False)
        if given:
            raw[DOCUMENTS.field] = given
    return raw


def _ask_who(
    talk: Dialogue,
    form: DecisionForm,
    raw: dict[str, Any],
    foresight: Foresight,
    *,
    office: bool,
) -> None:
    actor = raw[ACTOR]
    if not isinstance(actor, dict):
        return
    able = roles_for(form.kind, outcome_of(form.kind, raw))
    asked = ["id"]
    if office:
        if "organisation" not in actor and len(able) > 1:
            asked.insert(0, "role")
            actor.pop("role", None)
        asked += ["organisation", "district"]
    for field in asked:
        if field in actor or (field == "district" and actor.get("role") != Role.DISTRICT):
            continue
        with talk.part(f"{ACTOR}.{field}"):
            known = {k: actor[k] for k in ("role", "id") if k in actor} if office else {}

            def so_far(value: str, known: Any = known, field: str = field) -> dict[str, Any]:
                return {ACTOR: known | {field: value}}

            also = _foreseen(foresight, so_far) if office or len(able) == 1 else None
            if field == "role":
                choices = prompts.choices_of(Role, able)
                actor[field] = _choose(talk, Actor, field, choices, also)
            else:
                actor[field] = ask_field(talk, Actor, field, also=also)


def _ask_day(talk: Dialogue, form: DecisionForm, raw: dict[str, Any], foresight: Foresight) -> None:
    if DAY not in raw:
        with talk.part(DAY):
            also = _foreseen(foresight, lambda day: {DAY: day})
            model = spoken_model(form.kind, outcome_of(form.kind, raw))
            raw[DAY] = ask_field(talk, model, DAY, default=str(today()), also=also)


def _in_order(foresight: Foresight, field: str, so_far: Mapping[str, Any]) -> Read:
    """A day that fits unless the rules would refuse it beside what was answered before."""

    def also(value: str) -> str:
        foresight.check_field(field, {**so_far, field: value})
        return value

    return also


def _of_this_platform(foresight: Foresight, part: Part, raw: Mapping[str, Any]) -> Read:
    """What fits, and what the rules accept; whose a file of another platform is, is said when it is typed."""

    def also(value: Any) -> Any:
        for doubt in plan_of_another({part.field: value}, foresight.state.facts.platform_id):
            prompts.wrong(say(doubt))
        if part.label.how and lacks_organisation(value):
            raise ValueError(say(f"write {part.label.how.en}", f"应写作 {part.label.how.zh}"))
        if part.shape in _JUDGED_ALONE:
            foresight.check_answer(part, value, raw)
        return value

    return also


def _foreseen(foresight: Foresight, known: Callable[[str], Mapping[str, Any]]) -> Read:
    """What fits unless the rules would refuse it: then that is said when it is typed."""

    def also(value: str) -> str:
        foresight.check(known(value))
        return value

    return also


def _ask_outcome(talk: Dialogue, form: DecisionForm, raw: dict[str, Any]) -> None:
    """The outcome, out of those that the role may decide; one that is the only one is not asked for."""
    part = next((part for part in form.parts if part.field == "outcome"), None)
    if part is None or "outcome" in raw:
        return
    role = raw[ACTOR].get("role") if isinstance(raw[ACTOR], dict) else None
    may = outcomes_for(form.kind, role)
    if not part.switch:
        choices = prompts.choices_of(part.vocabulary, may)
        with talk.part("outcome"):
            raw["outcome"] = _choose(talk, MODELS[form.kind], "outcome", choices)
    elif len(may) == 1 and outcome_of(form.kind, raw) not in may:
        raw["outcome"] = may[0]


def _choose(
    talk: Dialogue,
    model: type[Message],
    field: str,
    choices: prompts.Choices,
    also: Read | None = None,
) -> str:
    label = label_at(model, field)
    assert label, field  # noqa: S101 - each of them has one
    return talk.choose(prompts.named(label), choices, also)
