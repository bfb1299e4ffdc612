"""PDF from a Typst template and plain data: PDF/A-2u, with every character in it drawn by a font.

A PDF/A names a font for each character, so a character that no font of the machine has is an error and never
an empty box. Data reaches the template as JSON: what others wrote cannot become markup.
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from starter.errors import BadInput
from workflows.periods import BEIJING

_LACKING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SHOWN = 20
"""Maximum characters without a font that are named."""


def own_template(name: str) -> str:
    """The text of a template that comes with the program."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def fonts_of(folder: Path | None) -> typst.Fonts:
    """The fonts of the machine and of a folder: looking for them takes longer than a page."""
    return typst.Fonts(font_paths=[folder] if folder else [])


def as_input(data: Any) -> str:
    """Data as a template reads it."""
    return json.dumps(data, ensure_ascii=False)


def pdf_of(
    template: str, data: Any, at: datetime, *, fonts: Path | None = None, named: str = ""
) -> bytes:
    """Make a PDF; `at` is the moment that it says it was made at, `fonts` a folder with more fonts.

    `named` is whose template it is, where it is not ours.

    Raises:
        BadInput: no font has some character, or the template cannot be used.
    """
    try:
        made = typst.compile(
            template.encode("utf-8"),
            font_paths=fonts_of(fonts),
            sys_inputs={"data": as_input(data)},
            pdf_standards="a-2u",
            timestamp=at.astimezone(BEIJING).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise _problem(error, named) from None
    assert isinstance(made, bytes)  # noqa: S101 - a PDF is one file
    return made


def _problem(error: typst.TypstError, named: str) -> BadInput:
    told = f"{error.message}\n{error.diagnostic}"
    lacking = list(dict.fromkeys(char for text in _LACKING.findall(told) for char in _plain(text)))
    if lacking:
        return no_font(lacking)
    line = re.search(r"typ:(\d+):", told)
    where = f"{named or 'template'}" + (f", line {line[1]}" if line else "")
    where_zh = f"{named or '模板'}" + (f" 第 {line[1]} 行" if line else "")
    return BadInput(f"{where}: {error.message}", f"{where_zh}：{error.message}")


def no_font(lacking: Sequence[str]) -> BadInput:
    """What to do where no font has these characters."""
    shown = "".join(lacking[:_SHOWN]) + (" …" if len(lacking) > _SHOWN else "")
    install = "apt-get install fonts-noto-cjk"
    return BadInput(
        f"no font on this machine has: {shown}. Install one, such as `{install}`, or name a folder with"
        " fonts: --fonts FOLDER",
        f"本机没有含以下字符的字体：{shown}。请安装字体（如 {install}），或用 --fonts 指定字体文件夹",
    )


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
