"""Decisions whose words, case or roster are other than what was signed."""

import base64
from collections.abc import Callable
from typing import Any

from tests.forgeries.forgery import (
    Forged,
    altered,
    form_of,
    key_of,
    resigned,
    row,
    signed_inspection,
)
from tests.rules import officers
from tests.rules.authored_cases import at, roster, take
from tests.rules.builders import ACTORS, Raw
from tests.rules.cases import START, assessment, decision, moment, record_event
from tests.rules.rosters import Roster, person
from workflows.case import Case
from workflows.decision_reading import decision_of
from workflows.known_roster import learn_roster
from workflows.model import as_sent
from workflows.signed_form import signed_form
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    HARDWARE_ED25519,
    ssh_string,
    unsigned_part,
)
from workflows.vocabulary import Happening, Kind, Role, Stage

# ---- what is signed ----


@row("altered-word")
def _() -> Forged:
    return altered(signed_inspection("kw-1"), note="另行说明")


@row("altered-body")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    return altered(forged, actor=forged.raw["actor"] | {"organisation": "市科委"})


def _signed_as(namespace: str) -> Forged:
    forged = signed_inspection("kw-1")
    return resigned(forged, sshsig=officers.sshsig("kw-1", form_of(forged), namespace))


@row("signed-as-a-file")
def _() -> Forged:
    return _signed_as("file")


@row("signed-as-another-message")
def _() -> Forged:
    return _signed_as("pingtai-roster")


def _blob(*parts: bytes) -> str:
    """A signature out of its parts, whatever they are."""
    whole = b"SSHSIG" + (1).to_bytes(4) + b"".join(map(ssh_string, parts))
    return base64.b64encode(whole).decode()


def _made_of(forged: Forged, algorithm: str, blob: bytes, hashed: bytes, signed: bytes) -> Forged:
    return resigned(
        forged,
        sshsig=_blob(
            blob,
            DECISION_NAMESPACE.encode(),
            b"",
            hashed,
            b"".join(map(ssh_string, (algorithm.encode(), signed[:64]))) + signed[64:],
        ),
    )


@row("weaker-hash")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    key = officers.public_key("kw-1")
    made = officers.secret_of("kw-1").sign(unsigned_part(form_of(forged)))
    return _made_of(forged, key.algorithm, key.blob(), b"sha256", made)


@row("other-algorithm")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    return _made_of(forged, "rsa-sha2-512", ssh_string(b"ssh-rsa"), b"sha512", bytes(64))


@row("token-not-touched")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    parts = (HARDWARE_ED25519.encode(), officers.public_key("kw-1").raw, b"ssh:")
    blob = b"".join(map(ssh_string, parts))
    return _made_of(forged, HARDWARE_ED25519, blob, b"sha512", bytes(69))


# ---- for which case and step ----


@row("of-no-step")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    named = {name: value for name, value in forged.raw["case"].items() if name != "answers"}
    known = roster()
    raw = decision(Kind.INSPECTION, forged.case) | {"case": named}
    form = signed_form(decision_of(raw))
    return Forged(forged.case, raw | {"signatures": [known.sign("kw-1", form)]})


def _said_of(**about: Any) -> Forged:
    """An inspection that kw-1 signed for another case, and that is sent to this one."""
    case, known = at(Stage.INSPECTION)
    raw = decision(Kind.INSPECTION, case, case=about)
    return Forged(case, known.signed(raw, case, "kw-1"))


@row("of-another-platform")
def _() -> Forged:
    there, known = at(Stage.INSPECTION)
    raw = known.signed(
        decision(Kind.INSPECTION, there, case={"platform_id": "bj-other", "term": 1}), there, "kw-1"
    )
    return Forged(at(Stage.INSPECTION)[0], raw)


@row("of-another-term")
def _() -> Forged:
    return _said_of(platform_id="bj-test", term=2)


@row("of-another-year")
def _() -> Forged:
    case, known = _assessed()
    raw = decision(Kind.SELF_REPORT, case, case={"platform_id": "bj-test", "term": 1, "year": 2})
    return Forged(case, known.signed(raw, case, "op-1"))


