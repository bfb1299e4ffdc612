"""Each part of a form, asked for as what it holds needs: words, lines, findings one by one, experts."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from pydantic import create_model

from starter.commands.decision_form import Part, number
from starter.commands.guided import prompts
from starter.commands.input_files import document, read_object
from starter.commands.message_shapes import Shape, shape_of
from starter.errors import BadInput
from starter.terminal.language import say, sentence
from starter.terminal.screen import heading, show
from workflows.decisions import MODELS, Expert, GroupFinding
from workflows.field_labels import label_of
from workflows.model import InvalidMessage, Message, parse
from workflows.states import Facts
from workflows.vocabulary import ExpertField, Kind


def ask_part(kind: Kind, part: Part, *, needed: bool, facts: Facts | None) -> Any:
    """The value of a part, as a decision holds it; None where it may be left out and was.

    Raises:
        click.Abort: whoever was asked went away.
    """
    if part.label.help:
        show(f"  {say(part.label.help)}")
    match part.shape:
        case Shape.PANEL:
            return _panel(part, facts)
        case Shape.DOCUMENTS:
            return _documents(part) or None
        case Shape.TEXT_BY_WORD:
            return _texts(kind, part)
        case Shape.FINDING_BY_WORD | Shape.SCORE_BY_WORD:
            return _findings(part)
        case shape if shape.listed:
            return _lines(kind, part, needed=needed)
    return ask_field(MODELS[kind], part.field, needed=needed)


def ask_field(
    model: type[Message], field: str, *, needed: bool = True, default: str = "", indent: str = ""
) -> Any:
    """A field of a message by a word or a line of text; what does not fit is said and asked again."""
    info = model.model_fields[field]
    label, (shape, vocabulary) = label_of(info), shape_of(info)
    assert label, field  # noqa: S101 - a field without a label is not asked for
    if shape is Shape.WORD and needed:
        return prompts.choose(prompts.named(label), prompts.choices_of(vocabulary))
    how = say("a JSON file", "JSON 文件") if shape is Shape.OBJECT else ""
    read = {Shape.OBJECT: _plain(read_object), Shape.NUMBER: number}.get(shape, str)

    question = indent + prompts.named(label, how)

    def fitting(given: str) -> Any:
        return _fitting(model, field, read(given))

    return prompts.ask_until(question, fitting, needed=needed, default=default)


def misfit(model: type[Message], field: str, value: Any) -> str:
    """What does not fit when a field has this value; empty when it fits."""
    known = model.model_fields[field]
    fields: dict[str, Any] = {field: (known.annotation, known)}
    one: type[Message] = create_model(field, __base__=Message, **fields)
    try:
        parse(one, {field: value})
    except InvalidMessage as error:
        return sentence([say(why) for _, why in error.problems])
    return ""


def _fitting(model: type[Message], field: str, value: Any) -> Any:
    problem = misfit(model, field, value)
    if problem:
        raise ValueError(problem)
    return value


def _plain(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make what `read` cannot read a ValueError in the language of the answers."""

    def plain(given: str) -> Any:
        try:
            return read(given)
        except BadInput as error:
            raise ValueError(say(error.words)) from None

    return plain


def _documents(part: Part) -> list[dict[str, str]]:
    """Documents, until an empty line: the files are hashed now, and not kept."""
    question = prompts.named(part.label, say("NAME=FILE", "名称=文件路径"))
    found: list[dict[str, str]] = []
    while len(found) < prompts.LARGEST:
        given = prompts.ask_until(question, _plain(document), needed=False)
        if given is None:
            break
        found.append(given)
    return found


def _lines(kind: Kind, part: Part, *, needed: bool) -> list[str] | None:
    while True:
        found = prompts.lines(prompts.named(part.label), needed=needed)
        problem = misfit(MODELS[kind], part.field, found)
        if not problem:
            return found or None
        prompts.wrong(problem)


def _findings(part: Part) -> dict[str, dict[str, Any]]:
    words = prompts.choices_of(shape_of(GroupFinding.model_fields["finding"])[1])
    listed = "  ".join(f"{number} {label}" for number, (label, _) in enumerate(words.values(), 1))
    show(heading(f"{prompts.named(part.label)}{say(': ', '：')}{listed}"))
    more = ("remark", "score") if part.shape is Shape.SCORE_BY_WORD else ("remark",)
    found: dict[str, dict[str, Any]] = {}
    for item in part.vocabulary:
        one: dict[str, Any] = {"finding": prompts.pick(f"  {_item(item)}", words)}
        for field in more:
            value = ask_field(GroupFinding, field, needed=False, indent="    ")
            if value is not None:
                one[field] = value
        found[str(item)] = one
    return found


def _item(item: Any) -> str:
    return say(item.replace("_", " "), item.zh)


def _texts(kind: Kind, part: Part) -> dict[str, str]:
    show(heading(prompts.named(part.label)))
    found: dict[str, str] = {}
    for item in part.vocabulary:

        def read(given: str, item: str = str(item)) -> str:
            _fitting(MODELS[kind], part.field, {item: given})
            return given

        found[str(item)] = prompts.ask_until(f"  {_item(item)}", read, needed=True)
    return found


def _panel(part: Part, facts: Facts | None) -> list[dict[str, str]]:
    least = facts.policy.experts_at_least if facts else 1
    show(heading(prompts.named(part.label)))
    found: list[dict[str, str]] = []
    while len(found) < 50:
        missing = _still_missing(found, least)
        if missing:
            show(missing)
        show(say(f"Expert {len(found) + 1}", f"专家 {len(found) + 1}"))
        name = ask_field(Expert, "name", needed=bool(missing))
        if not name:
            break
        rest = [field for field in Expert.model_fields if field != "name"]
        found.append({"name": name, **{field: ask_field(Expert, field) for field in rest}})
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
