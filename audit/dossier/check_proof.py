"""Whether a dossier's logs stand in a digest, and the digest among those that were published."""

from collections.abc import Iterator, Mapping
from datetime import date

from audit.anchoring.proofs import Proof, proven_logs, wrong_with
from audit.dossier.check_logs import Logs
from audit.dossier.parts import PROOF, LogPlace
from audit.dossier.problems import Check, Problem

Published = Mapping[date, str]
"""Roots that were published or printed, by their days."""


def check_proof(proof: Proof, published: Published | None) -> Iterator[Problem]:
    """Whatever does not hold in a proof by itself, or beside what was published."""
    for en, zh in wrong_with(proof):
        yield Problem(Check.ANCHOR, PROOF, en, zh)
    if published is not None:
        day, root = proof.digest.day, proof.digest.root
        if day not in published:
            en, zh = f"no digest of {day} was published", f"公布的摘要中没有 {day}"
            yield Problem(Check.ANCHOR, PROOF, en, zh)
        elif published[day] != root:
            en = f"the digest of {day} that was published is {published[day]}, not {root}"
            zh = f"公布的 {day} 摘要为 {published[day]}，而非 {root}"
            yield Problem(Check.ANCHOR, PROOF, en, zh)


def check_proven(proof: Proof, logs: Logs) -> Iterator[Problem]:
    """Whatever stood in the digest, and is not in the logs any more."""
    for leaf in proven_logs(proof):
        place = LogPlace(leaf.term, leaf.year, leaf.opening)
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
