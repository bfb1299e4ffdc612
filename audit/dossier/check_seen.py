"""Whether a dossier's logs are those that witnesses saw, day after day: a rewritten past shows here.

A digest holds how logs ended on a day. Only whoever has the entries, as here, can say whether a longer log
goes on from the shorter one of an earlier day.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from audit.anchoring.cosignatures import LARGEST as LARGEST_SIGNATURE
from audit.anchoring.cosignatures import Witness, check_cosignature
from audit.anchoring.leaves import LogLeaf, lines_of, read_line
from audit.anchoring.publication import LARGEST_LEAVES, leaves_file
from audit.anchoring.statements import LARGEST, read_statement
from audit.anchoring.vouching import Vouchers
from audit.dossier.opened_dossier import OpenedDossier
from audit.evidence_files import read_bounded
from audit.problems import Check, Problem
from workflows.merkle import Root
from workflows.model import canonical
from workflows.words import Words

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].txt"


def check_seen(
    dossier: OpenedDossier, last: date, given: Vouchers
) -> tuple[list[Problem], list[Problem]]:
    """Return what contradicts the days that witnesses saw, and what could not be checked.

    `last` is the day of the dossier's digest: what was seen later may be longer.
    """
    wrong: list[Problem] = []
    unchecked: list[Problem] = []
    for folder in given.cosigned:
        for day, leaf in _seen(folder, dossier.manifest.platform_id, given.witnesses):
            found = _compared(dossier, day, leaf)
            if found is None:
                continue
            longer = len(dossier.all_logs.get(leaf.log, ())) < leaf.seq
            later = longer and day > last
            (unchecked if later else wrong).append(Problem(leaf.log.file, found, Check.WITNESS))
    return wrong, unchecked


def _compared(dossier: OpenedDossier, day: date, leaf: LogLeaf) -> Words | None:
    log = dossier.all_logs.get(leaf.log, ())
    if len(log) < leaf.seq:
        return Words(
            f"entry {leaf.seq} is missing: a witness saw it on {day}",
            f"缺第 {leaf.seq} 条：见证人于 {day} 曾见此条",
        )
    if log[leaf.seq - 1].hash != leaf.hash:
        return Words(
            f"entry {leaf.seq} is not the one that a witness saw on {day}: a second life",
            f"第 {leaf.seq} 条不是见证人于 {day} 所见的那一条：系第二份记录",
        )
    return None


def _seen(
    folder: Path, platform_id: str, witnesses: Sequence[Witness]
) -> Iterator[tuple[date, LogLeaf]]:
    """The platform's logs on each day that a witness cosigned and kept the leaves of."""
    for path in sorted(folder.glob(_DAY)) if folder.is_dir() else ():
        said = read_bounded(path, LARGEST)
        stated, signature = read_statement(said), path.with_name(f"{path.name}.sig")
        if stated is None or not signature.exists():
            continue
        day, root, _ = stated
        leaves, signed = folder / leaves_file(day), read_bounded(signature, LARGEST_SIGNATURE)
        if not leaves.exists() or not isinstance(
            check_cosignature(signed, said, day, witnesses), Witness
        ):
            continue
        yield from ((day, leaf) for leaf in _own(leaves, root, platform_id))


def _own(path: Path, root: str, platform_id: str) -> list[LogLeaf]:
    """The leaves of a platform, where all of them give the root."""
    lines, whole = lines_of(read_bounded(path, LARGEST_LEAVES)), Root()
    for line in lines:
        whole.add(line)
    if whole.hash().hex() != root:
        return []
    named = b'"platform_id":' + canonical(platform_id)
    leaves = (read_line(line) for line in lines if named in line)
    return [one for one in leaves if isinstance(one, LogLeaf) and one.platform_id == platform_id]
