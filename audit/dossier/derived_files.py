"""What follows from the histories, made again by this code and held against what lies in the dossier.

It is always made again, whatever code a dossier names: its maker wrote that name. Another release may word
a page otherwise; then nobody can say whether that page was the release's or somebody's own. Such a page is no
part of the verdict, and must be able to do nothing: whoever opens it sees text. The report to read is the one
that is made anew (`verify --report`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from audit.dossier.code import is_release, this_code
from audit.dossier.dossier_files import files_of, with_manifest
from audit.dossier.format import (
    ALLOWED_SIGNERS,
    DEADLINES,
    MANIFEST,
    READ_ME,
    REPLAY,
    REPORTS,
    STATES,
    Deadline,
    Head,
    Manifest,
    RunReplay,
)
from audit.dossier.lives import Life
from audit.dossier.opened_dossier import OpenedDossier, plain
from audit.dossier.signed_decisions import keys_listed
from workflows.model import Record

WORDS = frozenset((READ_ME, *REPORTS.values()))
"""Pages for people: another release words them otherwise."""


@dataclass
class Derived:
    """What came of making a dossier again."""

    files: Mapping[str, bytes]
    """All files, as this code makes them."""
    wrong: list[str] = field(default_factory=list)
    """Those that are others than what follows from the histories."""
    unchecked: list[str] = field(default_factory=list)
    """Pages that this code words otherwise, of a dossier that names code that is not known."""
    older: list[str] = field(default_factory=list)
    """Pages that a release before this one worded: not vouched for, and inert."""


def remake_files(dossier: OpenedDossier, life: Life) -> Derived:
    """Make the files of a dossier again from its histories, and compare."""
    head = Head.model_validate(dossier.manifest.model_dump())
    again = with_manifest(files_of(life, head, dossier.proof, dossier.stamp), life, head)
    derived = Derived(again)
    same_code = dossier.manifest.code == this_code()
    differing = [
        name
        for name in sorted({*again, *dossier.files})
        if again.get(name) != dossier.files.get(name)
    ]
    for name in differing:
        if same_code:
            # The manifest holds the sums of the others: it is named where it alone is another.
            if name != MANIFEST or len(differing) == 1:
                derived.wrong.append(name)
        elif name in WORDS and name in again and name in dossier.files:
            _judge_page(derived, name, dossier, again[name])
        elif not _same_data(name, again, dossier.files):
            derived.wrong.append(name)
    return derived


def _judge_page(derived: Derived, name: str, dossier: OpenedDossier, ours: bytes) -> None:
    """A page in other words: of a known release it must be able to do nothing, of others nobody knows."""
    if not is_release(dossier.manifest.code):
        derived.unchecked.append(name)
    elif is_inert(dossier.files[name], ours):
        derived.older.append(name)
    else:
        derived.wrong.append(name)


def _same_data(name: str, one: Mapping[str, bytes], other: Mapping[str, bytes]) -> bool:
    """Whether a file says the same in the form of an older release: fields that came later it does not have."""
    if name not in one or name not in other:
        return False
    if name == STATES or name.startswith("plans/"):
        return True  # held against the logs, field by field
    if name == ALLOWED_SIGNERS:
        return keys_listed(one[name]) == keys_listed(other[name])
    reader = _READERS.get(name)
    try:
        return reader is not None and reader(plain(dict(one), name)) == reader(
            plain(dict(other), name)
        )
    except (ValueError, TypeError):
        return False


def _read(model: type[Record], rows: Any) -> list[Record]:
    if not isinstance(rows, list):
        raise TypeError("no list")
    return [model.model_validate_json(json.dumps(row)) for row in rows]


def _replays(rows: Any) -> list[tuple[Any, ...]]:
    """What came of replays, without our wording of it."""
    found = _read(RunReplay, rows)
    return [
        (one.workflow_id, one.run_id, one.events, one.entries, one.log_hash, one.divergence is None)
        for one in found
        if isinstance(one, RunReplay)
    ]


def _manifest(data: Any) -> Any:
    """What a manifest says of the runs; its sums are held against the files."""
    return Manifest.model_validate_json(json.dumps(data)).runs


_READERS: Mapping[str, Any] = {
    DEADLINES: lambda rows: _read(Deadline, rows),
    REPLAY: _replays,
    MANIFEST: _manifest,
}


_LOADS = ("url(", "@import", "javascript:", "://", "expression(")
"""What a style or an attribute may not say: it would load or run something."""


class _Parts(HTMLParser):
    """The tags and attributes of a page, and whatever in it may load something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: set[tuple[str, str]] = set()
        self.loads: set[str] = set()
        self._styled = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._styled = tag == "style"
        self.parts.add((tag, ""))
        for name, value in attrs:
            self.parts.add((tag, name))
            self._note(value or "", always=tag == "meta")

    def handle_data(self, data: str) -> None:
        if self._styled:
            for rule in data.split("}"):
                self._note(rule)
            self._styled = False

    def _note(self, text: str, *, always: bool = False) -> None:
        plain = "".join(text.split()).casefold()
        if always or any(word in plain for word in _LOADS):
            self.loads.add(plain)


def is_inert(page: bytes, ours: bytes) -> bool:
    """Return whether a page has no tag and no attribute, and loads nothing, that our own has not.

    `ours` is the same page as this code makes it.
    """
    theirs, own = _Parts(page.decode("utf-8", "replace")), _Parts(ours.decode("utf-8"))
    return theirs.parts <= own.parts and theirs.loads <= own.loads
