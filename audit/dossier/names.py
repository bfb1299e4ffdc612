"""The names that files of a dossier have, and no others: what stands under another is no part of it."""

import re

from audit.dossier.parts import (
    DEADLINES,
    MANIFEST,
    PROOF,
    READ_ME,
    REPLAY,
    REPORTS,
    STATES,
)

_SINGLE = frozenset((MANIFEST, STATES, REPLAY, DEADLINES, PROOF, READ_ME, *REPORTS.values()))
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"logs/term-[1-9]\d{0,3}(-year-[1-9]\d{0,2}(-opening-[1-9]\d{0,3})?)?\.jsonl",
        r"plans/term-[1-9]\d{0,3}-version-[1-9]\d{0,5}\.json",
        r"histories/platform--[A-Za-z0-9._-]{1,200}/\d{3,6}--[A-Za-z0-9-]{1,64}\.json",
    )
)


def is_name(name: str) -> bool:
    """Whether a file of this name may be in a dossier."""
    return name in _SINGLE or any(pattern.fullmatch(name) for pattern in _PATTERNS)


def is_harmful(name: str) -> bool:
    """Whether unpacking a file of this name may write elsewhere, or show another name than it has."""
    parts = re.split(r"[/\\]", name)
    return (
        not name.isprintable()
        or "\\" in name
        or ":" in name
        or name.endswith("/")
        or any(part in ("", ".", "..") for part in parts)
    )
