"""A group of commands that are loaded when they are called: its help and its completion need none of them."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem


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
        self.enlist(listed)

    def enlist(self, listed: Iterable[Listed]) -> None:
        """List more commands."""
        self.listed |= {one.name: one for one in listed}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, those that are not loaded, too."""
        return sorted({*self.commands, *self.listed})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, loaded now if it was not."""
        if cmd_name in self.listed and cmd_name not in self.commands:
            self.add_command(self.listed[cmd_name].load(), cmd_name)
        return super().get_command(ctx, cmd_name)

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
        return {**self.commands, **listed}
