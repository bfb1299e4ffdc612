"""Who may say that a case, or the roster, goes on from its log: an officer, of the newest roster."""

from typing import Any

import pytest

from audit.reading.roster_log_reading import roster_faults
from workflows.case import Case
from workflows.model import as_sent, parse
from workflows.recovering import (
    note_recovery,
    objection_to_recovery,
)
from workflows.recovery import RECOVERY_NAMESPACE, Recovery, RosterRecovery
from workflows.roster_entries import RosterEntry
from workflows.roster_log import recovery_fault
from workflows.roster_state import fold_roster
from workflows.signatures import Signature
from workflows.state_folding import fold
from workflows.vocabulary import Happening, Stage

from . import officers
from .authored_cases import at as authored_at
from .authored_cases import roster as an_office
from .cases import (
    at_stage,
    moment,
    recovery,
)
from .roster_life import HAIDIAN, A, B, C, Life, item
from .rosters import SINCE, Roster, person
from .test_recovering import begun, found


def signed_by(case: Case[Any], known: Roster, by: str, **changes: Any) -> Recovery:
    """A recovery that somebody has signed."""
    said = recovery(case, **{"by": by} | changes)
    return signed_again(said, known, by)


def signed_again(said: Recovery, known: Roster, by: str) -> Recovery:
    """A recovery with a signature of somebody."""
    entry, everybody = known.people[by], list(known.people.values())
    made = officers.sshsig(by, said.form(), RECOVERY_NAMESPACE)
    proof = officers.signature(entry, b"", everybody).proof
    return said.model_copy(update={"signatures": (Signature(sshsig=made, proof=proof),)})


def objection(case: Case[Any], said: Recovery, **changes: Any) -> str:
    """Why a case does not go on by a recovery; empty where it does."""
    carried = begun(case).model_copy(update={"recovery": said})
    why = objection_to_recovery(carried, found(case, **changes), moment(case))
    return why.en if why else ""


def test_where_a_case_knows_a_roster_an_officer_of_the_commission_signs() -> None:
    """Nobody else, nothing else, and no signature of another log."""
    case, known = authored_at(Stage.LISTING)
    other, _ = authored_at(Stage.INSPECTION)
    assert objection(case, signed_by(case, known, "kw-1")) == ""
    assert "must sign it" in objection(case, recovery(case, by="kw-1"))
    assert "hd-1 is not the officer" in objection(case, signed_by(case, known, "hd-1"))
    in_anothers = signed_by(case, known, "kw-1").model_copy(update={"by": "kw-2"})
    assert "signature does not hold" in objection(case, in_anothers)
    taken = signed_by(other, known, "kw-1").signatures
    forged = recovery(case, by="kw-1").model_copy(update={"signatures": taken})
    assert "signature does not hold" in objection(case, forged)


def test_an_officer_who_came_later_signs_with_the_versions_that_brought_them() -> None:
    """The case learns of them first; a roster of the forger's own leads nowhere."""
    case, known = authored_at(Stage.LISTING)
    versions = (known.change(person("kw-9")),)
    said = signed_by(case, known, "kw-9", roster=[as_sent(one) for one in versions])
    assert objection(case, said) == ""
    assert "is not in version 1" in objection(case, said.model_copy(update={"roster": ()}))
    note_recovery(case, said, moment(case))
    assert [e.name for e in case.log[-2:]] == [Happening.ROSTER_LEARNED, Happening.RECOVERED]
    assert fold(case.log) == case.state
    own = Roster(person("kw-9"), person("kw-8"))
    forged = signed_by(case, own, "kw-9", roster=[as_sent(own.change(person("kw-7")))])
    assert "another roster" in objection(case, forged) or "follow" in objection(case, forged)


def test_an_officer_who_was_revoked_since_recovers_nothing() -> None:
    """The register has a newer version than the case: by the older one nobody signs any more."""
    case, known = authored_at(Stage.LISTING)
    old = signed_by(case, known, "kw-3")
    versions = [known.change(person("kw-3", last_day=SINCE))]
    newest = known.newest.root
    assert objection(case, old) == ""
    assert "there is version 2" in objection(case, old, roster=newest)
    late = signed_by(case, known, "kw-1", roster=[as_sent(one) for one in versions])
    assert objection(case, late, roster=newest) == ""
    gone = signed_by(case, known, "kw-3", roster=[as_sent(one) for one in versions])
    assert objection(case, gone, roster=newest)


def test_the_registers_roster_counts_for_a_case_that_knows_none() -> None:
    """And where there is none at all nobody signs."""
    case, known = at_stage(Stage.LISTING), an_office()
    root = known.newest.root
    said = signed_by(case, known, "kw-1")
    assert objection(case, said, roster=root) == ""
    assert "must sign it" in objection(case, recovery(case), roster=root)
    assert "no roster is set up" in objection(case, said)
    note_recovery(case, said, moment(case), root)
    assert case.log[-1].said["under"]["version"] == 1


# ---- the roster ----


def roster_recovery(life: Life, officer: RosterEntry, **changes: Any) -> RosterRecovery:
    """The statement by which a roster goes on, signed by somebody."""
    usual = {
        "of": "roster",
        "recovery_id": "r-1",
        "entries": life.roster.seq,
        "log_hash": life.roster.last_hash,
        "by": officer.id,
        "reason": "数据文件损坏",
        "histories": "归档",
    }
    said = parse(RosterRecovery, usual | changes)
    made = officers.sshsig(officer.id, said.form(), RECOVERY_NAMESPACE)
    proof = officers.signature(officer, b"", life.under()).proof
    return said.model_copy(update={"signatures": (Signature(sshsig=made, proof=proof),)})


def test_the_roster_goes_on_by_an_officer_s_word() -> None:
    """Its log holds with the entry, it stands where it stood, and what it takes next is what it would have."""
    life = Life.opened(HAIDIAN)
    said, before = roster_recovery(life, A), life.roster.state
    assert recovery_fault(life.roster, said, life.at) is None
    entry = life.roster.note_recovery(said, life.at)
    assert life.roster.state == before
    life.take(life.change([item(C)], A, B))
    log = list(life.roster.log)
    assert list(roster_faults(log)) == []
    assert fold_roster(log) == life.roster.state
    forged = entry.model_copy(update={"said": entry.said | {"by": "kw-b"}})
    forged = forged.model_copy(update={"hash": forged.seal()})
    assert list(roster_faults([log[0], forged]))


@pytest.mark.parametrize(
    ("by", "changes", "why"),
    [
        (HAIDIAN, {}, "is not the officer of the commission"),
        (A, {"entries": 9}, "another last entry"),
        (A, {"log_hash": "0" * 64}, "another last entry"),
        (A, {"by": "kw-b"}, "is not the officer of the commission"),
    ],
)
def test_the_roster_does_not_go_on(by: RosterEntry, changes: dict[str, Any], why: str) -> None:
    """By others, or from elsewhere."""
    life = Life.opened(HAIDIAN)
    fault = recovery_fault(life.roster, roster_recovery(life, by, **changes), life.at)
    assert fault
    assert why in fault.en
    unsigned = roster_recovery(life, A).model_copy(update={"signatures": ()})
    assert recovery_fault(life.roster, unsigned, life.at)
