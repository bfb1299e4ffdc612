"""Keys of witnesses, and digests that one after another are published for them."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from audit.anchoring.digests import Digest
from audit.anchoring.leaves import LogLeaf
from audit.anchoring.publication import publish_day, publish_list
from tests.audit.digesting import digested, other

FIRST = date(2028, 6, 1)
Made = tuple[Digest, bytes]


@cache
def pair_of(name: str) -> tuple[bytes, bytes]:
    key = generate_private_key(65_537, 2048) if name == "rsa" else Ed25519PrivateKey.generate()
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
        key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    )


def key_of(folder: Path, name: str = "court") -> Path:
    """A key of OpenSSH's, and beside it the file that says whom to believe."""
    private, public = pair_of(name)
    path = folder / f"{name}.key"
    path.write_bytes(private)
    path.chmod(0o600)
    (folder / f"{name}.signers").write_bytes(name.encode() + b" " + public + b"\n")
    return path


def logs(seq: int, hash_: str = "a") -> list[LogLeaf]:
    grown = other("bj-one", hash_ * 64).model_copy(update={"seq": seq})
    return [grown, other("bj-two")]


def chain(*days: list[LogLeaf], first: date = FIRST, previous: str = "") -> list[Made]:
    """Digests of days in a row, over these logs."""
    found: list[Made] = []
    for number, logs in enumerate(days):
        before = found[-1][0].root if found else previous or "0" * 64
        found.append(digested(first + timedelta(days=number), logs, previous=before))
    return found


def publish(folder: Path, made: list[Made]) -> str:
    folder.mkdir(exist_ok=True)
    for digest, lines in made:
        publish_day(folder, digest, lines, None)
    publish_list(folder, [digest for digest, _ in made])
    return str(folder)
