"""Whether two names of bodies or people mean the same. The one comparison of the whole system.

By fixed tables (`name_tables.py`), not by Unicode's own, which grow with each version: a case is judged
for years. What does not count is how a name is written: spaces, letter case, width, characters that nobody
sees, radicals and letters of other scripts that look like others, and since 0.5.0 brackets, dashes, dots
and quotes, and the long or short spelling of one legal form. What counts is what tells bodies apart:
every other character, also the place, and the legal form itself (股份有限公司 is no 有限公司).
"""

import re
import unicodedata
from functools import lru_cache

from workflows.circumstances import NEWEST, Edition
from workflows.name_tables import (
    ALIKE,
    FORMS,
    INVISIBLE,
    LOOKALIKES,
    MARKS,
    PUNCTUATION,
    WORDS,
)


def same_name(one: str, other: str, edition: Edition = NEWEST) -> bool:
    """Return whether two names mean the same."""
    return name_key(one, edition) == name_key(other, edition)


def part_of(organisation: str, body: str, edition: Edition = NEWEST) -> bool:
    """Return whether an organisation is a body or a department of it: its name begins with the body's.

    A name of three letters or fewer is too short to tell its departments by. One in Latin letters ends
    where a word ends: "Acme" is no part of "Acmeson Labs" (since 0.4.0).
    """
    whole = name_key(body, edition)
    if len(whole) <= _SHORT:
        return same_name(organisation, body, edition)
    if not name_key(organisation, edition).startswith(whole):
        return False
    return edition < Edition.V0_4 or not _goes_on(organisation, whole, edition)


def _goes_on(name: str, whole: str, edition: Edition) -> bool:
    """Whether the last word of `whole`, with which a name begins, is in that name a longer one."""
    seen = 0
    for letter in _plain(name, edition):
        if seen == len(whole):
            return _latin(whole[-1]) and _latin(letter)
        seen += 0 if letter.isspace() else len(letter.casefold())
    return False


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


@lru_cache(maxsize=4096)  # each decision compares the same few bodies
def name_key(name: str, edition: Edition = NEWEST) -> str:
    """Return the form of a name in which equal names are equal texts."""
    return "".join(_plain(name, edition).split()).casefold()


def reading_key(text: str) -> str:
    """Return the form in which texts that read alike are equal texts, each sign of them included."""
    return name_key(unicodedata.normalize("NFKC", text), Edition.V0_4)


def seen(text: str) -> str:
    """Return what a reader sees of a text: nothing, where it has spaces and invisible characters only."""
    return text.translate(INVISIBLE[NEWEST]).strip()


def says_something(text: str) -> bool:
    """Return whether a text has more than punctuation, dashes and what nobody sees."""
    first = text[:1]
    # Nearly every text begins so, and all texts of all messages are asked.
    if (first.isascii() and first.isalnum()) or "\u4e00" <= first <= "\u9fff":
        return True
    return any(
        not letter.isspace()
        and letter not in MARKS
        and letter not in PUNCTUATION
        # The tables of Unicode 3.2, which Python keeps as they are.
        and not unicodedata.ucd_3_2_0.category(letter).startswith("P")
        for letter in seen(text)
    )


def _plain(name: str, edition: Edition) -> str:
    """Return a name as it is compared, with spaces where words of it end."""
    text = name.translate(ALIKE[edition]).translate(INVISIBLE[edition])
    if edition < Edition.V0_5:
        return text
    # The tables of Unicode 3.2, which Python keeps as they are: composition, width, ligatures, numerals.
    text = unicodedata.ucd_3_2_0.normalize("NFKC", text).casefold().translate(LOOKALIKES)
    return _without_marks(text) or text


def _without_marks(text: str) -> str:
    """Return a name without brackets, dashes, dots and quotes, and with one spelling of each legal form."""
    text = _MARKS.sub(lambda found: "." if _between_digits(found) else " ", text)
    text = _NO_WORD_ENDS.sub("", " ".join(text.split()))
    text = _WORDS.sub(lambda found: WORDS[found[0]], text)
    for written, form in FORMS.items():
        text = text.replace(written, form)
    return text


def _between_digits(found: re.Match[str]) -> bool:
    """Whether a mark stands between digits, where it counts: the institute 1-12 is not the one 11-2."""
    around = found.string[found.start() - 1 : found.start()] + found.string[found.end() :][:1]
    return len(around) == 2 and around.isascii() and around.isdecimal()


_SHORT = 3
_MARKS = re.compile(f"[{re.escape(MARKS)}]+")
_NO_WORD_ENDS = re.compile("(?<![0-9a-z]) | (?![0-9a-z])")
_WORDS = re.compile(f"(?<![0-9a-z])({'|'.join(WORDS)})(?![0-9a-z])")
