"""Help in Chinese: what click and our commands say in English, looked up in a gettext catalogue.

The source is `locale/zh/LC_MESSAGES/pingtai.po`; `make docs` adds what is new in the code, and compiles it.
"""

import gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from starter.terminal.language import language
from workflows.words import Words

DOMAIN = "pingtai"
LOCALE = Path(__file__).parent / "locale"
AS_WRITTEN = "\b\n"
"""Before a paragraph of which click keeps the lines as they are."""
EXAMPLES = re.compile(r"^Examples?:\n")
_MADE: dict[str, str] = {}


def made(words: Words) -> str:
    """Remember the Chinese of a help text that is made from data; return the English, for click."""
    _MADE[key(words.en)] = words.zh
    return words.en


def is_made(text: str) -> bool:
    """Whether the Chinese of a text needs no catalogue."""
    return key(text) in _MADE


def in_chinese(text: str) -> str:
    """Return a paragraph of help in Chinese; in English while the catalogue does not have it."""
    block = text.removeprefix(AS_WRITTEN)
    if EXAMPLES.match(block):
        return AS_WRITTEN + EXAMPLES.sub("示例：\n", block)
    known = key(text)
    return _MADE.get(known) or (_catalogue().gettext(known) if known else "")


def key(text: str) -> str:
    """Return how the catalogue has a text: where its lines end does not matter, unless they are kept."""
    return text if text.startswith(AS_WRITTEN) else " ".join(text.split())


@cache
def _catalogue() -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, ["zh"])


@contextmanager
def click_speaks() -> Iterator[None]:
    """Let click's own texts be in the language of the answers inside.

    Click asks the standard library's gettext, which reads LANGUAGE at each call.
    """
    if language() != "zh":
        yield
        return
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = "zh"
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before
