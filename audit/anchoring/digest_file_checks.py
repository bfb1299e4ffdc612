"""Check proofs, digests and leaves with the file alone, and with what was published and vouched for."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from audit.anchoring.digest_checks import chain_problems, leaf_problems
from audit.anchoring.digest_files import Roots, publication_problems, read_exported
from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, lines_of, read_line
from audit.anchoring.proofs import Proof, proof_against_leaves, proof_problems, proven_logs
from audit.anchoring.vouching import (
    NOTHING,
    Vouchers,
    vouch_signatures,
    vouch_stamps,
    vouch_witnesses,
)
from starter.tables.strict_json import strict_loads
from workflows.merkle import Root
from workflows.periods import end_of
from workflows.words import Words, counted

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
    unchecked: tuple[Words, ...] = ()
    """What could not be checked."""


def check_file(
    content: bytes,
    roots: Roots | None,
    leaves: Sequence[bytes] | None = None,
    given: Vouchers = NOTHING,
) -> Answer | None:
    """Check a file, whichever of the three it is; None when it is none.

    A proof or digests are also held against all `leaves` of a digest, where they are given.
    """
    return (
        _proof(content, roots, leaves, given)
        or _digests(content, roots, leaves, given)
        or _leaves(content, roots, given)
    )


def _proof(
    content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None, given: Vouchers
) -> Answer | None:
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
    rows += _later(digest.day, roots)
    rows.append((_ROOT, Words.same(digest.root)))
    for leaf in proven_logs(proof):
        whose, seq = leaf.words, leaf.seq
        words = Words(
            f"{whose.en}: entry {seq}, {leaf.hash}", f"{whose.zh}：第 {seq} 条，{leaf.hash}"
        )
        rows.append((_LOG, words))
    return _vouched(Answer(rows, wrong), [digest], given)


def _digests(
    content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None, given: Vouchers
) -> Answer | None:
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
        (_DAYS, _days(found)),
        *_later(found[-1].day, roots),
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
    answer = Answer(rows, wrong, VERIFIED if days.keys() <= sure else _CONSISTENT)
    return _vouched(answer, found, given)


def _days(found: Sequence[Digest]) -> Words:
    first, last = found[0].day, found[-1].day
    left_out = (last - first).days + 1 - len(found)
    if left_out <= 0:
        return Words.same(f"{first} – {last}")
    return Words(
        f"{first} – {last}, without a digest: {counted(left_out, 'day')}",
        f"{first} – {last}，其中 {left_out} 天没有摘要",
    )


def _later(last: date, roots: Roots | None) -> list[tuple[Words, Words]]:
    """Say that digests were published after the newest one at hand: they may know of more."""
    later = sorted(day for day in roots or () if day > last)
    if not later:
        return []
    words = Words(
        f"{len(later)}, up to {later[-1]}: nothing is said here of what came since",
        f"{len(later)} 份，至 {later[-1]}：此处不涉及其后的事项",
    )
    return [(_LATER, words)]


def _vouched(answer: Answer, digests: Sequence[Digest], given: Vouchers) -> Answer:
    """Add what authorities and witnesses vouch for of the digests."""
    rows, wrong, unchecked = [*answer.rows], [*answer.wrong], [*answer.unchecked]
    for name, vouched in (
        (_SIGNED, vouch_signatures(digests, given)),
        (_STAMP, vouch_stamps(digests, given)),
        (_WITNESS, vouch_witnesses(digests, given)),
    ):
        rows += ((name, words) for words in vouched.holds)
        wrong += (words.at(name) for words in vouched.wrong)
        unchecked += vouched.unchecked
    return Answer(rows, wrong, answer.sound, tuple(unchecked))


def _leaves(content: bytes, roots: Roots | None, given: Vouchers) -> Answer | None:
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
        *_later(head.day, roots),
        (_LOGS, Words.same(f"{len(lines) - 1:,}")),
        (_ROOT, Words.same(value)),
    ]
    wrong = [*leaf_problems(head, value, lines), *publication_problems(head.day, value, roots)]
    digest = Digest(
        day=head.day,
        root=value,
        leaves=len(lines) - 1,
        previous=head.previous,
        made_at=end_of(head.day),
    )
    return _vouched(Answer(rows, wrong), [digest], given)


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
_SIGNED = Words("Signed", "签名")
_STAMP = Words("Time stamp", "时间戳")
_WITNESS = Words("Witness", "见证")
