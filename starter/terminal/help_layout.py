"""The layout of help: lines that fit the terminal, of which a Chinese character takes two columns."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from gettext import gettext

import click

from starter.terminal.language import language, say
from workflows.words import Words

_PIECE = (  # compiled when a help text is broken, which few commands show
    r"[（《“‘「【]*"  # never at the end of a line
    r"(?:§[一二三四五六七八九十]+(?:\([一二三四五六七八九十]+\))?|[\u2e80-\u9fff\uf900-\ufaff]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef，。、；：？！）》”’」】（《“‘「【]+|.)"
    r"[，。、；：？！）》”’」】…]*"  # never at the beginning of one
)
_WORD = re.compile(r"\S+")
_BEFORE_OPTION = re.compile(r" (?=--[a-z])")
_GOES_ON = " \\"
_GLOSS = 24
"""Columns of a Chinese term in an English text, up to which it stays on one line."""


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in text)


def filled(text: str, width: int) -> list[str]:
    """A paragraph in lines of at most so many columns; a Chinese text is broken between characters."""
    lines: list[str] = []
    line, taken = "", 0
    for before, piece in _pieces(text):
        more = columns(piece)
        if line and taken + len(before) + more > width:
            lines.append(line)
            line, taken = piece, more
        else:
            joined = (before if line else "") + piece
            line, taken = line + joined, taken + len(joined) - len(piece) + more
    return [*lines, line] if line else lines


def folded_command(line: str, width: int) -> list[str]:
    """A line of an example in lines of at most so many columns, broken before options as a shell has it."""
    inner = line.lstrip()
    indent = " " * (len(line) - len(inner) + (0 if inner.startswith("-") else 2))
    parts: list[str] = []
    while columns(line) > width:
        begin = len(line) - len(line.lstrip())
        options = [one.start() for one in _BEFORE_OPTION.finditer(line) if one.start() > begin]
        fitting = [at for at in options if columns(line[:at]) + len(_GOES_ON) <= width]
        if not fitting:
            break
        parts.append(line[: fitting[-1]] + _GOES_ON)
        line = indent + line[fitting[-1] :].lstrip()
    return [*parts, line]


def _folded_choices(name: str, width: int) -> list[str]:
    """An option with its choices in lines of at most so many columns, broken after the bars between them."""
    indent = " " * (name.find("[") + 1)
    lines: list[str] = []
    while columns(name) > width:
        bars = [at for at, sign in enumerate(name, 1) if sign == "|" and at > len(indent)]
        at = max((at for at in bars if columns(name[:at]) <= width), default=0)
        if not at:
            break
        lines.append(name[:at])
        name = indent + name[at:]
    return [*lines, name]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for number, word in enumerate(_WORD.findall(text)):
        term = columns(word) <= _GLOSS and language() == "en"
        pieces = [word] if term or word.isascii() else re.findall(_PIECE, word)
        for place, piece in enumerate(pieces):
            yield (" " if number and not place else ""), piece


class HelpLayout(click.HelpFormatter):
    """Writes help as click does, but counts columns instead of characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        usage = gettext("Usage:") if prefix is None else prefix.rstrip()
        lead = f"{usage}{'' if usage.endswith('：') else ' '}{prog} "
        lines = filled(args, max(self.width - columns(lead), 20)) or [""]
        between = "\n" + " " * columns(lead)
        self.write(f"{lead}{between.join(lines)}".rstrip() + "\n")

    def write_heading(self, heading: str) -> None:
        """Write the line above a part."""
        self.write(f"{' ' * self.current_indent}{heading}{say(Words(':', '：'))}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, each filled anew, unless its lines are to be kept."""
        indent = " " * self.current_indent
        self.write("\n\n".join(self._paragraphs(text, self.width - self.current_indent, indent)))
        self.write("\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write names, and beside each what it is."""
        rows = list(rows)
        indent = " " * self.current_indent
        first = min(max((columns(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            rest = filled(text, max(self.width - first - self.current_indent, 10))
            beside = columns(name) <= first - col_spacing
            if rest and beside:
                self.write(f"{indent}{name}{' ' * (first - columns(name))}{rest.pop(0)}\n")
            else:
                for part in _folded_choices(name, self.width - self.current_indent):
                    self.write(f"{indent}{part}\n")
            for line in rest:
                self.write(f"{indent}{' ' * first}{line}\n")

    def _paragraphs(self, text: str, width: int, indent: str) -> Iterator[str]:
        for paragraph in text.split("\n\n"):
            lines = paragraph.strip("\n").splitlines()
            as_written = bool(lines) and lines[0].strip() == "\b"
            if as_written:
                lines = [part for line in lines[1:] for part in folded_command(line, width)]
            else:
                lines = filled(paragraph, width)
            if lines:
                yield "\n".join(f"{indent}{line}".rstrip() for line in lines)


class HelpContext(click.Context):
    """The context of a command whose help is laid out so."""

    formatter_class = HelpLayout
