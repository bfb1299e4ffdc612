"""An erasure: who asks, who confirms, what stands in the way; and what remains of an entry that was erased."""

import base64
from datetime import date, timedelta
from typing import Any

import pytest

from audit.erasing.check_remains import check_remains
from db.erased_entries import (
    ERASED,
    MARK,
    digest_of_remains,
    erased_said,
    is_erased,
    remains_of,
)
from tests.audit.signed_lives import signed_log
from tests.rules.officers import NOW, entry, public_key, root, sshsig
from workflows.erasure_decisions import (
    ERASURE_NAMESPACE,
    Erased,
    ErasureStage,
    erasure_decision_of,
)
from workflows.erasure_log import ErasureLog, TermStanding, decided, objections_to_term
from workflows.model import InvalidMessage, as_sent
from workflows.record import BEGINNING, find_chain_break
from workflows.refusal import Refused
from workflows.roster_entries import RosterEntry, prove_entry
from workflows.signatures import Signature
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    BadSignature,
    signer_of_hash,
)

Raw = dict[str, Any]
OPEN = TermStanding(
    log_hash="a" * 64, ended_at=NOW - timedelta(days=4_000), retained_until=date(2026, 1, 1), keys=1
)
WANG, LI = entry("wang"), entry("li")
ROSTER = [LI, WANG]
SIGNED = OPEN.model_copy(update={"roster": root(ROSTER)})


def _raw(kind: str, person: str, **more: Any) -> Raw:
    actor = {"id": person, "role": "commission", "organisation": "市科委、中关村管委会"}
    of = {"platform_id": "bj-test", "term": 1, "log_hash": "a" * 64}
    return {"kind": kind, "decision_id": f"{kind}-{person}", "actor": actor, "of": of} | more


def _request(person: str = "wang", **more: Any) -> Raw:
    return _raw("erasure_request", person, **{"reason": "保管期限届满"} | more)


def _confirmation(log: ErasureLog, person: str = "li", **more: Any) -> Raw:
    request = log.view(0).request
    return _raw(
        "erasure_confirmation", person, **{"outcome": "confirmed", "request": request} | more
    )


def _signed(raw: Raw, person: RosterEntry, by: str = "", space: str = ERASURE_NAMESPACE) -> Raw:
    form = erasure_decision_of(raw).form()
    leaves = {one.id: one.leaf().hex() for one in ROSTER} | {person.id: person.leaf().hex()}
    made = Signature(sshsig=sshsig(by or person.id, form, space), proof=prove_entry(person, leaves))
    return raw | {"signatures": [as_sent(made)]}


def _refused(log: ErasureLog, raw: Raw, standing: TermStanding = OPEN) -> str:
    stage, entries = log.stage, len(log.log)
    with pytest.raises(Refused) as refused:
        log.decide(raw, standing, NOW)
    assert (log.stage, len(log.log)) == (stage, entries)
    return f"{refused.value.refusal.en} {refused.value.refusal.zh}"


