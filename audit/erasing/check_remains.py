"""What an auditor verifies of an erased term: its links, its signatures and its digests, all of them by hashes.

The hash of an entry cannot be worked out without its content. What held when it was erased is sealed in the
log of the erasure, which two officers decided and each digest since covers.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence

from db.erased_entries import Remains, digest_of_remains
from workflows.erasure_decisions import (
    ERASURE_NAMESPACE,
    Erased,
    ErasureConfirmation,
    ErasureOutcome,
    ErasureRequest,
)
from workflows.erasure_log import decided, same_person
from workflows.model import InvalidMessage, record_from
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.signed_roots import signers_of
from workflows.ssh_signatures import DECISION_NAMESPACE, BadSignature, signer_of_hash
from workflows.words import Words


def check_remains(erasure: Sequence[LogEntry], remains: Sequence[Remains]) -> Iterator[Words]:
    """Return whatever does not hold of an erased term."""
    if broken := find_chain_break(erasure, BEGINNING):
        yield broken.at(_LOG)
        return
    yield from _decided(erasure, remains)
    if not erasure or erasure[-1].outcome != ErasureOutcome.ERASED:
        yield Words("it was not erased to the end", "删除尚未完成")
        return
    try:
        sealed = record_from(Erased, erasure[-1].said)
    except ValueError:
        yield Words("what was done cannot be read", "删除结果无法读取").at(_LOG)
        return
    if (sealed.entries, sealed.remains) != (len(remains), digest_of_remains(remains)):
        yield Words(
            "what remains is not what the erasure sealed: an entry was changed, added or removed since",
            "所余内容与删除时封存的不同：此后有条目被改动、增添或移除",
        )
    for (year, opening), log in sorted(by_log(remains).items()):
        for words in (*_links(log), *_signatures(log)):
            yield words.at(_named(year, opening))


def signed_entries(remains: Iterable[Remains]) -> int:
    """Return how many entries carry a signature."""
    return sum(bool(one.mark.get("signatures")) for one in remains)


def by_log(remains: Iterable[Remains]) -> Mapping[tuple[int, int], list[Remains]]:
    """Return what remains by year and opening, in order."""
    found: dict[tuple[int, int], list[Remains]] = {}
    for one in sorted(remains, key=lambda one: one.seq):
        found.setdefault((one.year, one.opening), []).append(one)
    return found


def _decided(erasure: Sequence[LogEntry], remains: Sequence[Remains]) -> Iterator[Words]:
    """Two officers decided it, over this very log, and what they signed is theirs."""
    try:
        said = decided(erasure)
    except InvalidMessage:
        yield Words("a decision cannot be read", "决定无法读取").at(_LOG)
        return
    own = by_log(remains).get((0, 0), [])
    last = own[-1].hash if own else None
    request = next((one for one in reversed(said) if isinstance(one, ErasureRequest)), None)
    confirmed = said[-1] if said and isinstance(said[-1], ErasureConfirmation) else None
    if request is None or confirmed is None or confirmed.outcome != ErasureOutcome.CONFIRMED:
        yield Words("no second officer confirmed it", "未经第二人确认").at(_LOG)
    elif confirmed.request != request.digest or same_person(request, confirmed):
        yield Words("it was not confirmed by a second officer", "并非由第二人确认").at(_LOG)
    elif request.of.log_hash != last:
        yield Words("it was decided over another log", "所决定的是另一记录").at(_LOG)
    moments = [one.at for one in erasure]
    for one, at in zip(said, moments, strict=False):
        for signer in signers_of(one.form(), one.signatures, None, at, ERASURE_NAMESPACE):
            if signer.fault:
                yield signer.fault.at(_LOG)


def _links(log: Sequence[Remains]) -> Iterator[Words]:
    """Each entry follows the one before, by the hashes that they name."""
    for number, one in enumerate(log, start=1):
        if one.seq != number:
            yield Words(f"entry {number} is missing", f"缺第 {number} 条")
            return
        if number > 1 and one.previous != log[number - 2].hash:
            yield Words(
                f"entry {number} does not follow the one before it", f"第 {number} 条不接续前一条"
            )


def _signatures(log: Sequence[Remains]) -> Iterator[Words]:
    """Each signature is of what was erased, which its hash stands for."""
    for one in log:
        for text in one.mark.get("signatures", ()):
            try:
                hashed = bytes.fromhex(one.mark["form_sha512"])
                signer_of_hash(base64.b64decode(text, validate=True), hashed, DECISION_NAMESPACE)
            except BadSignature as error:
                yield error.words.at(Words(f"entry {one.seq}", f"第 {one.seq} 条"))
            except (ValueError, TypeError, KeyError):
                yield Words(
                    f"entry {one.seq}: its signature cannot be read",
                    f"第 {one.seq} 条的签名无法读取",
                )


def _named(year: int, opening: int) -> Words:
    if not year:
        return Words("the platform's log", "平台记录")
    return Words(f"year {year}, opening {opening}", f"第 {year} 年（第 {opening} 次）")


_LOG = Words("the log of the erasure", "删除记录")
