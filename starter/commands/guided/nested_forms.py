"""Each part of a form, asked for as what it holds needs: words, lines, findings one by one."""

from collections.abc import Callable
from typing import Any

from pydantic import create_model

from starter.commands.decision_form import Part, number
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.commands.input_files import read_object
from starter.commands.message_shapes import Shape, longest, shape_of
from starter.commands.notation import body, day, lead_unit
from starter.commands.notation_words import FILES, METAVARS
from starter.commands.plan_files.plan_file import read_mechanisms, read_plan
from starter.errors import BadInput
from starter.terminal.language import say, sentence
from starter.terminal.official_wording import official
from starter.terminal.screen import heading
from workflows.decisions import MODELS, GroupFinding
from workflows.field_labels import Label, label_of
from workflows.model import InvalidMessage, Message, parse
from workflows.vocabulary import Kind
from workflows.words import Words

Read = Callable[[str], Any]
"""Makes a value of a line, or raises ValueError with what is to be said."""


def ask_part(
    talk: Dialogue,
    kind: Kind,
    part: Part,
    *,
    needed: bool,
    now: str = "",
    also: Read | None = None,
) -> Any:
    """The value of a part, as a decision holds it; None where it may be left out and was.

    `now`: what holds so far, where it is to be changed. `also` reads what fits a part that is a single
    field, and may know better.

    Raises:
        click.Abort: whoever was asked went away.
    """
    with talk.part(part.field):
        shown = [
            *help_of(part, needed=needed),
            *([say(f"  now: {now}", f"  现为：{now}")] if now else []),
        ]
        match part.shape:
            case Shape.TEXT_BY_WORD:
                talk.above(*shown, heading(prompts.named(part.label)))
                return _texts(talk, kind, part)
            case Shape.FINDING_BY_WORD | Shape.SCORE_BY_WORD:
                return _findings(talk, part)
            case shape if shape.listed:
                talk.above(*shown, heading(_lines_of(part)))
                return _lines(talk, kind, part, needed=needed, also=also)
        talk.above(*shown)
        return ask_field(talk, MODELS[kind], part.field, needed=needed, also=also)


def help_of(part: Part, *, needed: bool = False) -> list[str]:
    """The line of help of a part, if it has one; of what this case's policy demands, that it does."""
    demanded = Words(" Required.", "必填。") if needed and part.label.by_policy else Words("", "")
    return [f"  {say(part.label.help)}{say(demanded)}"] if part.label.help else []


def ask_field(
    talk: Dialogue,
    model: type[Message],
    field: str,
    *,
    needed: bool = True,
    default: str = "",
    indent: str = "",
    also: Read | None = None,
) -> Any:
    """A field of a message by a word or a line of text; what does not fit is said and asked again.

    `also` reads what fits the field, and may know better.
    """
    info = model.model_fields[field]
    label, (shape, vocabulary) = label_of(info), shape_of(info)
    assert label, field  # noqa: S101 - a field without a label is not asked for
    if shape is Shape.WORD:
        choices = prompts.choices_of(vocabulary)
        return talk.choose(prompts.named(label), choices, also, needed=needed)
    how = FILES.get(shape) or (METAVARS[shape] if shape in _BODIES else None)
    read = _READ.get(shape, str)

    def fitting(given: str) -> Any:
        value = read(given)
        problem = misfit(model, field, value)
        if problem:
            raise ValueError(problem)
        if field in _NAMES | _IN_WORDS.keys() and prompts.plain(given).isdecimal():
            raise ValueError(say(_IN_WORDS.get(field) or _no_number(label)))
        if field == "organisation" and len(value) < _SHORTEST:
            raise ValueError(say("an organisation's name", "应为单位名称"))
        return also(value) if also else value

    question = prompts.named(label, how)
    return talk.ask(
        question, fitting, needed=needed, default=default, indent=indent, unset=label.unset
    )


def misfit(model: type[Message], field: str, value: Any) -> str:
    """What does not fit when a field has this value; empty when it fits."""
    known = model.model_fields[field]
    fields: dict[str, Any] = {field: (known.annotation, known)}
    one: type[Message] = create_model(field, __base__=Message, **fields)
    try:
        parse(one, {field: value})
    except InvalidMessage as error:
        return sentence([say(official(why)) for _, why in error.problems])
    return ""