def test_two_officers_and_a_log_that_holds() -> None:
    """One asks, another confirms; the same person cannot; what was done is the last entry."""
    log = ErasureLog()
    assert "nothing waits" in _refused(log, _confirmation(log, request="b" * 64))
    first = log.decide(_request(), OPEN, NOW)
    assert (first.stage, log.decide(_request(), OPEN, NOW).repeated) == ("requested", True)
    assert "another content" in _refused(log, _request(reason="其他"))
    assert "asked for already" in _refused(log, _request("li"))
    assert "须由第二人确认" in _refused(log, _confirmation(log, "WANG"))
    assert "is not what was asked for" in _refused(log, _confirmation(log, request="b" * 64))
    rejected = log.decide(_confirmation(log, outcome="rejected", reason="另案审计中"), OPEN, NOW)
    assert (rejected.stage, log.view(0).request) == ("open", None)
    log.decide(_request(decision_id="again"), OPEN, NOW)
    log.decide(_confirmation(log, decision_id="yes"), OPEN, NOW)
    assert log.stage is ErasureStage.CONFIRMED
    log.record_erased(Erased(entries=1, remains="c" * 64, rows={"notices": 2}, keys=1), NOW)
    assert find_chain_break(log.log, BEGINNING) is None
    assert [one.outcome for one in log.log] == [
        *("requested", "rejected", "requested", "confirmed", "erased"),
    ]
    assert decided(log.log)[0].kind == "erasure_request"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"log_hash": None}, "no such term"),
        ({"ended_at": None, "retained_until": None}, "the term is open"),
        ({"retained_until": date(2026, 11, 30)}, "kept up to 2026-11-30"),
        ({"keys": None}, "nothing is encrypted here"),
        ({"keys": 0}, "has no key here"),
        ({"in_the_clear": 2}, "2 of its archived histories are not encrypted"),
        ({"broken": "entry 3 was changed"}, "not whole (entry 3 was changed)"),
        ({"erased": True}, "erased already"),
        ({"log_hash": "b" * 64}, "not the one that was looked at"),
    ],
)
def test_what_stands_in_the_way(changes: Raw, why: str) -> None:
    """Both who asks and who confirms is refused: much may happen in between."""
    standing = OPEN.model_copy(update=changes)
    assert why in _refused(ErasureLog(), _request(), standing)
    log = ErasureLog()
    log.decide(_request(), OPEN, NOW)
    assert why in _refused(log, _confirmation(log), standing)


def test_another_workflow_goes_on_from_the_register() -> None:
    """What was decided is decided again, and only then goes on; what nobody decided does not."""
    log = ErasureLog()
    log.decide(_signed(_request(), WANG), SIGNED, NOW)
    again = ErasureLog.gone_on(SIGNED.model_copy(update={"log": tuple(log.log)}))
    assert (again.view(0), again.log) == (log.view(0), log.log)
    again.decide(_signed(_confirmation(again), LI), SIGNED, NOW)
    assert again.stage is ErasureStage.CONFIRMED
    unsigned = ErasureLog()
    unsigned.decide(_request(), OPEN, NOW)
    changed = log.log[0].model_copy(update={"hash": "b" * 64})
    for planted in (unsigned.log, [changed]):
        with pytest.raises(Refused):
            ErasureLog.gone_on(SIGNED.model_copy(update={"log": tuple(planted)}))


def test_the_day_after_retention() -> None:
    """The last day counts whole; the next one is late enough."""
    last = OPEN.model_copy(update={"retained_until": date(2026, 11, 29)})
    assert not list(objections_to_term(last, NOW))


def test_of_a_term_that_is_not_there_nothing_else_is_said() -> None:
    """It has no key, either, which is no second reason."""
    none = TermStanding(keys=0)
    assert [words.en for words in objections_to_term(none, NOW)] == ["there is no such term"]


def test_only_the_commission_and_only_what_is_one() -> None:
    """Others and nonsense are refused."""
    actor = {"id": "qu", "role": "district", "organisation": "区科委", "district": "haidian"}
    assert "须由市级人员" in _refused(ErasureLog(), _request(actor=actor))
    absence = {"principal_id": "li", "first_day": "2026-11-01", "last_day": "2026-12-31"}
    substitute = _request()["actor"] | {"acting_for": absence}
    assert "不得由他人代办" in _refused(ErasureLog(), _request(actor=substitute))
    for raw in (None, {}, {"kind": "listing"}, _request(reason=""), _request(of={})):
        with pytest.raises(InvalidMessage):
            ErasureLog().decide(raw, OPEN, NOW)


