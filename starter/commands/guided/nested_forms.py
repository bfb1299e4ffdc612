"""Each part of a form, asked for as its kind needs: words, lines, findings one by one, experts."""

from collections import Counter
from typing import Any

from pydantic import create_model

from starter.commands.decision_form import Asked, DecisionForm, Part, number
from starter.commands.guided import prompts
from starter.commands.guided.vocabulary_prompts import name
from starter.commands.input_files import document, read_object
from starter.errors import BadInput
from starter.terminal.language import say, sentence
from starter.terminal.screen import heading, show
from workflows.decisions import MODELS, Expert, GroupFinding
from workflows.model import InvalidMessage, Message, parse
from workflows.states import Facts
from workflows.vocabulary import ExpertField, Finding, Kind, OpinionOutcome, Word


def ask_part(form: DecisionForm, part: Part, *, needed: bool, facts: Facts | None) -> Any:
    """The value of a part, as a decision holds it; None where it may be left out and was.

    Raises:
        click.Abort: whoever was asked went away.
    """
    if part.choices:
        return prompts.choose(name(part.field), prompts.choices_of(part.choices))
    if part.asked is Asked.PANEL:
        return _panel(facts)
    if part.asked is Asked.LINES:
        return _lines(form.kind, part, needed=needed)
    if part.items and part.asked is Asked.TEXTS:
        return _texts(form.kind, part, part.items)
    if part.items:
        return _findings(part.items, scored=part.asked is Asked.SCORED)
    return ask_field(form.kind, part.field, _READERS.get(part.asked, str), needed=needed)


def ask_field(kind: Kind, field: str, read: Any, *, needed: bool, default: str = "") -> Any:
    """A field by a line of text; what does not fit the model is said and asked again."""

    def fitting(given: str) -> Any:
        return _fitting(MODELS[kind], field, read(given))

    return prompts.ask_until(name(field), fitting, needed=needed, default=default)


def ask_documents() -> list[dict[str, str]]:
    """Documents, until an empty line: the files are hashed now, and not kept."""
    found: list[dict[str, str]] = []
    while len(found) < prompts.LARGEST:
        given = prompts.ask_until(name("documents"), _document, needed=False)
        if given is None:
            break
        found.append(given)
    return found


def misfit(model: type[Message], field: str, value: Any) -> str:
    """What does not fit when a field has this value; empty when it fits."""
    known = model.model_fields[field]
    fields: dict[str, Any] = {field: (known.annotation, known)}
    one: type[Message] = create_model(field, __base__=Message, **fields)
    try:
        parse(one, {field: value})
    except InvalidMessage as error:
        return sentence([say(en, zh) for _, en, zh in error.problems])
    return ""


def _lines(kind: Kind, part: Part, *, needed: bool) -> list[str] | None:
    while True:
        found = prompts.lines(name(part.field), needed=needed)
        problem = misfit(MODELS[kind], part.field, found)
        if not problem:
            return found or None
        prompts.wrong(problem)


def _findings(items: type[Word], *, scored: bool) -> dict[str, dict[str, Any]]:
    words = prompts.choices_of(Finding)
    listed = "  ".join(f"{number} {label}" for number, (label, _) in enumerate(words.values(), 1))
    show(heading(f"{name('findings')}{say(': ', '：')}{listed}"))
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        said = say(item.replace("_", " "), item.zh)
        one: dict[str, Any] = {"finding": prompts.pick(f"  {said}", words)}
        remark = prompts.ask_until(say("    Remark", "    说明"), _remark, needed=False)
        if remark:
            one["remark"] = remark
        if scored:
            question = say("    Score, 0 to 100", "    分数（0 至 100）")
            score = prompts.ask_until(question, _score, needed=False)
            if score is not None:
                one["score"] = score
        found[str(item)] = one
    return found


def _remark(given: str) -> Any:
    return _fitting(GroupFinding, "remark", given)


def _score(given: str) -> Any:
    return _fitting(GroupFinding, "score", number(given, None))


def _fitting(model: type[Message], field: str, value: Any) -> Any:
    problem = misfit(model, field, value)
    if problem:
        raise ValueError(problem)
    return value


def _texts(kind: Kind, part: Part, items: type[Word]) -> dict[str, str]:
    show(heading(name(part.field)))
    found: dict[str, str] = {}
    for item in items:
        said = say(item.replace("_", " "), item.zh)

        def read(given: str, item: Word = item) -> str:
            _fitting(MODELS[kind], part.field, {str(item): given})
            return given

        found[str(item)] = prompts.ask_until(f"  {said}", read, needed=True)
    return found


def _panel(facts: Facts | None) -> list[dict[str, str]]:
    least = facts.policy.experts_at_least if facts else 1
    show(heading(name("panel")))
    found: list[dict[str, str]] = []
    while len(found) < 50:
        told = _still_missing(found, least)
        if told:
            show(told)
        which = say(f"Expert {len(found) + 1}: name", f"专家 {len(found) + 1}：姓名")
        given = prompts.ask(which, needed=bool(told))
        if not given:
            break
        expert = {
            "name": given,
            "field": prompts.choose(say("Field", "方面"), prompts.choices_of(ExpertField)),
            "organisation": prompts.ask(say("Organisation", "单位")),
            "vote": prompts.choose(say("Vote", "意见"), prompts.choices_of(OpinionOutcome)),
        }
        problems = [misfit(Expert, field, value) for field, value in expert.items()]
        if any(problems):
            prompts.wrong(" ".join(problem for problem in problems if problem))
            continue
        found.append(expert)
    return found


def _still_missing(panel: list[dict[str, str]], least: int) -> str:
    """How many and which experts a panel lacks; empty when it is enough."""
    present = Counter(expert["field"] for expert in panel)
    fields = [field for field in ExpertField if field not in present]
    if len(panel) >= least and not fields:
        return ""
    en, zh = f"{len(panel)} of at least {least} experts", f"已有 {len(panel)} 人，至少 {least} 人"
    if fields:
        en += f"; none yet from {', '.join(fields)}"
        zh += f"；尚缺{'、'.join(field.zh for field in fields)}方面"
    return say(en, zh)


def _object(given: str) -> Any:
    try:
        return read_object(given)
    except BadInput as error:
        raise ValueError(say(error.words)) from None


def _document(given: str) -> dict[str, str]:
    try:
        return document(given)
    except BadInput as error:
        raise ValueError(say(error.words)) from None


_READERS: dict[Asked, Any] = {
    Asked.FILE: _object,
    Asked.NUMBER: lambda given: number(given, None),
}
