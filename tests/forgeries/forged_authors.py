"""Decisions in the name of somebody else: by keys and mandates that are not good, or by one where two sign."""

import base64
from datetime import date, timedelta
from typing import Any

from tests.forgeries.forgery import (
    DAY,
    Forged,
    altered,
    form_of,
    key_of,
    resigned,
    row,
    signed_inspection,
    signed_listing,
)
from tests.rules import officers
from tests.rules.authored_cases import at, opened, roster, take
from tests.rules.builders import ACTORS, OPERATOR_NAME, panel
from tests.rules.cases import START, decision, moment
from tests.rules.rosters import SINCE, person
from tests.rules.test_mandates import mandate
from workflows.decision_reading import decision_of
from workflows.known_roster import learn_roster
from workflows.model import as_sent
from workflows.periods import beijing_date
from workflows.roster_entries import RosterKey
from workflows.signed_form import signed_form
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    PublicKey,
    signature_of,
    ssh_string,
)
from workflows.vocabulary import District, Kind, Role, Stage

# ---- who signs ----


@row("unsigned")
def _() -> Forged:
    return signed_inspection()


@row("other-person")
def _() -> Forged:
    return signed_inspection("kw-2")


@row("other-role")
def _() -> Forged:
    return signed_inspection("hd-1")


@row("other-district")
def _() -> Forged:
    known = roster()
    known.change(person("cy-1", Role.DISTRICT, district=District.CHAOYANG))
    case = opened(known)
    actor = ACTORS[Role.DISTRICT] | {"id": "cy-1"}
    raw = decision(Kind.RECOMMENDATION, case, actor=actor)
    return Forged(case, known.signed(raw, case, "cy-1"))


@row("other-organisation")
def _() -> Forged:
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    known.change(person("kw-9", organisation="北京某咨询公司"))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    raw = decision(Kind.INSPECTION, case, actor=ACTORS[Role.COMMISSION] | {"id": "kw-9"})
    return Forged(case, known.signed(raw, case, "kw-9"))


@row("operator-of-another-platform")
def _() -> Forged:
    known = roster()
    known.change(person("op-1", Role.OPERATOR, platform_id="bj-other"))
    case = opened(known)
    take(case, known, Kind.RECOMMENDATION, "returned")
    return Forged(case, known.signed(decision(Kind.PLAN_REVISION, case), case, "op-1"))


@row("operator-as-officer")
def _() -> Forged:
    known = roster()
    known.change(person("kw-9", organisation=OPERATOR_NAME))
    case, _ = at(Stage.INSPECTION, known)
    actor = ACTORS[Role.COMMISSION] | {"id": "kw-9", "organisation": OPERATOR_NAME}
    raw = decision(Kind.INSPECTION, case, actor=actor)
    return Forged(case, known.signed(raw, case, "kw-9"))


@row("operator-as-expert")
def _() -> Forged:
    case, known = at(Stage.EXPERT_REVIEW)
    experts = panel()
    experts[0] |= {"organisation": OPERATOR_NAME}
    raw = decision(Kind.EXPERT_OPINION, case, panel=experts)
    return Forged(case, known.signed(raw, case, "kw-1"))


@row("two-roles")
def _() -> Forged:
    case, known = at(Stage.LISTING)
    known.change(person("hd-1"))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    raw = decision(Kind.LISTING, case, "included")
    return Forged(case, known.signed(raw, case, "kw-1", "hd-1"))


# ---- by which key, and when ----


def _by_kw_1(**changes: Any) -> Forged:
    """An inspection that kw-1 signs, whom the case knows otherwise by then."""
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    known.change(person("kw-1", **changes))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    return Forged(case, known.signed(decision(Kind.INSPECTION, case), case, "kw-1"))


@row("stolen-name")
def _() -> Forged:
    return signed_inspection("kw-1", key="thief")


@row("revoked-key")
def _() -> Forged:
    return _by_kw_1(keys=(key_of("kw-1", revoked=START),))


