"""Long output at a terminal goes through the reader's pager, as git's does; elsewhere it is written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.table import Table
from rich.text import Text

from starter.terminal.page_reader import read_in_pager
from starter.terminal.screen import Said, at_terminal, gathered, rendered, write


def show_long(*parts: Table | Text | Said) -> None:
    """Show parts, in the pager ($PAGER, else less) where a person sits and they fill more than the screen."""
    _show_page(rendered(*parts))


@contextmanager
def paged() -> Iterator[None]:
    """What is shown inside goes through the pager as by `show_long`; what is complained of comes after it."""
    if not at_terminal():
        yield
        return
    parts: list[tuple[TextIO, str]] = []
    try:
        with gathered(parts):
            yield
    finally:
        _show_page("".join(words for stream, words in parts if stream is sys.stdout))
        for stream, words in parts:
            if stream is not sys.stdout:
                stream.write(words)
                stream.flush()


def _show_page(page: str) -> None:
    if not (at_terminal() and read_in_pager(page)):
        write(page)
