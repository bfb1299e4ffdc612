"""The versions of a term's plan: whole texts, and what changed from one to the next, by parts.

A text is told only where it is the one that the log binds by its SHA-256.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.dossier.lives import Life
from starter.plans.plan_difference import WRITTEN_OTHERWISE, plan_difference
from starter.plans.plan_sections import HEADINGS, sections
from starter.plans.text_difference import Piece
from starter.terminal import wording
from starter.terminal.language import language, say
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.record import EntryKind
from workflows.state_folding import set_aside_marks
from workflows.states import PlatformState
from workflows.words import Words

NOT_THERE = Words(
    "The text that the log binds by this SHA-256 is not in the histories.",
    "历史中没有与日志所载 SHA-256 相符的方案文本。",
)
WITH_APPLICATION = Words("with the application", "随申请提交")


@dataclass(frozen=True)
class ToldVersion:
    """A version of a plan."""

    version: int
    at: str
    by: str
    changes: str
    sha256: str
    fell: str
    """`fell` where it was set aside."""
    missing: str
    """Why it has no text; empty where it has one."""
    whole: Sequence[tuple[str, str]]
    """Headings and texts of all parts: of the first version and of the newest that counts."""
    before: int
    """The version that it is compared with; 0: none."""
    changed: Sequence[tuple[str, Sequence[Piece]]]
    unchanged: str
    otherwise: str
    """Why its SHA-256 is another though nothing changed; empty where it is not so."""


def told_versions(life: Life, term: int) -> list[ToldVersion]:
    """Return the versions of a term's plan, the oldest first."""
    log = life.logs[LogId(term)]
    marks = set_aside_marks(log)
    filed = [
        entry
        for entry in log
        if entry.kind is not EntryKind.REFUSED and "plan_sha256" in entry.said
    ]
    counted = [n for n, entry in enumerate(filed, 1) if entry.seq not in marks]
    found = []
    for number, entry in enumerate(filed, 1):
        digest = entry.said["plan_sha256"]
        text = _text(life, term, number, digest)
        before = max((n for n in counted if n < number), default=0)
        old = _text(life, term, before, filed[before - 1].said["plan_sha256"]) if before else None
        changed = plan_difference(old, text, language()) if old and text else ()
        names = {one.path for one in changed}
        whole = text is not None and (old is None or number == max(counted, default=0))
        found.append(
            ToldVersion(
                version=number,
                at=wording.moment(entry.at),
                by=entry.actor.id if entry.actor else "",
                changes=str(entry.said.get("changes", say(WITH_APPLICATION))),
                sha256=digest,
                fell="fell" if entry.seq in marks else "",
                missing="" if text else say(NOT_THERE),
                whole=_whole(text) if text and whole else (),
                before=before if old and text else 0,
                changed=[(_capital(say(one.heading)), one.pieces) for one in changed],
                unchanged=_names(text, names) if old and text else "",
                otherwise=say(WRITTEN_OTHERWISE)
                if old and text and not changed and old != text
                else "",
            )
        )
    return found


def plan_in_force(life: Life, term: int) -> dict[str, Any] | None:
    """Return the text of the plan that counts at the end of a term's log; None where it is not there."""
    state = life.states[LogId(term)]
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    return _text(life, term, state.plan_version, state.plan_sha256)


def _text(life: Life, term: int, version: int, digest: str) -> dict[str, Any] | None:
    """The text of a version, where it is the one that was filed."""
    kept = life.plans.get((term, version))
    return kept.plan if kept and sha256(kept.plan) == digest else None


def _whole(plan: dict[str, Any]) -> list[tuple[str, str]]:
    return [(_capital(say(one.heading)), one.text) for one in sections(plan, language())]


def _names(plan: dict[str, Any], changed: set[str]) -> str:
    """The parts that stayed as they were, by name."""
    stayed = (one.path for one in sections(plan, language()) if one.path not in changed)
    return wording.joined(say(HEADINGS[path]) for path in stayed if path in HEADINGS)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
