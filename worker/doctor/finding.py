"""What an examination finds: how a point stands, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from starter.terminal.language import say

LOCAL = ("localhost", "127.0.0.1", "[::1]")


class Verdict(StrEnum):
    """How a point stands."""

    GOOD = "✓"
    NOTE = "!"
    BAD = "✗"


@dataclass(frozen=True)
class Finding:
    """One point of the examination; `advice` says what to do where something is to be done."""

    verdict: Verdict
    what: str
    advice: str = ""


def good(en: str, zh: str) -> Finding:
    """All is well."""
    return Finding(Verdict.GOOD, say(en, zh))


def note(en: str, zh: str, do: str, do_zh: str) -> Finding:
    """Worth knowing; the system runs."""
    return Finding(Verdict.NOTE, say(en, zh), say(do, do_zh))


def bad(en: str, zh: str, do: str, do_zh: str) -> Finding:
    """Something is to be done."""
    return Finding(Verdict.BAD, say(en, zh), say(do, do_zh))
