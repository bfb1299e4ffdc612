"""Check a dossier, offline: all that is needed is the file and this code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from audit.anchoring.offline import Roots
from audit.anchoring.proofs import Proof, wrong_beside
from audit.dossier.check_agreement import check_agreement
from audit.dossier.check_logs import check_logs
from audit.dossier.check_proof import (
    check_proof,
    check_proven,
    later_digests,
    made_late,
    not_proven,
    older_than,
)
from audit.dossier.check_states import check_plans, check_states
from audit.dossier.code import unknown_code, unknown_guideline
from audit.dossier.coverage import Coverage, coverage_of
from audit.dossier.derived_files import Derived, make_again
from audit.dossier.dossier_problems import Check, Problem
from audit.dossier.format import PROOF, REPORTS, Manifest
from audit.dossier.lives import Life, live
from audit.dossier.opened_dossier import Opened, opened
from audit.dossier.package import unpack
from audit.dossier.wrapping import wrong_wrapping
from audit.reading.log_checks import not_checked
from workflows.words import Language


class Conclusion(StrEnum):
    """What a verdict comes to."""

    WHOLE = "whole"
    NOT_CHECKED = "not_checked"
    """Nothing was found, and something could not be checked: that is not "whole"."""
    BROKEN = "broken"


@dataclass
class Verdict:
    """What came of checking a dossier."""

    manifest: Manifest
    problems: list[Problem]
    done: dict[Check, tuple[str, str]] = field(default_factory=dict)
    """What was checked, with how much of it, in English and Chinese. What is not here was not checked."""
    unchecked: list[Problem] = field(default_factory=list)
    """What could not be checked, and why."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What whoever reads the verdict should know, though nothing is wrong."""
    proof: Proof | None = None
    coverage: Coverage = field(default_factory=lambda: Coverage(None, {}))
    """How much of it a digest vouches for."""
    derived: Derived | None = None

    @property
    def conclusion(self) -> Conclusion:
        """What it comes to."""
        if self.problems:
            return Conclusion.BROKEN
        return Conclusion.NOT_CHECKED if self.unchecked else Conclusion.WHOLE

    @property
    def holds(self) -> bool:
        """Whether it is whole: nothing was found, and nothing was left unchecked."""
        return self.conclusion is Conclusion.WHOLE

    def report(self, language: Language) -> bytes | None:
        """The report as this code renders it from the histories; None where they cannot be read."""
        return self.derived.files[REPORTS[language]] if self.derived else None


async def verify(
    path: Path, roots: Roots | None = None, leaves: Sequence[bytes] | None = None
) -> Verdict:
    """Check a dossier; `roots` are those of digests that it is held against, too.

    `leaves` are the lines of the digest that its proof is of: they show whether it holds a second life.

    Raises:
        BadInput: it is no dossier, or cannot be read.
    """
    dossier = opened(unpack(path))
    life = await live(dossier.manifest.platform_id, dossier.histories)
    problems = [
        *(Problem(Check.FILES, path.name, en, zh) for en, zh in wrong_wrapping(path)),
        *dossier.problems,
        *check_logs(dossier.logs),
        *_whose(dossier.manifest, life),
        *check_agreement(life, dossier.logs, dossier.history_files),
        *check_states(dossier),
        *check_plans(dossier),
    ]
    verdict = Verdict(dossier.manifest, problems, proof=dossier.proof)
    verdict.coverage = coverage_of(dossier.proof, dossier.logs)
    if dossier.proof:
        _anchor(verdict, dossier, dossier.proof, (roots, leaves))
    elif PROOF not in dossier.files and roots is not None:
        en, zh = "missing: nothing here stands in a digest", "缺失：无从与摘要核对"
        problems.append(Problem(Check.ANCHOR, PROOF, en, zh))
    elif PROOF not in dossier.files:
        verdict.notes.append(
            (
                "No digest vouches for it: it holds in itself, and another life that was made up"
                " whole would, too.",
                "没有摘要佐证：内容自洽，但整体伪造的记录也会自洽。",
            )
        )
    for where, en, zh in not_checked(life.reading):
        verdict.unchecked.append(Problem(Check.RUNS, where, en, zh))
    _count(verdict, dossier, life)
    _derive(verdict, dossier, life)
    _pinned(verdict, dossier.manifest)
    return verdict


