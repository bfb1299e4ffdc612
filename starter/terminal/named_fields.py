"""Errors in a message, each field called as people know it, with the flag or the heading that fills it."""

import re
from collections.abc import Callable, Mapping

from pydantic import BaseModel

from starter.terminal.official_wording import official
from workflows.field_labels import Label, label_at
from workflows.model import WHOLE, InvalidMessage, complaint
from workflows.refusal import Refused
from workflows.vocabulary import Kind
from workflows.words import Words

_MESSAGES = {
    "PlatformApplication": Words("application", "申请"),
    "application": Words("application", "申请"),
    "absence": Words("absence", "委托代理"),
    "decision": Words("decision", "决定"),
    "profile": Words("profile", "个人配置"),
}
"""What a message is called that is no decision."""
_KIND = Label("kind of decision", "事项")
"""It tells decisions apart, and is no field that somebody fills in."""
Headings = Mapping[str, str]
"""How the columns of a table are called in its file, by their names."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BRACKETED = re.compile(r"(?P<open>（| \()(?P<path>[a-z][a-z0-9_.]*)[）)]")
_BARE = {
    "en": re.compile(r"(?<![\w.-])[a-z]+(?:_[a-z]+|\.[a-z0-9_]+)+(?![\w.-])"),
    "zh": re.compile(r" ?(?<![\w.“-])[a-z]+(?:_[a-z]+|\.[a-z0-9_]+)*(?![\w.”-]) ?", re.ASCII),
}
"""In English a single word may be one of the sentence."""


class NamedFields(InvalidMessage):
    """The same complaint as another one, in words for people."""

    def __init__(
        self,
        error: InvalidMessage,
        model: type[BaseModel],
        flags: Mapping[str, str] | None = None,
        headings: Headings | None = None,
    ) -> None:
        """Name the fields of a model.

        `flags` are those of some, by the dotted path or an end of it; `headings`: it was read from a table.
        """
        super().__init__(error.what, *error.problems)

        def name(field: str) -> Words:
            label = label_at(model, field) or (_KIND if field == "kind" else None)
            if headings is not None and field != WHOLE:
                return in_table(label, field, headings)
            return named(label, field, _flag_of(field, flags or {}))

        def place(path: str) -> Words:
            if headings is not None:
                heading = headings.get(path)
                return Words.same(heading) if heading else Words("", "")
            return Words.same(_flag_of(path, flags or {}).partition(",")[0])

        said = (
            (name(field), official(with_names(why, model, place))) for field, why in error.problems
        )
        self.words = complaint(_what(error.what), said)
        self.args = (self.words.en,)


def named(label: Label | None, field: str, flag: str = "") -> Words:
    """What a field is called, with its name in the message and its flag in brackets.

    Nothing for the message as a whole.
    """
    if field == WHOLE and label is None:
        return Words("", "")
    en, zh = label.name if label else (field, field)
    also = [one for one in (field, *flag.split(", ")) if one]
    english = ", ".join(one for one in also if one != en)
    chinese = "，".join(one for one in also if one != zh)
    return Words(
        en + (f" ({english})" if english else ""), zh + (f"（{chinese}）" if chinese else "")
    )


def in_table(label: Label | None, field: str, headings: Headings) -> Words:
    """What the column of a field is called: as its file has it, or as people call one that it lacks.

    A heading in another language than the answer stands in brackets after what people call the field.
    """
    parts = field.split(".")
    ends = range(len(parts), 0, -1)
    heading = next(filter(None, (headings.get(".".join(parts[:end])) for end in ends)), "")
    if label is None:
        return Words.same(heading or field)
    en, zh = label.name
    if not heading:
        return label.name
    if _CHINESE.search(heading):
        return Words(f"{en} ({heading})", heading)
    return Words(heading, f"{zh}（{heading}）")


def named_refusal(
    error: Refused, model: type[BaseModel], place_of: Callable[[str], Words]
) -> Refused:
    """Return the same refusal with the fields of a message called as people call them.

    `place_of`: the flag or the heading of a field, by its path; empty where it has none.
    """
    reason = with_names(error.refusal.reason, model, place_of)
    new = Refused(error.refusal.model_copy(update=reason._asdict()))
    for note in getattr(error, "__notes__", ()):
        new.add_note(note)
    return new


def with_names(words: Words, model: type[BaseModel], place_of: Callable[[str], Words]) -> Words:
    """Return words in which the fields of a message are called as people call them; see `named_refusal`."""
    return Words(*(_called(text, lang, model, place_of) for lang, text in words._asdict().items()))


def _called(
    text: str, language: str, model: type[BaseModel], place_of: Callable[[str], Words]
) -> str:
    def is_field(path: str) -> bool:
        return path.partition(".")[0] in model.model_fields

    def beside(found: re.Match[str]) -> str:
        """Of a field whose name stands in brackets: its words are said before them."""
        if not is_field(found["path"]):
            return found.group()
        place = getattr(place_of(found["path"]), language)
        close = "）" if found["open"] == "（" else ")"
        return f"{found['open']}{place}{close}" if place else ""

    def bare(found: re.Match[str]) -> str:
        path = found.group().strip()
        label = label_at(model, path)
        if label is None or not is_field(path):
            return found.group()
        name, place = getattr(label.name, language), getattr(place_of(path), language)
        if not place or place == name:
            return str(name)
        return f"{name}（{place}）" if language == "zh" else f"{name} ({place})"

    return _BARE[language].sub(bare, _BRACKETED.sub(beside, text))


def _what(what: str) -> Words:
    if what in tuple(Kind):
        return Words(what.replace("_", " "), Kind(what).zh)
    return _MESSAGES.get(what, Words.same(what))


def _flag_of(field: str, flags: Mapping[str, str]) -> str:
    places = (field, field.partition(".")[0], field.rpartition(".")[2])
    return next((flags[place] for place in places if place in flags), "")