def _assessed() -> tuple[Case[Any], Roster]:
    valid, known = at(Stage.VALID)
    record_event(valid, Happening.ASSESSMENT_OPENED)
    year = assessment(valid)
    said = year.log[0].said | {"roster": {"root": as_sent(known.newest.root)}}
    return Case.open(said, year.log[0].at, year.before), known


@row("of-an-earlier-round")
def _() -> Forged:
    case, known = at(Stage.EXPERT_REVIEW)
    raw = decision(Kind.EXPERT_OPINION, case, decision_id="kept")
    kept = known.signed(raw, case, "kw-1")
    take(case, known, Kind.EXPERT_OPINION, "no_conclusion")
    return Forged(case, kept)


@row("sent-again-under-another-id")
def _() -> Forged:
    case, known = at(Stage.EXPERT_REVIEW)
    raw = known.signed(decision(Kind.EXPERT_OPINION, case, "no_conclusion"), case, "kw-1")
    case.decide(raw, moment(case))
    return Forged(case, raw | {"decision_id": "once-more"})


# ---- the roster that it rests on ----


@row("no-proof")
def _() -> Forged:
    forged = signed_inspection("kw-1")
    [one] = forged.raw["signatures"]
    return altered(forged, signatures=[{"sshsig": one["sshsig"]}])


def _proof(change: Callable[[Raw], Raw], *, by: str = "kw-1") -> Forged:
    forged = signed_inspection(by)
    return resigned(forged, proof=change(dict(forged.raw["signatures"][0]["proof"])))


@row("altered-path")
def _() -> Forged:
    return _proof(lambda proof: proof | {"path": ["ab" * 32, *proof["path"][1:]]})


@row("altered-entry")
def _() -> Forged:
    def raised(proof: Raw) -> Raw:
        office = {name: ACTORS[Role.COMMISSION][name] for name in ("role", "organisation")}
        other = proof["entry"] | office | {"id": "kw-1"}
        other.pop("district")
        return proof | {"entry": other}

    return _proof(raised, by="hd-1")


@row("proof-of-another-place")
def _() -> Forged:
    return _proof(lambda proof: proof | {"index": proof["index"] + 1})


@row("older-version")
def _() -> Forged:
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    older = known.proof("kw-1"), as_sent(known.newest)
    known.change(person("kw-1", keys=(key_of("kw-1", revoked=START),)))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    raw = known.signed(decision(Kind.INSPECTION, case), case, "kw-1")
    return resigned(Forged(case, raw | {"roster": [older[1]]}), proof=older[0])


@row("second-roster")
def _() -> Forged:
    strangers = Roster(person("kw-1", key="thief"), person("x-2"))
    case, _ = at(Stage.INSPECTION)
    raw = strangers.signed(decision(Kind.INSPECTION, case), case, "kw-1", key="thief")
    return Forged(case, raw | {"roster": [as_sent(strangers.newest)]})


def _version(*signers: str) -> Forged:
    """A version with the thief's key for kw-1, signed by these, and a decision by that key."""
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    before = list(known.people.values())
    by = [known.people[one] for one in signers]
    known.people["kw-1"] = person("kw-1", key="thief")
    version = officers.root(list(known.people.values()), known.newest.root, at=START)
    raw = known.signed(decision(Kind.INSPECTION, case), case, "kw-1", key="thief")
    return Forged(case, raw | {"roster": [as_sent(officers.signed(version, before, *by))]})


@row("version-of-one-officer")
def _() -> Forged:
    return _version("kw-2")


@row("version-of-one-officer-twice")
def _() -> Forged:
    return _version("kw-2", "kw-2")


@row("version-of-no-officers")
def _() -> Forged:
    return _version("hd-1", "op-1")


@row("fewer-signatures-asked-for")
def _() -> Forged:
    case, known = at(Stage.VALID)
    raw = decision(Kind.FACTS_CHANGE, case, authorship="none")
    return Forged(case, known.signed(raw, case, "kw-1"))


@row("fewer-signatures-asked-for-unsigned")
def _() -> Forged:
    case, _ = at(Stage.VALID)
    return Forged(case, decision(Kind.FACTS_CHANGE, case, authorship="none"))
