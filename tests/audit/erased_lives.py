"""Platforms of which a term was erased by two officers: what is left of it, and of what it was."""

from collections.abc import Sequence
from functools import cache

from audit.erasing.erased_file import ErasedEntry, ErasedFile, ErasedRun
from audit.histories import StoredHistory
from audit.reading.case_logs import read_runs
from db.erased_entries import digest_of_remains, erased_said
from tests.audit.lives import recorded
from tests.rules.officers import NOW, root
from tests.rules.test_erasure import OPEN, ROSTER
from tests.rules.test_erasure import _confirmation as confirmation
from tests.rules.test_erasure import _request as request
from tests.rules.test_erasure import _signed as signed_by
from workflows.erasure_decisions import Erased, ErasedTerm
from workflows.erasure_log import ErasureLog
from workflows.log_id import LogId
from workflows.record import LogEntry

DOCUMENT = "京科发〔2040〕7号"
WANG, LI = ROSTER[1], ROSTER[0]


def of_term(
    platform_id: str, term: int, release: str
) -> tuple[list[StoredHistory], list[StoredHistory]]:
    """The histories of a term, and those of the others."""
    own: list[StoredHistory] = []
    others: list[StoredHistory] = []
    for history in recorded(platform_id, release):
        places = read_runs(platform_id, [history]).logs
        (own if {place.term for place in places} == {term} else others).append(history)
    return own, others


@cache
def erased_term(platform_id: str, term: int, release: str) -> ErasedFile:
    """What is left of a term, as an erasure leaves it: signed by two officers, on a document."""
    gone, _ = of_term(platform_id, term, release)
    logs = read_runs(platform_id, recorded(platform_id, release)).logs
    known = frozenset({platform_id})
    entries = tuple(
        ErasedEntry(year=place.year, opening=place.opening, entry=_erased(line.entry, known))
        for place, lines in logs.items()
        if place.term == term
        for line in lines
    )
    last = logs[LogId(term)][-1].entry.hash
    of = {"platform_id": platform_id, "term": term, "log_hash": last}
    standing = OPEN.model_copy(update={"log_hash": last, "roster": root(ROSTER)})
    log = ErasureLog()
    asked = request("wang", of=of, document=DOCUMENT)
    log.decide(signed_by(asked, WANG), standing, NOW)
    log.decide(signed_by(confirmation(log, "li", of=of), LI), standing, NOW)
    left = ErasedFile(
        of=ErasedTerm(platform_id=platform_id, term=term),
        erasure=(),
        entries=entries,
        runs=_runs(gone),
    )
    sealed = Erased(entries=len(entries), remains=digest_of_remains(left.remains), rows={}, keys=1)
    log.record_erased(sealed, NOW)
    return left.model_copy(update={"erasure": tuple(log.log)})


def _erased(entry: LogEntry, known: frozenset[str]) -> LogEntry:
    said = erased_said(entry, known)
    actor = entry.actor and entry.actor.model_copy(
        update={"id": "erased", "organisation": "erased"}
    )
    return entry.model_copy(update={"said": said, "actor": actor})


def _runs(gone: Sequence[StoredHistory]) -> tuple[ErasedRun, ...]:
    return tuple(ErasedRun(workflow_id=one.workflow_id, run_id=one.run_id) for one in gone)