def called(item: Any) -> Words:
    """What an item of a vocabulary is called."""
    return Words(item.replace("_", " "), item.zh)


def _plain(read: Read) -> Read:
    """Make what `read` cannot read a ValueError in the language of the answers."""

    def plain(given: str) -> Any:
        try:
            return read(given)
        except BadInput as error:
            raise ValueError(say(error.words)) from None

    return plain


def _no_number(label: Label) -> Words:
    """Say what a name is of, as the question called it."""
    return Words(f"the {label.name.en} in words, not a number", f"应为{label.name.zh}，不是序号")


_SHORTEST = 2
"""Characters of an organisation's name: one alone answers another question, as y does."""
_BODIES = (Shape.BODY, Shape.LEAD_UNIT)
_NAMES = {"name", "organisation"}
_IN_WORDS = {
    "remark": Words("a remark in words; Enter: none", "应为文字说明；没有说明请按回车"),
}
"""Fields in which a number is no answer: whoever types one answers another question."""
_READ: dict[Shape, Read] = {
    Shape.BODY: body,
    Shape.LEAD_UNIT: _plain(lead_unit),
    Shape.OBJECT: _plain(read_object),
    Shape.PLAN: _plain(read_plan),
    Shape.MECHANISMS: _plain(read_mechanisms),
    Shape.NUMBER: number,
    Shape.DECIMAL: number,
    Shape.DAY: day,
}


def _lines_of(part: Part) -> Words:
    how = part.label.how if part.shape is Shape.TEXTS else part.metavar or Words.same("")
    if part.shape is Shape.DOCUMENTS:
        how = Words("FILE or FILE=TITLE", "文件路径，或 文件路径=名称")
    named = prompts.named(part.label)
    each = Words(f": {how.en}", f"：{how.zh}") if how and how.en else Words("", "")
    return Words(
        f"{named.en} (one a line{each.en}; Enter ends)",
        f"{named.zh}（每行一项{each.zh}；回车结束）",
    )


def _lines(
    talk: Dialogue, kind: Kind, part: Part, *, needed: bool, also: Read | None
) -> list[Any] | None:
    """A value a line, until an empty one; `also` may know better of a single one."""

    def fitting(given: str) -> Any:
        value = _plain(lambda line: part.read([line])[0])(given)
        problem = misfit(MODELS[kind], part.field, [value])
        if problem:
            raise ValueError(problem)
        return also(value) if also else value

    found: list[Any] = []
    most = longest(MODELS[kind].model_fields[part.field]) or prompts.LARGEST
    while len(found) < most:
        line = len(found) + 1
        following = talk.has(f"{part.field}.{line + 1}")
        with talk.part(f"{part.field}.{line}"):
            first = needed and not found and not following
            value = talk.ask(
                Words.same(str(line)), fitting, needed=first, indent="  ", numbered=True
            )
        if value is None:
            if following:
                talk.remove(part.field, line)
            break
        found.append(value)
    return found or None


def _findings(talk: Dialogue, part: Part) -> dict[str, dict[str, Any]]:
    words = prompts.choices_of(shape_of(GroupFinding.model_fields["finding"])[1])
    listed = "  ".join(f"{number} {label}" for number, (label, *_) in enumerate(words.values(), 1))
    talk.above(*help_of(part), heading(say(prompts.named(part.label)) + say(": ", "：") + listed))
    more = ("remark", "score") if part.shape is Shape.SCORE_BY_WORD else ("remark",)
    label = label_of(GroupFinding.model_fields["remark"])
    remark = prompts.named(label) if label else None
    found: dict[str, dict[str, Any]] = {}
    for item in part.vocabulary:
        with talk.part(f"{part.field}.{item}"):
            finding = talk.pick(called(item), words, indent="  ", then=remark)
            one: dict[str, Any] = {"finding": finding}
            for field in more:
                value = ask_field(talk, GroupFinding, field, needed=False, indent="    ")
                if value is not None:
                    one[field] = value
        found[str(item)] = one
    return found


def _texts(talk: Dialogue, kind: Kind, part: Part) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in part.vocabulary:

        def read(given: str, item: str = str(item)) -> str:
            problem = misfit(MODELS[kind], part.field, {item: given})
            if problem:
                raise ValueError(problem)
            return given

        with talk.part(f"{part.field}.{item}"):
            found[str(item)] = talk.ask(called(item), read, indent="  ")
    return found
