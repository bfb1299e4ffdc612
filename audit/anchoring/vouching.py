"""What is vouched for of digests: an authority stamped one, witnesses saw it, the office signed it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from audit.anchoring.cosignatures import LARGEST as LARGEST_SIGNATURE
from audit.anchoring.cosignatures import Witness, check_cosignature
from audit.anchoring.digest_signatures import NONE_SIGNED, signature_problem, who_signed
from audit.anchoring.digests import Digest
from audit.anchoring.stamp_rows import KeptStamp
from audit.anchoring.statements import LARGEST as LARGEST_STATEMENT
from audit.anchoring.statements import read_statement, statement_of
from audit.anchoring.time_stamps import TimeStamp, check_stamp, read_certificates, read_response
from audit.evidence_files import read_bounded
from starter.errors import BadInput
from workflows.periods import BEIJING
from workflows.words import Words, listed

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


@dataclass(frozen=True)
class Vouchers:
    """What was given to hold digests against."""

    authority: tuple["Certificate", ...] = ()
    """Certificates of an authority that whoever verifies trusts."""
    stamps: tuple[bytes, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    cosigned: tuple[Path, ...] = ()
    """Witnesses' folders, or single signatures."""
    signers: tuple[Witness, ...] = ()
    """The office's keys for digests, where whoever verifies has them."""
    published: tuple[Digest, ...] = field(default=(), compare=False)
    """Digests as they were published, with their signatures."""


NOTHING = Vouchers()
"""Nothing was given."""


@dataclass
class Vouched:
    """What came of it: what holds, what does not, what could not be checked, what one should know."""

    holds: list[Words] = field(default_factory=list)
    wrong: list[Words] = field(default_factory=list)
    unchecked: list[Words] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)


def vouch_stamps(
    digests: Sequence[Digest], given: Vouchers, kept: KeptStamp | None = None
) -> Vouched:
    """Check the stamps that were given, and the one that came with the digest."""
    vouched = Vouched()
    stated = {sha256(statement_of(one)).digest(): one for one in digests}
    for response in given.stamps:
        if not given.authority:
            vouched.unchecked.append(NO_CERTIFICATE)
            continue
        digest = _stamped(response, stated) or digests[-1]
        _check(vouched, digest, response, given.authority)
    if kept is not None:
        trusted = given.authority
        try:
            trusted = trusted or tuple(read_certificates(kept.certificates, "authority.pem"))
        except BadInput:
            vouched.unchecked.append(NO_CERTIFICATE)
            return vouched
        if _check(vouched, digests[-1], kept.response, trusted) and not given.authority:
            vouched.notes.append(_compare(trusted))
    return vouched


NO_CERTIFICATE = Words(
    "a time stamp, without a certificate of its authority: --authority",
    "有时间戳，但缺签发机构的证书：--authority",
)


def _stamped(response: bytes, stated: dict[bytes, Digest]) -> Digest | None:
    found = read_response(response)
    return None if isinstance(found, Words) else stated.get(found.tst_info.message_imprint.message)


def _check(
    vouched: Vouched, digest: Digest, response: bytes, trusted: Sequence["Certificate"]
) -> bool:
    found = check_stamp(response, statement_of(digest), trusted)
    if isinstance(found, TimeStamp):
        vouched.holds.append(existed(digest.day, found))
        return True
    vouched.wrong.append(found.at(str(digest.day)))
    return False


def existed(day: date, stamp: TimeStamp) -> Words:
    """Say what a stamp proves."""
    at = f"{stamp.at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    return Words(
        f"the digest of {day} existed at {at} (Beijing), by {stamp.authority}",
        f"{day} 的摘要在北京时间 {at} 已存在，由 {stamp.authority} 证明",
    )


def _compare(trusted: Sequence["Certificate"]) -> Words:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - loaded by who needs it

    sums = listed(one.fingerprint(SHA256()).hex() for one in trusted[:3])
    return Words(
        "The time stamp was checked with the certificate that came with the dossier, SHA-256"
        f" {sums.en}: compare it with what the authority publishes, or give it: --authority.",
        f"时间戳以档案所附证书核验，其 SHA-256 为 {sums.zh}：请与机构公布的核对，或以 --authority 给出。",
    )


