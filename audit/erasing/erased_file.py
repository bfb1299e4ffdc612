"""All that is left of an erased term in one file, to be verified by `pingtai audit verify` offline."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digest_file_checks import Answer
from audit.anchoring.digest_files import Roots, publication_problems
from audit.anchoring.digests import digest_of, last_day_with_digest
from audit.anchoring.proofs import Proof, proof_problems, prove, proven_logs
from audit.anchoring.vouching import Vouchers
from audit.erasing.check_remains import by_log, check_remains, signed_entries
from audit.erasing.erased_tables import term_words
from db.erased_entries import Remains, remains_of
from db.erasure_store import ErasureStore
from starter.errors import BadInput
from starter.tables.strict_json import strict_loads
from workflows.erasure_decisions import ErasedTerm
from workflows.log_id import LogId
from workflows.model import Record, canonical
from workflows.periods import beijing_date
from workflows.record import EntryKind, LogEntry
from workflows.words import Words, listed


class ErasedEntry(Record):
    """A log entry of an erased term, as the register has it: by year and opening."""

    year: int
    opening: int
    entry: LogEntry


class ErasedRun(Record):
    """A run whose history nobody can read any more."""

    workflow_id: str
    run_id: str


class ErasedFile(Record):
    """What is left of an erased term, and the log of its erasure."""

    format: Literal["pingtai-erased/1"] = "pingtai-erased/1"
    of: ErasedTerm
    erasure: tuple[LogEntry, ...]
    entries: tuple[ErasedEntry, ...]
    proof: Proof | None = None
    """That the platform's logs stand in the newest digest, as they remain."""
    runs: tuple[ErasedRun, ...] = ()
    """In a dossier: those that it does not hold."""

    @property
    def remains(self) -> tuple[Remains, ...]:
        """What the erasure sealed of each entry."""
        return tuple(remains_of(one.year, one.opening, one.entry) for one in self.entries)

    @property
    def logs(self) -> dict[LogId, tuple[LogEntry, ...]]:
        """The logs, with what is left in their entries."""
        found: dict[LogId, list[LogEntry]] = {}
        for one in self.entries:
            place = LogId(self.of.term, one.year, one.opening)
            found.setdefault(place, []).append(one.entry)
        return {place: tuple(log) for place, log in sorted(found.items())}


async def left_of(engine: AsyncEngine, of: ErasedTerm) -> ErasedFile:
    """Return what is left of an erased term.

    Raises:
        BadInput: it was not erased.
    """
    store = ErasureStore(engine)
    if not await store.is_erased(of):
        raise BadInput(
            f"{of.platform_id}, term {of.term} was not erased: pingtai erase list",
            f"{of.platform_id} 第 {of.term} 期未删除：pingtai erase list",
        )
    entries = await entries_of(store, of)
    day = await last_day_with_digest(engine)
    found = await digest_of(engine, day) if day else None
    proof = None
    if found is not None:
        try:
            proof = prove(*found, of.platform_id)
        except BadInput:
            proof = None
    return ErasedFile(of=of, erasure=tuple(await store.erasure(of)), entries=entries, proof=proof)


async def entries_of(store: ErasureStore, of: ErasedTerm) -> tuple[ErasedEntry, ...]:
    """Return the entries of an erased term, log by log."""
    return tuple(
        ErasedEntry(year=year, opening=opening, entry=entry)
        for (year, opening), log in (await store.logs(of)).items()
        for entry in log
    )


def erased_bytes(left: ErasedFile) -> bytes:
    """Return the file's content: the same for the same record."""
    return canonical(left.model_dump(mode="json")) + b"\n"


def read_erased(content: bytes) -> ErasedFile | None:
    """Read a file; None when it is none."""
    try:
        data = strict_loads(content)
        if not isinstance(data, dict) or data.get("format") != "pingtai-erased/1":
            return None
        return ErasedFile.model_validate_json(content)
    except (ValidationError, ValueError, RecursionError):
        return None


