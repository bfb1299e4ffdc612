"""Erased terms in a dossier: what is left of them is verified by hashes, and what cannot be read is said."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.dossier.format import erased_term_file
from audit.erasing.check_remains import check_remains, signed_entries
from audit.erasing.erased_file import ErasedFile, ErasedRun, entries_of, erased_bytes, read_erased
from audit.histories import StoredHistory
from audit.problems import Check, Problem
from db.erasure_store import ErasureStore
from starter.encryption.key_names import read_key_name
from workflows.erasure_decisions import ErasedTerm, ErasureOutcome
from workflows.periods import beijing_date
from workflows.record import EntryKind
from workflows.words import Words, counted, listed_zh


class Deciders(NamedTuple):
    """Who had a term erased, when, and on what ground."""

    day: str
    people: str
    people_zh: str
    document: str
    reason: str


def deciders_of(erased: ErasedFile) -> Deciders:
    """Return who decided the erasure of a term, by its own log."""
    said = [one for one in erased.erasure if one.actor]
    ids = [one.actor.id for one in said if one.actor and one.outcome != ErasureOutcome.REJECTED]
    asked = next((one for one in reversed(said) if one.outcome == ErasureOutcome.REQUESTED), None)
    content = asked.said if asked else {}
    last = erased.erasure[-1] if erased.erasure else None
    return Deciders(
        day=str(beijing_date(last.at)) if last else "",
        people=" and ".join(ids[-2:]),
        people_zh=listed_zh(ids[-2:]),
        document=content.get("document") or "",
        reason=content.get("reason") or "",
    )


def erased_words(erased: ErasedFile) -> Words:
    """Say when a term was erased, by whom and on which document, and how much of it cannot be read."""
    by, term = deciders_of(erased), erased.of.term
    entries = len(erased.entries)
    decisions = sum(one.entry.kind is EntryKind.DECISION for one in erased.entries)
    signed = signed_entries(erased.remains)
    document = f", document {by.document}" if by.document else ""
    document_zh = f"，文号 {by.document}" if by.document else ""
    return Words(
        f"term {term} was erased on {by.day} by {by.people}{document}: what its"
        f" {counted(entries, 'entry', 'entries')} said cannot be read; their links, {signed} of"
        f" {counted(decisions, 'decision')} signed, and the seal of the erasure were verified by hashes",
        f"第 {term} 期已于 {by.day} 由 {by.people_zh} 删除{document_zh}：{entries} 条记录的内容无法读取；"
        f"其前后接续、签名（{decisions} 项决定中 {signed} 项）和删除封存经哈希核验",
    )


def read_erased_terms(
    files: Mapping[str, bytes], platform_id: str, problems: list[Problem]
) -> Iterator[ErasedFile]:
    """Read what a dossier has of erased terms; what cannot be read is a problem."""
    for name in sorted(name for name in files if name.startswith("erased/")):
        erased = read_erased(files[name])
        if erased is None or erased_bytes(erased) != files[name]:
            words = Words("what is left of a term cannot be read", "已删除期次所余内容无法读取")
            problems.append(Problem(name, words, Check.CHAIN))
        elif (erased_term_file(erased.of.term), erased.of.platform_id) != (name, platform_id):
            words = Words("it is of another term or platform", "属于另一期次或平台")
            problems.append(Problem(name, words, Check.CHAIN))
        else:
            yield erased


def check_erased_terms(erased: Sequence[ErasedFile]) -> Iterator[Problem]:
    """Return whatever does not hold of erased terms."""
    for one in erased:
        for words in check_remains(one.erasure, one.remains):
            yield Problem(erased_term_file(one.of.term), words, Check.CHAIN)


def unreadable_terms(erased: Sequence[ErasedFile]) -> Iterator[Problem]:
    """Say what of a dossier nobody can read any more."""
    for one in erased:
        yield Problem(erased_term_file(one.of.term), erased_words(one), Check.REPLAY)


async def erased_terms(
    engine: AsyncEngine, platform_id: str, gone: Sequence[StoredHistory]
) -> list[ErasedFile]:
    """Return what the register has left of a platform's erased terms; `gone` are the histories of them."""
    store, found = ErasureStore(engine), []
    for of, last in (await store.erasures()).items():
        if of.platform_id != platform_id or last.outcome != ErasureOutcome.ERASED:
            continue
        runs = tuple(
            ErasedRun(workflow_id=one.workflow_id, run_id=one.run_id)
            for one in gone
            if _is_of(one, of)
        )
        erasure = tuple(await store.erasure(of))
        entries = await entries_of(store, of)
        found.append(ErasedFile(of=of, erasure=erasure, entries=entries, runs=runs))
    return sorted(found, key=lambda one: one.of.term)


def _is_of(history: StoredHistory, of: ErasedTerm) -> bool:
    """Whether a history that nobody can read is of a term, by the keys that its payloads name."""
    keys = map(read_key_name, (history.codec or "").split(","))
    return any(key and (key.platform, key.term) == (of.platform_id, of.term) for key in keys)
