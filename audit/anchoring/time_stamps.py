"""Time stamps by RFC 3161: whether one is of a digest, by an authority whose certificate is known.

The authority's certificate must have been valid when it stamped, not today: so a stamp outlives it.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from starter.errors import BadInput
from workflows.words import Words

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

LARGEST = 64 * 1024
"""No response is larger (bytes): with a chain of certificates it has five thousand."""
LARGEST_CERTIFICATES = 256 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = 0


class TimeStamp(NamedTuple):
    """What a stamp that holds says: when, and who."""

    at: datetime
    authority: str
    """The subject of the authority's certificate, as RFC 4514 writes it."""
    serial: int


def read_certificates(content: bytes, name: object) -> list["Certificate"]:
    """Return the certificates in a PEM file.

    Raises:
        BadInput: it has none, or one that cannot be read.
    """
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - loaded by who needs it

    try:
        return load_pem_x509_certificates(content)
    except ValueError:
        raise BadInput(
            f"{name} holds no certificates in PEM form (-----BEGIN CERTIFICATE-----)",
            f"{name} 不含 PEM 格式的证书（-----BEGIN CERTIFICATE-----）",
        ) from None


def check_stamp(
    response: bytes,
    statement: bytes,
    certificates: Sequence["Certificate"],
    nonce: int | None = None,
) -> TimeStamp | Words:
    """Return what a stamp of a statement says, or why it does not hold.

    `certificates` are those that are trusted; `nonce` is that of the request, where it is known.
    """
    found = read_response(response)
    if isinstance(found, Words):
        return found
    info = found.tst_info
    if nonce is not None and info.nonce != nonce:
        return Words(
            "the time stamp answers another request: it is an old one, played again",
            "时间戳回应的是另一请求，系重放",
        )
    imprint = info.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256:
        return Words("the time stamp is not over a SHA-256", "时间戳所用的不是 SHA-256")
    if imprint.message != sha256(statement).digest():
        return Words("the time stamp is of something else", "时间戳不属于此摘要")
    signer = _signer(found, certificates)
    if isinstance(signer, Words):
        return signer
    return _verified(found, signer, certificates)


def read_response(response: bytes) -> "TimeStampResponse | Words":
    """Return an authority's response that has a time stamp in it, or why there is none."""
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 - loaded by who needs it

    if len(response) > LARGEST:
        return Words(
            f"the time stamp is larger than {LARGEST:,} bytes", f"时间戳超过 {LARGEST:,} 字节"
        )
    try:
        found = decode_timestamp_response(response)
        if found.status != _GRANTED:
            said = _plain("; ".join(found.status_string)) or str(found.status)
            return Words(f"the authority refused it: {said}", f"时间戳服务机构不予签发：{said}")
        found.tst_info.message_imprint.message, found.signed_data.certificates  # noqa: B018
        found.tst_info.gen_time, found.tst_info.serial_number  # noqa: B018 - raise where there is none
    except Exception:  # the library's own, ValueErrors and whatever else its parser meets
        return UNREADABLE
    return found


UNREADABLE = Words("it is no time stamp by RFC 3161", "不是 RFC 3161 时间戳")


def _signer(
    found: "TimeStampResponse", certificates: Sequence["Certificate"]
) -> "Certificate | Words":
    """Return the certificate that signed: the one in the stamp, or among the trusted ones."""
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    try:
        (about,) = found.signed_data.signer_infos
        inside = [load_der_x509_certificate(one) for one in found.signed_data.certificates]
        named = [
            one
            for one in {*inside, *certificates}
            if (one.issuer, one.serial_number) == (about.issuer, about.serial_number)
        ]
    except Exception:
        return UNREADABLE
    if len(named) != 1:
        return Words(
            "the time stamp does not contain the one certificate of whoever signed it",
            "时间戳中没有唯一的签发者证书",
        )
    (signer,) = named
    at = found.tst_info.gen_time
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        first, last = signer.not_valid_before_utc.date(), signer.not_valid_after_utc.date()
        return Words(
            f"the authority's certificate was not valid at the time of the stamp, {at:%Y-%m-%d}: it"
            f" is valid from {first} to {last}",
            f"签发时间戳之日（{at:%Y-%m-%d}），机构证书不在有效期内（{first} 至 {last}）",
        )
    return signer


def _verified(
    found: "TimeStampResponse", signer: "Certificate", certificates: Sequence["Certificate"]
) -> TimeStamp | Words:
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415

    message = found.tst_info.message_imprint.message
    builder = VerifierBuilder(roots=list(certificates))
    if not found.signed_data.certificates:
        builder = builder.tsa_certificate(signer)
    try:
        builder.build().verify(found, message)
    except (
        VerificationError,
        ValueError,
        AssertionError,
    ):  # OpenSSL's own words name its source files
        return NOT_BY_THEM
    return TimeStamp(
        found.tst_info.gen_time,
        _plain(signer.subject.rfc4514_string()),
        found.tst_info.serial_number,
    )


NOT_BY_THEM = Words(
    "the time stamp is not by an authority whose certificate is given, or was changed",
    "时间戳不是由所给证书的机构签发，或已被改动",
)


def _plain(text: str, letters: int = 160) -> str:
    """Return others' text on one line, and not too long."""
    return "".join(one if one.isprintable() else " " for one in text).strip()[:letters]
