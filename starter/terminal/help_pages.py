"""Help that fills more than the screen goes through the pager, as other long output does."""

import sys
from collections.abc import Callable
from typing import Any

import click

HelpOption = Callable[[click.Context], click.Option | None]


def with_paged_help(command: click.Command) -> None:
    """Let the help of a command be paged."""
    found: HelpOption = command.get_help_option

    def get_help_option(ctx: click.Context) -> click.Option | None:
        option = found(ctx)
        if option is not None:
            option.callback = _show
        return option

    command.get_help_option = get_help_option  # type: ignore[method-assign]


def show_help(page: str) -> None:
    """Show help: in the pager where a person sits and it is long."""
    if is_watched():
        from starter.terminal.page_reader import read_in_pager  # noqa: PLC0415 - no pipe needs it

        if read_in_pager(f"{page}\n"):
            return
    click.echo(page)


def is_watched() -> bool:
    """Whether a person sits there who can turn pages."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(ctx: click.Context, _: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        show_help(ctx.get_help())
        ctx.exit()
