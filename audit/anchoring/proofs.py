"""The proof that a platform's logs stand in the digest of a day: small, and checked without the register.

It also shows that no other log of the platform stands beside these: the leaves stand by platform, and
those beside the platform's are in the proof. That all leaves stand in order, only the leaves show.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from audit.anchoring.digest_checks import leaf_problems
from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, LogLeaf, lines_of, read_line
from starter.errors import BadInput
from workflows.merkle import audit_path, leaf_hash, root_from
from workflows.model import Record, Sha256
from workflows.words import Words, counted


class ProvenLeaf(Record):
    """A leaf as it was hashed, its place from the left, and the siblings on its way to the root."""

    leaf: str
    index: int
    path: tuple[Sha256, ...]


class Proof(Record):
    """What leads from a platform's logs to the root of a day. `leaves` are all of the tree's."""

    format: Literal["pingtai-proof/1"] = "pingtai-proof/1"
    platform_id: str
    digest: Digest
    leaves: int
    proven: tuple[ProvenLeaf, ...]
    """The head first, which says the day; then each log of the platform, and the leaves beside them."""


def prove(digest: Digest, lines: bytes, platform_id: str) -> Proof:
    """The proof for a platform's logs in the digest of a day.

    Raises:
        BadInput: the digest has no log of this platform.
    """
    kept = lines_of(lines)
    hashes = [leaf_hash(line) for line in kept]
    mine = [
        number
        for number, leaf in enumerate(map(read_line, kept))
        if isinstance(leaf, LogLeaf) and leaf.platform_id == platform_id
    ]
    if not mine:
        raise BadInput(
            f"the digest of {digest.day} has no log of {platform_id}",
            f"{digest.day} 的摘要中没有 {platform_id} 的记录",
        )
    beside = range(mine[0] - 1, min(mine[-1] + 2, len(kept)))
    return Proof(
        platform_id=platform_id,
        digest=digest,
        leaves=len(kept),
        proven=tuple(
            ProvenLeaf(
                leaf=kept[number].decode(),
                index=number,
                path=tuple(part.hex() for part in audit_path(hashes, number)),
            )
            for number in sorted({0, *beside})
        ),
    )


def proven_logs(proof: Proof) -> list[LogLeaf]:
    """The platform's logs that a proof names, as they stood."""
    leaves = (read_line(one.leaf.encode()) for one in proof.proven)
    return [
        leaf
        for leaf in leaves
        if isinstance(leaf, LogLeaf) and leaf.platform_id == proof.platform_id
    ]


def proof_problems(proof: Proof) -> Iterator[Words]:
    """Say what does not hold in a proof; nothing, when it leads to its root."""
    wrong = [*_wrong_leaves(proof)]
    yield from wrong
    if not wrong:
        yield from _left_out(proof)


def _wrong_leaves(proof: Proof) -> Iterator[Words]:
    """Each leaf leads to the root, and one of them says the day."""
    heads = 0
    for one in proof.proven:
        leaf = read_line(one.leaf.encode())
        root = root_from(
            leaf_hash(one.leaf.encode()),
            one.index,
            proof.leaves,
            [bytes.fromhex(part) for part in one.path],
        )
        if leaf is None or root is None or root.hex() != proof.digest.root:
            yield Words(
                f"leaf {one.index} does not lead to the root of {proof.digest.day}",
                f"第 {one.index} 片叶不能导出 {proof.digest.day} 的根",
            )
        elif isinstance(leaf, Head):
            heads += 1
            if one.index:
                yield Words(
                    f"leaf {one.index} says a day, which only the first leaf does",
                    f"第 {one.index} 片叶载明日期，而日期只见于首片叶",
                )
            if (leaf.day, leaf.previous) != (proof.digest.day, proof.digest.previous):
                yield Words(
                    f"the digest is of {leaf.day} after {leaf.previous[:12]}…, not of"
                    f" {proof.digest.day} after {proof.digest.previous[:12]}…",
                    f"摘要实为 {leaf.day}（前根 {leaf.previous[:12]}…），并非 {proof.digest.day}"
                    f"（前根 {proof.digest.previous[:12]}…）",
                )
    if heads != 1:
        yield Words("the proof does not say which day it is of", "证明未载明日期")
    if proof.leaves != proof.digest.leaves + 1:
        yield Words(
            f"the proof is of {proof.leaves - 1} logs, and the digest of {proof.digest.leaves}",
            f"证明载 {proof.leaves - 1} 份记录，摘要载 {proof.digest.leaves} 份",
        )


def _left_out(proof: Proof) -> Iterator[Words]:
    """The platform's leaves stand side by side, and beside them others' or nothing: none was left out."""
    leaves = {one.index: read_line(one.leaf.encode()) for one in proof.proven}
    whose = {
        index: leaf.platform_id if isinstance(leaf, LogLeaf) else ""
        for index, leaf in leaves.items()
    }
    mine = [
        index for index, platform_id in sorted(whose.items()) if platform_id == proof.platform_id
    ]
    if not mine:
        yield Words(f"it has no log of {proof.platform_id}", f"其中没有 {proof.platform_id} 的记录")
        return
    first, last = mine[0], mine[-1]
    whole = (
        len(mine) == last - first + 1
        and whose.get(first - 1, proof.platform_id) < proof.platform_id
        and (last + 1 == proof.leaves or whose.get(last + 1, "") > proof.platform_id)
    )
    if not whole:
        yield Words(
            f"it does not show that {proof.platform_id} has no other log in the digest",
            f"未能证明摘要中没有 {proof.platform_id} 的其他记录",
        )
    for index in sorted(set(whose) - {0, first - 1, *mine, last + 1}):
        yield Words(
            f"leaf {index} is of {whose[index]}, not of {proof.platform_id}",
            f"第 {index} 片叶属于 {whose[index]}，不是 {proof.platform_id}",
        )


def proof_against_leaves(proof: Proof, lines: Sequence[bytes]) -> Iterator[Words]:
    """What does not hold between a proof and all leaves of its digest: there a second life would show.

    A proof shows what stands beside the platform's leaves; that all stand in order only the leaves show.
    """
    head = Head(day=proof.digest.day, previous=proof.digest.previous)
    yield from leaf_problems(head, proof.digest.root, lines)
    mine = [
        leaf
        for leaf in map(read_line, lines)
        if isinstance(leaf, LogLeaf) and leaf.platform_id == proof.platform_id
    ]
    if sorted(mine, key=str) != sorted(proven_logs(proof), key=str):
        yield Words(
            f"the leaves have {counted(len(mine), 'log')} of {proof.platform_id}, and not those that the proof"
            " names",
            f"叶中有 {proof.platform_id} 的 {len(mine)} 份记录，与证明所列不同",
        )
