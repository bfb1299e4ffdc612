"""The commands by which people decide, each made of its form: its options, and how it is carried out."""

from typing import Any

import click

from starter.commands.decision_command import Call, decide
from starter.commands.decision_form import ACTOR, COMMON, DecisionForm, Part
from starter.commands.forms_by_kind import FORMS
from starter.commands.message_shapes import Shape
from starter.commands.notation import WordChoice
from starter.commands.options import PlatformId
from starter.terminal.command_runner import answered

AS = click.Option(
    ["--as", "called"],
    metavar="ROLE",
    help="Which role of your profile, by its name or the role. 以何身份",
)
"""`--as`, of every command that a person gives in a role (see `starter.desk.profile`)."""

_HOW = (
    AS,
    click.Option(
        ["--for", "principal"],
        metavar="PRINCIPAL",
        help="The absent principal who named you (`pingtai absence`). 被代理人",
    ),
    click.Option(["--file", "file"], metavar="FILE", help="The decision as JSON; - is stdin. 文件"),
    click.Option(
        ["--dry-run", "dry_run"],
        is_flag=True,
        help="Check only; nothing is submitted. 预检（不提交）",
    ),
    click.Option(
        ["--yes", "yes"], is_flag=True, help="At a terminal: submit without confirmation. 不再确认"
    ),
    click.Option(
        ["--json", "as_json"], is_flag=True, help="Print the receipt as JSON. 以 JSON 输出"
    ),
)


def form_command(name: str) -> click.Command:
    """The command of this name, for the entry point.

    Raises:
        StopIteration: no form is called so.
    """
    return command_of(next(form for form in FORMS.values() if form.name == name))


def command_of(form: DecisionForm) -> click.Command:
    """The command of a form."""

    def callback(**said: Any) -> None:
        given = {name: value for name, value in said.items() if name.startswith("given_")}
        rest = {name: value for name, value in said.items() if name not in given}
        with answered():
            decide(form, Call(given=given, preset=preset(), **rest))

    return click.Command(
        form.name,
        params=[
            click.Argument(["platform"], type=PlatformId()),
            *(option(part) for part in (*form.parts, *ACTOR, *COMMON)),
            *_HOW,
        ],
        callback=callback,
        help=help_of(form),
    )


def help_of(form: DecisionForm) -> str:
    """What a form's command says of itself, with its example."""
    return (
        f"{form.does}\n\nPrompts for missing values at a terminal. In scripts: flags, or --file with"
        " the whole decision as JSON. Flags override the file; your profile (`pingtai login`) says"
        f" who you are.\n\n\b\nExample:\n  {form.example}"
    )


def option(part: Part) -> click.Option:
    """The flag of a part."""
    if part.switch:
        return click.Option([part.flag, part.name], is_flag=True, help=part.help)
    return click.Option(
        [part.flag, part.name],
        type=WordChoice(part.vocabulary) if part.shape is Shape.WORD else None,
        multiple=part.shape.listed,
        metavar=part.metavar,
        envvar=part.envvar,
        show_envvar=bool(part.envvar),
        help=part.help,
    )


def preset() -> frozenset[str]:
    """Those parameters of the running command whose values come from the environment."""
    context = click.get_current_context()
    environment = click.core.ParameterSource.ENVIRONMENT
    return frozenset(
        name for name in context.params if context.get_parameter_source(name) is environment
    )
