"""What others hold of a dossier: the digest that its proof is of, as published, stamped and cosigned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from audit.anchoring.digest_files import Roots
from audit.anchoring.proofs import Proof, proof_against_leaves
from audit.anchoring.vouching import (
    NOTHING,
    Vouched,
    Vouchers,
    vouch_signatures,
    vouch_stamps,
    vouch_witnesses,
)
from audit.dossier.check_proof import (
    before_all,
    check_proof,
    check_proven,
    later_digests,
    proof_notes,
    unproven,
)
from audit.dossier.check_seen import check_seen
from audit.dossier.format import PROOF, STAMP
from audit.dossier.opened_dossier import OpenedDossier
from audit.problems import Check, Problem
from workflows.words import Words

if TYPE_CHECKING:
    from audit.dossier.verifying import Verdict


class Known(NamedTuple):
    """What whoever verifies has beside the dossier."""

    roots: Roots | None = None
    leaves: Sequence[bytes] | None = None
    vouchers: Vouchers = NOTHING


def check_anchor(verdict: "Verdict", dossier: OpenedDossier, known: Known) -> None:
    """Hold a dossier against digests, and against what others vouch for of them."""
    if dossier.proof:
        _check_digest(verdict, dossier, dossier.proof, known)
        _check_vouchers(verdict, dossier, dossier.proof, known.vouchers)
        return
    if PROOF not in dossier.files and known.roots is not None:
        missing = unproven(dossier.all_logs, known.roots)
        if missing:
            verdict.problems.append(missing)
        else:
            verdict.unchecked.append(before_all(known.roots))
    elif PROOF not in dossier.files:
        verdict.notes.append(NOT_ANCHORED)
    if known.vouchers != NOTHING:
        verdict.unchecked.append(Problem(PROOF, NO_DIGEST, Check.ANCHOR))


NOT_ANCHORED = Words(
    "Consistent, but not anchored to a published digest: a whole record that was made up would be consistent,"
    " too.",
    "内容自洽，但没有已公布的摘要佐证：整体伪造的记录也会自洽。",
)
NO_DIGEST = Words(
    "missing: stamps and signatures are of digests, and without a proof the dossier names none",
    "缺失：时间戳和签名针对摘要，而档案无证明，未载明摘要",
)


def _check_digest(verdict: "Verdict", dossier: OpenedDossier, proof: Proof, known: Known) -> None:
    """Compare the logs with the digest, and the digest with what is known of it."""
    day, root = proof.digest.day, proof.digest.root
    verdict.problems += check_proof(proof, dossier.manifest.platform_id, known.roots)
    verdict.problems += check_proven(proof, dossier.all_logs)
    verdict.notes += proof_notes(proof, dossier.all_logs, dossier.manifest.made_at)
    verdict.unchecked += later_digests(proof, known.roots)
    if known.leaves is not None:
        beside = proof_against_leaves(proof, known.leaves)
        verdict.problems += (Problem(PROOF, words, Check.ANCHOR) for words in beside)
    else:
        note = Words(
            f"Only its leaves show whether the digest of {day} holds a second life of the platform: --leaves.",
            f"{day} 的摘要中是否另有本平台的记录，须以其叶核对：--leaves。",
        )
        verdict.notes.append(note)
    verdict.done[Check.ANCHOR] = Words(f"{day} {root}", f"{day} {root}")
    compare = Words(
        f"The root of {day} is {root}: compare it with what was published.",
        f"{day} 的根为 {root}：请与公布的摘要核对。",
    )
    verdict.notes.append(compare)


def _check_vouchers(
    verdict: "Verdict", dossier: OpenedDossier, proof: Proof, vouchers: Vouchers
) -> None:
    """Check what others vouch for of the digest that the proof is of."""
    digests = (proof.digest,)
    found: dict[Check, Vouched] = {
        Check.DIGEST_SIGNATURE: vouch_signatures(digests, vouchers),
        Check.STAMP: vouch_stamps(digests, vouchers, dossier.stamp),
        Check.WITNESS: vouch_witnesses(digests, vouchers),
    }
    for check, vouched in found.items():
        where = STAMP if check is Check.STAMP else PROOF
        verdict.problems += (Problem(where, words, check) for words in vouched.wrong)
        verdict.unchecked += (Problem(where, words, check) for words in vouched.unchecked)
        verdict.notes += vouched.notes
        if vouched.holds:
            en, zh = zip(*vouched.holds, strict=True)
            verdict.done[check] = Words("; ".join(en), "；".join(zh))
    wrong, unchecked = check_seen(dossier, proof.digest.day, vouchers)
    verdict.problems += wrong
    verdict.unchecked += unchecked
