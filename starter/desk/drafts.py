"""Answers of forms that were not sent: a file for each command and platform, kept after every answer.

Whatever ends a form leaves them there: Ctrl-C, a closed terminal, a lost connection, a lost machine.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field

from db.home import home
from starter.bounds import MESSAGE_FILE_BYTES
from starter.desk.own_files import read_own, write_own
from starter.error_reasons import reason_of
from starter.errors import BadInput
from workflows.model import Identifier, Record
from workflows.vocabulary import Kind

LARGEST = 2 * MESSAGE_FILE_BYTES
"""No draft is larger; nothing beyond it is read (bytes)."""
MOST = 200
"""Maximum drafts that are kept; the oldest are deleted."""


class Draft(Record):
    """A form as far as it was filled in: what was said before it, and what was answered."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)

    kind: Kind
    platform: Identifier
    term: int
    year: int | None = None
    saved_at: datetime
    said: dict[str, Any] = Field(default_factory=dict)
    sent: bool = False
    """It was being sent when it was kept: it may have been accepted."""
    answers: dict[str, list[tuple[str, str]]] = Field(default_factory=dict)
    offered: dict[str, list[tuple[str, str]]] = Field(default_factory=dict)
    """What had been answered to questions that were being asked anew."""

    @property
    def case(self) -> tuple[int, int | None]:
        """The term, or the year of a term, that it is about."""
        return self.term, self.year

    @property
    def count(self) -> int:
        """How many questions were answered."""
        return sum(map(len, self.answers.values()))


def find_draft(kind: Kind, platform: str) -> Draft | None:
    """The draft of a command for a platform; None where there is none that can be read."""
    return _read(_folder() / _name(kind, platform))


def keep_draft(draft: Draft) -> None:
    """Write a draft, readable for its owner only.

    Raises:
        BadInput: it cannot be written.
    """
    name = _name(draft.kind, draft.platform)
    content = draft.model_dump(mode="json", exclude_none=True)
    try:
        write_own(_folder() / name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise BadInput(
            f"the draft {name} cannot be written: {reason_of(error).en}",
            f"无法写入草稿 {name}：{reason_of(error).zh}",
        ) from None


def drop_draft(kind: Kind, platform: str) -> None:
    """Forget a draft.

    Raises:
        BadInput: it cannot be removed.
    """
    name = _name(kind, platform)
    try:
        (_folder() / name).unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            f"the draft {name} cannot be removed: {reason_of(error).en}",
            f"无法删除草稿 {name}：{reason_of(error).zh}",
        ) from None


def all_drafts() -> list[Draft]:
    """All drafts that can be read, the newest first; those beyond `MOST` are forgotten.

    Raises:
        BadInput: one cannot be removed.
    """
    found = [draft for path in _folder().glob("*.json") if (draft := _read(path))]
    found.sort(key=lambda draft: draft.saved_at, reverse=True)
    for old in found[MOST:]:
        drop_draft(old.kind, old.platform)
    return found[:MOST]


def _folder() -> Path:
    return home() / "drafts"


def _name(kind: Kind, platform: str) -> str:
    return f"{kind}.{platform}.json"


def _read(path: Path) -> Draft | None:
    try:
        content = read_own(path, LARGEST)
        return None if content is None else Draft.model_validate_json(content)
    except (OSError, ValueError):
        return None
