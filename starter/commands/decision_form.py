"""What the command of a kind of decision asks for: its flags, read off the fields of its message."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from activities.added_fields import AddedField
from starter.clock import today
from starter.commands import COMMANDS
from starter.commands.deciding_roles import outcome_of, spoken_model
from starter.commands.document_files import document
from starter.commands.input_files import read_object
from starter.commands.message_shapes import Shape, shape_of
from starter.commands.notation import (
    REST,
    body,
    day,
    expert,
    findings,
    lead_unit,
    measure,
    past_assessment,
    target,
    texts,
)
from starter.commands.notation_words import FILES, ITEM, METAVARS, TEXT, WORDS_OF_NOTATION
from starter.commands.plan_files.plan_file import read_mechanisms, read_plan
from starter.commands.word_choice import chinese_list, known, word
from starter.terminal.named_fields import NamedFields, named_refusal
from workflows.actors import Actor
from workflows.case_changes import CHANGEABLE, FactsChange
from workflows.decision import Decision
from workflows.decisions import MODELS
from workflows.field_labels import Label, label_of
from workflows.model import FieldError, InvalidMessage, Message
from workflows.refusal import Refused
from workflows.vocabulary import Field as TechnologyField
from workflows.vocabulary import (
    Kind,
)
from workflows.words import Words, listed_zh

_DIGITS = 18
"""A number of more digits is none that anybody means."""

_FLAGS = {
    "decision_id": "id",
    "decided_on": "date",
    "documents": "document",
    "id": "actor",
    "findings": "finding",
    "corrections": "correction",
    "inspectors": "inspector",
    "panel": "expert",
    "assessments": "assessment",
    "target": "decision",
    "groups": "group",
    "to_mend": "mend",
}
"""Flags that are not called as their fields are; one that may be repeated stands for one of a list."""
_NEW_FACTS = {name: f"new_{name.removesuffix('s')}" for name in CHANGEABLE}
"""A new district is another than that of whoever decides."""

_DEFAULTS = {
    "decision_id": Words("a new one", "自动生成"),
    "decided_on": Words("today in Beijing", "北京时间当日"),
    "role": Words("the one that is awaited", "待办事项所要求的身份"),
}
_ENVIRONMENT = {
    "id": "PINGTAI_ACTOR",
    "organisation": "PINGTAI_ORGANISATION",
    "district": "PINGTAI_DISTRICT",
}


def number(given: Any) -> Any:
    """A whole number; whatever else it is stays as it was written, for the model to name."""
    text = str(given).strip()
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else given


_ONE: dict[Shape, Callable[[Any], Any]] = {
    Shape.DAY: day,
    Shape.NUMBER: number,
    Shape.DECIMAL: number,
    Shape.NUMBERS: number,
    Shape.BODY: body,
    Shape.LEAD_UNIT: lead_unit,
    Shape.OBJECT: read_object,
    Shape.PLAN: read_plan,
    Shape.MECHANISMS: read_mechanisms,
    Shape.OBJECTS: read_object,
    Shape.DOCUMENTS: document,
    Shape.PANEL: expert,
    Shape.ASSESSMENTS: past_assessment,
    Shape.TARGETS: target,
    Shape.MEASURES: measure,
}
"""How one value is read that is not written as it is."""
OPEN_WORDS: dict[str, tuple[StrEnum, ...]] = {"field": (*TechnologyField, *AddedField)}
"""Words that are known of a field whose vocabulary is the policy's."""


