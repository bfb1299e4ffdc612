"""Whether a new digest goes on from the one that a witness saw before: no fork, and no second life.

The leaves are checked, not what a list says of them: only they bind a root to its day, to the root before
and to the logs.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from audit.anchoring.digest_checks import leaf_problems
from audit.anchoring.digests import Digest
from audit.anchoring.leaves import Head, LogLeaf, lines_of, read_line
from workflows.words import Words


def published_problems(seen: Mapping[date, str], published: Sequence[Digest]) -> Iterator[Words]:
    """Say where what is published contradicts the roots that were seen, by their days."""
    if not seen:
        return
    roots = {one.day: one.root for one in published}
    first, last = min(roots), max(roots)
    for day, root in sorted(seen.items()):
        if day in roots and roots[day] != root:
            yield Words(
                f"a fork: the digest of {day} is {roots[day]}; seen before was {root}",
                f"出现分叉：{day} 的摘要为 {roots[day]}，而先前所见为 {root}",
            )
        elif day not in roots and first < day < last:
            yield Words(
                f"the digest of {day} was seen, and is left out now",
                f"{day} 的摘要先前已见，现已缺失",
            )
    newest = max(seen)
    if last < newest:
        yield Words(
            f"it ends with the digest of {last}, and that of {newest} was seen: it is old, or was cut off",
            f"所公布的摘要止于 {last}，而先前已见 {newest} 的摘要：系旧本或被截短",
        )
    elif first > newest:
        yield Words(
            f"it begins with the digest of {first}, and the last one seen is of {newest}: what is in"
            " between is missing",
            f"所公布的摘要始于 {first}，而先前所见止于 {newest}：缺其间各日",
        )


def next_problems(
    before: tuple[date, str, bytes] | None, digest: Digest, leaves: bytes
) -> Iterator[Words]:
    """Say what does not hold in a digest after the one before it: its day, its root and its leaves."""
    lines = lines_of(leaves)
    yield from leaf_problems(Head(day=digest.day, previous=digest.previous), digest.root, lines)
    if before is None:
        return
    day, root, stood = before
    if digest.previous != root or digest.day <= day:
        yield Words(
            f"the digest of {digest.day} does not go on from that of {day}, which was seen: it names"
            f" {digest.previous[:12]}… as the root before, not {root[:12]}…",
            f"{digest.day} 的摘要不接续先前所见 {day} 的摘要：其前根为 {digest.previous[:12]}…，而非"
            f" {root[:12]}…",
        )
    yield from _changed_logs(digest.day, day, _logs(lines_of(stood)), _logs(lines))


Logs = Mapping[tuple[str, int, int, int], LogLeaf]


def _logs(lines: Sequence[bytes]) -> Logs:
    leaves = (read_line(line) for line in lines)
    return {leaf.key: leaf for leaf in leaves if isinstance(leaf, LogLeaf)}


def _changed_logs(day: date, before: date, stood: Logs, now: Logs) -> Iterator[Words]:
    """A log only grows: it is not shorter than it was, and of the same length it is the same."""
    for key, leaf in stood.items():
        held, whose, seq = now.get(key), leaf.words, leaf.seq
        if held is None:
            en, zh = "the log is gone", "现已无此记录"
        elif held.seq < seq:
            en, zh = f"the log ends with entry {held.seq}", f"现只到第 {held.seq} 条"
        elif held.seq == seq and held.hash != leaf.hash:
            en = f"it has the hash {held.hash[:12]}…: a second life"
            zh = f"现哈希为 {held.hash[:12]}…：系第二份记录"
        else:
            continue
        yield Words(
            f"{whose.en}: entry {seq} had the hash {leaf.hash[:12]}… on {before}; on {day} {en}",
            f"{whose.zh}：{before} 第 {seq} 条的哈希为 {leaf.hash[:12]}…；{day} {zh}",
        )
