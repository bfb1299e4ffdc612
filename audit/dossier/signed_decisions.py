"""The signed decisions of a dossier, so that anyone verifies them with `ssh-keygen` alone.

All of it follows from the logs.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from audit.dossier.format import ALLOWED_SIGNERS, CONTENT_HASHES, signature_file, signed_file
from audit.reading.authorship import KeyUse, authorship_of
from audit.reading.check_signatures import is_signed
from audit.reading.log_states import NO_LOG
from workflows.content_chain import ContentChain
from workflows.log_id import LogId
from workflows.periods import end_of
from workflows.record import LogEntry
from workflows.roster_entries import RosterEntry
from workflows.signed_form import signature_blobs, signed_form_of_entry
from workflows.ssh_signatures import DECISION_NAMESPACE, BadSignature, PublicKey, armored

_HEAD = """\
# Keys by which decisions of this dossier were signed. A key with days (UTC) is that person's by the
# roster that the case knew: verify as of the time of the entry, -O verify-time=... (OpenSSH 9.1 or later).
# The name of a key without days is that in the decision, and nobody vouches that the key is theirs; one
# that signed as the second has its fingerprint as its name. Compare each key with its holder, or with a
# list that you trust.
# 本档案中决定的签名密钥。载有起止时间（UTC）的，依案件所知人员目录属于该人：请按条目时间核验
# （-O verify-time=…，需 OpenSSH 9.1 以上）。未载起止时间的，名称取自决定所载经办人编号，密钥是否为其所有
# 无人证明；作为第二签名人的以其指纹为名。请向持有人或以可信名单核对。
"""


def signed_files(logs: Mapping[LogId, Sequence[LogEntry]]) -> dict[str, bytes]:
    """Return the bytes that were signed, the signatures, and the keys; no files where nobody signed."""
    files: dict[str, bytes] = {}
    for place, log in logs.items():
        for entry in filter(is_signed, log):
            files |= _files(place, entry)
    lines = {line for use in authorship_of(logs).keys.values() for line in _lines(use)}
    if lines:
        files[ALLOWED_SIGNERS] = (_HEAD + "".join(sorted(lines))).encode()
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


def _lines(use: KeyUse) -> Iterator[str]:
    """Return the lines of a key, one for each person who is said to hold it."""
    for principal in use.principals:
        days = _days(use.people[principal], use.key) if principal in use.people else ""
        yield f'{principal} namespaces="{DECISION_NAMESPACE}"{days} {use.key.openssh()}\n'


def _days(person: RosterEntry, key: PublicKey) -> str:
    """Return from when and until when a key is a person's, as options of OpenSSH."""
    own = next((one for one in person.keys if one.public == key.openssh()), None)
    if own is None:
        return ""  # never where it is proven
    first = max(own.first, person.first_day)
    ends = [end_of(day) for day in (own.last, person.last_day) if day]
    ends += [own.revoked] if own.revoked else []
    before = f',valid-before="{_stamp(min(ends) - timedelta(seconds=1))}"' if ends else ""
    return f',valid-after="{_stamp(end_of(first - timedelta(days=1)))}"{before}'


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}Z"
