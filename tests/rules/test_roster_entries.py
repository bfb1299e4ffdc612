"""Entries of the roster, their proofs, and the days of keys."""

import json
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from workflows.model import as_sent, canonical, parse
from workflows.roster_entries import (
    LONGEST_PATH,
    RosterKey,
    RosterProof,
    RosterRoot,
    objection_to_key,
    proof_holds,
    prove_entry,
    root_over,
)
from workflows.signatures import Signature

from .officers import FIRST_DAY, NOW, entry, public_key, root


def test_every_entry_is_proved_and_no_other() -> None:
    """Of trees of every shape: an entry that is changed, moved, or of another version is not in it."""
    for count in range(1, 18):
        people = [entry(f"kw-{number}") for number in range(count)]
        leaves = {one.id: one.leaf().hex() for one in people}
        version = root(people)
        for one in people:
            proof = prove_entry(one, leaves)
            assert proof_holds(proof, version)
            changed = one.model_copy(update={"name": "另一人"})
            assert not proof_holds(proof.model_copy(update={"entry": changed}), version)
            assert not proof_holds(proof.model_copy(update={"leaves": count + 1}), version)
            if count > 1:
                elsewhere = proof.model_copy(update={"index": (proof.index + 1) % count})
                assert not proof_holds(elsewhere, version)
        assert not proof_holds(prove_entry(people[0], leaves), root([*people, entry("kw-x")]))


def test_the_root_is_the_same_in_any_order() -> None:
    """Whoever computes it, out of a file or out of the register."""
    people = [entry(f"kw-{number}") for number in range(7)]
    assert root_over(people) == root_over(people[::-1])


def test_a_proof_does_not_grow_with_the_roster() -> None:
    """The envelope of a decision by one of 5,000 is that of one of 2, and 13 hashes at most."""
    people = [entry(f"kw-{number:04}") for number in range(5_000)]
    leaves = {one.id: one.leaf().hex() for one in people}
    few = prove_entry(people[7], {one.id: one.leaf().hex() for one in people[6:8]})
    many = prove_entry(people[7], leaves)
    assert proof_holds(many, root(people))
    assert len(many.path) == 13
    sizes = [len(one.model_dump_json()) for one in (few, many)]
    assert sizes[1] - sizes[0] < 13 * 67 + 10
    assert sizes[1] < 2_000


def test_an_entry_survives_its_json_and_a_later_field() -> None:
    """The leaf follows from what is said alone: unset fields, also those of later, change nothing."""
    one = entry("kw-1")
    again = type(one).model_validate_json(one.model_dump_json())
    assert again.leaf() == one.leaf()
    assert json.loads(canonical(one.content())).keys() >= {"id", "keys", "first_day"}
    assert "last_day" not in one.content()


GOLDEN_LEAF, GOLDEN_ROOT = "80281e54", "51aa6e4c"


def test_the_form_of_an_entry_and_of_a_root_stays() -> None:
    """Signatures stand over them for years."""
    version = root([entry("kw-1"), entry("kw-2")])
    assert entry("kw-1").leaf().hex()[:8] == GOLDEN_LEAF
    assert version.digest()[:8] == GOLDEN_ROOT


@pytest.mark.parametrize(
    ("changes", "days", "why"),
    [
        ({}, 0, None),
        ({}, -400, "before 2026-01-01"),
        ({"last_day": date(2026, 12, 1)}, 1, None),
        ({"last_day": date(2026, 12, 1)}, 2, "after 2026-12-01"),
        ({"first_day": date(2026, 12, 1)}, 0, "before 2026-12-01"),
        ({"keys": ()}, 0, "has no key SHA256:"),
    ],
)
def test_days_of_a_person(changes: dict[str, object], days: int, why: str | None) -> None:
    """The first day and the last are both in."""
    one = entry("kw-1", **changes)
    said = objection_to_key(one, public_key("kw-1"), NOW + timedelta(days))
    assert said is None if why is None else said is not None and why in said.en


def test_days_and_revocation_of_a_key() -> None:
    """To the moment; and the key of another is none."""
    line = public_key("kw-1").openssh()
    key = RosterKey(public=line, first=FIRST_DAY, last=date(2026, 11, 30), revoked=NOW)
    one = entry("kw-1", keys=(key,))
    assert objection_to_key(one, public_key("kw-1"), NOW - timedelta(seconds=1)) is None
    revoked = objection_to_key(one, public_key("kw-1"), NOW)
    assert revoked is not None
    assert "kw-1（姓名kw-1）的密钥已于北京时间 2026-11-30 10:00:00 吊销" == revoked.zh
    other = objection_to_key(one, public_key("kw-2"), NOW)
    assert other is not None
    assert "has no key" in other.en
    old = entry("kw-1", keys=(key.model_copy(update={"revoked": None}),))
    late = objection_to_key(old, public_key("kw-1"), NOW + timedelta(days=1))
    assert late is not None
    assert "the key of kw-1 (姓名kw-1): is not in the roster after 2026-11-30" in late.en


def test_what_a_message_brings_is_bounded() -> None:
    """An envelope cannot be filled with keys or paths, and a key is one line."""
    key = RosterKey(public=public_key("kw-1").openssh(), first=FIRST_DAY)
    with pytest.raises(ValidationError, match="8"):
        entry("kw-1", keys=(key,) * 9)
    with pytest.raises(ValidationError, match="20"):
        RosterProof(entry=entry("kw-1"), index=0, leaves=1, path=("0" * 64,) * (LONGEST_PATH + 1))
    for line in ("ssh-ed25519 AAAA comment", "ssh-ed25519\nAAAA", "", "ssh-ed25519 " + "A" * 500):
        with pytest.raises(ValidationError):
            RosterKey(public=line, first=FIRST_DAY)
    with pytest.raises(ValidationError):
        RosterRoot(**{**root([entry("kw-1")]).model_dump(), "version": 0})


def test_a_proof_is_written_once_as_a_signature_carries_it() -> None:
    """For all that its person signs; a copy that says something else is written as that."""
    people = [entry("kw-1"), entry("kw-2")]
    proof = prove_entry(people[0], {one.id: one.leaf().hex() for one in people})
    whole = as_sent(Signature(sshsig="abcd", proof=proof))
    assert whole == {"sshsig": "abcd", "proof": proof.sent}
    assert proof.sent is proof.sent
    assert proof_holds(parse(RosterProof, proof.sent), root(people))
    assert proof.model_copy(update={"index": 1}).sent == proof.sent | {"index": 1}
