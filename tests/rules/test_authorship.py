"""Who signed is who decides, by the roster that the case knows: each rule, and what is done about it."""

from datetime import date, timedelta
from typing import Any

import pytest

from workflows.application import PlatformApplication
from workflows.authorship_checks import AUTHOR_RULES
from workflows.case import Case
from workflows.case_changes import facts_before
from workflows.case_opening import open_platform
from workflows.decision_reading import decision_of
from workflows.known_roster import learn_roster
from workflows.model import InvalidMessage, as_sent, parse
from workflows.refusal import Refused
from workflows.roster_entries import RosterKey
from workflows.signature_requests import signatures_needed
from workflows.signed_form import signed_form
from workflows.state_folding import fold
from workflows.stated_changes import stated_changes
from workflows.vocabulary import AssessmentStage, Happening, Kind, Role, Stage

from . import officers
from .authored_cases import POLICY, at, opened, roster, take
from .builders import ACTORS, Raw, application
from .cases import PATHS, START, assessment, at_stage, decision, moment
from .rosters import SINCE, Roster, person


def refusal(case: Case[Any], raw: Raw) -> str:
    """Why a decision is refused; nothing has changed, and in Chinese it is said, too."""
    before = case.record()
    with pytest.raises(Refused) as caught:
        case.decide(raw, moment(case))
    assert case.record() == before
    assert caught.value.refusal.zh
    return caught.value.refusal.en


def test_a_life_that_is_signed_throughout() -> None:
    """Every decision has its author in the log; a listing has two."""
    case, known = at(Stage.VALID)
    signed = [len(entry.said["signatures"]) for entry in case.log[1:]]
    assert signed == [1, 1, 1, 2]
    assert fold(case.log) == case.state
    assert case.state.roster == known.newest.root
    assert case.roles["kw-2"] is Role.COMMISSION


def test_unauthenticated() -> None:
    """Whoever does not sign decides nothing here; what to do is said. Elsewhere nothing changed."""
    case, known = at(Stage.INSPECTION)
    raw = decision(Kind.INSPECTION, case)
    assert "are signed, and this one is not: sign it with your key (`pingtai login`" in refusal(
        case, raw
    )
    free = opened(known, authorship="none", second_signature=[])
    free.decide(decision(Kind.RECOMMENDATION, free), moment(free))


def test_recorded_asks_for_none_and_checks_what_is_signed() -> None:
    """Unsigned is taken; signed as somebody else is not."""
    known = roster()
    case = opened(known, authorship="recorded", second_signature=[])
    raw = decision(Kind.RECOMMENDATION, case)
    assert "kw-1" in refusal(case, known.signed(raw, case, "kw-1"))
    unproved = known.signed(raw, case, "hd-1")
    del unproved["signatures"][0]["proof"]
    assert "does not show that its signer stands in the roster" in refusal(case, unproved)
    case.validate(known.signed(raw, case, "hd-1"), moment(case))
    case.decide(raw, moment(case))


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (person("kw-9"), "of kw-9, commission"),
        (person("kw-1", Role.DISTRICT), "of kw-1, district"),
        (person("kw-1", organisation="别的单位"), "(别的单位): organisation"),
    ],
)
def test_out_of_role(entry: Any, words: str) -> None:
    """Who signed is not who the decision says: another person, role or organisation."""
    known = roster()
    known.change(entry)
    case, _ = at(Stage.INSPECTION, known) if entry.id == "kw-9" else (opened(known), known)
    if entry.id != "kw-9":
        take(case, known, Kind.RECOMMENDATION)
    why = refusal(case, known.signed(decision(Kind.INSPECTION, case), case, entry.id))
    assert words in why
    assert "decide in your own name, as the roster has it" in why


def test_an_operator_of_another_platform() -> None:
    """An operator's person signs for their platform alone."""
    known = roster()
    known.change(person("op-1", Role.OPERATOR, platform_id="bj-other"))
    case = opened(known)
    take(case, known, Kind.RECOMMENDATION, "returned")
    raw = known.signed(decision(Kind.PLAN_REVISION, case), case, "op-1")
    assert "for platform bj-other, not for bj-test" in refusal(case, raw)