def check_erased(content: bytes, roots: Roots | None, given: Vouchers) -> Answer | None:
    """Verify a file, and hold it against published digests; None when it is none."""
    left = read_erased(content)
    if left is None:
        return None
    wrong = [*check_remains(left.erasure, left.remains), *_anchored(left, roots)]
    decisions = sum(one.kind == EntryKind.DECISION for one in left.remains)
    signed, done = signed_entries(left.remains), left.erasure[-1] if left.erasure else None
    people = listed(one.actor.id for one in left.erasure if one.actor)
    both = all(one.said.get("signatures") for one in left.erasure if one.actor)
    day = left.proof.digest.day if left.proof else None
    rows = [
        (_TERM, term_words(left.of)),
        (_ERASED, Words.same(str(beijing_date(done.at)) if done else "")),
        (_BY, people if both else _unsigned(people)),
        (_ENTRIES, Words.same(str(len(left.remains)))),
        (_SIGNED, Words(f"{signed} of {decisions} decisions", f"{decisions} 项决定中 {signed} 项")),
        (_DIGEST, Words.same(str(day)) if day else _NONE),
    ]
    unchecked: Sequence[Words] = () if day else (_UNANCHORED,)
    if given.signers or given.stamps or given.cosigned:
        unchecked = (*unchecked, _NOT_HERE)
    return Answer(rows, wrong, _SOUND, tuple(unchecked))


def _anchored(left: ErasedFile, roots: Roots | None) -> list[Words]:
    """What stood in the digest is what remains."""
    if left.proof is None:
        return []
    digest, wrong = left.proof.digest, list(proof_problems(left.proof))
    wrong += publication_problems(digest.day, digest.root, roots)
    if left.proof.platform_id != left.of.platform_id:
        wrong.append(Words("the proof is of another platform", "证明属于另一平台"))
    logs = by_log(left.remains)
    proven = {
        (leaf.year, leaf.opening): leaf
        for leaf in proven_logs(left.proof)
        if leaf.term == left.of.term
    }
    for key, log in logs.items():
        leaf = proven.pop(key, None)
        if leaf is None:
            differs = _before(log, digest.day)
        else:
            differs = leaf.seq > len(log) or log[leaf.seq - 1].hash != leaf.hash
        wrong += [_lacks(digest.day, key)] if differs else []
    wrong += (_lacks(digest.day, key) for key in proven)
    return wrong


def _before(log: Sequence[Remains], day: date) -> bool:
    return log[0].at[:10] < str(day)


def _lacks(day: date, key: tuple[int, int]) -> Words:
    return Words(
        f"log {key[0]}.{key[1]} is not as it stood in the digest of {day}",
        f"记录 {key[0]}.{key[1]} 与 {day} 摘要所载不同",
    )


def _unsigned(people: Words) -> Words:
    en, zh = people
    return Words(f"{en}: not signed, no roster was set up", f"{zh}：未签名（未设立人员目录）")


_TERM = Words("Erased term", "已删除期次")
_ERASED = Words("Erased on", "删除日期")
_BY = Words("Decided by", "经办人")
_ENTRIES = Words("Entries, as hashes", "条目（仅余哈希）")
_SIGNED = Words("Signed, still valid", "签名（仍有效）")
_DIGEST = Words("In the digest of", "载于摘要")
_NONE = Words("none", "无")
_UNANCHORED = Words(
    "there is no digest: a record that was made up would be consistent, too",
    "没有摘要：整体伪造的记录也会自洽",
)
_NOT_HERE = Words(
    "stamps and signatures of the digest: verify the exported digests with them",
    "摘要的时间戳与签名：请以导出的摘要核验",
)
_SOUND = Words(
    "✓ Verified by hashes. What was decided is erased and cannot be read.",
    "✓ 经哈希核验通过。决定内容已删除，无法读取。",
)
