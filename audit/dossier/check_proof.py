"""Whether a dossier's logs stand in a digest, and the digest among those that were published."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from audit.anchoring.offline import Roots, unpublished
from audit.anchoring.proofs import Proof, proven_logs, wrong_with
from audit.dossier.check_logs import Logs
from audit.dossier.dossier_problems import Check, Problem
from audit.dossier.format import PROOF
from workflows.periods import beijing_date, end_of


def check_proof(proof: Proof, platform_id: str, roots: Roots | None) -> Iterator[Problem]:
    """Whatever does not hold in a proof by itself, or beside what was published."""
    if proof.platform_id != platform_id:
        en, zh = f"of {proof.platform_id}, not of {platform_id}", f"属于 {proof.platform_id}"
        yield Problem(Check.ANCHOR, PROOF, en, zh)
    for en, zh in wrong_with(proof):
        yield Problem(Check.ANCHOR, PROOF, en, zh)
    for en, zh in unpublished(proof.digest.day, proof.digest.root, roots):
        yield Problem(Check.ANCHOR, PROOF, en, zh)


def check_proven(proof: Proof, logs: Logs) -> Iterator[Problem]:
    """Whatever stood in the digest, and is not in the logs any more."""
    for leaf in proven_logs(proof):
        place = leaf.log
        log = logs.get(place, ())
        if len(log) < leaf.seq:
            en = f"entry {leaf.seq} is missing: it stood in the digest of {proof.digest.day}"
            zh = f"缺第 {leaf.seq} 条：{proof.digest.day} 的摘要中有此条"
        elif log[leaf.seq - 1].hash != leaf.hash:
            en = f"entry {leaf.seq} is not the one that stood in the digest of {proof.digest.day}"
            zh = f"第 {leaf.seq} 条不是 {proof.digest.day} 摘要所载的那一条"
        else:
            continue
        yield Problem(Check.ANCHOR, place.file, en, zh)


def not_proven(proof: Proof, logs: Logs) -> Iterator[tuple[str, str]]:
    """Entries of before the digest that it does not have: they came late, or somebody added them since."""
    told = {leaf.log: leaf.seq for leaf in proven_logs(proof)}
    end = end_of(proof.digest.day)
    for place, log in logs.items():
        stood = sum(entry.at < end for entry in log)
        first = told.get(place, 0) + 1
        if stood >= first:
            yield (
                f"{place.file}: entries {first} to {stood} bear moments of before the end of"
                f" {proof.digest.day}, and its digest does not have them: they reached the register"
                " late, or were added.",
                f"{place.file}：第 {first} 至 {stood} 条的时刻早于 {proof.digest.day} 日终，而其摘要"
                "未载：系迟到登记，或为后加。",
            )


_SOON = timedelta(days=2)
"""A digest is made in the night after its day."""


def made_late(proof: Proof) -> Iterator[tuple[str, str]]:
    """A digest that was made long after its day holds what stood then, rewritten or not."""
    made, end = proof.digest.made_at, end_of(proof.digest.day)
    if made - end > _SOON:
        days = (made - end).days
        yield (
            f"The digest of {proof.digest.day} was made {days} days after that day, as it says itself: what"
            " was rewritten in between stands in it as rewritten.",
            f"{proof.digest.day} 的摘要自称在该日之后 {days} 天才生成：其间被改写的内容以改写后的样子列入。",
        )


def older_than(proof: Proof, made_at: datetime) -> Iterator[tuple[str, str]]:
    """A dossier is made with the proof of the newest digest: an older one leaves out what came since."""
    days = (beijing_date(made_at) - proof.digest.day).days
    if days > _SOON.days:
        yield (
            f"Its proof is of {proof.digest.day}, {days} days before it says it was made: an end that was cut"
            " off in between would not show.",
            f"其证明为 {proof.digest.day} 的摘要，早于其自称的编制日期 {days} 天：其间被截去的内容无从发现。",
        )


def later_digests(proof: Proof, roots: Roots | None) -> Iterator[Problem]:
    """Digests that were published since may know of more: of an end that was cut off, for one."""
    later = sorted(day for day in roots or () if day > proof.digest.day)
    if later:
        yield Problem(
            Check.ANCHOR,
            PROOF,
            f"{len(later)} digests were published since that of {proof.digest.day}, up to {later[-1]}: what"
            " came in between nobody can see here; ask for a dossier with a newer proof",
            f"自 {proof.digest.day} 的摘要以来又公布了 {len(later)} 份，至 {later[-1]}：其间发生的事项无从"
            "得知，请索取附有较新证明的档案",
        )
