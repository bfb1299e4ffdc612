"""The figures of a year (指标情况, §六): one for each indicator of the catalogue, by its name and unit."""

from collections.abc import Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from starter.commands.decision_form import Part
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.terminal.language import say
from starter.terminal.screen import heading
from workflows.exact_numbers import as_json, exact
from workflows.indicators import Indicator
from workflows.words import Words


def ask_indicators(
    talk: Dialogue, part: Part, catalogue: Sequence[Indicator]
) -> dict[str, Any] | None:
    """Ask for the figure of each indicator; None where the case has no catalogue.

    Raises:
        click.Abort: whoever was asked went away.
    """
    if not catalogue:
        return None
    talk.above(heading(prompts.named(part.label)))
    found: dict[str, Any] = {}
    for one in catalogue:
        with talk.part(f"{part.field}.{one.id}"):
            unit = Words(f" ({one.unit})", f"（{one.unit}）") if one.unit else Words("", "")
            name = f"{one.group.zh}：{one.name}"
            question = Words(name + unit.en, name + unit.zh)
            found[one.id] = talk.ask(question, _figure, indent="  ")
    return found


def _figure(given: str) -> int | str:
    try:
        return as_json(exact(given.strip().replace(",", "")))
    except PydanticCustomError as error:
        why: dict[str, str] = error.context or {}
        raise ValueError(say(Words(why.get("en", ""), why.get("zh", "")))) from None