def test_with_a_roster_both_sign() -> None:
    """Unsigned, forged, of another purpose, of nobody in the roster, of another than the actor: refused."""
    log = ErasureLog()
    stranger = entry("zhao")
    for raw, why in (
        (_request(), "it must be signed"),
        (_signed(_request(), WANG, by="li"), "has no key"),
        (_signed(_request(), WANG, space=DECISION_NAMESPACE), "pingtai-erasure"),
        (_signed(_request(), LI), "signed by li, not by wang"),
        (_signed(_request("zhao"), stranger), "not in version 1"),
        (_signed(_request(), WANG) | {"reason": "改动"}, "not the signature of this content"),
    ):
        assert why in _refused(log, raw, SIGNED)
    log.decide(_signed(_request(), WANG), SIGNED, NOW)
    # A request's signature is worth nothing on a confirmation.
    stolen = {"signatures": _signed(_request("li"), LI)["signatures"]}
    assert "not the signature" in _refused(log, _confirmation(log) | stolen, SIGNED)
    log.decide(_signed(_confirmation(log), LI), SIGNED, NOW)
    assert log.stage is ErasureStage.CONFIRMED
    assert "nobody's key is known" in _refused(ErasureLog(), _signed(_request(), WANG))


def test_signatures_of_erased_entries_are_verified_by_their_hash() -> None:
    """What people wrote is gone; hash, stage and signature stay, and the signature still is of that content."""
    known = frozenset({"bj-test"})
    signed = [one for one in signed_log() if one.said.get("signatures")]
    assert signed
    for one in signed_log():
        said = erased_said(one, known)
        erased = one.model_copy(update={"said": said})
        assert is_erased(erased)
        assert not is_erased(one)
        assert erased_said(erased, known) == said  # again, and nothing changes
        if one in signed:
            hashed = bytes.fromhex(said[MARK]["form_sha512"])
            blobs = [base64.b64decode(text) for text in said[MARK]["signatures"]]
            keys = [signer_of_hash(blob, hashed, DECISION_NAMESPACE) for blob in blobs]
            assert public_key("nobody") not in keys
            with pytest.raises(BadSignature):
                signer_of_hash(blobs[0], bytes(64), DECISION_NAMESPACE)
    listing = erased_said(next(one for one in signed_log() if one.name == "listing"), known)
    assert (listing["outcome"], listing["kind"]) == ("included", "listing")
    assert listing["actor"]["id"] == ERASED


def test_what_remains_is_verified_and_what_was_changed_is_found() -> None:
    """Signatures by their hashes, links, and the seal of the erasure; a forged hash or signature is named."""
    entries = [
        one.model_copy(update={"said": erased_said(one, frozenset())}) for one in signed_log()
    ]
    remains = [remains_of(0, 0, one) for one in entries]
    of = {"platform_id": "bj-test", "term": 1, "log_hash": entries[-1].hash}
    standing = OPEN.model_copy(update={"log_hash": entries[-1].hash})
    log = ErasureLog()
    log.decide(_request(of=of), standing, NOW)
    log.decide(_confirmation(log, of=of), standing, NOW)
    sealed = Erased(entries=len(remains), remains=digest_of_remains(remains), rows={}, keys=1)
    log.record_erased(sealed, NOW)
    assert not list(check_remains(log.log, remains))
    number = next(n for n, one in enumerate(remains) if one.mark.get("signatures"))
    forged = {"form_sha512": "0" * 128, "signatures": remains[number].mark["signatures"]}
    for mark, why in (
        (forged, "not the signature of this content"),
        ({"signatures": ["x"]}, "cannot be read"),
    ):
        changed = [*remains]
        changed[number] = remains[number].model_copy(update={"mark": mark})
        found = [en for en, _ in check_remains(log.log, changed)]
        assert any(why in en for en in found)
        assert any("not what the erasure sealed" in en for en in found)
    moved = [
        one.model_copy(update={"hash": "b" * 64}) if one is remains[-1] else one for one in remains
    ]
    assert any("over another log" in en for en, _ in check_remains(log.log, moved))
