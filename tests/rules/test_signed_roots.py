"""The chain of the roster's versions: each follows the one before, signed by two of its officers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from workflows.roster_entries import RosterRoot
from workflows.signed_roots import SignedRoot, chain_fault, root_fault
from workflows.vocabulary import Role

from .officers import NOW, entry, public_key, root, signature, signed

A, B, C = (entry(f"kw-{letter}") for letter in "abc")
FIRST = root([A, B])
BY_TWO = signed(FIRST, [A, B], A, B)
SECOND = root([A, B, C], FIRST)


def test_a_chain_from_nothing() -> None:
    """The first is signed by those whom it names; the next by two who stood in it, the newcomer among them."""
    second = signed(SECOND, [A, B], A, B)
    third = root([A, C], SECOND, at=NOW + timedelta(1))
    chain = [BY_TWO, second, signed(third, [A, B, C], B, C)]
    assert chain_fault(chain, None) is None
    assert chain_fault(chain[1:], FIRST) is None
    gap = chain_fault(chain[2:], FIRST)
    assert gap is not None
    assert gap.en == "version 3 of the roster does not follow version 1"


def test_who_knows_no_version_trusts_the_first_that_it_is_shown() -> None:
    """By its signatures: their proofs lead to a version that it does not know."""
    assert root_fault(signed(SECOND, [A, B], A, B), None) is None
    assert root_fault(signed(SECOND, [A, B], A), None) is not None


def _tampered(change: Callable[[RosterRoot], RosterRoot]) -> SignedRoot:
    whole = signed(SECOND, [A, B], A, B)
    return whole.model_copy(update={"root": change(SECOND)})


DISTRICT = entry("hd-1", role=Role.DISTRICT, district=None)
THIEF = signature(A, SECOND.form(), [A, B], by="thief")


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        (signed(SECOND, [A, B], A), "not signed by two officers"),
        (signed(SECOND, [A, B], A, A), "not signed by two officers"),
        (signed(SECOND, [A, B, C], A, C), "kw-a is not in version 1"),
        (signed(root([A, B, C]), [A, B, C], A, B), "does not follow version 1"),
        (signed(root([A, C], root([A, C])), [A, B], A, B), "does not follow version 1"),
        (_tampered(lambda r: r.model_copy(update={"root": "d" * 64})), "signature does not hold"),
        (_tampered(lambda r: r.model_copy(update={"change": "d" * 64})), "signature does not hold"),
        (
            SignedRoot(root=SECOND, signatures=(THIEF, signature(B, SECOND.form(), [A, B]))),
            f"the roster has no key {public_key('thief').fingerprint()} of kw-a",
        ),
    ],
)
def test_what_is_no_version(forged: SignedRoot, why: str) -> None:
    """Each forgery is found with its reason."""
    fault = root_fault(forged, FIRST)
    assert fault is not None
    assert why in fault.en


def test_officers_of_the_commission_alone_sign() -> None:
    """Not one of a district beside one of the commission."""
    before = root([A, DISTRICT])
    fault = root_fault(signed(root([A, B], before), [A, DISTRICT], A, DISTRICT), before)
    assert fault is not None
    assert "市级两名人员" in fault.zh


def test_a_second_roster_is_none() -> None:
    """Another's first version is no version after ours."""
    other = root([entry("x-1"), entry("x-2")])
    fault = root_fault(
        signed(other, [entry("x-1"), entry("x-2")], entry("x-1"), entry("x-2")), FIRST
    )
    assert fault is not None
    assert "does not follow" in fault.en


def test_signatures_without_a_proof_or_out_of_base64() -> None:
    """They are nobody's."""
    bare = BY_TWO.signatures[0].model_copy(update={"proof": None})
    broken = BY_TWO.signatures[0].model_copy(update={"sshsig": "A"})
    for one, why in ((bare, "has no proof"), (broken, "it is no base64")):
        forged = BY_TWO.model_copy(update={"signatures": (one, BY_TWO.signatures[1])})
        fault = root_fault(forged, None)
        assert fault is not None
        assert why in fault.en
    assert "proof" not in bare.model_dump_json()
