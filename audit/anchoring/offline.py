"""Check what is there of digests outside of the register: proofs, exported digests, leaves. Offline."""

from collections.abc import Mapping, Sequence
from datetime import date

from audit.anchoring.digest_checks import (
    Wrong,
    broken_chain,
    lines_of,
    named,
    named_zh,
    wrong_leaves,
)
from audit.anchoring.leaves import Head, read_line
from audit.anchoring.merkle import Root
from audit.anchoring.proofs import Proof, proven_logs, wrong_beside, wrong_with
from audit.anchoring.published import read_exported
from starter.tables.strict_json import strict_loads
from starter.terminal.language import say

Roots = Mapping[date, str]
"""Roots that were published or printed, by their days."""
Answer = tuple[list[tuple[str, str]], list[Wrong]]
"""What a file says, and what does not hold of it."""


def check_file(
    content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None = None
) -> Answer | None:
    """Check a file, whichever of the three it is; None when it is none.

    A proof is also held against all `leaves` of its digest, where they are given.
    """
    return _proof(content, roots, leaves) or _digests(content, roots) or _leaves(content, roots)


def unpublished(day: date, root: str, roots: Roots | None) -> list[Wrong]:
    """How a root differs from what was published; nothing was published of a day, and that is said, too."""
    if roots is None or roots.get(day) == root:
        return []
    if day not in roots:
        return [(f"no digest of {day} was published", f"公布的摘要中没有 {day}")]
    return [
        (
            f"the digest of {day} that was published is {roots[day]}, not {root}",
            f"公布的 {day} 摘要为 {roots[day]}，而非 {root}",
        )
    ]


def _proof(content: bytes, roots: Roots | None, leaves: Sequence[bytes] | None) -> Answer | None:
    try:
        strict_loads(content)
        proof = Proof.model_validate_json(content)
    except (ValueError, RecursionError):
        return None
    digest = proof.digest
    wrong = [*wrong_with(proof), *unpublished(digest.day, digest.root, roots)]
    if leaves is not None:
        wrong += wrong_beside(proof, leaves)
    later = sorted(day for day in roots or () if day > digest.day)
    rows = [
        (say("Proof", "证明"), f"{proof.platform_id} · {proof.digest.day}"),
        *(
            [
                (
                    say("Later digests", "其后的摘要"),
                    say(
                        f"{len(later)}, up to {later[-1]}: what came since this proof does not say",
                        f"{len(later)} 份，至 {later[-1]}：此证明不涉及其后的事项",
                    ),
                )
            ]
            if later
            else []
        ),
        (say("Root", "根"), proof.digest.root),
        *(
            (
                say("Log", "记录"),
                say(
                    f"{named(leaf)}: entry {leaf.seq}, {leaf.hash}",
                    f"{named_zh(leaf)}：第 {leaf.seq} 条，{leaf.hash}",
                ),
            )
            for leaf in proven_logs(proof)
        ),
    ]
    return rows, wrong


def _digests(content: bytes, roots: Roots | None) -> Answer | None:
    found = read_exported(content)
    if found is None:
        return None
    wrong = [*broken_chain(found)]
    days = {one.day: one for one in found}
    if roots is not None and not days.keys() & roots.keys():
        wrong += unpublished(found[-1].day, found[-1].root, roots)
    for day in sorted(roots or ()):
        if day in days:
            wrong += unpublished(day, days[day].root, roots)
        elif found[0].day < day < found[-1].day:
            wrong.append(
                (f"the digest of {day} was published, and is not here", f"缺已公布的 {day} 摘要")
            )
    rows = [
        (say("Digests", "摘要"), f"{len(found)}"),
        (say("Days", "日期"), f"{found[0].day} – {found[-1].day}"),
        (say("Last root", "末日根"), found[-1].root),
    ]
    return rows, wrong


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
        (say("Leaves of", "叶，日期"), str(head.day)),
        (say("Logs", "记录"), f"{len(lines) - 1:,}"),
        (say("Root", "根"), value),
    ]
    wrong = [*wrong_leaves(head, value, lines), *unpublished(head.day, value, roots)]
    return rows, wrong
