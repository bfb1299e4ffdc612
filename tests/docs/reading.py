"""Reading the documents as a program: headings, links, and the commands that they show."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from starter.terminal.default_group import UsualGroup
from worker.documents import ROOT

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^    (.+)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`(pingtai [^`]+)`")
_LINE = re.compile(r"^(?:\$ )?(?:export \S+; *)?(?:[A-Z_]+=\S+ +)*(pingtai(?: .*)?)$")
_SHELL = ("|", ";", "&&", "||", ">", ">>", "<", "&")


class Call(NamedTuple):
    """A call of the command line that a document shows."""

    document: str
    words: tuple[str, ...]
    """The words that are no options: the command, that of a group, and arguments."""
    options: tuple[str, ...]


def documents() -> list[Path]:
    """Every document that people read."""
    named = (
        "README.md",
        "README.zh.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "deploy/README.md",
        "examples/README.md",
        "examples/README.zh.md",
    )
    return [*(ROOT / name for name in named), *sorted((ROOT / "docs").glob("**/*.md"))]


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
    blocks = [*_FENCE.findall(text), *_INDENTED.findall(_FENCE.sub("", text))]
    yield from calls_in("\n".join(blocks), path.name)
    for line in _INLINE.findall(_FENCE.sub("", text)):
        yield from calls_in(line, path.name)


def calls_in(code: str, document: str) -> Iterator[Call]:
    """The calls of `pingtai` in lines as they are typed."""
    lines = code.replace("\\\n", " ").splitlines()
    for line in [found[1] for line in lines if (found := _LINE.match(line.strip()))]:
        words = shlex.split(line.replace("…", ""), comments=True)[1:]
        end = next((at for at, word in enumerate(words) if word.rstrip(";") in _SHELL), len(words))
        words = words[:end]
        options = tuple(word.partition("=")[0] for word in words if word.startswith("--"))
        if words[:1] == ["--lang"]:
            words = words[2:]
        # What stands for something else, as in [OPTIONS] and COMMAND, is in capitals, or in Chinese.
        plain = tuple(
            word
            for word in words
            if not word.startswith(("-", "[")) and not word.isupper() and word.isascii()
        )
        yield Call(document, plain, options)


def called(root: click.Group, call: Call) -> list[click.Command]:
    """The commands that a call goes through, the root first; the root alone when it knows none."""
    found: list[click.Command] = [root]
    for word in call.words:
        group = found[-1]
        if not isinstance(group, click.Group):
            break
        other = group.usual if isinstance(group, UsualGroup) else word
        inside = click.Context(group)
        command = group.get_command(inside, word) or group.get_command(inside, other)
        if command is None:
            break
        found.append(command)
    last = found[-1]
    usual = (
        last.get_command(click.Context(last), last.usual) if isinstance(last, UsualGroup) else None
    )
    return [*found, usual] if usual else found
