"""Errors in a message, each field called as people know it, with the flag that fills it."""

from collections.abc import Mapping

from pydantic import BaseModel

from workflows.field_labels import Label, label_at
from workflows.model import InvalidMessage
from workflows.vocabulary import Kind
from workflows.words import Words


class NamedFields(InvalidMessage):
    """The same complaint as another one, in words for people."""

    def __init__(
        self, error: InvalidMessage, model: type[BaseModel], flags: Mapping[str, str] | None = None
    ) -> None:
        """Name the fields of a model; `flags` are those of some, by the dotted path or an end of it."""
        said = [
            (named(label_at(model, field), field, _flag_of(field, flags or {})), en, zh)
            for field, en, zh in error.problems
        ]
        kind = Kind(error.what).zh if error.what in tuple(Kind) else error.what
        self._words = Words(
            f"{error.what.replace('_', ' ')}: "
            + "; ".join(f"{name.en}: {en}" if name.en else en for name, en, _ in said),
            f"{kind}：" + "；".join(f"{name.zh}：{zh}" if name.zh else zh for name, _, zh in said),
        )
        super().__init__(error.what, error.problems)

    @property
    def en(self) -> str:
        """The whole message in English."""
        return self._words.en

    @property
    def zh(self) -> str:
        """The whole message in Chinese."""
        return self._words.zh


def named(label: Label | None, field: str, flag: str = "") -> Words:
    """What a field is called, with its name in the message and its flag in brackets."""
    en, zh = label.name if label else (field, field)
    also = [one for one in (field, *flag.split(", ")) if one]
    english = ", ".join(one for one in also if one != en)
    chinese = "，".join(one for one in also if one != zh)
    return Words(
        en + (f" ({english})" if english else ""), zh + (f"（{chinese}）" if chinese else "")
    )


def _flag_of(field: str, flags: Mapping[str, str]) -> str:
    places = (field, field.partition(".")[0], field.rpartition(".")[2])
    return next((flags[place] for place in places if place in flags), "")
