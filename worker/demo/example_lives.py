"""The examples' data: applications, and the decisions that people took on them."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from starter.errors import BadInput
from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, M, Message, as_sent, parse
from workflows.periods import anniversary
from workflows.policy import policy_for_new_cases
from workflows.vocabulary import Stage


class ExampleStep(Message):
    """One thing that is done in a life; exactly one of the five fields besides the days and the rule.

    `after_days` are calendar days on the clock of the case that is spoken to.
    """

    after_days: int = Field(default=0, ge=0, le=2_000)
    decide: dict[str, Any] | None = None
    signal: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None
    rule: str | None = None
    assessment: int | None = Field(default=None, ge=1, le=10)
    break_off: bool | None = None
    until: str | None = Field(default=None, pattern="^end_of_validity$")

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        things = (
            self.decide,
            self.signal,
            self.refused,
            self.assessment,
            self.break_off,
            self.until,
        )
        if sum(thing is not None for thing in things) != 1:
            raise ValueError(
                "a step is one of decide, signal, refused, assessment, break_off, until"
            )
        return self


class ExampleTerm(Message):
    """A term: its application's file, how it ends, and what people did."""

    application: str
    ends: Stage
    steps: tuple[ExampleStep, ...]


class About(Message):
    """What happens to a platform, in a line."""

    zh: str
    en: str


class Life(Message):
    """A platform's life, over all its terms."""

    about: About
    terms: tuple[ExampleTerm, ...] = Field(min_length=1)


class Example:
    def __init__(self, folder: Path) -> None:
        """Read a folder.

        Raises:
            BadInput: a file of it does not fit.
        """
        self.platform_id = folder.name
        self.folder = folder
        self.life = _read(folder / "life.json", Life)
        self.applications = tuple(
            _read(folder / term.application, PlatformApplication) for term in self.life.terms
        )


def with_application(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A decision with the application whose file it names, as a client would send it; others as they are.

    Raises:
        BadInput: the file does not fit.
    """
    name = said.get("application")
    if not isinstance(name, str):
        return said
    form = _read(folder / name, PlatformApplication)
    policy = policy_for_new_cases(form.policy)
    return {**said, "application": as_sent(form.model_copy(update={"policy": policy}))}


def as_of(brought_in: dict[str, Any], day: date) -> dict[str, Any]:
    """How a term stood, moved so that it stood so on a day: its days are as far apart as they were."""
    moved_by = day - date.fromisoformat(brought_in["decided_on"])

    def moved(given: dict[str, Any]) -> dict[str, Any]:
        days = {name: date.fromisoformat(given[name]) + moved_by for name in _DAYS if name in given}
        return {**given, **{name: str(one) for name, one in days.items()}}

    moved_in = moved(brought_in)
    if "last_day" in moved_in:  # not moved: leap days lie where they lie
        moved_in["last_day"] = str(anniversary(date.fromisoformat(moved_in["listed_on"]), 3))
    return {**moved_in, "assessments": [moved(one) for one in brought_in.get("assessments", ())]}


_DAYS = ("decided_on", "listed_on", "concluded_on")
_LIVES = "*/life.json"
_CALLS = "integration/calls/*.json"
NEW_APPLICATION = "integration/calls/application.json"
"""An application for a platform that is in no example life."""


def load_examples(folder: Path | None) -> list[Example]:
    """All examples of a folder; by default those that come with the project.

    Raises:
        BadInput: there are none, or a file of one does not fit.
    """
    return [Example(life.parent) for life in sorted(examples_folder(folder).glob(_LIVES))]


def examples_folder(folder: Path | None = None) -> Path:
    """The folder of the examples: the given one, or that which comes with the project.

    Raises:
        BadInput: there are no examples.
    """
    places = [folder] if folder else [root / "examples" for root in Path(__file__).parents[:3]]
    for place in places:
        if any(place.glob(_LIVES)):
            return place
    raise BadInput(f"no examples in {places[-1]}", f"{places[-1]} 中没有示例")


def sent_by_systems() -> list[dict[str, Any]]:
    """The decisions that the examples for other systems send, as they stand in their files."""
    found = sorted(examples_folder().glob(_CALLS))
    said = [json.loads(path.read_bytes()) for path in found]
    return [one for one in said if "case" in one]


def _read(path: Path, model: type[M]) -> M:
    try:
        return parse(model, path.read_bytes(), f"{path.parent.name}/{path.name}")
    except (InvalidMessage, OSError) as error:
        raise BadInput(str(error), str(error)) from None
