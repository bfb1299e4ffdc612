"""What is shown: tables that fit a terminal, and plain lines where no terminal reads them."""

import io
import json
import os
import select
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Generic, NamedTuple, TextIO, TypeVar

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from activities.harmless_text import harmless
from starter.tables.strict_json import encodable
from starter.terminal.language import say
from starter.terminal.line_breaks import in_width
from starter.terminal.table_cards import facts_grid, in_other_form
from starter.terminal.table_layout import FlowingText, addresses_apart, fit, tab_separated
from workflows.words import Words

Said = str | Words
"""A text of others, or one of ours in both languages; whatever shows it says it in one."""
NARROWEST = 72
"""Columns below which tables would leave out cells: there the terminal breaks the lines instead."""


def draws() -> bool:
    """Whether colours and lines are drawn: on a terminal, unless NO_COLOR asks for plain text."""
    return watched(sys.stdout) and not os.environ.get("NO_COLOR")


def at_terminal() -> bool:
    """Whether a person sits there who can be asked: both sides are a terminal."""
    return watched(sys.stdin) and watched(sys.stdout)


def watched(stream: TextIO) -> bool:
    """Whether somebody looks at what is written there."""
    return hasattr(stream, "isatty") and not stream.closed and stream.isatty()


def show(*parts: Table | Text | Said) -> None:
    """Write parts to standard output, each on lines of its own; tables in a pipe are tab-separated."""
    _put(sys.stdout, rendered(*parts))


