"""What lists and figures can be narrowed by: options that several commands have, and their notation."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

from starter.commands.notation import WordChoice
from starter.terminal.language import say
from workflows.vocabulary import District, Field, Stage

F = TypeVar("F", bound=Callable[..., Any])
Option = Callable[[F], F]


class FieldWord(click.ParamType[str]):
    """A field, in English or Chinese; another word may be one that a policy adds."""

    name = "field"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The English word, as the register has it."""
        return next((str(known) for known in Field if value == known.zh), str(value))


class Day(click.ParamType[date]):
    """A day in Beijing, as 2026-05-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(
                say(f"{value!r} is no day: YYYY-MM-DD", f"{value!r} 不是日期：YYYY-MM-DD"),
                param,
                ctx,
            )


DAY = Day()

district_option: Option[Any] = click.option(
    "--district", type=WordChoice(District), metavar="DISTRICT", help="Only this district's. 所在区"
)
field_option: Option[Any] = click.option(
    "--field",
    type=FieldWord(),
    metavar="FIELD",
    help=f"Only this field's. 领域: {', '.join(Field)}",
)
stage_option: Option[Any] = click.option(
    "--stage",
    type=WordChoice(Stage),
    metavar="STAGE",
    help=f"Only those in this stage. 阶段: {', '.join(Stage)}",
)
json_option: Option[Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print the answer as JSON."
)
