"""Which language to answer in, and the field's words in it."""

import os
from collections.abc import Iterable
from enum import StrEnum

from starter.desk.profile_file import profile_language
from starter.terminal.chosen_language import chosen
from workflows.words import BilingualEnum, Language, Words


def language() -> Language:
    """Return the language of the answers.

    The one that was chosen (`--lang`; each report's own); else PINGTAI_LANG; else the profile's; else
    Chinese where the locale is Chinese, and English elsewhere.
    """
    for asked in (chosen.get, _of_environment, profile_language):
        prefix = str(asked() or "").lower()[:2]
        if prefix == "zh":
            return "zh"
        if prefix == "en":
            return "en"
    # As POSIX has it, the first of these that is set counts, and the others do not.
    locale = next(
        (set_to for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (set_to := os.environ.get(name))),
        "",
    )
    return "zh" if locale.lower().startswith("zh") else "en"


def unknown_language() -> Words | None:
    """Say that PINGTAI_LANG names a language that we do not speak; None where it does not."""
    asked = _of_environment()
    if not asked or asked.lower()[:2] in ("en", "zh"):
        return None
    return Words(
        f'PINGTAI_LANG="{asked}" cannot be used: write en or zh',
        f"环境变量 PINGTAI_LANG 的值“{asked}”无效，应为 en 或 zh",
    )


def _of_environment() -> str | None:
    return os.environ.get("PINGTAI_LANG")


def say(en: str | Words, zh: str | None = None) -> str:
    """Return a text in the language of the answers; one of others, alone, as it is."""
    if isinstance(en, Words):
        return en.text(language())
    return en if zh is None else Words(en, zh).text(language())


def word(value: str, *vocabularies: Iterable[StrEnum]) -> str:
    """A word of the field as it is read: the guideline's own term, or plain English.

    A word that none of the vocabularies knows is left as it is: a policy may add fields, and a
    newer worker may have written words that this program does not know.
    """
    for vocabulary in vocabularies:
        known = next((one for one in vocabulary if one == value), None)
        if known is not None:
            plain = Words(known.replace("_", " "), value)
            return say(known.words if isinstance(known, BilingualEnum) else plain)
    return value


def sentence(parts: Iterable[str]) -> str:
    """Parts of a list in one line, with the separator of the language."""
    return say(Words("; ", "；")).join(parts)
