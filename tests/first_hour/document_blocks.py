"""The commands that the documents show, read from their code blocks, with what must be known to run them.

A comment before a block, which no reader sees, says what is special about it:

    <!-- not run: why -->           it cannot be run here
    <!-- refused: why -->           the rules refuse it (exit code 3) where the examples stand
    <!-- first: command; command --> what a reader has done before
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from pathlib import Path

SHELLS = ("", "sh", "bash", "console")
"""The languages of blocks that are typed in; a block that says no language is one, too."""
_MARK = re.compile(r"\s*<!-- (not run|refused|first): (.+) -->$")
_FENCE = re.compile(r"^\s*```(\w*)$")
_ITEM = re.compile(r"^\s*(?:[-*]|\d+\.) ")
_INDENT = "    "


@dataclass
class Block:
    """A code block of a document."""

    document: str
    line: int
    language: str
    lines: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Its place, for people."""
        return f"{self.document}:{self.line}"

    def commands(self) -> list[str]:
        """What is typed in, a command each; a prompt and the lines of its answer are no commands."""
        text = "\n".join(self.lines).replace("\\\n", " ")
        lines = [line.strip() for line in text.splitlines()]
        if lines and lines[0].startswith("$ "):
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        return [line for line in lines if line and not line.startswith("#")]


def blocks_of(path: Path) -> Iterator[Block]:
    """The blocks of a document that are typed in, in order."""
    found = (block for block in _Reader(path).blocks() if block.language in SHELLS)
    yield from (block for block in found if block.commands())


class _Reader:
    """Goes through a document line by line."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._lines = path.read_text(encoding="utf-8").splitlines()
        self._marks: dict[str, str] = {}
        self._text = ""
        """The last line of text, for an indented line below an item belongs to the item."""

    def blocks(self) -> Iterator[Block]:
        """All code blocks."""
        lines = enumerate(self._lines, 1)
        for number, line in lines:
            if fence := _FENCE.match(line):
                block = self._block(number, fence[1])
                block.lines = list(
                    takewhile(lambda rest: not _FENCE.match(rest), self._lines[number:])
                )
                yield block
                deque(islice(lines, len(block.lines) + 1), 0)
            elif self._is_indented(number):
                block = self._block(number, "")
                rest = takewhile(
                    lambda rest: not rest or _indented(rest), self._lines[number - 1 :]
                )
                block.lines = [one.removeprefix(_INDENT) for one in rest]
                yield block
                deque(islice(lines, len(block.lines) - 1), 0)
            elif mark := _MARK.match(line):
                self._marks[mark[1]] = mark[2]
            elif line:
                self._marks, self._text = {}, line

    def _block(self, number: int, language: str) -> Block:
        marks, self._marks = self._marks, {}
        return Block(self._name, number, language, marks=marks)

    def _is_indented(self, number: int) -> bool:
        line, before = self._lines[number - 1], self._lines[number - 2] if number > 1 else ""
        return _indented(line) and not before and not _ITEM.match(self._text)


def _indented(line: str) -> bool:
    return line.startswith(_INDENT)
