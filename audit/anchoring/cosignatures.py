"""Signatures of digests, by witnesses and by the office, in OpenSSH's format (`ssh-keygen -Y verify`).

Whom to believe is said by a file in OpenSSH's form `allowed_signers`, one signer a line.
"""

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from audit.anchoring.statements import NAMESPACE
from starter.errors import BadInput
from workflows.ssh_signatures import (
    BadSignature,
    PublicKey,
    read_armored,
    read_public_key,
    signer_of,
)
from workflows.words import Words

LARGEST = 16 * 1024
"""No signature is larger (bytes)."""
LARGEST_WITNESSES = 256 * 1024


class Witness(NamedTuple):
    """Who may sign digests, with which key, and of which days (as YYYYMMDD; empty: any)."""

    name: str
    key: PublicKey
    after: str = ""
    before: str = ""

    def may(self, day: date) -> bool:
        """Whether the key counts for the digest of a day."""
        written = f"{day:%Y%m%d}"
        return self.after <= written and not (self.before and self.before <= written)


def read_witnesses(content: bytes, name: object) -> list[Witness]:
    """Return the witnesses in a file of OpenSSH's form `allowed_signers`.

    Keys that are allowed for other purposes only are left out, as OpenSSH does.

    Raises:
        BadInput: a line cannot be read or has no Ed25519 key, or no line is for digests.
    """
    from sshsig.allowed_signers import AllowedSigner  # noqa: PLC0415 - loaded by who needs it

    found: list[Witness] = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            signer = AllowedSigner.parse(line.strip())
            options, algorithm = signer.options or {}, signer.key_type
            key = read_public_key(f"{algorithm} {signer.base64_key}")
        except Exception as error:  # the library's own, and whatever a line brings it to
            raise BadInput(
                f"{name}, line {number}: not as `man ssh-keygen` describes ALLOWED SIGNERS, with an"
                " ssh-ed25519 key",
                f"{name} 第 {number} 行：不符合 ssh-keygen 的 ALLOWED SIGNERS 格式，或不是 ssh-ed25519 公钥",
            ) from error
        spaces = options.get("namespaces") or NAMESPACE
        if "cert-authority" in options or not any(
            fnmatchcase(NAMESPACE, one.strip()) for one in spaces.split(",")
        ):
            continue
        after, before = (str(options.get(k) or "")[:8] for k in ("valid-after", "valid-before"))
        found.append(Witness(_shown(signer.principals), key, after, before))
    if not found:
        raise BadInput(
            f"{name} names no key for digests: a line is `NAME ssh-ed25519 KEY`",
            f"{name} 未列可用于摘要的公钥：每行应为“名称 ssh-ed25519 公钥”",
        )
    return found


def check_cosignature(
    signature: bytes, statement: bytes, day: date, witnesses: Sequence[Witness]
) -> Witness | Words:
    """Return the signer whose signature of a day's statement it is, or why it is none."""
    key = signed_by(signature, statement)
    if isinstance(key, Words):
        return key
    mine = [one for one in witnesses if one.key == key]
    if not mine:
        named = key.fingerprint()
        return Words(
            f"signed by no key that was given: {named}", f"签名密钥不在所给公钥之列：{named}"
        )
    name = mine[0].name
    not_valid = Words(f"the key of {name} is not valid for {day}", f"{name} 的公钥不适用于 {day}")
    return next((one for one in mine if one.may(day)), not_valid)


def signed_by(signature: bytes, statement: bytes) -> PublicKey | Words:
    """Return the key by which a statement was signed, or why it was not."""
    if len(signature) > LARGEST:
        return UNREADABLE
    try:
        blob = read_armored(signature.decode("ascii"))
    except (BadSignature, UnicodeDecodeError):
        return UNREADABLE
    try:
        return signer_of(blob, statement, NAMESPACE)
    except BadSignature as error:
        return error.words


UNREADABLE = Words("it is no SSH signature", "不是 SSH 签名")


def _shown(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)[:80]
