"""What an examination finds: how a point stands, and what to do about it."""

from enum import StrEnum
from typing import NamedTuple

from workflows.words import Words

LOCAL = ("localhost", "127.0.0.1", "[::1]")


class Verdict(StrEnum):
    GOOD = "✓"
    NOTE = "!"
    """Worth knowing; the system runs."""
    BAD = "✗"


class Finding(NamedTuple):
    """One point of the examination; `advice` says what to do where something is to be done."""

    verdict: Verdict
    what: Words
    advice: Words | None = None
    unreachable: bool = False
    """Whether Temporal or the register did not answer at all."""
    key_missing: bool = False
    """Whether what open cases have at Temporal is encrypted with a key that is not here."""


def good(en: str, zh: str) -> Finding:
    return Finding(Verdict.GOOD, Words(en, zh))


def note(what: Words, advice: Words) -> Finding:
    return Finding(Verdict.NOTE, what, advice)


def bad(what: Words, advice: Words) -> Finding:
    return Finding(Verdict.BAD, what, advice)
