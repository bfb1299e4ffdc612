"""Check a dossier, offline: all that is needed is the file and this code."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audit.anchoring.offline import Roots
from audit.anchoring.proofs import Proof
from audit.dossier.check_agreement import check_agreement
from audit.dossier.check_logs import check_logs
from audit.dossier.check_proof import check_proof, check_proven, not_proven
from audit.dossier.check_states import check_plans, check_states
from audit.dossier.code import this_code
from audit.dossier.files import files_of, with_manifest
from audit.dossier.lives import Life, live
from audit.dossier.opened import Opened, opened
from audit.dossier.package import unpack
from audit.dossier.parts import MANIFEST, PROOF, Head, Manifest
from audit.dossier.problems import Check, Problem
from audit.dossier.wrapping import wrong_wrapping


@dataclass
class Verdict:
    """What came of checking a dossier."""

    manifest: Manifest
    problems: list[Problem]
    done: dict[Check, tuple[str, str]] = field(default_factory=dict)
    """What was checked, with how much of it, in English and Chinese. What is not here was not checked."""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """What whoever reads the verdict should know, though nothing is wrong."""
    proof: Proof | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


async def verify(path: Path, roots: Roots | None = None) -> Verdict:
    """Check a dossier; `roots` are those of digests that it is held against, too.

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
    if dossier.proof:
        problems += check_proof(dossier.proof, dossier.manifest.platform_id, roots)
        problems += check_proven(dossier.proof, dossier.logs)
        verdict.notes += not_proven(dossier.proof, dossier.logs)
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
    _count(verdict, dossier, life)
    _make_again(verdict, dossier, life)
    return verdict


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


def _make_again(verdict: Verdict, dossier: Opened, life: Life) -> None:
    """Make the dossier again from its histories, and compare; only the same code makes the same."""
    theirs, ours = dossier.manifest.code, this_code()
    if theirs != ours:
        verdict.notes.append(
            (
                f"Made by pingtai {theirs.pingtai} (workflows {theirs.workflows_sha256[:12]}…), checked"
                f" by {ours.pingtai} (workflows {ours.workflows_sha256[:12]}…): what follows from the"
                " histories was not made again.",
                f"由 pingtai {theirs.pingtai}（workflows {theirs.workflows_sha256[:12]}…）编制，以"
                f" {ours.pingtai}（workflows {ours.workflows_sha256[:12]}…）核验：未重新得出其余文件。",
            )
        )
        return
    if verdict.problems:
        return
    head = Head.model_validate(dossier.manifest.model_dump())
    again = with_manifest(files_of(life, head, dossier.proof), life, head)
    differing = [
        name
        for name in sorted({*again, *dossier.files})
        if again.get(name) != dossier.files.get(name)
    ]
    for name in differing:
        # The manifest holds the sums of the others: it is named where it alone is another.
        if name != MANIFEST or len(differing) == 1:
            verdict.problems.append(
                Problem(
                    Check.DERIVED,
                    name,
                    "not what follows from the histories and the manifest",
                    "与由历史和清单重新得出的不同",
                )
            )
    verdict.done[Check.DERIVED] = (f"{len(again)} files", f"{len(again)} 个文件")