@row("weak-key")
def _() -> Forged:
    """Zeros are a signature of anything by it: nobody need know a secret."""
    weak = PublicKey("ssh-ed25519", bytes((1, *bytes(31))))
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    known.change(person("kw-1", keys=(RosterKey(public=weak.openssh(), first=SINCE),)))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    forged = Forged(case, known.signed(decision(Kind.INSPECTION, case), case, "kw-1"))
    signed = b"".join(map(ssh_string, (weak.algorithm.encode(), weak.raw + bytes(32))))
    made = signature_of(weak, signed)
    return resigned(forged, sshsig=base64.b64encode(made).decode())


@row("backdated")
def _() -> Forged:
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    lost = case.log[-1].at + timedelta(hours=1)
    known.change(person("kw-1", keys=(key_of("kw-1", revoked=lost),)))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, lost)
    raw = decision(Kind.INSPECTION, case, decided_on=str(beijing_date(lost)))
    return Forged(case, known.signed(raw, case, "kw-1"))


@row("key-not-yet-valid")
def _() -> Forged:
    return _by_kw_1(keys=(key_of("kw-1", first=date(2024, 6, 1)),))


@row("key-no-longer-valid")
def _() -> Forged:
    return _by_kw_1(keys=(key_of("kw-1", last=date(2024, 2, 1)),))


@row("not-in-office-yet")
def _() -> Forged:
    return _by_kw_1(first_day=date(2024, 9, 1))


@row("no-longer-in-office")
def _() -> Forged:
    return _by_kw_1(last_day=date(2024, 3, 1))


# ---- in whose place ----


def _acting(
    first: int, last: int, kinds: tuple[Kind, ...] = (), *, claim: bool = False, **by: str
) -> Forged:
    """An inspection that kw-2 signs in kw-1's place; days are counted from that of the decision."""
    case, known = at(Stage.INSPECTION)
    day = beijing_date(moment(case))
    absence = mandate(known, day + first * DAY, day + last * DAY, kinds, **by)
    if claim:
        del absence["mandate"]
    actor = {**ACTORS[Role.COMMISSION], "id": "kw-2", "acting_for": absence}
    changes = {"decided_on": absence["last_day"]} if last < 0 else {}
    raw = decision(Kind.INSPECTION, case, "passed", actor=actor, **changes)
    return Forged(case, known.signed(raw, case, "kw-2"))


@row("no-mandate")
def _() -> Forged:
    return _acting(-1, 1, claim=True)


@row("mandate-over")
def _() -> Forged:
    return _acting(-2, -1)


@row("mandate-of-another-kind")
def _() -> Forged:
    return _acting(-1, 1, (Kind.LISTING,))


@row("mandate-of-another-substitute")
def _() -> Forged:
    return _acting(-1, 1, substitute="kw-3")


@row("mandate-by-another")
def _() -> Forged:
    return _acting(-1, 1, signed_by="kw-3")


@row("mandate-of-another-body")
def _() -> Forged:
    return _acting(-1, 1, principal="op-2", signed_by="op-2")


# ---- two signatures ----


@row("second-missing")
def _() -> Forged:
    return signed_listing("kw-1")


@row("one-officer-twice")
def _() -> Forged:
    known = roster()
    known.change(person("kw-1", keys=(key_of("kw-1"), key_of("token"))))
    forged = signed_listing("kw-1", known=known)
    again = known.sign("kw-1", form_of(forged), key="token")
    return altered(forged, signatures=[*forged.raw["signatures"], again])


@row("one-key-twice")
def _() -> Forged:
    return signed_listing("kw-1", "kw-1")


@row("second-of-another-role")
def _() -> Forged:
    return signed_listing("kw-1", "hd-1")


@row("second-of-the-operator")
def _() -> Forged:
    known = roster()
    known.change(person("own-1", organisation=OPERATOR_NAME))
    return signed_listing("kw-1", "own-1", known=known)


@row("second-altered")
def _() -> Forged:
    forged = signed_listing("kw-1", "kw-2")
    blob = bytearray(base64.b64decode(forged.raw["signatures"][1]["sshsig"]))
    blob[-1] ^= 1
    return resigned(forged, 1, sshsig=base64.b64encode(blob).decode())


@row("second-of-other-words")
def _() -> Forged:
    forged = signed_listing("kw-1", "kw-2")
    other = signed_form(decision_of(forged.raw | {"note": "另行说明"}))
    return resigned(forged, 1, sshsig=officers.sshsig("kw-2", other, DECISION_NAMESPACE))
