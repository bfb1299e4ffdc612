"""What a witness does: it checks each new digest against the one that it saw before, and cosigns it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from audit.anchoring.digests import Digest
from audit.anchoring.publication import Publication
from audit.anchoring.witness_checks import next_problems, published_problems
from audit.anchoring.witness_folder import WitnessFolder
from workflows.words import Words


@dataclass
class Witnessed:
    """What came of it. Nothing that is `wrong` was recorded or signed."""

    before: date | None
    """The newest day that was seen before; None: this is the first time."""
    published: Digest
    """The newest digest that is published."""
    signed: list[date] = field(default_factory=list)
    wrong: list[Words] = field(default_factory=list)


async def witness(publication: Publication, folder: WitnessFolder, key: Path) -> Witnessed:
    """Check what was published since, record it and cosign it, day after day, until something is wrong.

    The first time it begins with the newest digest: it vouches for nothing before that.

    Raises:
        BadInput: a file cannot be read or written, or the key cannot sign.
        Unreachable: the publication's host does not answer.
    """
    published, before = await publication.digests(), folder.last()
    done = Witnessed(before[0] if before else None, published[-1])
    _sign(folder, key, done)  # what a run before recorded, and was broken off
    done.wrong += published_problems(folder.seen, published)
    if done.wrong:
        return done
    for digest in _new(published, done.before):
        leaves = await publication.leaves(digest.day)
        done.wrong += next_problems(before, digest, leaves)
        if done.wrong:
            return done
        folder.record(digest, leaves)
        _sign(folder, key, done)
        before = digest.day, digest.root, leaves
    return done


def _new(published: Sequence[Digest], before: date | None) -> Sequence[Digest]:
    if before is None:
        return published[-1:]
    return [one for one in published if one.day > before]


def _sign(folder: WitnessFolder, key: Path, done: Witnessed) -> None:
    for day in folder.unsigned():
        folder.sign(day, key)
        done.signed.append(day)