def _key(of: str, **changes: Any) -> RosterKey:
    own: Raw = {"public": officers.public_key(of).openssh(), "first": SINCE}
    return RosterKey(**own | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"keys": (_key("kw-1", first=date(2024, 6, 1)),)},
            "is not in the roster before 2024-06-01",
        ),
        ({"keys": (_key("kw-1", last=date(2024, 2, 1)),)}, "is not in the roster after 2024-02-01"),
        ({"last_day": date(2024, 3, 1)}, "is not in the roster after 2024-03-01"),
        ({"first_day": date(2024, 9, 1)}, "is not in the roster before 2024-09-01"),
        ({"keys": (_key("kw-1", revoked=START),)}, "is revoked since 2024-03-04"),
        ({"keys": (_key("somebody"),)}, "the roster has no key SHA256:"),
    ],
)
def test_a_key_out_of_its_days(changes: Raw, words: str) -> None:
    """Not yet, no longer, revoked, another's: by the time it is entered, and what to do is said."""
    known = roster()
    known.change(person("kw-1", **changes))
    case = opened(known)
    take(case, known, Kind.RECOMMENDATION)
    why = refusal(case, known.signed(decision(Kind.INSPECTION, case), case, "kw-1"))
    assert words in why
    assert "sign with a key that the roster has as good today" in why


def test_a_key_that_is_revoked_later_was_good_before() -> None:
    """The time of the entry counts: a minute before it is taken, from then on it is not."""
    known = roster()
    case, _ = at(Stage.INSPECTION, known)
    revoked = moment(case)
    known.change(person("kw-1", keys=(_key("kw-1", revoked=revoked),)))
    learn_roster(case, {"roots": [as_sent(known.newest)]}, case.log[-1].at)
    raw = known.signed(decision(Kind.INSPECTION, case), case, "kw-1")
    case.validate(raw, revoked - timedelta(minutes=1))
    with pytest.raises(Refused, match="revoked since"):
        case.validate(raw, revoked)


def test_who_signs_for_another() -> None:
    """With the entry of one and the key of another, nobody has signed."""
    case, known = at(Stage.INSPECTION)
    raw = known.signed(decision(Kind.INSPECTION, case), case, "kw-1")
    form_key = officers.public_key("kw-3").fingerprint()
    forged = raw | {"signatures": [known.sign("kw-1", signed_form(decision_of(raw)), key="kw-3")]}
    assert f"the roster has no key {form_key} of kw-1" in refusal(case, forged)


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (["kw-1"], "two persons sign this decision, and one has: have a second person"),
        (["kw-1", "hd-1"], "hd-1 signs as district: the second signature is of the same role"),
        (["hd-1", "kw-1"], "decides as commission"),
    ],
)
def test_a_second_signature(people: list[str], words: str) -> None:
    """Of listings, of what is set aside, of delistings: by another person of the same role."""
    case, known = at(Stage.LISTING)
    raw = decision(Kind.LISTING, case, "included")
    assert signatures_needed(case, decision_of(raw)) == 2
    assert words in refusal(case, known.signed(raw, case, *people))
    case.decide(known.signed(raw, case, "kw-1", "kw-3"), moment(case))


def test_one_officer_twice() -> None:
    """Two keys of one person are one person."""
    known = roster()
    known.change(person("kw-1", keys=(_key("kw-1"), _key("token"))))
    case, _ = at(Stage.LISTING, known)
    raw = known.signed(decision(Kind.LISTING, case, "included"), case, "kw-1")
    again = known.sign("kw-1", signed_form(decision_of(raw)), key="token")
    twice = raw | {"signatures": [*raw["signatures"], again]}
    assert "kw-1 signed it twice: two signatures are of two persons" in refusal(case, twice)


def test_only_a_delisting_needs_two() -> None:
    """A reassessment that a platform meets is one officer's."""
    valid, known = at(Stage.VALID)
    case = assessment(valid)
    said = case.log[0].said | {"roster": {"root": as_sent(known.newest.root)}}
    case = Case.open(said, case.log[0].at, case.before)
    for kind, changes in PATHS[AssessmentStage.REASSESSMENT]:
        take(case, known, kind, **changes)
    met = decision(Kind.REASSESSMENT, case, "met")
    not_met = decision(Kind.REASSESSMENT, case, "not_met")
    assert signatures_needed(case, decision_of(met)) == 1
    assert "two persons" in refusal(case, known.signed(not_met, case, "kw-1"))
    case.decide(known.signed(not_met, case, "kw-1", "kw-2"), moment(case))


