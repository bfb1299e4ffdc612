"""Check a dossier, offline: all that is needed is the file and this code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from audit.anchoring.digest_files import Roots
from audit.anchoring.proofs import Proof
from audit.anchoring.vouching import NOTHING, Vouchers
from audit.dossier.check_agreement import check_agreement
from audit.dossier.check_anchor import NOT_ANCHORED, Known, check_anchor
from audit.dossier.check_proof import not_of
from audit.dossier.check_states import check_plans, check_states
from audit.dossier.code import unknown_code, unknown_guideline
from audit.dossier.coverage import Coverage, coverage_of
from audit.dossier.derived_files import Derived, remake_files
from audit.dossier.erased_terms import check_erased_terms, unreadable_terms
from audit.dossier.format import MANIFEST, REPORTS, Manifest
from audit.dossier.lives import Life, live
from audit.dossier.opened_dossier import OpenedDossier, open_dossier
from audit.dossier.package import unpack, zip_problems
from audit.problems import Check, Problem, one_line
from audit.reading.authorship import Authorship, authorship_of
from audit.reading.check_histories import not_checked, wrong_in_logs
from audit.reading.known_rosters import Versions, known_versions
from audit.reading.log_states import NO_LOG
from audit.reading.senders import compare_senders
from workflows.words import Language, Words, counted, listed


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
    done: dict[Check, Words] = field(default_factory=dict)
    """What was checked, with how much of it. What is not here was not checked."""
    unchecked: list[Problem] = field(default_factory=list)
    """What could not be checked, and why."""
    notes: list[Words] = field(default_factory=list)
    """What whoever reads the verdict should know, though nothing is wrong."""
    proof: Proof | None = None
    coverage: Coverage = field(default_factory=lambda: Coverage(None, {}))
    """How much of it a digest vouches for."""
    authorship: Authorship = field(default_factory=Authorship)
    """Which decisions were signed, and which are unauthenticated."""
    derived: Derived | None = None

    @property
    def conclusion(self) -> Conclusion:
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
    path: Path,
    roots: Roots | None = None,
    leaves: Sequence[bytes] | None = None,
    vouchers: Vouchers = NOTHING,
) -> Verdict:
    """Check a dossier; `roots` are those of digests that it is held against, too.

    `leaves` are the lines of the digest that its proof is of: they show whether it holds a second life.
    `vouchers` are stamps and signatures of that digest, and whom to believe.

    Raises:
        BadInput: it is no dossier, or cannot be read.
    """
    dossier = open_dossier(unpack(path))
    life = await live(dossier.manifest.platform_id, dossier.histories, dossier.erased)
    problems = [
        *(Problem(path.name, words, Check.FILES) for words in zip_problems(path)),
        *dossier.problems,
        *wrong_in_logs(life.reading, dossier.logs, dossier.manifest.made_at),
        *check_erased_terms(dossier.erased),
        *_whose(dossier.manifest, life),
        *check_agreement(life, dossier.logs, dossier.history_files),
        *check_states(dossier),
        *check_plans(dossier),
    ]
    verdict = Verdict(dossier.manifest, problems, proof=dossier.proof)
    verdict.coverage = coverage_of(dossier.proof, dossier.all_logs)
    verdict.authorship = authorship_of(dossier.logs)
    verdict.notes += holder_notes(verdict.authorship, known_versions(dossier.logs))
    verdict.notes += compare_senders(life.reading)
    _count(verdict, dossier, life)
    check_anchor(verdict, dossier, Known(roots, leaves, vouchers))
    verdict.unchecked += (replace(one, check=Check.RUNS) for one in not_checked(life.reading))
    verdict.unchecked += unreadable_terms(dossier.erased)
    _derive(verdict, dossier, life)
    for words in unknown_guideline(dossier.manifest.guideline):
        verdict.unchecked.append(Problem(MANIFEST, words, Check.DERIVED))
    verdict.notes += unknown_code(dossier.manifest.code)
    if verdict.problems:  # of what does not hold nobody says that it is consistent
        verdict.notes = [one for one in verdict.notes if one != NOT_ANCHORED]
    return verdict


HOLDERS = Words(
    "Who held the keys is not proven: the names beside them are those in the decisions.",
    "密钥由何人持有未予证明：密钥旁的名称取自决定本身。",
)


def holder_notes(authorship: Authorship, versions: Versions) -> Iterator[Words]:
    """Say on what it rests whose the keys are."""
    if any(len(use.people) < len(use.principals) for use in authorship.keys.values()):
        yield HOLDERS
    if authorship.proven:
        first = versions[min(versions)]
        digest = first.digest()
        yield Words(
            f"Whose the keys are is said by the roster that the cases were given, from version {first.version}"
            f" on: compare its digest {digest} with that of version {first.version} in the office's roster"
            " (pingtai audit roster).",
            f"密钥归属以案件所载人员目录（第 {first.version} 版起）为准：请将其摘要 {digest} 与本单位人员目录"
            f"第 {first.version} 版的摘要核对（pingtai audit roster）。",
        )


def _whose(manifest: Manifest, life: Life) -> Iterator[Problem]:
    """Check that all histories are of the platform that the manifest names."""
    for history in life.histories:
        if history.platform_id != manifest.platform_id:
            words = not_of(history.platform_id, manifest.platform_id)
            yield Problem(history.workflow_id, words, Check.RUNS)


def _count(verdict: Verdict, dossier: OpenedDossier, life: Life) -> None:
    entries = sum(len(log) for log in dossier.logs.values())
    events = sum(one.events for one in life.replays)
    logs, runs, files = len(dossier.logs), len(life.histories), len(dossier.files) - 1
    states, plans = len(life.states), len(life.plans)
    verdict.done = {
        Check.FILES: Words(counted(files, "file"), f"{files} 个文件"),
        Check.CHAIN: Words(
            f"{counted(entries, 'entry', 'entries')} in {counted(logs, 'log')}",
            f"{logs} 份记录，{entries} 条",
        ),
        Check.LINKS: Words(counted(logs, "log"), f"{logs} 份记录"),
        Check.RUNS: Words(
            f"{counted(runs, 'history', 'histories')}, {counted(events, 'event')}",
            f"{runs} 份历史，{events:,} 个事件",
        ),
        Check.REPLAY: Words(counted(runs, "history", "histories"), f"{runs} 份历史"),
        Check.AGREEMENT: Words(counted(entries, "entry", "entries"), f"{entries} 条"),
        Check.STATES: Words(
            f"{counted(states, 'state')}, {counted(plans, 'plan')}",
            f"{states} 个状态，{plans} 个方案版本",
        ),
    }
    if signed := len(verdict.authorship.signed) + len(verdict.authorship.wrong):
        verdict.done[Check.SIGNATURES] = Words(
            counted(signed, "signed decision"), f"{signed} 项已签名的决定"
        )


def _derive(verdict: Verdict, dossier: OpenedDossier, life: Life) -> None:
    """Make the dossier again from its histories, and compare; nothing is believed as it lies there."""
    try:
        derived = remake_files(dossier, life)
    except (*NO_LOG, AssertionError) as error:
        if not verdict.problems:
            raise  # a mistake of ours
        why = one_line(error)
        words = Words(f"cannot be made again: {why}", f"无法重新得出：{why}")
        verdict.unchecked.append(Problem(", ".join(REPORTS.values()), words, Check.DERIVED))
        return
    verdict.derived = derived
    verdict.unchecked += (Problem(name, NOT_OURS, Check.DERIVED) for name in derived.unchecked)
    if derived.older:
        pages, release = listed(derived.older), dossier.manifest.code.pingtai
        note = Words(
            f"{pages.en}: worded by release {release} and not part of this verdict. Read the report that is"
            " made anew: --report.",
            f"{pages.zh} 为 {release} 版所写，不在本次核验之内。请阅读重新生成的报告：--report。",
        )
        verdict.notes.append(note)
    if verdict.problems:
        return  # whatever is wrong with the histories shows in what follows from them
    verdict.problems += (Problem(name, DIFFERS, Check.DERIVED) for name in derived.wrong)
    if not derived.unchecked:
        files = len(derived.files)
        verdict.done[Check.DERIVED] = Words(
            f"{files} files, the manifest among them", f"{files} 个文件，含清单"
        )


NOT_OURS = Words(
    "this code writes it otherwise, and the dossier names other code: do not rely on it, --report writes one",
    "与本程序所写不同，而档案载明由其他代码编制：请勿采信，可用 --report 另行生成",
)
DIFFERS = Words(
    "differs from what follows from the histories and the manifest", "与由历史和清单重新得出的不同"
)
