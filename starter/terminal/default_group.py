"""A group of commands of which one is meant where none is named."""

from typing import Any

import click
from click.shell_completion import CompletionItem

from starter.terminal.lazy_group import LazyGroup


class UsualGroup(LazyGroup):
    """`list PLATFORM` is `list one PLATFORM`, and `register --stage valid` is `register list --stage valid`."""

    def __init__(self, name: str, usual: str, **more: Any) -> None:
        """`usual` is the name of the command that is meant."""
        super().__init__(name, **more)
        self.usual = usual

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the usual command before arguments that name none."""
        named = bool(args) and args[0] in (*self.list_commands(ctx), *ctx.help_option_names)
        alone = not args and (self.no_args_is_help or ctx.resilient_parsing)
        return super().parse_args(ctx, args if named or alone else [self.usual, *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What the usual command would be completed with is offered too."""
        usual = self.get_command(ctx, self.usual)
        assert usual, self.usual  # noqa: S101 - it is one of the group's own
        with usual.make_context(self.usual, [], parent=ctx, resilient_parsing=True) as inner:
            more = usual.shell_complete(inner, incomplete)
        found = super().shell_complete(ctx, incomplete)
        known = {item.value for item in found}
        return found + [item for item in more if item.value not in known]
