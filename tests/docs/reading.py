"""Reading the documents as a program: headings, links, and the commands that they show."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from worker.documents import ROOT

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`(pingtai [^`]+)`")
_LINE = re.compile(r"^(?:\$ )?(?:export \S+; *)?(?:[A-Z_]+=\S+ +)*(pingtai(?: .*)?)$")
_SHELL = ("|", ";", "&&", "||", ">", ">>", "<", "&")


class Call(NamedTuple):
    """A call of the command line that a document shows."""

    document: str
    command: str
    options: tuple[str, ...]


def documents() -> list[Path]:
    """Every document that people read."""
    named = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "examples/README.md")
    return [*(ROOT / name for name in named), *sorted((ROOT / "docs").glob("*.md"))]


def links(text: str) -> list[str]:
    """Where the links of a document lead, without those inside code."""
    return _LINK.findall(_FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub and its like make of a document's headings."""
    headings = re.findall(r"^#+ +(.+)$", _FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


def calls(path: Path) -> Iterator[Call]:
    """The calls of `pingtai` in a document's code blocks and in code within its lines."""
    text = path.read_text(encoding="utf-8")
    blocks = "\n".join(_FENCE.findall(text)).replace("\\\n", " ")
    shown = [found[1] for line in blocks.splitlines() if (found := _LINE.match(line.strip()))]
    for line in shown + _INLINE.findall(_FENCE.sub("", text)):
        words = shlex.split(line.replace("…", ""), comments=True)[1:]
        end = next((at for at, word in enumerate(words) if word.rstrip(";") in _SHELL), len(words))
        words = words[:end]
        options = tuple(word.partition("=")[0] for word in words if word.startswith("--"))
        command = next((word for word in words if not word.startswith("-")), "")
        yield Call(path.name, command, options)
