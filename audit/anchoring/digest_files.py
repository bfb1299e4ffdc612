"""Digests outside of the register: exported, printed, published, and checked with the file alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from audit.anchoring.digest_checks import chain_problems, leaf_problems
from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, lines_of, read_line
from audit.anchoring.merkle import Root
from audit.anchoring.proofs import Proof, proof_against_leaves, proof_problems, proven_logs
from audit.evidence_files import read_bounded
from starter.errors import BadInput
from starter.tables.strict_json import strict_loads
from workflows.model import canonical
from workflows.words import Words

Roots = Mapping[date, str]
"""Roots that were published or printed, by their days."""
VERIFIED = Words("✓ Verified.", "✓ 核验通过。")
_CONSISTENT = Words(
    "✓ Consistent. The roots themselves were not recomputed: that needs the leaves of a day (--leaves), or"
    " compare with published digests (--digests).",
    "✓ 前后一致。各根本身未重新计算：须给出当日的叶（--leaves），或与已公布的摘要核对（--digests）。",
)


class Answer(NamedTuple):
    """What a file says, by name, what does not hold of it, and what may be said where all holds."""

    rows: list[tuple[Words, Words]]
    wrong: list[Words]
    sound: Words = VERIFIED


LARGEST = 64 * 1024 * 1024
"""No file of digests is larger (bytes): a century of days takes a tenth of it."""


def exported(digests: Iterable[Digest]) -> bytes:
    """Digests as they are exported: one JSON object a line, the oldest first."""
    lines = sorted(digests, key=lambda one: one.day)
    return b"".join(canonical(one.model_dump(mode="json")) + b"\n" for one in lines)


def read_exported(content: bytes) -> list[Digest] | None:
    """Digests that were exported; None when this is no such file."""
    found = []
    for line in content.removesuffix(b"\n").split(b"\n"):
        try:
            strict_loads(line)
            found.append(Digest.model_validate_json(line))
        except (ValueError, RecursionError):
            return None
    return found


def published(path: Path) -> Mapping[date, str]:
    """The roots by their days in a file that was exported.

    Raises:
        BadInput: it cannot be read, or is none.
    """
    found = read_exported(read_bounded(path, LARGEST))
    if found is None:
        raise BadInput(
            f"{path} holds no digests: it should be what `pingtai audit digest export` writes",
            f"{path} 不是摘要文件：应为 pingtai audit digest export 所写",
        )
    roots: dict[date, str] = {}
    for one in found:
        if roots.setdefault(one.day, one.root) != one.root:
            raise BadInput(
                f"{path} names two digests of {one.day}: only one can have been published",
                f"{path} 载有 {one.day} 的两份不同摘要：只可能公布过一份",
            )
    return roots


def check_file(
    content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None = None
) -> Answer | None:
    """Check a file, whichever of the three it is; None when it is none.

    A proof or digests are also held against all `leaves` of a digest, where they are given.
    """
    return (
        _proof(content, roots, leaves)
        or _digests(content, roots, leaves)
        or _leaves(content, roots)
    )


def publication_problems(day: date, root: str, roots: Roots | None) -> list[Words]:
    """Say how a root differs from what was published; also where nothing was published of its day."""
    if roots is None or roots.get(day) == root:
        return []
    if day not in roots:
        return [Words(f"no digest of {day} was published", f"公布的摘要中没有 {day}")]
    words = Words(
        f"the digest of {day} that was published is {roots[day]}, not {root}",
        f"公布的 {day} 摘要为 {roots[day]}，而非 {root}",
    )
    return [words]


def _proof(content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None) -> Answer | None:
    try:
        strict_loads(content)
        proof = Proof.model_validate_json(content)
    except (ValueError, RecursionError):
        return None
    digest = proof.digest
    wrong = [*proof_problems(proof), *publication_problems(digest.day, digest.root, roots)]
    if leaves is not None:
        wrong += proof_against_leaves(proof, leaves)
    rows = [(_PROOF, Words.same(f"{proof.platform_id} · {digest.day}"))]
    later = sorted(day for day in roots or () if day > digest.day)
    if later:
        words = Words(
            f"{len(later)}, up to {later[-1]}: this proof says nothing of what came since",
            f"{len(later)} 份，至 {later[-1]}：此证明不涉及其后的事项",
        )
        rows.append((_LATER, words))
    rows.append((_ROOT, Words.same(digest.root)))
    for leaf in proven_logs(proof):
        whose, seq = leaf.words, leaf.seq
        words = Words(
            f"{whose.en}: entry {seq}, {leaf.hash}", f"{whose.zh}：第 {seq} 条，{leaf.hash}"
        )
        rows.append((_LOG, words))
    return Answer(rows, wrong)


def _digests(content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None) -> Answer | None:
    found = read_exported(content)
    if found is None:
        return None
    wrong = [*chain_problems(found)]
    days = {one.day: one for one in found}
    if roots is not None and not days.keys() & roots.keys():
        wrong += publication_problems(found[-1].day, found[-1].root, roots)
    for day in sorted(roots or ()):
        if day in days:
            wrong += publication_problems(day, days[day].root, roots)
        elif found[0].day < day < found[-1].day:
            wrong.append(
                Words(
                    f"the digest of {day} was published, and is missing here",
                    f"缺已公布的 {day} 摘要",
                )
            )
    rows = [
        (_DIGESTS, Words.same(f"{len(found)}")),
        (_DAYS, Words.same(f"{found[0].day} – {found[-1].day}")),
        (_LAST_ROOT, Words.same(found[-1].root)),
    ]
    sure = set(roots or ())
    if leaves is not None:
        head = read_line(leaves[0])
        if isinstance(head, Head) and head.day in days:
            said = days[head.day]
            wrong += leaf_problems(Head(day=said.day, previous=said.previous), said.root, leaves)
            rows.append((_RECOMPUTED, Words.same(str(head.day))))
            sure.add(head.day)
        else:
            words = Words(
                "the leaves are of no digest in this file", "所给的叶不属于此文件的任何摘要"
            )
            wrong.append(words)
    return Answer(rows, wrong, VERIFIED if days.keys() <= sure else _CONSISTENT)


def _leaves(content: bytes, roots: Roots | None) -> Answer | None:
    lines = lines_of(content)
    head = read_line(lines[0])
    if not isinstance(head, Head):
        return None
    root = Root()
    for line in lines:
        root.add(line)
    value = root.hash().hex()
    rows = [
        (_LEAVES, Words.same(str(head.day))),
        (_LOGS, Words.same(f"{len(lines) - 1:,}")),
        (_ROOT, Words.same(value)),
    ]
    wrong = [*leaf_problems(head, value, lines), *publication_problems(head.day, value, roots)]
    return Answer(rows, wrong)


_PROOF = Words("Proof", "证明")
_LATER = Words("Later digests", "其后的摘要")
_ROOT = Words("Root", "根")
_LOG = Words("Log", "记录")
_DIGESTS = Words("Digests", "摘要")
_DAYS = Words("Days", "日期")
_LAST_ROOT = Words("Last root", "末日根")
_RECOMPUTED = Words("Root recomputed", "已重新计算的根")
_LEAVES = Words("Leaves of", "叶，日期")
_LOGS = Words("Logs", "记录")