def test_a_countersigner_has_one_role_too() -> None:
    """Who countersigned for the commission does not decide for the district, nor for a body of their own."""
    known = roster()
    known.change(person("own-1", organisation=ACTORS[Role.OPERATOR]["organisation"]))
    case, _ = at(Stage.LISTING, known)
    raw = decision(Kind.LISTING, case, "included")
    assert "belongs to the operator" in refusal(case, known.signed(raw, case, "kw-1", "own-1"))
    case.roles["kw-2"] = Role.DISTRICT
    assert "kw-2 has acted in this case as district" in refusal(
        case, known.signed(raw, case, "kw-1", "kw-2")
    )


def test_a_later_version_of_the_roster_comes_with_the_decision() -> None:
    """Who was entered since signs with it: the log has the versions, and what is signed has them not."""
    case, known = at(Stage.INSPECTION)
    known.change(person("kw-4"))
    raw = decision(Kind.INSPECTION, case) | {"actor": ACTORS[Role.COMMISSION] | {"id": "kw-4"}}
    signed = known.signed(raw, case, "kw-4")
    assert "send that with the decision" in refusal(case, signed)
    case.decide(signed | {"roster": [as_sent(one) for one in known.versions]}, moment(case))
    learned, taken = case.log[-2:]
    assert (learned.name, taken.name) == (Happening.ROSTER_LEARNED, Kind.INSPECTION)
    assert [one["root"]["version"] for one in learned.said["roots"]] == [2]
    assert "roster" not in taken.said
    assert fold(case.log).roster == known.newest.root == case.state.roster


def test_another_roster_is_none() -> None:
    """Two strangers cannot make a case believe in a roster of theirs, nor sign a version alone."""
    case, known = at(Stage.INSPECTION)
    strangers = Roster(person("x-1"), person("x-2"))
    strangers.change(person("kw-1", key="x-1"))
    for roots in (strangers.versions[:1], strangers.versions[1:], strangers.versions):
        with pytest.raises(InvalidMessage):
            learn_roster(case, {"roots": [as_sent(one) for one in roots]}, moment(case))
    version = officers.root([*known.people.values()], known.newest.root, at=START)
    alone = officers.signed(version, [*known.people.values()], known.people["kw-1"])
    with pytest.raises(InvalidMessage, match="not signed by two officers"):
        learn_roster(case, {"roots": [as_sent(alone)]}, moment(case))
    assert learn_roster(case, {"roots": [as_sent(known.newest)]}, moment(case)) is None


def test_the_roster_stays_when_a_decision_is_set_aside() -> None:
    """What a case knows of who may sign does not hang on what was decided."""
    case, known = at(Stage.INSPECTION)
    take(case, known, Kind.INSPECTION, "failed")
    known.change(person("kw-4"))
    raw = known.signed(decision(Kind.SET_ASIDE, case), case, "kw-1", "kw-2")
    case.decide(raw | {"roster": [as_sent(known.newest)]}, moment(case))
    assert case.state.stage is Stage.INSPECTION
    assert fold(case.log).roster == known.newest.root


def test_no_case_begins_without_the_roster_that_it_needs() -> None:
    """Nor with one that two officers did not sign."""
    form = application(policy=POLICY)
    with pytest.raises(InvalidMessage, match="roster: is needed where"):
        open_platform(parse(PlatformApplication, form), START)
    unsigned = as_sent(roster().newest) | {"signatures": []}
    with pytest.raises(InvalidMessage, match="not signed by two officers"):
        open_platform(parse(PlatformApplication, form | {"roster": unsigned}), START)


