"""A plan as Markdown: a heading for each part and each mechanism, and the text under it.

What is written reads back as it was. A line of a text that begins with # has a backslash before it; what no
editor keeps (a carriage return, say) is written by its number, as HTML does: `&#13;`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starter.commands.plan_files.plan_headings import (
    GROUPS,
    Found,
    all_at_once,
    heading_of,
    missing_parts,
    no_heading_for,
    path_of,
    text_of,
    title_of,
)
from starter.plans.plan_sections import HEADINGS, PARTS
from workflows.words import Words

_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_LIKE_HEADING = re.compile(r"^(?=\\*#)", re.MULTILINE)
_ESCAPED_HEADING = re.compile(r"^\\(?=\\*#)", re.MULTILINE)
_NUMBERED = "\x00-\x08\x0b-\x1f\x7f\ufeff\ud800-\udfff"
_UNKEPT = re.compile(rf"[{_NUMBERED}]|&(?=#\d{{1,5}};)")
_NUMBER = re.compile(r"&#(\d{1,5});")
_BY_NUMBER = re.compile(rf"[&{_NUMBERED}]")
_UNKNOWN = Words(
    "is no heading of a plan. If the line belongs to the text, write a backslash before its #",
    "不是建设方案的标题；如属正文，请在 # 前加反斜杠",
)
_BEGIN, _END = "<!--", "-->"


def markdown_of(plan: Mapping[str, Any], remarks: Sequence[str]) -> str:
    """Return a plan as Markdown; `remarks` stand in a comment at its beginning, which no reader looks at."""
    plain = [line.replace(_END, "-- >") for line in remarks]
    blocks = [f"# {heading_of(GROUPS[PARTS])}", "\n".join((_BEGIN, *plain, _END))]
    group = PARTS
    for path in HEADINGS:
        if not path.startswith(f"{group}."):
            group = path.partition(".")[0]
            blocks.append(f"# {heading_of(GROUPS[group])}")
        blocks += [f"## {title_of(path)}", _escaped(text_of(path, plan))]
    return "\n\n".join(block for block in blocks if block) + "\n"


def sections_in(text: str) -> dict[str, Found]:
    """Return what Markdown says under the headings of a plan, by their paths.

    Raises:
        BadInput: a heading is none of a plan's, stands twice, or text stands under none; names each line.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: dict[str, Found] = {}
    problems: list[Words] = []
    for number, heading, body in _blocks(lines):
        where = Words(f"line {number}", f"第 {number} 行")
        path = path_of(heading) if number else PARTS
        if path is None:
            problems.append(
                Words(
                    f"{where.en}: “{heading}” {_UNKNOWN.en}",
                    f"{where.zh}：“{heading}”{_UNKNOWN.zh}",
                )
            )
        elif path in GROUPS:
            problems += _stray_text(number, body)
        elif path in found:
            first = found[path].where
            problems.append(
                Words(
                    f"{where.en}: “{heading}” stands twice, first in {first.en}",
                    f"{where.zh}：“{heading}”重复，已见于{first.zh}",
                )
            )
        else:
            found[path] = Found(where, heading, _unescaped("\n".join(body).strip("\n")))
    if problems:
        begun = {path.partition(".")[0] for path in found}
        raise all_at_once([*problems, *no_heading_for(missing_parts(found, tuple(begun)))])
    return found


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Each heading with its line, and the lines under it; a comment before the first section is left out.

    What stands before the first heading has line 0.
    """
    number, heading, body = 0, "", list[str]()
    commented = begun = False
    for place, line in enumerate(lines, 1):
        if not begun and (commented or line.startswith(_BEGIN)):
            commented = _END not in line
            continue
        matched = _HEADING.match(line)
        if matched is None:
            body.append(line)
            continue
        yield number, heading, body
        number, heading, body = place, matched[2].strip(), []
        begun = path_of(heading) not in GROUPS
    yield number, heading, body


def _stray_text(number: int, body: list[str]) -> Iterator[Words]:
    """Say where text stands before the first heading, or under one that only groups others."""
    stray = next((place for place, line in enumerate(body, number + 1) if line.strip()), None)
    if stray is not None:
        yield Words(
            f"line {stray}: the text stands under no heading of a part, such as “## {title_of('parts.goals')}”",
            f"第 {stray} 行：正文不在任何部分的标题之下，标题如“## {title_of('parts.goals')}”",
        )


def _escaped(text: str) -> str:
    return _LIKE_HEADING.sub(r"\\", _UNKEPT.sub(lambda one: f"&#{ord(one[0])};", text))


def _unescaped(written: str) -> str:
    return _NUMBER.sub(_character, _ESCAPED_HEADING.sub("", written))


def _character(number: re.Match[str]) -> str:
    """Only what is written so is read so: other references are text of the plan."""
    value = int(number[1])
    character = chr(value) if value <= 0xFFFF else ""
    return character if _BY_NUMBER.fullmatch(character) else number[0]
