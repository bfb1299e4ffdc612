"""The options of commands that are made of a message's fields, and those that several of them share."""

from datetime import date
from enum import StrEnum
from pathlib import Path

import click

from starter.commands.decision_form import Part
from starter.commands.message_shapes import Shape
from starter.commands.notation import day
from starter.commands.word_choice import WordChoice
from starter.terminal.catalogue import made
from starter.terminal.language import say

AS = click.Option(
    ["--as", "called"],
    metavar="ROLE",
    help="Which role of your profile, by its name or the role. 以何身份",
)
"""`--as`, of every command that a person gives in a role (see `starter.desk.profile`)."""

FOR = click.Option(
    ["--for", "principal"],
    metavar="PRINCIPAL",
    help="The absent principal who named you (`pingtai absence`). 被代理人",
)
DRY_RUN = click.Option(
    ["--dry-run", "dry_run"],
    is_flag=True,
    help="Check only; nothing is submitted. 预检（不提交）",
)

RECEIPT = click.Option(
    ["--receipt", "receipt"],
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the receipt in a new file (`pingtai audit receipt`). 回执文件",
)

YES = click.Option(
    ["--yes", "yes"],
    is_flag=True,
    help="Submit without confirmation, also what is unusual. 不再确认",
)


class WordsOption(click.Option):
    """An option in whose value words of a vocabulary may stand."""

    words: tuple[StrEnum, ...] = ()


def checked_day(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    """The day of a flag: a mistyped one is told at once, before anything is asked, needed or not."""
    if given is None:
        return None
    found = day(given)
    try:
        date.fromisoformat(found)
    except ValueError:
        raise click.BadParameter(
            say(f"{given!r} is not a date: use YYYY-MM-DD", f"“{given}”不是日期：请写作 2026-11-24")
        ) from None
    return found


def option(part: Part) -> click.Option:
    """The flag of a part."""
    if part.switch:
        return click.Option([part.flag, part.name], is_flag=True, help=made(part.help))
    found = WordsOption(
        [part.flag, part.name],
        type=WordChoice(part.vocabulary) if part.shape in (Shape.WORD, Shape.WORDS) else None,
        multiple=part.shape.listed,
        metavar=made(part.metavar) if part.metavar else None,
        envvar=part.envvar,
        show_envvar=bool(part.envvar),
        help=made(part.help),
        callback=checked_day if part.shape is Shape.DAY else None,
    )
    found.words = part.words
    return found


def preset() -> frozenset[str]:
    """Those parameters of the running command whose values come from the environment."""
    context = click.get_current_context()
    environment = click.core.ParameterSource.ENVIRONMENT
    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is environment
    )
