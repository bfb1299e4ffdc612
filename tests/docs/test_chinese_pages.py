"""A page in Chinese is the whole of its English page: what is added to one is missed in the other."""

import re
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.reading import links
from tests.first_hour.document_blocks import blocks_of
from worker.documents import ROOT

FOLDERS = (ROOT, ROOT / "docs", ROOT / "examples")
PAGES = tuple(page for folder in FOLDERS for page in sorted(folder.glob("*.zh.md")))
INDEX = ROOT / "docs" / "README.zh.md"
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_HAN = re.compile("[\u4e00-\u9fff]")
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}.+\n)+")
_COMMENT = re.compile(r"<!-- (.*?) -->")
_CODE = re.compile(r"`([^`\n]+)`")
_TYPED = re.compile(
    r"--[a-z][a-z-]*|\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\bpingtai [a-z-]+|\b[a-z]+_[a-z_]+\b|\$?\bPAGER\b"
    r"|\b[\w-]+\.(?:md|jsonl|json|csv|xlsx|toml|docx|typ)\b|\bssh-[a-z]+\b|\b\d+\.\d+\b"
)
_NAMES = re.compile(r"PostgreSQL|Temporal|life\.json|`[^`\n]+`|pingtai[a-z -]*")
"""Headings that are the same in both languages."""
_MANUAL = re.compile(r"<!-- generated: cli(?:-zh)? -->\n(.*?)<!-- end -->", re.DOTALL)
"""Made of the commands' help, which `test_chinese_help.py` looks at: it shows values in its language."""
_MADE_OF_WORDS = re.compile(r"<!-- generated: (\S+?)(?:-zh)? -->\n.*?<!-- end -->", re.DOTALL)
_FLAG = re.compile(r"(?<!\S)--?[a-z][a-z-]*")
_WORDS = re.compile(r"(?:\b[A-Za-z]+\b[ ,]+){3}[A-Za-z]+")


class Section(NamedTuple):
    """What stands under a heading."""

    level: int
    heading: str
    text: str
    """Without its blocks."""
    items: int
    bold: int


def english_of(page: Path) -> Path:
    """The page of which it is the Chinese."""
    return page.with_name(page.name.replace(".zh.", "."))


def sections(page: Path) -> list[Section]:
    """The parts of a page, in order."""
    text = _MANUAL.sub(_headings, page.read_text(encoding="utf-8"))
    plain = _COMMENT.sub("", _INDENTED.sub("", _FENCE.sub("", text)))
    parts = re.split(r"^(#+) (.+)$", plain, flags=re.MULTILINE)
    return [
        Section(
            level=len(marks),
            heading=heading,
            text=body,
            items=len(re.findall(r"^- ", body, re.MULTILINE)),
            bold=body.count("**") // 2,
        )
        for marks, heading, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    ]


def _headings(manual: re.Match[str]) -> str:
    return "\n\n".join(re.findall(r"^#+ .+$", _FENCE.sub("", manual[1]), re.MULTILINE))


def typed(text: str) -> set[str]:
    """Commands, options, variables, fields and files that a text names."""
    shown = re.sub(r"\]\([^)]*\)", "]", text).replace(".zh.md", ".md")
    return set(_TYPED.findall(shown))


def blocks(page: Path) -> list[tuple[str, dict[str, str], list[str]]]:
    """What is typed in, with its marks; comments within are of their language, and in the manual values are."""
    text = page.read_text(encoding="utf-8")
    made = [
        range(*(text.count("\n", 0, at) for at in one.span())) for one in _MANUAL.finditer(text)
    ]
    return [
        (
            block.language,
            block.marks,
            [
                " ".join(_FLAG.findall(command))
                if any(block.line in lines for lines in made)
                else command.partition(" #")[0].strip()
                for command in block.commands()
            ],
        )
        for block in blocks_of(page)
    ]


@each_page
def test_the_generated_parts_are_those_of_the_english_page(page: Path) -> None:
    """In the same order, each made in Chinese."""
    ours, theirs = (
        [
            one[0]
            for one in re.findall(r"<!-- generated: ((\S+?)(-zh)?) -->", each.read_text("utf-8"))
        ]
        for each in (page, english_of(page))
    )
    assert [f"{one}-zh" for one in theirs] == ours


