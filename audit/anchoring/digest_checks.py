"""Whether the register still holds what a day's digest was made of: a rewritten past shows here."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.anchoring.digests import Digest, stood
from audit.anchoring.leaves import Head, LogLeaf, read_line
from audit.anchoring.merkle import Root
from db.tables import log_entries

Wrong = tuple[str, str]
"""What does not hold, in English and Chinese."""


def broken_chain(digests: Sequence[Digest]) -> Iterator[Wrong]:
    """Where a chain of digests, the oldest first, does not hold together."""
    for before, after in pairwise(digests):
        if after.day <= before.day or after.previous != before.root:
            yield (
                f"the digest of {after.day} does not follow that of {before.day}",
                f"{after.day} 的摘要不接续 {before.day} 的摘要",
            )


def wrong_leaves(said: Head, root_said: str, lines: Iterable[bytes]) -> Iterator[Wrong]:
    """What does not hold between a digest and its leaves: each is read, and the root worked out anew."""
    root, heads, last = Root(), 0, ("", 0, 0, 0)
    places: dict[tuple[str, int, int, int], int] = {}
    for number, line in enumerate(lines):
        root.add(line)
        leaf = read_line(line)
        if isinstance(leaf, Head):
            heads += 1
            if number or leaf != said:
                yield (
                    f"leaf {number} says {leaf.day} after {leaf.previous[:12]}…",
                    f"第 {number} 片叶载明 {leaf.day}，前根 {leaf.previous[:12]}…",
                )
        elif leaf is None:
            yield f"leaf {number} is none", f"第 {number} 片叶无效"
        elif _key(leaf) in places:
            before = places[_key(leaf)]
            yield (
                f"leaf {number} is a second life: {named(leaf)} stands in leaf {before} already",
                f"第 {number} 片叶为第二份记录：{named_zh(leaf)} 已见于第 {before} 片叶",
            )
        elif _key(leaf) <= last:
            yield f"leaf {number} is not in order", f"第 {number} 片叶次序不对"
        else:
            last = _key(leaf)
        if isinstance(leaf, LogLeaf):
            places.setdefault(_key(leaf), number)
    if root.hash().hex() != root_said or heads != 1:
        yield (
            f"the leaves of {said.day} give the root {root.hash().hex()}, not {root_said}",
            f"{said.day} 的叶算得根 {root.hash().hex()}，而非 {root_said}",
        )


async def rewritten(
    engine: AsyncEngine, digest: Digest, lines: Iterable[bytes]
) -> AsyncIterator[Wrong]:
    """Each log that the register no longer holds as the digest says it stood. Entries may have come since."""
    leaves = (leaf for leaf in map(read_line, lines) if isinstance(leaf, LogLeaf))
    async with engine.connect() as connection, engine.connect() as another:
        said = next(leaves, None)
        async for held in stood(connection, digest.day):
            while said is not None and _key(said) < _key(held):
                yield _gone(said)
                said = next(leaves, None)
            if said is not None and _key(said) == _key(held):
                if held != said and await _hash(another, said) != said.hash:
                    yield _changed(said, held)
                said = next(leaves, None)
        while said is not None:
            yield _gone(said)
            said = next(leaves, None)


async def _hash(connection: AsyncConnection, leaf: LogLeaf) -> str | None:
    """The hash of the entry that was the last of a log when the digest was made; more may have come late."""
    c = log_entries.c
    query = select(c.hash).where(
        *(c[name] == getattr(leaf, name) for name in ("platform_id", "term", "year", "opening")),
        c.seq == leaf.seq,
    )
    found: str | None = (await connection.execute(query)).scalar()
    return found


def named(leaf: LogLeaf) -> str:
    """Whose log it is, in ids."""
    year = f", year {leaf.year}, opening {leaf.opening}" if leaf.year else ""
    return f"{leaf.platform_id}, term {leaf.term}{year}"


def named_zh(leaf: LogLeaf) -> str:
    """The same in Chinese."""
    year = f"第 {leaf.year} 年（第 {leaf.opening} 次）" if leaf.year else ""
    return f"{leaf.platform_id} 第 {leaf.term} 期{year}"


def _gone(leaf: LogLeaf) -> Wrong:
    return (
        f"{named(leaf)}: entry {leaf.seq} stood here, and the log is gone",
        f"{named_zh(leaf)}：当时有第 {leaf.seq} 条，现已无此记录",
    )


def _changed(said: LogLeaf, held: LogLeaf) -> Wrong:
    if held.seq < said.seq:
        return (
            f"{named(said)}: entry {said.seq} stood here, and the log ends with entry {held.seq}",
            f"{named_zh(said)}：当时有第 {said.seq} 条，现只到第 {held.seq} 条",
        )
    return (
        f"{named(said)}: entry {said.seq} had the hash {said.hash[:12]}…, and has another now",
        f"{named_zh(said)}：第 {said.seq} 条当时的哈希为 {said.hash[:12]}…，现已不同",
    )


def _key(leaf: LogLeaf) -> tuple[str, int, int, int]:
    return leaf.platform_id, leaf.term, leaf.year, leaf.opening


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a digest's leaves."""
    return content.removesuffix(b"\n").split(b"\n")
