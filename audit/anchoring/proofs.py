"""The proof that a platform's logs stand in the digest of a day: small, and checked without the register."""

from collections.abc import Iterator
from typing import Literal

from audit.anchoring.checking import lines_of
from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, LogLeaf, read_line
from audit.anchoring.merkle import audit_path, leaf_hash, root_from
from starter.errors import BadInput
from workflows.model import Record, Sha256


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
    """The head first, which says the day; then each log of the platform."""


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
        if isinstance(leaf, Head) or (leaf is not None and leaf.platform_id == platform_id)
    ]
    if len(mine) < 2:
        raise BadInput(
            f"the digest of {digest.day} has no log of {platform_id}",
            f"{digest.day} 的摘要中没有 {platform_id} 的记录",
        )
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
            for number in mine
        ),
    )


def proven_logs(proof: Proof) -> list[LogLeaf]:
    """The logs that a proof names, as they stood."""
    leaves = (read_line(one.leaf.encode()) for one in proof.proven)
    return [leaf for leaf in leaves if isinstance(leaf, LogLeaf)]


def wrong_with(proof: Proof) -> Iterator[tuple[str, str]]:
    """What does not hold in a proof, in English and Chinese; nothing, when it leads to its root."""
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
            yield (
                f"leaf {one.index} does not lead to the root of {proof.digest.day}",
                f"第 {one.index} 片叶不能导出 {proof.digest.day} 的根",
            )
        elif isinstance(leaf, Head):
            heads += 1
            if (leaf.day, leaf.previous) != (proof.digest.day, proof.digest.previous):
                yield (
                    f"the digest is of {leaf.day} after {leaf.previous[:12]}…, not of"
                    f" {proof.digest.day} after {proof.digest.previous[:12]}…",
                    f"摘要实为 {leaf.day}（前根 {leaf.previous[:12]}…），并非 {proof.digest.day}"
                    f"（前根 {proof.digest.previous[:12]}…）",
                )
        elif leaf.platform_id != proof.platform_id:
            yield (
                f"leaf {one.index} is of {leaf.platform_id}, not of {proof.platform_id}",
                f"第 {one.index} 片叶属于 {leaf.platform_id}，不是 {proof.platform_id}",
            )
    if heads != 1:
        yield "the proof does not say which day it is of", "证明未载明日期"