def vouch_signatures(digests: Sequence[Digest], given: Vouchers) -> Vouched:
    """Check the office's signatures that came with digests, or were published with them."""
    vouched, days = Vouched(), dict[str, list[date]]()
    every = {(one.day, one.root): one for one in (*digests, *given.published)}
    for one in (*given.published, *digests):
        if one.signature:
            every[one.day, one.root] = one
    for _, digest in sorted(every.items()):
        if digest.signature:
            name, wrong = signature_problem(digest, given.signers)
            if wrong:
                vouched.wrong.append(wrong)
            else:
                days.setdefault(name, []).append(digest.day)
    vouched.holds += (who_signed(name, signed, len(every)) for name, signed in days.items())
    if days and not given.signers:
        vouched.notes.append(_COMPARE_KEY)
    last = digests[-1].day
    # A signature that does not hold is told above: that is another thing than none.
    signed_days = [one.day for one in every.values() if one.signature]
    if given.signers and not any(last <= day for day in signed_days):
        unsigned = Words(f"the digest of {last} is not signed", f"{last} 的摘要未签名")
        vouched.unchecked.append(unsigned if signed_days else NONE_SIGNED)
    return vouched


_COMPARE_KEY = Words(
    "Compare the key that signed the digest with the one that the office publishes, or give it: --signers.",
    "请将签署摘要的密钥与主管部门公布的核对，或以 --signers 给出。",
)


def vouch_witnesses(digests: Sequence[Digest], given: Vouchers) -> Vouched:
    """Check what witnesses cosigned of digests, the oldest first."""
    vouched, days = Vouched(), dict[str, list[date]]()
    for place in given.cosigned:
        found = False
        for digest, signature, folder in _signatures(digests, place):
            found = True
            by = check_cosignature(signature, statement_of(digest), digest.day, given.witnesses)
            if isinstance(by, Witness):
                days.setdefault(by.name, []).append(digest.day)
                continue
            fork = folder and _fork(folder, digest, signature, given.witnesses)
            vouched.wrong.append(fork or by.at(str(digest.day)))
        if not found:
            vouched.unchecked.append(_nothing(place, digests))
    for name, seen in days.items():
        last, number = seen[-1], len(seen)
        one = Words(f"{name} cosigned the digest of {last}", f"{name} 共同签署了 {last} 的摘要")
        many = Words(
            f"{name} cosigned {number} digests, the last of {last}",
            f"{name} 共同签署了 {number} 份摘要，最近为 {last}",
        )
        vouched.holds.append(one if number == 1 else many)
    return vouched


def _signatures(
    digests: Sequence[Digest], place: Path
) -> Iterator[tuple[Digest, bytes, Path | None]]:
    if not place.is_dir():
        named = {f"{one.day}.txt.sig": one for one in digests}
        yield named.get(place.name, digests[-1]), read_bounded(place, LARGEST_SIGNATURE), None
        return
    for digest in digests:
        path = place / f"{digest.day}.txt.sig"
        if path.exists():
            yield digest, read_bounded(path, LARGEST_SIGNATURE), place


def _fork(
    folder: Path, digest: Digest, signature: bytes, witnesses: Sequence[Witness]
) -> Words | None:
    """Say so where the witness cosigned another digest of that day: then two were shown to people."""
    path = folder / f"{digest.day}.txt"
    said = read_bounded(path, LARGEST_STATEMENT) if path.exists() else b""
    by, other = check_cosignature(signature, said, digest.day, witnesses), read_statement(said)
    if other is None or not isinstance(by, Witness):
        return None
    return Words(
        f"{by.name} cosigned another digest of {digest.day}, {other[1]}, not {digest.root}: there are two",
        f"{by.name} 共同签署的是 {digest.day} 的另一份摘要 {other[1]}，而非 {digest.root}：存在两份摘要",
    )


def _nothing(place: Path, digests: Sequence[Digest]) -> Words:
    day = digests[-1].day
    return Words(
        f"{place} has no cosignature of {day}: no {day}.txt.sig",
        f"{place} 中没有 {day} 的共同签署：缺 {day}.txt.sig",
    )
