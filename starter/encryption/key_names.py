"""How keys are named: whose payloads a key is for, and which key wrapped it.

The name stands in the clear beside each payload, and says nothing that the workflow's id does not say.
"""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

SHARED = "shared"
"""The scope of what belongs to no term: schedules, deliveries, messages whose term is not known."""
MASTER = r"[A-Za-z0-9._-]{1,64}"
_PLATFORM = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_TERM = r"[1-9][0-9]{0,3}"
_KEY = re.compile(
    rf"(?P<scope>(?P<platform>{_PLATFORM}):term-(?P<term>{_TERM})|{SHARED}):(?P<master>{MASTER})"
)
_LONGEST = 200
KEY_ID = "encryption-key-id"
"""Where the name of its key stands beside a payload."""
_NAMED = re.compile(rb'"encryption-key-id":\s*"([A-Za-z0-9+/=]{1,400})"')
MOST_KEYS = 20
_PLATFORM_WORKFLOW = re.compile(rf"platform:(?P<platform>{_PLATFORM})(?::.*)?", re.DOTALL)
_ASSESSMENT = re.compile(
    rf"platform:(?P<platform>{_PLATFORM}):term-(?P<term>{_TERM}):.*", re.DOTALL
)


class KeyName(NamedTuple):
    """A key's name in its parts; `platform` is empty and `term` 0 for the shared scope."""

    scope: str
    platform: str
    term: int
    master: str

    def __str__(self) -> str:
        return f"{self.scope}:{self.master}"


class HasData(Protocol):
    """A payload, as far as its content is looked at."""

    data: bytes


def read_key_name(name: str) -> KeyName | None:
    """Read the name of a key; None: it is none of ours."""
    found = _KEY.fullmatch(name) if len(name) <= _LONGEST else None
    if found is None:
        return None
    return KeyName(
        found["scope"], found["platform"] or "", int(found["term"] or 0), found["master"]
    )


def key_names(content: bytes) -> str | None:
    """Return the names of the keys that a history's payloads name, by commas; None where none is encrypted."""
    if KEY_ID.encode() not in content:
        return None
    names = set()
    for found in set(_NAMED.findall(content)):
        try:
            names.add(base64.b64decode(found, validate=True).decode("ascii"))
        except (ValueError, binascii.Error):
            continue  # of a stranger
    kept = sorted(name for name in names if name.isprintable() and "," not in name)
    return ",".join(kept[:MOST_KEYS]) or None


def term_scope(platform_id: Any, term: Any) -> str:
    """Return the scope of a platform's term; the shared one where they are none that we give."""
    scope = f"{platform_id}:term-{term}"
    return scope if read_key_name(f"{scope}:x") and isinstance(term, int) else SHARED


def platform_of(workflow_id: str | None) -> str | None:
    """Return the platform that a workflow is of; None: it is no case."""
    found = _PLATFORM_WORKFLOW.fullmatch(workflow_id or "")
    return found["platform"] if found else None


def scope_of_assessment(workflow_id: str | None) -> str | None:
    """Return the scope that the id of an assessment names; None: it names none."""
    found = _ASSESSMENT.fullmatch(workflow_id or "")
    return term_scope(found["platform"], int(found["term"])) if found else None


def scope_of_input(workflow_id: str, arguments: Sequence[HasData]) -> str:
    """Return the scope of a run: an assessment's id names its term, a platform's run says it in its input.

    That is the application, or, of a term that was started again from its log, what is carried.
    """
    if named := scope_of_assessment(workflow_id):
        return named
    platform = platform_of(workflow_id)
    for argument in arguments[:2] if platform else ():
        given = plain(argument)
        for part in ("state", "facts"):
            inner = given.get(part)
            given = inner if isinstance(inner, dict) else given
        if "platform_id" in given:
            return term_scope(platform, given.get("term", 1))
    return SHARED


def scope_of_message(payload: HasData) -> str:
    """Return the scope of a message by what it says itself: the case that it names, or its own term."""
    said = plain(payload)
    case = said.get("case")
    about = case if isinstance(case, dict) else said
    return term_scope(about.get("platform_id"), about.get("term"))


def plain(payload: HasData) -> dict[str, Any]:
    """Return the JSON object in a payload; an empty one where there is none."""
    try:
        given = json.loads(payload.data)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}
