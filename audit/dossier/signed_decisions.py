"""The signed decisions of a dossier, so that anyone verifies them with `ssh-keygen` alone.

All of it follows from the logs.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from audit.dossier.format import ALLOWED_SIGNERS, CONTENT_HASHES, signature_file, signed_file
from audit.reading.authorship import SignedBy, signed_by
from audit.reading.check_signatures import is_signed
from audit.reading.log_states import NO_LOG
from workflows.content_chain import ContentChain
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.signed_form import signature_blobs, signed_form_of_entry
from workflows.ssh_signatures import DECISION_NAMESPACE, BadSignature, armored

_HEAD = """\
# Keys by which decisions of this dossier were signed, as they stand in the signatures themselves.
# The names are those in the decisions: nobody vouches that a key is theirs. Compare each key with its
# holder, or with a list that you trust. A key that signed as the second has its fingerprint as its name.
# 本档案中决定的签名密钥，取自签名本身。名称取自决定所载经办人编号，密钥是否为其所有无人证明：请向持有人或以可信
# 名单核对。作为第二签名人的密钥以其指纹为名。
"""


def signed_files(logs: Mapping[LogId, Sequence[LogEntry]]) -> dict[str, bytes]:
    """Return the bytes that were signed, the signatures, and the keys; no files where nobody signed."""
    files: dict[str, bytes] = {}
    keys: set[SignedBy] = set()
    for place, log in logs.items():
        for entry in filter(is_signed, log):
            files |= _files(place, entry)
            keys |= set(signed_by(entry))
    if keys:
        files[ALLOWED_SIGNERS] = (_HEAD + "".join(sorted(map(_line, keys)))).encode()
    if files:
        files[CONTENT_HASHES] = "".join(_hashes(logs)).encode()
    return files


def _hashes(logs: Mapping[LogId, Sequence[LogEntry]]) -> Iterator[str]:
    """Return a line for each entry after which a decision answers something else than before it."""
    for place, log in sorted(logs.items()):
        chain, before = ContentChain(), ""
        with suppress(*NO_LOG):  # of no case: said elsewhere
            chain.extend(log)
        for entry, one in zip(log, chain.hashes, strict=False):
            if one != before:
                yield f"{one}  {place.entry(entry.seq)}\n"
            before = one


def keys_listed(content: bytes) -> list[bytes]:
    """Return what a list of allowed signers says, without its comments."""
    return [line for line in content.splitlines() if not line.startswith(b"#")]


def _files(place: LogId, entry: LogEntry) -> Iterator[tuple[str, bytes]]:
    try:
        blobs = signature_blobs(entry.said["signatures"])
    except BadSignature:
        return  # nothing that could be verified, which is found elsewhere
    yield signed_file(place, entry.seq), signed_form_of_entry(entry)
    for number, blob in enumerate(blobs, start=1):
        yield signature_file(place, entry.seq, number), armored(blob).encode()


def _line(one: SignedBy) -> str:
    return f'{one.principal} namespaces="{DECISION_NAMESPACE}" {one.key.openssh()}\n'
