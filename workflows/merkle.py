"""Merkle trees as RFC 6962 has them: leaves and nodes are hashed apart, so that neither passes for the other.

The root is built as leaves come, with as many hashes in memory as the tree is high.
"""

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node above two others."""
    return sha256(b"\x01" + left + right).digest()


class Root:
    """The root over leaves that come one by one."""

    def __init__(self) -> None:
        self.leaves = 0
        self._whole: list[bytes] = []
        """Roots of whole subtrees, the largest first: one for each 1 in the number of leaves."""

    def add(self, data: bytes) -> None:
        self.add_hash(leaf_hash(data))

    def add_hash(self, leaf: bytes) -> None:
        """Add a leaf of which only the hash is known."""
        node, number = leaf, self.leaves
        while number & 1:
            node = node_hash(self._whole.pop(), node)
            number >>= 1
        self._whole.append(node)
        self.leaves += 1

    def hash(self) -> bytes:
        if not self._whole:
            return EMPTY
        *rest, root = self._whole
        for whole in reversed(rest):
            root = node_hash(whole, root)
        return root


def audit_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way from a leaf to the root, the lowest first; `hashes` are the leaves'."""
    path: list[bytes] = []
    first, count = 0, len(hashes)
    while count > 1:
        left = _left(count)
        if index < left:
            path.append(_root(hashes, first + left, count - left))
            count = left
        else:
            path.append(_root(hashes, first, left))
            first, count, index = first + left, count - left, index - left
    return path[::-1]


def root_from(leaf: bytes, index: int, leaves: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's hash and its path lead to; None when the path does not fit the tree."""
    if not 0 <= index < leaves:
        return None
    node, place, last = leaf, index, leaves - 1
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def _left(count: int) -> int:
    """How many leaves stand on the left: the largest power of two below the number."""
    return 1 << ((count - 1).bit_length() - 1)


def _root(hashes: Sequence[bytes], first: int, count: int) -> bytes:
    if count == 1:
        return hashes[first]
    left = _left(count)
    return node_hash(_root(hashes, first, left), _root(hashes, first + left, count - left))