def rendered(*parts: Table | Text | Said) -> str:
    """Return parts as `show` writes them: drawn for the terminal, plain for another reader."""
    if not watched(sys.stdout):
        return "".join(map(_plain, parts))
    drawn, width = draws(), _columns()
    page = io.StringIO()
    console = Console(
        file=page,
        force_terminal=drawn,
        color_system="standard" if drawn else None,
        width=width,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for one in parts:
        if isinstance(one, Table):
            _draw_table(one, console, page)
        elif isinstance(one, Text):
            console.print(Group(FlowingText.of(one)))
        else:
            lines = text(one).plain.split("\n")
            page.write("".join(f"{part}\n" for line in lines for part in in_width(line, width)))
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def _draw_table(table: Table, console: Console, page: io.StringIO) -> None:
    """Draw a table; where it would break what is copied from it, in another form."""
    begin, width = page.tell(), console.width
    with addresses_apart(table, width) as apart:
        others = in_other_form(table, width)
        for one in others:
            if isinstance(one, Table):
                _draw_table(one, console, page)
            else:
                console.print(Group(FlowingText.of(one)))
        if not others:
            fit(table, width)
            console.print(table)
    table_drawn = page.getvalue()[begin:]
    page.seek(begin)
    page.truncate()
    page.write(table_drawn.translate({ord(mark): whole for mark, whole in apart.items()}))


def _plain(part: Table | Text | Said) -> str:
    return tab_separated(part) if isinstance(part, Table) else f"{text(part).plain}\n"


_gathered: ContextVar[list[tuple[TextIO, str]] | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered(parts: list[tuple[TextIO, str]]) -> Iterator[None]:
    """Put what is written inside, and where it was to be written, into a list instead."""
    before = _gathered.set(parts)
    try:
        yield
    finally:
        _gathered.reset(before)


def _columns() -> int:
    return max(shutil.get_terminal_size().columns, NARROWEST)


def show_json(data: Any) -> None:
    """Write plain data as JSON, for programs."""
    _put(sys.stdout, encodable(json.dumps(data, ensure_ascii=False, indent=2)) + "\n")


def show_json_line(data: Any) -> None:
    """Write plain data as JSON on one line: one of many."""
    _put(sys.stdout, encodable(json.dumps(data, ensure_ascii=False)) + "\n")


def write_line(line: str) -> None:
    """Write a line as it is, whole; a reader that has seen enough is no error."""
    write(f"{line}\n")


def write(words: str) -> None:
    """Write text to standard output as it is; what others wrote in it must be `harmless` already."""
    _put(sys.stdout, words)


def complain(*lines: Said) -> None:
    """Write lines to standard error; at a terminal no word of them is broken."""
    words = [part for line in lines for part in error_lines(say(line))]
    _put(sys.stderr, "".join(f"{line}\n" for line in words))


def error_lines(line: str) -> list[str]:
    """A line of standard error; at a terminal in several, each of which fits."""
    return in_width(harmless(line), _columns()) if watched(sys.stderr) else [harmless(line)]


def in_lines(line: str) -> list[str]:
    """A line of standard output; at a terminal in several, of which none begins with a closing mark."""
    return in_width(line, _columns()) if watched(sys.stdout) else [line]


def complain_of_more(shown: int, next_page: str, total: int | None = None) -> None:
    """Say that this was a page of a list, and the command that shows the next one, if there is more."""
    if total is not None and total <= shown:
        return
    of = Words(f" of {total}", f"，共 {total} 项") if total else Words("", "")
    said = say(Words(f"Showing {shown}{of.en}. Next: ", f"已列出 {shown} 项{of.zh}。下一页："))
    line = f"{said}{next_page}"
    complain(line)


def facts(rows: Iterable[tuple[Said, object]]) -> Table:
    """Names and values below each other; a row without a value is left out."""
    cells = [(text(_capital(say(name))), cell) for name, value in rows if (cell := text(value))]
    return facts_grid(cells)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def table(
    columns: Sequence[Said], rows: Iterable[Sequence[object]], *, whole: Sequence[int] = ()
) -> Table:
    """Rows under headings; the columns in `whole` keep to one line, the others may be folded."""
    drawn = Table(
        box=box.SIMPLE_HEAD if draws() else None,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1) if draws() else (0, 2, 0, 0),
    )
    for number, name in enumerate(columns):
        drawn.add_column(FlowingText.of(text(name)), overflow="fold", no_wrap=number in whole)
    for row in rows:
        drawn.add_row(*(FlowingText.of(text(cell)) for cell in row))
    return drawn


R = TypeVar("R")
ALWAYS, IF_SHORT = 4_000, 24
"""For `Column.whole`: always; while there is no long id, which would leave too little for the rest."""


class Column(NamedTuple, Generic[R]):
    """A column of a table: its heading, and what it shows of a row."""

    heading: Said
    cell: Callable[[R], object]
    whole: int = 0
    """While no cell is wider than this, each keeps to one line."""
    least: int = 0
    """So wide it is at least, if the first lines of its cells need that."""


def table_of(rows: Iterable[R], columns: Sequence[Column[R]]) -> Table:
    """Rows in columns."""
    cells = [[text(column.cell(row)) for column in columns] for row in rows]
    lines = [[cell.plain.split("\n") for cell in several] for several in zip(*cells, strict=True)]
    widest = [max(cell_len(line) for several in column for line in several) for column in lines]
    whole = [number for number, width in enumerate(widest) if width <= columns[number].whole]
    drawn = table([column.heading for column in columns], cells, whole=whole)
    for column, its, shown in zip(columns, lines, drawn.columns, strict=False):
        if column.least:
            shown.min_width = min(column.least, max(cell_len(first) for first, *_ in its))
    return drawn


def is_narrow() -> bool:
    """Whether a terminal has too few columns for everything to have a column of its own."""
    return watched(sys.stdout) and shutil.get_terminal_size().columns < _ROOMY


_ROOMY = 130


def heading(words: Said) -> Text:
    """A line above a part, with an empty one before it."""
    return Text(f"\n{harmless(say(words))}", style="bold")


def text(shown: object) -> Text:
    """What a cell shows: no markup, and nothing that steers the terminal; nothing for None."""
    if isinstance(shown, Text):
        return shown
    words = say(shown) if isinstance(shown, Words) else "" if shown is None else str(shown)
    return Text(harmless(words))


def stacked(*shown: object, marked: bool = False) -> Text:
    """Several below each other in one cell, where it is narrow; marked ones are red, besides saying so."""
    lines = Text("\n").join(line for line in map(text, shown) if line)
    if marked:
        lines.stylize("bold red")
    return lines


def _put(stream: TextIO, words: str) -> None:
    parts = _gathered.get()
    if parts is not None and words:
        parts.append((stream, words))
        return
    encoding = stream.encoding or "utf-8"
    with _reader_may_leave(stream):
        # A terminal of another encoding gets question marks: better than no answer.
        stream.write(words.encode(encoding, "replace").decode(encoding))
        stream.flush()


def nobody_reads() -> bool:
    """Whether whoever read standard output or standard error has gone: by a library's writing, too."""
    gone = select.poll()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # a stream of a test, or closed
            gone.register(stream.fileno(), select.POLLERR)
    return any(event & select.POLLERR for _, event in gone.poll(0))


_LEFT: list[str] = []


def reader_left() -> bool:
    """Whether a reader has seen enough: what goes on for ever may end then."""
    return bool(_LEFT)


@contextmanager
def _reader_may_leave(stream: TextIO) -> Iterator[None]:
    """A reader that has seen enough (`| head`) is no error."""
    try:
        yield
    except BrokenPipeError:
        _LEFT.append(stream.name)
        # Nothing more goes there, and neither does what is left in the stream's buffer at the end.
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
