"""The roster by its rules: who may change it, what waits for a second officer, and what is refused."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest

from workflows.model import InvalidMessage, Record
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.refusal import Refused
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterRoot, root_over
from workflows.roster_log import RosterLog
from workflows.roster_state import fold_roster, takes_away
from workflows.roster_words import RosterStage
from workflows.signed_roots import chain_fault
from workflows.vocabulary import District, Role

from .builders import Raw
from .officers import NOW, public_key, signature
from .roster_life import HAIDIAN, OPERATOR, A, B, C, Life, entry, item, new_key, revoked


def refusal(life: Life, raw: Raw) -> str:
    """Why a decision is refused; nothing has changed then."""
    before, seq = life.roster.state, life.roster.seq
    with pytest.raises(Refused) as refused:
        life.take(raw)
    assert (life.roster.state, life.roster.seq) == (before, seq)
    assert refused.value.words.zh
    return refused.value.words.en


def test_two_officers_set_it_up() -> None:
    """It holds them, and is in force; one alone does not, nor one twice."""
    life = Life()
    receipt = life.take(life.change([item(A), item(B)], A, B))
    assert (receipt.stage, receipt.version, receipt.outcome) == ("in_force", 1, "in_force")
    assert receipt.entry_hash == life.roster.log[-1].hash == life.roster.view().log_hash
    assert life.roster.state.root
    assert life.roster.view().digest == life.roster.state.root.root.digest()
    assert Life().roster.view().digest is None
    assert life.roster.state.in_force
    assert life.roster.state.in_force.root == root_over([A, B])
    for signers in ((A,), (A, A)):
        other = Life()
        assert "two officers" in refusal(other, other.change([item(A), item(B)], *signers))
    other = Life()
    assert "two officers" in refusal(other, other.change([item(A), item(HAIDIAN)], A, HAIDIAN))


def test_a_change_of_two_is_in_force_at_once_that_of_one_waits() -> None:
    """The second officer reads the same version and signs it."""
    life = Life.opened()
    assert life.take(life.change([item(C)], A, B)).outcome == "in_force"
    receipt = life.take(life.change([item(HAIDIAN)], A))
    assert (receipt.outcome, receipt.stage, receipt.version) == ("waiting", "confirmation", 2)
    assert [(a.kind, a.role) for a in receipt.awaited] == [("roster_confirmation", "commission")]
    why = refusal(life, life.confirmation(A))
    assert "cannot confirm it" in why
    assert "Awaited now: roster confirmation from the commission" in why
    confirmed = life.take(life.confirmation(C))
    assert (confirmed.outcome, confirmed.stage, confirmed.version) == ("confirmed", "in_force", 3)
    assert life.roster.state.in_force
    assert life.roster.state.in_force.root == root_over([A, B, C, HAIDIAN])


def test_districts_and_operators_enter_their_own_people() -> None:
    """What they enter waits for two officers, and what comes later is confirmed with it."""
    life = Life.opened(HAIDIAN, OPERATOR)
    second = entry("hd-2", role=Role.DISTRICT, district=District.HAIDIAN)
    of_operator = entry("op-2", role=Role.OPERATOR, platform_id="bj-test")
    life.take(life.change([item(second)], HAIDIAN))
    first_proposed = life.confirmation(A)
    life.take(life.change([item(of_operator)], OPERATOR))
    assert "not what waits now" in refusal(life, first_proposed)
    assert life.take(life.confirmation(A)).outcome == "signed"
    assert life.take(life.confirmation(B)).outcome == "confirmed"
    assert set(life.roster.state.leaves) == {"kw-a", "kw-b", "hd-1", "op-1", "hd-2", "op-2"}
    elsewhere = entry("cy-1", role=Role.DISTRICT, district=District.CHAOYANG)
    assert "may not change" in refusal(life, life.change([item(elsewhere)], HAIDIAN))
    assert "may not change" in refusal(life, life.change([item(C)], HAIDIAN))
    other = entry("op-9", role=Role.OPERATOR, platform_id="bj-other")
    assert "may not change" in refusal(life, life.change([item(other)], OPERATOR))
    waiting = _waiting()
    assert "officers of the commission confirm" in refusal(waiting, waiting.confirmation(HAIDIAN))


def _waiting() -> Life:
    life = Life.opened(HAIDIAN)
    life.take(life.change([item(C)], A))
    return life


def test_what_waits_is_rejected_by_one_with_a_reason() -> None:
    """Nothing of it stays, and its keys may be entered later."""
    life = Life.opened()
    life.take(life.change([item(C)], A))
    with pytest.raises(InvalidMessage, match="a reason belongs to a rejection"):
        life.take(life.confirmation(B, outcome="rejected"))
    receipt = life.take(life.confirmation(B, outcome="rejected", reason="无任命文件"))
    assert (receipt.outcome, receipt.stage, receipt.version) == ("rejected", "in_force", 1)
    assert "kw-c" not in life.roster.state.leaves
    assert life.take(life.change([item(C)], A, B)).version == 2


def test_keys_are_added_replaced_and_revoked() -> None:
    """A revoked key signs nothing from that moment on; a person ends for the days after their last."""
    life = Life.opened(C, HAIDIAN)
    two = new_key(HAIDIAN, "hd-1-new")
    life.take(life.change([item(two, HAIDIAN)], A, B))
    gone = revoked(two, life.at).model_copy(
        update={"keys": (revoked(two, life.at).keys[0], two.keys[1])}
    )
    life.take(life.change([item(gone, two)], A, B))
    ended = C.model_copy(update={"last_day": date(2026, 11, 30)})
    life.take(life.change([item(ended, C)], A, B))
    assert "is revoked since" in refusal(life, life.change([item(entry("hd-9", **_HAIDIAN))], gone))
    later = life.at + timedelta(days=1)
    life.at = later
    assert "after 2026-11-30" in refusal(life, life.change([item(entry("kw-z"))], A, ended))


_HAIDIAN: dict[str, Any] = {"role": Role.DISTRICT, "district": District.HAIDIAN}


R = TypeVar("R", bound=Record)


def _with(person: R, **changes: Any) -> R:
    return person.model_copy(update=changes)


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([item(A)], "has kw-a already"),
        ([item(entry("KW-A"))], "has kw-a already"),
        ([item(_with(C, name="x"), C)], "stands otherwise"),
        (
            [item(_with(A, role=Role.DISTRICT, district=District.HAIDIAN), A)],
            "role, district cannot",
        ),
        ([item(entry("d", role=Role.DISTRICT))], "district staff have a district"),
        ([item(entry("o", role=Role.OPERATOR))], "people have a platform, and it is missing"),
        ([item(_with(entry("x"), platform_id="p-1"))], "only an operator's people have a platform"),
        ([item(_with(entry("x"), district=District.HAIDIAN))], "only district staff"),
        ([item(_with(entry("x"), last_day=date(2025, 1, 1)))], "last day lies before the first"),
        ([item(_with(entry("x"), keys=A.keys))], "entered before"),
        ([item(_with(A, keys=()), A)], "not left out before it is revoked"),
        ([item(entry("x")), item(entry("X"))], "stands twice in the change"),
        (
            [item(_with(entry("x"), keys=C.keys)), item(_with(entry("y"), keys=C.keys))],
            "entered before",
        ),
        ([item(revoked(C, NOW - timedelta(days=30)))], "from a moment of the last 14 days"),
        ([item(revoked(C, NOW + timedelta(days=1)))], "from a moment of the last 14 days"),
        (
            [item(_with(C, keys=(_with(C.keys[0], public="ssh-rsa AAAAB3NzaC1yc2E="),)))],
            "keys of the algorithm",
        ),
        ([item(_with(C, keys=(_with(C.keys[0], first=date(2020, 1, 1)),)))], "a new key is good"),
        ([item(revoked(A, NOW), A)], "let two others do that"),
        ([item(_with(A, last_day=date(2026, 11, 29)), A)], "let two others do that"),
    ],
)
def test_what_no_change_may_say(items: list[Raw], why: str) -> None:
    """Whoever signs it."""
    life = Life.opened()
    assert why in refusal(life, life.change(items, A, B))


def test_a_revocation_stays_and_keys_belong_to_one_person_for_good() -> None:
    """Also after the key has been left out of the entry."""
    life = Life.opened(C)
    gone = revoked(C, life.at)
    life.take(life.change([item(gone, C)], A, B))
    assert "revoked for good" in refusal(life, life.change([item(C, gone)], A, B))
    without = _with(gone, keys=())
    life.take(life.change([item(without, gone)], A, B))
    assert "entered before" in refusal(
        life, life.change([item(_with(C, last_day=None), without)], A, B)
    )


Forge = Callable[[Life, Raw], Raw]


def _root(**changes: Any) -> Forge:
    def forge(life: Life, raw: Raw) -> Raw:
        return raw | {"root": raw["root"] | changes}

    return forge


def _by_another_key(life: Life, raw: Raw) -> Raw:
    form = RosterRoot.model_validate(raw["root"], strict=False).form()
    stolen = signature(A, form, life.under(), by="thief").model_dump(mode="json")
    return raw | {"signatures": [stolen, raw["signatures"][1]]}


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (_root(root="d" * 64), "signature does not hold"),
        (_root(version=9), "signed for entry"),
        (_root(log_hash="d" * 64), "signed for entry"),
        (_root(before="d" * 64), "signed for entry"),
        (_root(at="2027-01-01T00:00:00Z"), "not within the 14 days"),
        (_root(at="2026-11-01T00:00:00Z"), "not within the 14 days"),
        (lambda life, raw: raw | {"note": "另一说明"}, "is not what the change makes"),
        (lambda life, raw: raw | {"items": [item(entry("kw-z"))]}, "is not what the change makes"),
        (
            lambda life, raw: raw | {"actor": raw["actor"] | {"id": "kw-b"}},
            "does not stand in the roster",
        ),
        (
            lambda life, raw: raw | {"signatures": raw["signatures"][:1] * 2},
            "one person signs once",
        ),
        (_by_another_key, f"no key {public_key('thief').fingerprint()} of kw-a"),
    ],
)
def test_forgeries(forge: Forge, why: str) -> None:
    """Each is refused with its reason."""
    life = Life.opened()
    assert why in refusal(life, forge(life, life.change([item(C)], A, B)))


def test_a_repeat_has_the_first_receipt_and_an_old_message_is_refused() -> None:
    """Signed for one entry of one log; the same id with another content is refused."""
    life = Life.opened()
    change = life.change([item(C)], A, B)
    stale = life.change([item(HAIDIAN)], A, B)
    first = life.take(change)
    again = life.take(change)
    assert again == first.model_copy(update={"repeated": True})
    assert "the roster has gone on" in refusal(life, stale)
    other = life.change([item(HAIDIAN)], A, B, decision_id=change["decision_id"])
    assert "was used before" in refusal(life, other)


def test_a_second_roster_takes_nothing_of_the_first() -> None:
    """Nor the first of it."""
    life, other = Life.opened(), Life.opened(C)
    assert "signed for entry" in refusal(other, life.change([item(HAIDIAN)], A, B))


def _whole() -> Life:
    life = Life.opened(HAIDIAN)
    life.take(life.change([item(C)], A))
    life.take(life.confirmation(B))
    life.take(life.change([item(OPERATOR)], A, C))
    life.take(life.change([item(new_key(HAIDIAN, "k2"), HAIDIAN)], HAIDIAN))
    life.take(life.confirmation(A, outcome="rejected", reason="未附文件"))
    return life


def test_the_log_says_all_again() -> None:
    """Its chain holds, its fold is the state, its decisions would be taken again, and its roots are a chain."""
    life = _whole()
    log = life.roster.log
    assert find_chain_break(log, BEGINNING) is None
    assert fold_roster(log) == life.roster.state
    again = RosterLog()
    for one in log:
        again.decide(one.said, one.at)
    assert [one.hash for one in again.log] == [one.hash for one in log]
    roots = [fold_roster(log[:n]).root for n in range(1, len(log) + 1)]
    versions = {r.root.version: r for r in roots if r}
    assert chain_fault(list(versions.values()), None) is None
    sealed = LogEntry.model_validate_json(log[-1].model_dump_json())
    assert sealed.seal() == sealed.hash


def test_what_a_reset_does_again() -> None:
    """All is decided again at later moments, with other hashes: every signature still follows."""
    life = _whole()
    again = RosterLog()
    for one in life.roster.log:
        again.decide(one.said, one.at + timedelta(days=2))
    assert [one.hash for one in again.log] != [one.hash for one in life.roster.log]
    assert [one.said for one in again.log] == [one.said for one in life.roster.log]
    assert (again.state.root, again.content_hash) == (
        life.roster.state.root,
        life.roster.content_hash,
    )
    # And what officers sign for the log as it was is taken in the one that was done again.
    signed = life.change([item(entry("kw-e"))], A, B)
    assert again.decide(signed, life.at + timedelta(days=2)).outcome == "in_force"


def test_it_is_carried_on_by_its_hashes() -> None:
    """A next run knows no entries, and goes on."""
    life = _whole()
    roster = life.roster
    carried = roster.state.model_validate_json(roster.state.model_dump_json())
    life.roster = RosterLog(
        carried, roster.seq, roster.last_hash, roster.receipts, roster.content_hash
    )
    assert life.take(life.change([item(entry("kw-d"))], A, B)).seq == roster.seq + 1
    assert life.roster.state.stage is RosterStage.IN_FORCE


def test_five_thousand_people() -> None:
    """They are carried to the next run in one message, and a decision's envelope grows by the path alone."""
    life = Life.opened()
    few = len(json.dumps(life.change([item(C)], A, B)))
    for first in range(0, 5_000, 1_000):
        made = [entry(f"hd-{first + n:04}", keys=(), **_HAIDIAN) for n in range(1_000)]
        life.take(life.change([item(one) for one in made], A, B))
    assert life.roster.view().people == 5_002
    assert len(life.roster.state.model_dump_json()) < 700_000
    change = life.change([item(C)], A, B)
    hashes = 2 * 13 * (64 + 4)  # of two signatures: each with its comma and quotation marks
    assert len(json.dumps(change)) - few < hashes + 100
    assert life.take(change).version == 7


def test_what_takes_something_away() -> None:
    """Of that open cases are told; what is added they learn with their next decision."""

    def made(one: RosterEntry, before: RosterEntry | None = None) -> bool:
        return takes_away([RosterItem(entry=one, before=before)])

    two = new_key(HAIDIAN, "hd-1-new")
    assert not made(HAIDIAN)
    assert not made(two, HAIDIAN)
    assert not made(_with(HAIDIAN, name="另一名"), HAIDIAN)
    assert made(revoked(HAIDIAN, NOW), HAIDIAN)
    assert made(_with(HAIDIAN, last_day=date(2026, 12, 31)), HAIDIAN)
    assert made(_with(two, keys=(two.keys[0], _with(two.keys[1], last=NOW.date()))), two)
    assert not made(_with(two, keys=two.keys[1:]), revoked(two, NOW))
