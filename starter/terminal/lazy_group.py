"""A group of commands that are loaded when they are called: its help and its completion need none of them."""

import copy
from collections.abc import Iterable
from importlib import import_module
from typing import Any, NamedTuple, get_args

import click
from click.shell_completion import CompletionItem

from starter.terminal.chinese_help import chinese
from starter.terminal.help_layout import HelpContext
from starter.terminal.help_pages import with_paged_help
from starter.terminal.language import language
from workflows.words import Language

LANG = click.Option(
    ["--lang"],
    type=click.Choice(get_args(Language)),
    expose_value=False,
    help="Language of the output; by default PINGTAI_LANG or the locale's. 输出语言",
)
"""Every command takes it; what it says is read by `starter.terminal.program`, before the command is."""


def in_language(command: click.Command) -> click.Command:
    """Return a copy of a command that speaks the language of the answers, and takes `--lang`."""
    new = copy.copy(command)
    if not any(LANG.opts[0] in param.opts for param in new.params):
        new.params = [*new.params, LANG]
    new.context_class = HelpContext
    new._help_option = None  # click keeps it for all copies
    spoken = chinese(new) if language() == "zh" else new
    with_paged_help(spoken)
    return spoken


_HELP = ("help", "帮助")
_SHORTEST = 2
"""Characters of a Chinese word."""
_FEW, _NAMED = 9, 3
"""Commands of a group that are all named; and how many are, whose line of help has the word."""


class Listed(NamedTuple):
    """A command by its name, one line of help, and where it is: `module:attribute`."""

    name: str
    short_help: str
    where: str
    """The command itself, or a function that makes it of its name."""
    more: tuple["Listed", ...] = ()
    """Commands that another folder adds to this group."""

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.where.partition(":")
        found = getattr(import_module(module), attribute)
        command: click.Command = found if isinstance(found, click.Command) else found(self.name)
        if self.more:
            assert isinstance(command, LazyGroup), f"{self.name} takes no more commands"  # noqa: S101
            command.enlist(self.more)
        return command


class LazyGroup(click.Group):
    """Imports a command when it is called, not when the group is shown or completed."""

    def __init__(self, *args: Any, listed: Iterable[Listed] = (), **more: Any) -> None:
        """`listed`: commands that are loaded later, beside those of `click.Group`."""
        super().__init__(*args, **more)
        self.listed: dict[str, Listed] = {}
        self.spoken: dict[tuple[str, Language], click.Command] = {}
        """The commands as they speak each language; copies of the group have the same ones."""
        self.enlist(listed)

    def enlist(self, listed: Iterable[Listed]) -> None:
        """List more commands."""
        self.listed |= {one.name: one for one in listed}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, those that are not loaded, too."""
        return sorted({*self.commands, *self.listed})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, loaded now if it was not, in the language of the answers."""
        if cmd_name in self.listed and cmd_name not in self.commands:
            self.add_command(self.listed[cmd_name].load(), cmd_name)
        found = super().get_command(ctx, cmd_name)
        if found is None:
            return None
        return self.spoken.setdefault((cmd_name, language()), in_language(found))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; those that are not loaded are suggested, too, for a wrong name."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise self._no_such(ctx, error.command_name) from None

    def _no_such(self, ctx: click.Context, named: str) -> click.exceptions.NoSuchCommand:
        """The error for a word that is no command: with those that it may mean, or all of a small group."""
        names = self.list_commands(ctx)
        error = click.exceptions.NoSuchCommand(named, possibilities=names, ctx=ctx)
        if not error.possibilities:
            meant = self._by_help(named)
            if not meant and ctx.parent and len(names) <= _FEW:
                meant = names
            vars(error)["possibilities"] = meant or None
        return error

    def _by_help(self, named: str) -> list[str]:
        """The commands whose line of help has a word in it; `--help` for whoever looks for that."""
        if named.casefold() in _HELP:
            return ["--help"]
        if len(named) < _SHORTEST or named.isascii():
            return []
        lines = {one.name: one.short_help for one in self.listed.values()}
        lines |= {name: one.short_help or one.help or "" for name, one in self.commands.items()}
        return sorted(name for name, line in lines.items() if named in line)[:_NAMED]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help."""
        click.Group(commands=self._outlines()).format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command, or an option of the group."""
        names = [
            CompletionItem(name, help=command.get_short_help_str())
            for name, command in sorted(self._outlines().items())
            if name.startswith(incomplete) and not command.hidden
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def _outlines(self) -> dict[str, click.Command]:
        """Each command as far as one line of help needs it."""
        listed = {
            one.name: click.Command(one.name, short_help=one.short_help)
            for one in self.listed.values()
        }
        return {name: in_language(one) for name, one in {**self.commands, **listed}.items()}
