"""What the command of a kind of decision asks for, and how its flags become the decision as JSON."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from starter.commands.input_files import document, read_object
from workflows.decisions import MODELS
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import InvalidMessage
from workflows.periods import beijing_date
from workflows.vocabulary import District, Kind, Role, Word

Read = Callable[[Any, Any], Any]
"""Makes a field's value of a flag's, and of what the file says of the field (None when nothing)."""

_DIGITS = 18
"""A number of more digits is none that anybody means."""


class Asked(StrEnum):
    """How a person at a terminal is asked for a part (`starter.guided`)."""

    TEXT = "text"
    NUMBER = "number"
    LINES = "lines"
    FILE = "file"
    FINDINGS = "findings"
    SCORED = "scored"
    TEXTS = "texts"
    PANEL = "panel"


def plain(given: Any, before: Any) -> Any:
    """The flag's own text."""
    return given


def several(given: Any, before: Any) -> Any:
    """A flag that may be repeated, as a list."""
    return list(given)


def from_file(given: Any, before: Any) -> Any:
    """The JSON object in the file that the flag names."""
    return read_object(given)


def number(given: Any, before: Any) -> Any:
    """A whole number; whatever else it is stays as it was written, for the model to name."""
    text = str(given).strip()
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else given


def documents(given: Any, before: Any) -> Any:
    """Documents, named and hashed."""
    return [document(one) for one in given]


@dataclass(frozen=True)
class Part:
    """A flag: the field of the decision that it fills, and how its value is read."""

    flag: str
    field: str
    help: str
    read: Read = plain
    metavar: str | None = None
    choices: type[StrEnum] | None = None
    many: bool = False
    switch: bool = False
    envvar: str | None = None
    asked: Asked = Asked.TEXT
    items: type[Word] | None = None
    """The vocabulary that is gone through item by item."""
    only_for: tuple[str, ...] = ()
    """The outcomes that it goes with; none: all."""
    silent: bool = False
    """Not asked for at a terminal: it is found without."""
    needed_for: tuple[str, ...] = ()
    """The outcomes that do not go without it, beside what the model itself needs."""

    @property
    def name(self) -> str:
        """Under what name click hands the value over."""
        return f"given_{self.flag.strip('-').replace('-', '_')}"


COMMON = (
    Part("--id", "decision_id", "Decision id, to repeat a decision with. 决定编号 [default: a new one]"),
    Part("--date", "decided_on", "Day of the decision. 决定日期 [default: today in Beijing]",
         metavar="YYYY-MM-DD"),
    Part("--document", "documents", "A document, named and hashed; the file itself is not kept. 文件",
         read=documents, metavar="NAME=FILE_OR_SHA256", many=True),
    Part("--note", "note", "A note. 备注"),
)  # fmt: skip
"""The flags of every decision, beside those of `ACTOR`."""

ACTOR = (
    Part("--actor", "id", "Your id. 经办人", envvar="PINGTAI_ACTOR", metavar="ID"),
    Part("--role", "role", "In what role. 身份 [default: the one that is awaited]", choices=Role),
    Part("--organisation", "organisation", "Your organisation. 单位", envvar="PINGTAI_ORGANISATION"),
    Part("--district", "district", "District staff: your district, as in haidian or 海淀区. 所在区",
         envvar="PINGTAI_DISTRICT", choices=District, metavar="DISTRICT"),
)  # fmt: skip
"""The flags that say who takes a decision: the fields of its `actor`."""


@dataclass(frozen=True)
class DecisionForm:
    """The command of one kind of decision: its name, what it does, its own flags, an example."""

    name: str
    kind: Kind
    does: str
    parts: tuple[Part, ...]
    example: str

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
            if not (part.switch or part.silent) and (not part.only_for or outcome in part.only_for)
        )

    def needs(self, part: Part, outcome: Any) -> bool:
        """Whether a decision of this outcome does not go without a part."""
        field = MODELS[self.kind].model_fields[part.field]
        return field.is_required() or outcome in part.needed_for

    def unanswered(self, raw: Mapping[str, Any]) -> bool:
        """Whether something is missing that a decision of its outcome does not go without."""
        outcome = outcome_of(self.kind, raw)
        return any(
            self.needs(part, outcome) and part.field not in raw for part in self.asked(outcome)
        )

    def explained(self, error: InvalidMessage) -> InvalidMessage:
        """The same complaint, with the flag beside each field that has one."""
        flags = {part.field: part for part in self.parts + COMMON}
        flags |= {f"actor.{part.field}": part for part in ACTOR}

        def named(field: str) -> str:
            part = flags.get(field) or flags.get(field.partition(".")[0])
            if part is None:
                return field
            return f"{field} ({part.flag}" + (f", {part.envvar})" if part.envvar else ")")

        problems = tuple((named(field), en, zh) for field, en, zh in error.problems)
        return InvalidMessage(error.what, problems)


def outcome_of(kind: Kind, raw: Mapping[str, Any]) -> Any:
    """The outcome, said or by default; None while it is open, and where there is no choice."""
    field = MODELS[kind].model_fields.get("outcome")
    default = None if field is None or field.is_required() else field.default
    return raw.get("outcome", default)


def completed(raw: dict[str, Any]) -> dict[str, Any]:
    """A decision with what it leaves open by default: a new id, and today in Beijing."""
    raw.setdefault("decision_id", str(uuid.uuid4()))
    raw.setdefault("decided_on", str(today()))
    return raw


def today() -> date:
    """The day that it is in Beijing."""
    return beijing_date(datetime.now(UTC))


def roles_for(kind: Kind, outcome: Any) -> tuple[Role, ...]:
    """Who may take a decision by the lifecycle table: of this outcome, or of any where none fits."""
    able: dict[Role, bool] = {}
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            if trigger.name == kind and trigger.by:
                able[trigger.by] = able.get(trigger.by, False) or arrow.outcome == outcome
    return tuple(role for role, exact in able.items() if exact) or tuple(able)


def outcomes_for(kind: Kind, role: Any) -> tuple[str, ...]:
    """What a role may decide by the lifecycle table; empty where the role decides nothing of it."""
    found: dict[str, None] = {}
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            if trigger.name == kind and trigger.by == role:
                found[str(arrow.outcome)] = None
    return tuple(found)
