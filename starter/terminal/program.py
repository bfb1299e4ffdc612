"""The command that all others are below: it knows the language before anything else is read."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, get_args

import click

from starter.terminal import help_pages
from starter.terminal.catalogue import click_speaks
from starter.terminal.chosen_language import asked_by_option, speaking
from starter.terminal.language import language, say, unknown_language
from starter.terminal.lazy_group import LANG, LazyGroup, in_language
from workflows.words import Language


class Program(LazyGroup):
    """`--lang` counts wherever it stands; help and usage errors are in the language of the answers."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Take `--lang` as every command does."""
        super().__init__(*args, **more)
        self.params.append(LANG)

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run the command that the arguments say, as click does."""
        args = sys.argv[1:] if args is None else list(args)
        asked = asked_for(args)
        if asked is None and (unknown := unknown_language()):
            click.echo(say(unknown), err=True)
            raise SystemExit(click.UsageError.exit_code)
        # Found out once: each line that is said would look into the profile again.
        with asked_by_option(asked), speaking(asked or language()), click_speaks():
            return click.Group.main(in_language(self), args, *more, **named)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the options before the command, as click does."""
        with _errors_in_lines():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, as click does."""
        with _errors_in_lines():
            return super().invoke(ctx)


@contextmanager
def _errors_in_lines() -> Iterator[None]:
    """What click says of a wrong call is said in our words, and broken as our own messages are.

    Raises:
        click.UsageError: says the same.
    """
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as error:
        if error.ctx is None or not help_pages.is_watched():
            raise
        help_pages.show_help(error.format_message())
        error.ctx.exit(error.exit_code)
    except click.UsageError as error:
        from starter.terminal import usage_errors  # noqa: PLC0415 - only a wrong call needs it

        told = usage_errors.usage_message(error)
        if sys.stderr.isatty():
            told = usage_errors.in_terminal_lines(told)
        raise click.UsageError(told, error.ctx) from error


def asked_for(args: Sequence[str]) -> str | None:
    """Return the language that is asked for by `--lang`, the last one; None where none is."""
    if "--" in args:
        args = args[: args.index("--")]
    last = None
    for number, arg in enumerate(args):
        name, _, value = arg.partition("=")
        if name == LANG.opts[0]:
            last = value or next(iter(args[number + 1 :]), None)
    return last if last in get_args(Language) else None
