"""Digests outside of the register: exported, printed, published, and read again."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from audit.anchoring.digests import Digest
from audit.evidence_files import read_bounded
from starter.errors import BadInput
from starter.tables.strict_json import strict_loads
from workflows.model import canonical
from workflows.words import Words

Roots = Mapping[date, str]
"""Roots that were published or printed, by their days."""
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


def published(path: Path) -> Mapping[date, Digest]:
    """The digests by their days in a file that was exported.

    Raises:
        BadInput: it cannot be read, or is none.
    """
    found = read_exported(read_bounded(path, LARGEST))
    if found is None:
        raise BadInput(
            f"{path} holds no digests: it should be what `pingtai audit digest export` writes",
            f"{path} 不是摘要文件：应为 pingtai audit digest export 所写",
        )
    digests: dict[date, Digest] = {}
    for one in found:
        if digests.setdefault(one.day, one).root != one.root:
            raise BadInput(
                f"{path} names two digests of {one.day}: only one can have been published",
                f"{path} 载有 {one.day} 的两份不同摘要：只可能公布过一份",
            )
    return digests


def roots_of(digests: Mapping[date, Digest]) -> Roots:
    """Return the roots by their days."""
    return {day: one.root for day, one in digests.items()}


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