@dataclass(frozen=True)
class Part:
    """A flag: the field that it fills, and what that holds."""

    field: str
    shape: Shape
    label: Label
    required: bool
    """By the message itself."""
    vocabulary: tuple[StrEnum, ...] = ()
    """The words that it holds, or by which its parts are named."""
    switch: str = ""
    """The one outcome for which the flag stands."""
    called: str = ""
    """How its flag is called, where another field of the name has one."""

    @cached_property
    def flag(self) -> str:
        """The flag itself."""
        called = self.switch or self.called or _FLAGS.get(self.field, self.field)
        return f"--{called}".replace("_", "-")

    @cached_property
    def name(self) -> str:
        """Under what name click hands the value over."""
        return f"given_{self.flag.strip('-').replace('-', '_')}"

    @property
    def envvar(self) -> str | None:
        """The variable of the environment that says it, too."""
        return None if self.called else _ENVIRONMENT.get(self.field)

    @property
    def metavar(self) -> Words | None:
        """How its value is written; None where one of a few words is chosen."""
        if self.shape in (Shape.WORD, Shape.WORDS):
            many = len(self.vocabulary) > 10
            return Words(self.field.upper(), self.label.zh) if many else None
        if self.field in OPEN_WORDS:
            return Words("FIELD", "领域")
        return self.label.how or METAVARS.get(self.shape, TEXT)

    @property
    def words(self) -> tuple[StrEnum, ...]:
        """All words that may stand in its value."""
        return (
            *self.vocabulary,
            *(w for ws in WORDS_OF_NOTATION.get(self.shape, {}).values() for w in ws),
        )

    @property
    def help(self) -> Words:
        """What it is, in one line; the English one has the Chinese term beside it."""
        label = self.label
        en = label.line[0].upper() + label.line[1:]
        zh = label.words.zh
        offered = [word for word in self.vocabulary if self.switch in ("", word)]
        words = self.shape in (Shape.WORD, Shape.WORDS) and self.metavar is None
        if self.switch or words:
            terms = " | ".join(_term(word) for word in offered)
            # In Chinese the words to choose from stand at the flag itself.
            en, zh = f"{en}: {terms}", f"{zh}：{terms}" if self.switch else zh
        if self.switch:
            return Words(en, zh)
        if label.told:
            zh = f"{zh}。{label.told.zh}".rstrip("。")
        if kind := FILES.get(self.shape):
            en, zh = f"{en}: {kind.en}", f"{zh}：{kind.zh}"
        named = {ITEM: self.vocabulary} if self.shape.name.endswith("BY_WORD") else {}
        for name, offers in (named | WORDS_OF_NOTATION.get(self.shape, {})).items():
            en += f". {name.en}: {', '.join(offers)}"
            zh += f"。{name.zh}：{chinese_list(offers)}"
            if name is ITEM and self.shape is not Shape.TEXT_BY_WORD:
                en, zh = f"{en}, or all for those not named", f"{zh}，未列明的各项用“{REST}”"
        if label.only_for:
            en += f" [with {', '.join(label.only_for)}]"
            zh += f" [适用于：{listed_zh(map(_term, label.only_for))}]"
        if default := _DEFAULTS.get(self.field):
            en, zh = f"{en} [default: {default.en}]", f"{zh} [默认：{default.zh}]"
        return Words(en, zh)

    def read(self, given: Any, before: Any = None) -> Any:
        """The field's value, of a flag's and of what a file says of the field (None when nothing).

        Raises:
            BadInput: it is not written as it should be.
        """
        if self.switch or self.field in OPEN_WORDS:
            return self.switch or known(OPEN_WORDS[self.field], given) or given
        match self.shape:
            case Shape.WORDS:
                return [word(self.vocabulary, one, self.label.name) for one in given]
            case Shape.TEXT_BY_WORD:
                return texts(given, before, self.vocabulary)
            case Shape.FINDING_BY_WORD | Shape.SCORE_BY_WORD:
                scored = self.shape is Shape.SCORE_BY_WORD
                return findings(given, before, self.vocabulary, scored=scored)
            case Shape.MEASURES:
                return {**(before or {}), **dict(map(measure, given))}
        one = _ONE.get(self.shape, lambda value: value)
        return [one(value) for value in given] if self.shape.listed else one(given)


def _term(word: str) -> str:
    return str(getattr(word, "zh", word))


@cache
def parts_of(model: type[Message], *leaving_out: str) -> tuple[Part, ...]:
    """The flags for the fields of a message that have a label.

    An outcome that has a default has a switch for each other one: nothing need be said of the usual.
    """
    found: list[Part] = []
    for name, field in model.model_fields.items():
        label = label_of(field)
        if label is None or name in leaving_out:
            continue
        shape, words = shape_of(field)
        called = _NEW_FACTS.get(name, "") if model is FactsChange else ""
        part = Part(name, shape, label, field.is_required(), words, called=called)
        others = [word for word in part.vocabulary if word != field.default]
        if name == "outcome" and not field.is_required():
            found += [
                Part(name, part.shape, label, False, part.vocabulary, str(word)) for word in others
            ]
        else:
            found.append(part)
    return tuple(found)


COMMON = parts_of(Decision, "actor", "case", "signatures", "roster")
"""The flags of every decision, beside those of `ACTOR`."""
_OF_ALL = frozenset(part.field for part in COMMON)
ACTOR = parts_of(Actor, "acting_for")
"""The flags that say who takes a decision: the fields of its `actor`."""


