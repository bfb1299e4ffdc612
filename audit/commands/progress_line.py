"""A line that says how far something is, where somebody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from starter.terminal.language import say
from starter.terminal.screen import watched
from workflows.words import Words


@contextmanager
def watching(begin: Words, total: int | None = None) -> Iterator[Callable[[Words], None]]:
    """Show a line on standard error, with a bar where a total is known; nothing without a terminal.

    What is yielded says how far it is: each call is one step.
    """
    bar = (BarColumn(), MofNCompleteColumn()) if total is not None else ()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        *bar,
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not watched(sys.stderr),
        transient=True,
        redirect_stdout=watched(sys.stdout),  # what goes into a pipe must not go to the terminal
    ) as progress:
        line = progress.add_task(say(begin), total=total)
        yield lambda words: progress.update(line, advance=1, description=say(words))
