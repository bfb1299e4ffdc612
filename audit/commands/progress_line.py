"""A line that says how far something is, where somebody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from starter.terminal.screen import watched


@contextmanager
def watching(begin: str) -> Iterator[Callable[[str], None]]:
    """Show a line on standard error; what is called changes its words. Nothing without a terminal."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not watched(sys.stderr),
        transient=True,
    ) as progress:
        line = progress.add_task(begin, total=None)
        yield lambda words: progress.update(line, description=words)
