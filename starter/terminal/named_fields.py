"""Errors in a message, each field called as people know it, with the flag that fills it."""

from collections.abc import Mapping

from pydantic import BaseModel

from starter.terminal.official_wording import official
from workflows.field_labels import Label, label_at
from workflows.model import WHOLE, InvalidMessage, complaint
from workflows.vocabulary import Kind
from workflows.words import Words

_MESSAGES = {
    "PlatformApplication": Words("application", "申请"),
    "application": Words("application", "申请"),
    "absence": Words("absence", "委托代理"),
}
"""What a message is called that is no decision."""


class NamedFields(InvalidMessage):
    """The same complaint as another one, in words for people."""

    def __init__(
        self, error: InvalidMessage, model: type[BaseModel], flags: Mapping[str, str] | None = None
    ) -> None:
        """Name the fields of a model; `flags` are those of some, by the dotted path or an end of it."""
        super().__init__(error.what, *error.problems)
        said = (
            (named(label_at(model, field), field, _flag_of(field, flags or {})), official(why))
            for field, why in error.problems
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


def _what(what: str) -> Words:
    if what in tuple(Kind):
        return Words(what.replace("_", " "), Kind(what).zh)
    return _MESSAGES.get(what, Words.same(what))


def _flag_of(field: str, flags: Mapping[str, str]) -> str:
    places = (field, field.partition(".")[0], field.rpartition(".")[2])
    return next((flags[place] for place in places if place in flags), "")