@dataclass(frozen=True)
class DecisionForm:
    """The command of one kind of decision: its name, what it does, the rule of the step, an example."""

    name: str
    kind: Kind
    rule: Words
    """What the rulebook says of the step."""
    example: str
    summary: str = ""
    """What it does, where the list of commands does not say it."""

    @property
    def does(self) -> str:
        """What it does, in one line."""
        return self.summary or next(one.short_help for one in COMMANDS if one.name == self.name)

    @property
    def command(self) -> str:
        """How it is called, as in its example."""
        return self.example.partition(f" {self.name} ")[0] + f" {self.name}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The flags of its own."""
        return parts_of(MODELS[self.kind], *Decision.model_fields)

    @cached_property
    def common(self) -> tuple[Part, ...]:
        """The flags of every decision, as they are called in this one."""
        return self.common_for(outcome_of(self.kind, {}))

    def common_for(self, outcome: Any) -> tuple[Part, ...]:
        """The same for an outcome."""
        model = spoken_model(self.kind, outcome)
        others = (name for name in MODELS[self.kind].model_fields if name not in _OF_ALL)
        return COMMON if model is Decision else parts_of(model, *others)

    def decision(self, given: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
        """The decision as far as it was said: what a file says, with the flags over it.

        Who takes it is `starter.commands.actor_resolution`'s matter.

        Raises:
            BadInput: a flag is not written as it should be.
        """
        raw: dict[str, Any] = {"kind": str(self.kind), **base}
        for part in self.parts + COMMON:
            value = given.get(part.name)
            if value not in (None, (), False):
                raw[part.field] = part.read(value, raw.get(part.field))
        return raw

    def asked(self, outcome: Any) -> tuple[Part, ...]:
        """The parts to ask for that go with an outcome, but for the switches that stand for one."""
        return tuple(
            part
            for part in self.parts
            if not (part.switch or part.label.rare)
            and (not part.label.only_for or outcome in part.label.only_for)
        )

    def unanswered(self, raw: Mapping[str, Any]) -> bool:
        """Whether something is missing that a decision of its outcome does not go without."""
        return any(part.field not in raw for part in self._needed(raw))

    def missing(self, raw: Mapping[str, Any]) -> tuple[FieldError, ...]:
        """What is missing that a decision of its outcome does not go without, each as it is complained of."""
        return tuple(
            FieldError(part.field, _MISSING)
            for part in self._needed(raw)
            if not raw.get(part.field)
        )

    def _needed(self, raw: Mapping[str, Any]) -> list[Part]:
        outcome = outcome_of(self.kind, raw)
        return [part for part in self.asked(outcome) if needs(part, outcome)]

    def refused(self, error: Refused) -> Refused:
        """The same refusal, each field by its label and with its flag."""
        return named_refusal(error, MODELS[self.kind], self._flag_for)

    def _flag_for(self, path: str) -> Words:
        """The flag that fills a field; of a field within it also how that is written, whole."""
        first, _, inner = path.partition(".")
        part = next((one for one in (*self.parts, *COMMON) if one.field == first), None)
        if part is None or part.switch:
            return Words("", "")
        how = part.metavar if inner else None
        if how is None:
            return Words.same(part.flag)
        whole = (one.replace("[", "").replace("]", "") for one in how)
        return Words(*(f"{part.flag} {one}" for one in whole))

    def explained(self, error: InvalidMessage) -> InvalidMessage:
        """The same complaint, each field by its label and with its flag."""
        flags = {part.field: part for part in self.parts + COMMON}
        flags |= {f"actor.{part.field}": part for part in ACTOR}
        said = {
            field: part.flag + (f", {part.envvar}" if part.envvar else "")
            for field, part in flags.items()
        }
        return NamedFields(error, MODELS[self.kind], said)


_MISSING = Words("missing", "缺少此项")


def needs(part: Part, outcome: Any) -> bool:
    """Whether a decision of this outcome does not go without a part."""
    return part.required or outcome in part.label.needed_for


def completed(raw: dict[str, Any]) -> dict[str, Any]:
    """A decision with what it leaves open by default: a new id, and today in Beijing."""
    raw.setdefault("decision_id", str(uuid.uuid4()))
    raw.setdefault("decided_on", str(today()))
    return raw
