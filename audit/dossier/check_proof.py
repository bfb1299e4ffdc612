"""What a dossier's proof vouches for: its logs are in the digest, and the digest among those published."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from audit.anchoring.digest_files import Roots, publication_problems
from audit.anchoring.proofs import Proof, proof_problems, proven_logs
from audit.dossier.format import PROOF
from audit.problems import Check, Problem
from audit.reading.log_links import Logs
from workflows.periods import beijing_date, end_of
from workflows.words import Words, counted

_SOON = timedelta(days=2)
"""A digest is made in the night after its day."""


def check_proof(proof: Proof, platform_id: str, roots: Roots | None) -> Iterator[Problem]:
    """Return whatever does not hold in a proof by itself, or beside what was published."""
    if proof.platform_id != platform_id:
        yield Problem(PROOF, not_of(proof.platform_id, platform_id), Check.ANCHOR)
    for words in (
        *proof_problems(proof),
        *publication_problems(proof.digest.day, proof.digest.root, roots),
    ):
        yield Problem(PROOF, words, Check.ANCHOR)


def not_of(whose: str, platform_id: str) -> Words:
    """Say that something is of another platform."""
    return Words(f"of {whose}, not of {platform_id}", f"属于 {whose}，不是 {platform_id}")


def check_proven(proof: Proof, logs: Logs) -> Iterator[Problem]:
    """Return whatever stood in the digest and is no longer in the logs."""
    day = proof.digest.day
    for leaf in proven_logs(proof):
        log = logs.get(leaf.log, ())
        if len(log) < leaf.seq:
            words = Words(
                f"entry {leaf.seq} is missing: it stood in the digest of {day}",
                f"缺第 {leaf.seq} 条：{day} 的摘要中有此条",
            )
        elif log[leaf.seq - 1].hash != leaf.hash:
            words = Words(
                f"entry {leaf.seq} is not the one that stood in the digest of {day}",
                f"第 {leaf.seq} 条不是 {day} 摘要所载的那一条",
            )
        else:
            continue
        yield Problem(leaf.log.file, words, Check.ANCHOR)


def proof_notes(proof: Proof, logs: Logs, made_at: datetime) -> Iterator[Words]:
    """Say what one should know of a proof: entries that the digest lacks, and how old it is."""
    day, end = proof.digest.day, end_of(proof.digest.day)
    known = {leaf.log: leaf.seq for leaf in proven_logs(proof)}
    for place, log in logs.items():
        stood, first = sum(entry.at < end for entry in log), known.get(place, 0) + 1
        if stood >= first:
            yield Words(
                f"{place.file}: the digest of {day} lacks entries {first} to {stood}, whose moments are"
                " before its end: they reached the register late, or were added.",
                f"{place.file}：第 {first} 至 {stood} 条的时刻早于 {day} 日终，而其摘要未载：系迟到登记，"
                "或为后加。",
            )
    late = proof.digest.made_at - end
    if late > _SOON:
        yield Words(
            f"The digest of {day} says that it was made {late.days} days after that day: it holds what was"
            " rewritten in between as rewritten.",
            f"{day} 的摘要自称在该日之后 {late.days} 天才生成：其间被改写的内容以改写后的样子列入。",
        )
    older = (beijing_date(made_at) - day).days
    if older > _SOON.days:
        yield Words(
            f"Its proof is of {day}, {older} days before the dossier says it was made: an end that was cut off"
            " in between would not show.",
            f"其证明为 {day} 的摘要，早于其自称的编制日期 {older} 天：其间被截去的内容无从发现。",
        )


def unproven(logs: Logs, roots: Roots) -> Problem | None:
    """Say what it means that a dossier has no proof; None where no published digest can hold its logs.

    A digest holds every log as it stood at the end of its day: each that ends after the first entry should
    hold the platform, and who leaves out the proof hides what it says. What is believed of the first entry
    is checked elsewhere: its moment is in the chain, and in the history.
    """
    first = min((entry.at for log in logs.values() for entry in log), default=None)
    holding = [day for day in sorted(roots) if first is None or first < end_of(day)]
    if not holding:
        return None
    began = beijing_date(first) if first else None
    words = Words(
        f"missing: the digest of {holding[0]} was published and should hold the platform, whose first entry"
        f" is of {began}; ask for a dossier with a proof",
        f"缺失：平台首条记录日期为 {began}，已公布的 {holding[0]} 摘要应载有该平台；请索取附有证明的档案",
    )
    return Problem(PROOF, words, Check.ANCHOR)


def before_all(roots: Roots) -> Problem:
    """Say that what was published ends before the first entry of a platform: nothing can be compared."""
    last = max(roots)
    words = Words(
        f"the published digests end with {last}, before the platform's first entry: nothing could be"
        " compared; ask for newer digests, and for a dossier with a proof",
        f"已公布的摘要截至 {last}，早于平台的首条记录，无从核对；请索取较新的摘要和附有证明的档案",
    )
    return Problem(PROOF, words, Check.ANCHOR)


def later_digests(proof: Proof, roots: Roots | None) -> Iterator[Problem]:
    """Say that digests were published since, which may know of more: of an end that was cut off, for one."""
    day = proof.digest.day
    later = sorted(one for one in roots or () if one > day)
    if later:
        words = Words(
            f"{counted(len(later), 'digest was', 'digests were')} published since that of {day}, up to"
            f" {later[-1]}: what came in between cannot be seen here; ask for a dossier with a newer proof",
            f"自 {day} 的摘要以来又公布了 {len(later)} 份，至 {later[-1]}：其间发生的事项无从得知，"
            "请索取附有较新证明的档案",
        )
        yield Problem(PROOF, words, Check.ANCHOR)
