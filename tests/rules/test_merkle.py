"""Merkle trees by RFC 6962: the streamed root, the paths, and that nothing else leads to the root."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.merkle import EMPTY, Root, audit_path, leaf_hash, root_from


def _plain(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1, as it stands there."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + _plain(leaves[:k]) + _plain(leaves[k:])).digest()


def _root(leaves: list[bytes]) -> bytes:
    root = Root()
    for leaf in leaves:
        root.add(leaf)
    return root.hash()


@pytest.mark.parametrize("count", range(34))
def test_the_streamed_root_is_that_of_the_definition(count: int) -> None:
    """For every shape of tree, and for none."""
    leaves = [bytes([number]) for number in range(count)]
    assert _plain(leaves) == _root(leaves)
    assert (count == 0) == (_root(leaves) == EMPTY)


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 70), data=st.data())
def test_a_path_leads_to_the_root_and_no_other_does(count: int, data: st.DataObject) -> None:
    """Another leaf, another place, another size, a changed or shortened path: none leads there."""
    leaves = [str(number).encode() for number in range(count)]
    index = data.draw(st.integers(0, count - 1))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    root, path = _root(leaves), audit_path(hashes, index)
    assert root == root_from(hashes[index], index, count, path)
    assert root != root_from(leaf_hash(b"other"), index, count, path)
    assert root_from(hashes[index], count, count, path) is None
    for place in range(len(path)):
        changed = [*path]
        changed[place] = bytes(32)
        assert root != root_from(hashes[index], index, count, changed)
        assert root_from(hashes[index], index, count, path[:place]) is None
    assert root_from(hashes[index], index, count, [*path, bytes(32)]) is None


def test_a_node_does_not_pass_for_a_leaf() -> None:
    """Leaves and nodes are hashed apart: two leaves' hashes, said as one leaf, give another root."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert _root([b"a", b"b"]) != _root([left + right])
