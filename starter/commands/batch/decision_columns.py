"""The columns in which a table names what a decision says: one for each flag, or for each item of one."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache

from starter.commands.decision_form import OPEN_WORDS, Part
from starter.commands.forms_by_kind import FORMS
from starter.commands.importing.columns import Column
from starter.commands.message_shapes import Shape, longest
from workflows.decisions import MODELS
from workflows.field_labels import Label, label_at
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh

PLATFORM = "platform"
KIND = "kind"
PLATFORM_LABEL = Label("platform id", "平台编号")
KIND_LABEL = Label("kind of decision", "事项")
_LEFT_OUT = ("decision_id",)
"""What a line need not say: it is made of the rest."""


@cache
def columns_of_kind(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind of decision, in the order in which its form asks."""
    parts = [part for part in FORMS[kind].parts if not (part.label.rare or part.switch)]
    outcomes = [part for part in FORMS[kind].parts if part.switch][:1]
    common = [part for part in FORMS[kind].common if part.field not in _LEFT_OUT]
    return (
        Column(PLATFORM, PLATFORM_LABEL, Shape.ID, True, ""),
        Column(KIND, KIND_LABEL, Shape.WORD, True, "", (kind,)),
        *(column for part in (*outcomes, *parts, *common) for column in _of_part(kind, part)),
    )


def columns_of_kinds(kinds: tuple[Kind, ...]) -> tuple[Column, ...]:
    """Return the columns of several kinds; one that they call differently by all its names."""
    found: dict[str, Column] = {}
    for kind in kinds:
        for column in columns_of_kind(kind):
            found.setdefault(column.name, column)
    return tuple(
        replace(
            column,
            label=label_in(kinds, column.name) or column.label,
            required=all(_needs(kind, column.name) for kind in kinds),
            vocabulary=_words_in(kinds, column.name),
        )
        for column in found.values()
    )


def _words_in(kinds: tuple[Kind, ...], name: str) -> tuple[StrEnum, ...]:
    """The words of a column in these kinds, each once."""
    columns = (column for kind in kinds for column in columns_of_kind(kind) if column.name == name)
    words: dict[str, StrEnum] = {}
    for word in (word for column in columns for word in column.vocabulary):
        words.setdefault(str(word), word)
    return tuple(words.values())


def label_in(kinds: tuple[Kind, ...], name: str) -> Label | None:
    """Return what a column is called in these kinds: by one name, or by all of them with strokes between."""
    labels = [
        column.label for kind in kinds for column in columns_of_kind(kind) if column.name == name
    ]
    if not labels:
        return None
    en, zh = (dict.fromkeys(one.name[place] for one in labels) for place in (0, 1))
    if len(zh) == 1:
        return labels[0]
    return Label(" / ".join(en), "/".join(zh), help=labels[0].help)


DECIDED_ON = "decided_on"
NEEDED_WITHOUT_DATE = Words("required, or --date for all", "必填，或以 --date 统一指定")
"""Of the day of a decision: `--date` says it for the lines that have none."""


def needed_in(kind: Kind, name: str) -> Words:
    """Return whether a decision of a kind needs a column, in words."""
    part = next((one for one in FORMS[kind].parts if one.field == name.partition(".")[0]), None)
    if _needs(kind, name):
        return Words("required", "必填")
    if name == DECIDED_ON:
        return NEEDED_WITHOUT_DATE
    if part is None:
        return Words("optional", "选填")
    if part.label.by_policy:
        return Words("required where the policy says so", "政策参数要求时必填")
    for outcomes, en, zh in (
        (part.label.needed_for, "required", "必填"),
        (part.label.only_for, "optional, only", "选填，仅限"),
    ):
        if outcomes:
            terms = [getattr(one, "words", Words.same(str(one))) for one in outcomes]
            listed = " or ".join(one.en for one in terms), listed_zh(one.zh for one in terms)
            outcome = label_at(MODELS[kind], "outcome")
            called = outcome.name if outcome else Words("outcome", "结论")
            return Words(
                f"{en} where {called.en} is “{listed[0]}”",
                f"{zh}（{called.zh}为“{listed[1]}”时）",
            )
    return Words("optional", "选填")


def needed_for(kind: Kind, name: str, outcome: str) -> bool:
    """Whether a decision of a kind with this outcome needs a column."""
    part = next((one for one in FORMS[kind].parts if one.field == name.partition(".")[0]), None)
    return part is not None and outcome in part.label.needed_for


def _needs(kind: Kind, name: str) -> bool:
    return any(one.required for one in columns_of_kind(kind) if one.name == name)


def _of_part(kind: Kind, part: Part) -> Iterator[Column]:
    info = MODELS[kind].model_fields[part.field]
    if part.shape.name.endswith("BY_WORD"):
        for item in part.vocabulary:
            name = f"{part.field}.{item}"
            label = label_at(MODELS[kind], name) or part.label
            yield Column(name, label, part.shape, part.required, "", ())
        return
    required = part.required and part.field != DECIDED_ON  # --date says it for all
    others = OPEN_WORDS.get(part.field, ())
    shape = Shape.WORD if others else part.shape
    words = others or part.vocabulary
    yield Column(
        part.field, part.label, shape, required, "", words, bool(others), None, longest(info)
    )