@pytest.mark.parametrize(
    "policy",
    [
        {"authorship": "none"},
        {"authorship": "recorded"},
        POLICY | {"second_signature": ["listing"]},
    ],
)
def test_no_operator_chooses_that_nobody_signs(policy: Raw) -> None:
    """Where the case knows a roster, to ask for fewer signatures is the commission's to choose."""
    form = application(policy=policy) | {"roster": as_sent(roster().newest)}
    with pytest.raises(InvalidMessage, match="is the commission's to give"):
        open_platform(parse(PlatformApplication, form), START)
    own = form | {"submitted_by": ACTORS[Role.COMMISSION]}
    assert open_platform(parse(PlatformApplication, own), START).state.roster
    valid, known = at(Stage.VALID, next_term_days=365, validity_years=1)
    later = application(application_id="a-2", policy=policy)
    raw = decision(Kind.NEXT_TERM, valid, "filed", application=later)
    assert "is the commission's to give" in refusal(valid, known.signed(raw, valid, "op-1"))


def asks(case: Case[Any], known: Roster, authorship: str, *people: str, **more: Any) -> Raw:
    raw = decision(Kind.FACTS_CHANGE, case) | {"authorship": authorship, **more}
    return known.signed(raw, case, *people)


def test_the_commissions_signed_word_changes_a_case_under_way() -> None:
    """A case of before takes signed decisions only from then on; nobody else, and nothing unsigned, does it."""
    known = roster()
    case = open_platform(parse(PlatformApplication, application()), START)
    case.decide(decision(Kind.RECOMMENDATION, case), moment(case))
    roots = [as_sent(known.newest)]
    wanted = {"second_signature": ["listing"]}
    unsigned = asks(case, known, "required", **wanted) | {"roster": roots}
    assert "this one is not" in refusal(case, unsigned)
    assert "knows no roster yet" in refusal(case, asks(case, known, "required", "kw-1"))
    inspection = decision(Kind.INSPECTION, case) | {"roster": roots}
    assert "this case knows no roster" in refusal(case, inspection)
    case.decide(asks(case, known, "required", "kw-1", **wanted) | {"roster": roots}, moment(case))
    policy = case.state.facts.policy
    assert (policy.authorship, policy.second_signature) == ("required", ("listing",))
    assert fold(case.log) == case.state
    told = [words.en for words in stated_changes(case.log[-1].said)]
    assert told[-2:] == ["authorship: none → required", "second signature: none → listing"]
    assert facts_before(case.state.facts, case.log[-1].said).policy.authorship == "none"
    assert "this one is not" in refusal(case, decision(Kind.INSPECTION, case))
    for lower in (
        asks(case, known, "recorded", "kw-1"),
        asks(case, known, "required", "kw-1", second_signature=[]),
    ):
        assert "nothing lowers what a case asks of signatures" in refusal(case, lower)


def test_a_preview_counts_what_is_not_signed_yet_as_signed() -> None:
    """So who looks before signing is told where it leads, and by how many it is signed."""
    case, known = at(Stage.LISTING)
    raw = decision(Kind.LISTING, case, "included")
    assert case.would_lead_to(raw, moment(case)) == "valid"
    with pytest.raises(Refused, match="two persons"):
        case.would_lead_to(known.signed(raw, case, "kw-1"), moment(case))


def test_rules_have_names_and_words() -> None:
    """Audits count by the names."""
    names = [rule.name for rule in AUTHOR_RULES]
    assert len(set(names)) == len(names)
    assert all(rule.demands.zh for rule in AUTHOR_RULES)


def test_what_a_proof_says_of_its_own_key_counts_whatever_is_asked_for() -> None:
    """Where no signature is asked for, none counts whose own proof shows its key revoked or out of its days."""
    for change, why in (
        ({"revoked": START}, "is revoked since"),
        ({"last": SINCE}, f"not in the roster after {SINCE}"),
    ):
        known, case = roster(), at_stage(Stage.RECOMMENDATION)
        own = known.people["hd-1"]
        key = own.keys[0].model_copy(update=change)
        known.change(own.model_copy(update={"keys": (key,)}))
        raw = decision(Kind.RECOMMENDATION, case)
        raw["actor"] = {**raw["actor"], "id": "hd-1"}
        assert why in refusal(case, known.signed(raw, case, "hd-1"))
        # Whose key it is nobody has to show there.
        case.decide(known.signed(raw, case, "hd-1", key="stranger"), moment(case))
