"""What remains of a log entry when its term is erased: what is no person's word, and what verifies the rest.

Of `said` remain numbers, days, hashes and words of our vocabulary, so that the log still tells its stages;
every other text is `ERASED`. Beside it stand the SHA-512 of what was signed and the signatures: an SSHSIG
signs that hash, so it is verified without what it was of.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha512
from typing import Any

from db import plaque_types
from workflows import vocabulary
from workflows.model import Record, instant, sha256
from workflows.record import LogEntry
from workflows.signed_form import signed_form_of_entry
from workflows.words import BilingualEnum

ERASED = "erased"
MARK = "erased"
"""In `said`: what verifies the entry; it is there in each entry of an erased term, and in no other."""
_SPEAKING = (vocabulary, plaque_types)
_KEPT = re.compile(
    r"[0-9a-f]{64}"  # a hash
    r"|\d{4}-\d\d-\d\d(?:T[0-9:.]+(?:Z|[+-]\d\d:\d\d))?",  # a day or a moment
    re.ASCII,
)


@cache
def vocabulary_words() -> frozenset[str]:
    """All words that our models know by themselves: kinds, outcomes, stages, districts, fields."""
    kinds = {one for module in _SPEAKING for one in vars(module).values() if _is_vocabulary(one)}
    return frozenset(str(word) for kind in kinds for word in kind)


def _is_vocabulary(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BilingualEnum)


def erase_texts(value: Any, known: frozenset[str]) -> Any:
    """Return plain data with each text erased that people may have written; names of fields stay.

    `known` are texts that stay beside those of the vocabulary, such as the platform's id.
    """
    if isinstance(value, str):
        stays = value in known or value in vocabulary_words() or _KEPT.fullmatch(value)
        return value if stays or not value else ERASED
    if isinstance(value, Mapping):
        return {name: erase_texts(one, known) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [erase_texts(one, known) for one in value]
    return value


def erased_said(entry: LogEntry, known: frozenset[str]) -> dict[str, Any]:
    """Return what remains of an entry's `said`; the same again where it was erased before."""
    if MARK in entry.said:
        return entry.said
    signatures = entry.said.get("signatures") or ()
    mark: dict[str, Any] = {}
    if signatures:
        mark["form_sha512"] = sha512(signed_form_of_entry(entry)).hexdigest()
        mark["signatures"] = [one["sshsig"] for one in signatures if "sshsig" in one]
    rest = {name: value for name, value in entry.said.items() if name != "signatures"}
    erased: dict[str, Any] = erase_texts(rest, known)
    return erased | {MARK: mark}


def is_erased(entry: LogEntry) -> bool:
    """Whether an entry is of an erased term: its content is gone, and its hash cannot be worked out."""
    return isinstance(entry.said.get(MARK), dict)


class Remains(Record):
    """What remains of an entry, on which nothing personal depends: what an erasure seals."""

    year: int
    opening: int
    seq: int
    at: str
    kind: str
    name: str
    outcome: str
    stage: str
    previous: str
    hash: str
    mark: dict[str, Any]


def remains_of(year: int, opening: int, entry: LogEntry) -> Remains:
    """Return what remains of an erased entry."""
    return Remains(
        year=year,
        opening=opening,
        seq=entry.seq,
        at=instant(entry.at),
        kind=str(entry.kind),
        name=entry.name,
        outcome=entry.outcome,
        stage=entry.stage,
        previous=entry.previous,
        hash=entry.hash,
        mark=entry.said.get(MARK) or {},
    )


def digest_of_remains(remains: Iterable[Remains]) -> str:
    """Return the SHA-256 that an erasure seals: over all of them, by year, opening and number."""
    ordered = sorted(remains, key=lambda one: (one.year, one.opening, one.seq))
    return sha256([one.model_dump(mode="json") for one in ordered])
