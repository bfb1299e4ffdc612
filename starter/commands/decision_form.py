"""What the command of a kind of decision asks for, and how its flags become the decision as JSON."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from starter.commands.given import document, read_object
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import InvalidMessage
from workflows.periods import beijing_date
from workflows.vocabulary import District, Kind, Role

Read = Callable[[Any, Any], Any]
"""Makes a field's value of a flag's, and of what the file says of the field (None when nothing)."""

_DIGITS = 18
"""A number of more digits is none that anybody means."""


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

    def decision(
        self, given: Mapping[str, Any], preset: frozenset[str], base: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The decision as JSON: what a file says, with the flags over it, and the rest by default.

        `preset` names those parts whose value comes from the environment: they only fill in what
        the file leaves open.

        Raises:
            BadInput: a flag is not written as it should be.
        """
        raw: dict[str, Any] = {"kind": str(self.kind), **base}
        for part in self.parts + COMMON:
            value = given.get(part.name)
            if value not in (None, (), False):
                raw[part.field] = part.read(value, raw.get(part.field))
        raw.setdefault("decision_id", str(uuid.uuid4()))
        raw.setdefault("decided_on", str(beijing_date(datetime.now(UTC))))
        raw["actor"] = self._actor(given, preset, raw)
        return raw

    def _actor(
        self, given: Mapping[str, Any], preset: frozenset[str], raw: Mapping[str, Any]
    ) -> Any:
        before = raw.get("actor", {})
        if not isinstance(before, dict):
            return before  # the model says what is wrong with it
        actor = dict(before)
        for part in ACTOR:
            value = given.get(part.name)
            if value is not None and not (part.name in preset and part.field in actor):
                actor[part.field] = value
        actor.setdefault("role", str(awaited_from(self.kind, raw.get("outcome"))))
        district = ACTOR[-1]
        from_environment = district.name in preset and "district" not in before
        if from_environment and actor["role"] != Role.DISTRICT:
            actor.pop("district", None)  # only district staff speak for a district
        return actor

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


def awaited_from(kind: Kind, outcome: Any) -> Role:
    """The role that the lifecycle table awaits a decision from, by its outcome where that matters."""
    able: list[Role] = []
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            if trigger.name == kind and trigger.by:
                if arrow.outcome == outcome:
                    return trigger.by
                able.append(trigger.by)
    return able[0]