def _anchor(
    verdict: Verdict,
    dossier: Opened,
    proof: Proof,
    known: tuple[Roots | None, Sequence[bytes] | None],
) -> None:
    """Hold the logs against the digest, and the digest against what is known of it."""
    roots, leaves = known
    verdict.problems += check_proof(proof, dossier.manifest.platform_id, roots)
    verdict.problems += check_proven(proof, dossier.logs)
    verdict.notes += not_proven(proof, dossier.logs)
    verdict.notes += made_late(proof)
    verdict.notes += older_than(proof, dossier.manifest.made_at)
    verdict.unchecked += later_digests(proof, roots)
    if leaves is not None:
        beside = wrong_beside(proof, leaves)
        verdict.problems += [Problem(Check.ANCHOR, PROOF, en, zh) for en, zh in beside]
    else:
        verdict.notes.append(
            (
                f"Whether the digest of {proof.digest.day} holds a second life of the platform, its"
                " leaves show: --leaves.",
                f"{proof.digest.day} 的摘要中是否另有本平台的记录，须以其叶核对：--leaves。",
            )
        )


def _pinned(verdict: Verdict, manifest: Manifest) -> None:
    """The guideline must be the one that this code follows; code that is not known is said."""
    for en, zh in unknown_guideline(manifest.guideline):
        verdict.unchecked.append(Problem(Check.DERIVED, "manifest.json", en, zh))
    verdict.notes += unknown_code(manifest.code)


def _whose(manifest: Manifest, life: Life) -> Iterator[Problem]:
    """All histories are of the platform that the manifest names."""
    for history in life.histories:
        if history.platform_id != manifest.platform_id:
            en = f"of {history.platform_id}, not of {manifest.platform_id}"
            zh = f"属于 {history.platform_id}，不是 {manifest.platform_id}"
            yield Problem(Check.RUNS, history.workflow_id, en, zh)


def _count(verdict: Verdict, dossier: Opened, life: Life) -> None:
    entries = sum(len(log) for log in dossier.logs.values())
    events = sum(one.events for one in life.replays)
    logs, runs, files = len(dossier.logs), len(life.histories), len(dossier.files) - 1
    verdict.done = {
        Check.FILES: (f"{files} files", f"{files} 个文件"),
        Check.CHAIN: (f"{entries} entries in {logs} logs", f"{logs} 份记录，{entries} 条"),
        Check.LINKS: (f"{logs} logs", f"{logs} 份记录"),
        Check.RUNS: (f"{runs} histories, {events:,} events", f"{runs} 份历史，{events:,} 个事件"),
        Check.REPLAY: (f"{runs} histories", f"{runs} 份历史"),
        Check.AGREEMENT: (f"{entries} entries", f"{entries} 条"),
        Check.STATES: (
            f"{len(life.states)} states, {len(life.plans)} plans",
            f"{len(life.states)} 个状态，{len(life.plans)} 个方案版本",
        ),
    }
    if dossier.proof:
        digest = dossier.proof.digest
        verdict.done[Check.ANCHOR] = (f"{digest.day} {digest.root}",) * 2
        verdict.notes.append(
            (
                f"The root of {digest.day} is {digest.root}: compare it with what was published.",
                f"{digest.day} 的根为 {digest.root}：请与公布的摘要核对。",
            )
        )


def _derive(verdict: Verdict, dossier: Opened, life: Life) -> None:
    """Make the dossier again from its histories, and compare; nothing is believed as it lies there."""
    try:
        derived = make_again(dossier, life)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
        if not verdict.problems:
            raise  # a mistake of ours
        why = " ".join(str(error).split())[:200]
        en, zh = f"cannot be made again: {why}", f"无法重新得出：{why}"
        verdict.unchecked.append(Problem(Check.DERIVED, "report.en.html, report.zh.html", en, zh))
        return
    verdict.derived = derived
    for name in derived.unchecked:
        en = "not what this code writes, and the dossier names other code: do not read it, --report writes one"
        zh = "与本程序所写不同，而档案载明由其他代码编制：请勿采信，可用 --report 另行生成"
        verdict.unchecked.append(Problem(Check.DERIVED, name, en, zh))
    if derived.older:
        pages, release = ", ".join(derived.older), dossier.manifest.code.pingtai
        verdict.notes.append(
            (
                f"{pages}: worded by release {release}, no part of this verdict. Read the report that is"
                " made anew: --report.",
                f"{pages} 为 {release} 版所写，不在本次核验之内。请阅读重新生成的报告：--report。",
            )
        )
    if verdict.problems:
        return  # whatever is wrong with the histories shows in what follows from them
    for name in derived.wrong:
        en = "not what follows from the histories and the manifest"
        verdict.problems.append(Problem(Check.DERIVED, name, en, "与由历史和清单重新得出的不同"))
    if not derived.unchecked:
        files = len(derived.files)
        verdict.done[Check.DERIVED] = (f"{files} files", f"{files} 个文件")
