"""Whether the register still holds what a day's digest was made of: a rewritten past shows here."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from audit.anchoring.digests import Digest, last_entries
from audit.anchoring.leaves import ROSTER, Head, LogLeaf, erased_platform, read_line
from db.erasure_tables import erasure_log
from db.roster_tables import roster_log
from db.tables import log_entries
from workflows.merkle import Root
from workflows.words import Words


def chain_problems(digests: Sequence[Digest]) -> Iterator[Words]:
    """Say where a chain of digests, the oldest first, does not hold together."""
    for before, after in pairwise(digests):
        if after.day <= before.day or after.previous != before.root:
            yield Words(
                f"the digest of {after.day} does not follow that of {before.day}",
                f"{after.day} 的摘要不接续 {before.day} 的摘要",
            )


def leaf_problems(said: Head, root_said: str, lines: Iterable[bytes]) -> Iterator[Words]:
    """Say what does not hold between a digest and its leaves: each is read, and the root worked out anew."""
    root, heads, last = Root(), 0, ("", -1, 0, 0)
    places: dict[tuple[str, int, int, int], int] = {}
    for number, line in enumerate(lines):
        root.add(line)
        leaf = read_line(line)
        if isinstance(leaf, Head):
            heads += 1
            if number or leaf != said:
                yield Words(
                    f"leaf {number} says {leaf.day} after {leaf.previous[:12]}…",
                    f"第 {number} 片叶载明 {leaf.day}，前根 {leaf.previous[:12]}…",
                )
        elif leaf is None:
            yield Words(f"leaf {number} is invalid", f"第 {number} 片叶无效")
        elif leaf.key in places:
            before, whose = places[leaf.key], leaf.words
            yield Words(
                f"leaf {number} is a second life: {whose.en} is in leaf {before} already",
                f"第 {number} 片叶为第二份记录：{whose.zh} 已见于第 {before} 片叶",
            )
        elif leaf.key <= last:
            yield Words(f"leaf {number} is not in order", f"第 {number} 片叶次序不对")
        else:
            last = leaf.key
        if isinstance(leaf, LogLeaf):
            places.setdefault(leaf.key, number)
    if root.hash().hex() != root_said or heads != 1:
        yield Words(
            f"the leaves of {said.day} give the root {root.hash().hex()}, not {root_said}",
            f"{said.day} 的叶算得根 {root.hash().hex()}，而非 {root_said}",
        )


async def rewritten_logs(
    engine: AsyncEngine, digest: Digest, lines: Iterable[bytes]
) -> AsyncIterator[Words]:
    """Name each log that the register no longer holds as it stood. Entries may have come since."""
    leaves = (leaf for leaf in map(read_line, lines) if isinstance(leaf, LogLeaf))
    async with engine.connect() as connection, engine.connect() as another:
        said = next(leaves, None)
        async for held in last_entries(connection, digest.day):
            while said is not None and said.key < held.key:
                yield _changed(said, None)
                said = next(leaves, None)
            if said is not None and said.key == held.key:
                if held != said and await _hash(another, said) != said.hash:
                    yield _changed(said, held)
                said = next(leaves, None)
        while said is not None:
            yield _changed(said, None)
            said = next(leaves, None)


async def _hash(connection: AsyncConnection, leaf: LogLeaf) -> str | None:
    """Return the hash of the entry that was a log's last when the digest was made; more may have come late."""
    if leaf.platform_id == ROSTER:
        own = select(roster_log.c.hash).where(roster_log.c.seq == leaf.seq)
        of_roster: str | None = (await connection.execute(own)).scalar()
        return of_roster
    if whose := erased_platform(leaf.platform_id):
        e = erasure_log.c
        decided = (e.platform_id == whose, e.term == leaf.term, e.seq == leaf.seq)
        of_erasure: str | None = (await connection.execute(select(e.hash).where(*decided))).scalar()
        return of_erasure
    c = log_entries.c
    query = select(c.hash).where(
        *(c[name] == getattr(leaf, name) for name in ("platform_id", "term", "year", "opening")),
        c.seq == leaf.seq,
    )
    found: str | None = (await connection.execute(query)).scalar()
    return found


def _changed(said: LogLeaf, held: LogLeaf | None) -> Words:
    whose, seq = said.words, said.seq
    if held is None:
        en, zh = f"entry {seq} was in it, and the log is gone", f"当时有第 {seq} 条，现已无此记录"
    elif held.seq < seq:
        en = f"entry {seq} was in it, and the log ends with entry {held.seq}"
        zh = f"当时有第 {seq} 条，现只到第 {held.seq} 条"
    else:
        en = f"entry {seq} had the hash {said.hash[:12]}…, and has another now"
        zh = f"第 {seq} 条当时的哈希为 {said.hash[:12]}…，现已不同"
    return Words(f"{whose.en}: {en}", f"{whose.zh}：{zh}")
