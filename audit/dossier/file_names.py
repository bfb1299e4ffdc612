"""The names that files of a dossier have, and no others: what stands under another is no part of it."""

import re

from audit.dossier.format import DEADLINES, MANIFEST, PROOF, READ_ME, REPLAY, REPORTS, STATES
from workflows.log_id import LogId

_SINGLE = frozenset((MANIFEST, STATES, REPLAY, DEADLINES, PROOF, READ_ME, *REPORTS.values()))
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"plans/term-[1-9]\d{0,3}-version-[1-9]\d{0,5}\.json",
        r"histories/platform--[A-Za-z0-9._-]{1,200}/\d{3,6}--[A-Za-z0-9-]{1,64}\.json",
    )
)


def is_name(name: str) -> bool:
    """Whether a file of this name may be in a dossier."""
    return name in _SINGLE or _is_log(name) or any(one.fullmatch(name) for one in _PATTERNS)


def _is_log(name: str) -> bool:
    try:
        LogId.of_file(name)
    except ValueError:
        return False
    return True


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