def data(page: Path) -> list[tuple[str, str]]:
    """The blocks that are no commands: examples of files."""
    written = _MADE_OF_WORDS.sub("", page.read_text(encoding="utf-8"))
    return [(kind, text) for kind, text in _FENCE.findall(written) if kind]


def test_there_are_such_pages() -> None:
    """What each kind of user that the README names is pointed to."""
    wanted = ("README", "desk", "deployment", "http", "integrators", "audit", "roster", "cli")
    assert {f"{name}.zh.md" for name in wanted} <= {page.name for page in PAGES}


@each_page
def test_the_headings_are_those_of_the_english_page(page: Path) -> None:
    """Each is the Chinese half of the English one, of the same level, in the same order."""
    ours = [(one.level, one.heading) for one in sections(page)]
    theirs = [(one.level, chinese_half(one.heading)) for one in sections(english_of(page))]
    assert theirs == ours


def chinese_half(heading: str) -> str:
    """What a heading is in Chinese: a name, or what is typed, is the same in both languages."""
    if found := _HAN.search(heading):
        return heading[found.start() :]
    assert _NAMES.fullmatch(heading)
    return heading


@each_page
def test_the_blocks_are_those_of_the_english_page(page: Path) -> None:
    """They need not be typed in again: the English ones are (`tests/first_hour`)."""
    written = _MADE_OF_WORDS.sub("", english_of(page).read_text(encoding="utf-8"))
    assert blocks(english_of(page)) or data(english_of(page)) or "```" not in written
    assert blocks(english_of(page)) == blocks(page)
    assert data(english_of(page)) == data(page)


@each_page
def test_each_part_names_the_same_commands_and_files(page: Path) -> None:
    """Nothing is left out, and nothing is told that the English page does not say."""
    differ = {
        ours.heading: sorted(typed(ours.text) ^ typed(theirs.text))
        for ours, theirs in zip_longest(sections(page), sections(english_of(page)))
        if typed(ours.text) ^ typed(theirs.text)
    }
    assert {} == differ


@each_page
def test_each_part_has_as_many_items(page: Path) -> None:
    """Of a list, and of what is in bold."""
    ours, theirs = (
        [(one.items, one.bold) for one in sections(each)] for each in (page, english_of(page))
    )
    assert theirs == ours


@each_page
def test_the_links_are_those_of_the_english_page(page: Path) -> None:
    """To the Chinese page where there is one; each page links to the other, first of all."""
    first, *ours = links(page.read_text(encoding="utf-8"))
    other, *theirs = links(english_of(page).read_text(encoding="utf-8"))
    assert (english_of(page).name, page.name) == (first, other)
    if page == INDEX:  # the English one names both
        theirs = [link for link in theirs if ".zh." not in link]
    assert sorted(_in_chinese(page.parent, link) for link in theirs) == sorted(
        link.partition("#")[0] for link in ours
    )


def _in_chinese(folder: Path, link: str) -> str:
    """Where the link of an English page leads in its Chinese one; the headings there have other names."""
    target, _, _ = link.partition("#")
    chinese = re.sub(r"\.md$", ".zh.md", target)
    return chinese if (folder / chinese).resolve() in PAGES else target


@each_page
def test_no_sentence_is_left_in_english(page: Path) -> None:
    """Outside code and names."""
    texts = (_CODE.sub("", one.text) for one in sections(page))
    plain = (re.sub(r"\([^)]*\)|（[^）]*）", "", text) for text in texts)
    assert [] == [found for text in plain for found in _WORDS.findall(text)]


def test_what_drifts_is_found() -> None:
    """An option that only one page names; a field, a file, a variable."""
    said = "Add `--yes`, or PINGTAI_URL; `decision_id` in `a.json` ([x](y.md)): `pingtai show`"
    assert {"--yes", "PINGTAI_URL", "decision_id", "a.json", "pingtai show"} == typed(said)
