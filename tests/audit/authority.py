"""A time-stamping authority of the tests' own: it builds RFC 3161 responses, true or false as one likes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STAMPED_AT = datetime(2035, 1, 2, 0, 45, tzinfo=UTC)
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA = "1.2.840.10045.4.3.2"


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, *parts)


def _set(*parts: bytes) -> bytes:
    return _der(0x31, *sorted(parts))


def _whole(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = bytes((first * 40 + second,))
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return _der(0x06, content)


def _time(at: datetime) -> bytes:
    return _der(0x18, f"{at:%Y%m%d%H%M%SZ}".encode())


def _hash(dotted: str = _SHA256) -> bytes:
    return _sequence(_oid(dotted), _der(0x05))


@dataclass
class Authority:
    """One with a root of its own. Its certificate is valid from `since` for `days`."""

    name: str = "Time Stamps of the Tests"
    since: datetime = STAMPED_AT - timedelta(days=30)
    days: int = 365
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING
    serial: int = field(default_factory=x509.random_serial_number)
    root: x509.Certificate = field(init=False)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        ca_key, self._key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = self._certificate("Root", "Root", ca_key, ca_key, ca=True)
        self.certificate = self._certificate(self.name, "Root", self._key, ca_key, ca=False)

    @property
    def pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def _certificate(
        self,
        subject: str,
        issuer: str,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        *,
        ca: bool,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(1 if ca else self.serial)
            .not_valid_before(self.since)
            .not_valid_after(self.since + timedelta(days=36_500 if ca else self.days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            usage = x509.ExtendedKeyUsage([self.usage])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(signer, hashes.SHA256())

    def stamp(
        self,
        data: bytes,
        at: datetime = STAMPED_AT,
        *,
        nonce: int | None = None,
        algorithm: str = _SHA256,
        inside: Iterable[x509.Certificate] | None = None,
    ) -> bytes:
        """Stamp data (which is hashed here); `inside` are the certificates that go with it."""
        return self.stamp_hash(
            sha256(data).digest(), at, nonce=nonce, algorithm=algorithm, inside=inside
        )

    def answer(self, request: bytes, at: datetime = STAMPED_AT) -> bytes:
        """Answer a request as RFC 3161 has it."""
        imprint = request[request.index(b"\x04\x20") + 2 :][:32]
        after = request[request.index(imprint) + 32 :]
        nonce = int.from_bytes(after[2 : 2 + after[1]], "big") if after[:1] == b"\x02" else None
        return self.stamp_hash(imprint, at, nonce=nonce)

    def stamp_hash(
        self,
        imprint: bytes,
        at: datetime,
        *,
        nonce: int | None = None,
        algorithm: str = _SHA256,
        inside: Iterable[x509.Certificate] | None = None,
    ) -> bytes:
        info = _sequence(
            _whole(1),
            _oid("1.2.3.4.1"),
            _sequence(_hash(algorithm), _der(0x04, imprint)),
            _whole(77),
            _time(at),
            *([_whole(nonce)] if nonce is not None else ()),
        )
        certificate = self.certificate.public_bytes(Encoding.DER)
        attributes = (
            _attribute("1.2.840.113549.1.9.3", _oid("1.2.840.113549.1.9.16.1.4")),
            _attribute("1.2.840.113549.1.9.4", _der(0x04, sha256(info).digest())),
            _attribute(
                "1.2.840.113549.1.9.16.2.47",
                _sequence(_sequence(_sequence(_der(0x04, sha256(certificate).digest())))),
            ),
        )
        signature = self._key.sign(_set(*attributes), ec.ECDSA(hashes.SHA256()))
        issuer = self.certificate.issuer.public_bytes()
        about = _sequence(
            _whole(1),
            _sequence(issuer, _whole(self.certificate.serial_number)),
            _hash(),
            _der(0xA0, *sorted(attributes)),
            _sequence(_oid(_ECDSA)),
            _der(0x04, signature),
        )
        kept = [self.certificate] if inside is None else inside
        signed = _sequence(
            _whole(3),
            _set(_hash()),
            _sequence(_oid("1.2.840.113549.1.9.16.1.4"), _der(0xA0, _der(0x04, info))),
            *(
                [_der(0xA0, *sorted(one.public_bytes(Encoding.DER) for one in kept))]
                if kept
                else ()
            ),
            _set(about),
        )
        token = _sequence(_oid("1.2.840.113549.1.7.2"), _der(0xA0, signed))
        return _sequence(_sequence(_whole(0)), token)


def refusal(status: int = 2, text: str = "no more stamps today") -> bytes:
    """An authority's answer that it will not stamp."""
    return _sequence(_sequence(_whole(status), _sequence(_der(0x0C, text.encode()))))


def _attribute(dotted: str, value: bytes) -> bytes:
    return _sequence(_oid(dotted), _set(value))
