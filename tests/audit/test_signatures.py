"""Signatures are checked out of the log alone: each way to forge one is found, and said in words."""

from collections.abc import Callable
from typing import Any

import pytest

from audit.commands.timeline import moment_plain
from audit.problems import Check
from audit.reading.authorship import authorship_of
from audit.reading.case_logs import Line
from audit.reading.log_links import check_links, check_logs
from audit.reading.runs import read_run
from audit.reading.timeline_entries import ENTRY, Moment
from tests.audit.everything import everything
from tests.audit.lives import SHORT, recorded
from tests.audit.signed_lives import (
    LI,
    OPERATOR,
    PLACE,
    WANG,
    Log,
    chained,
    number_of,
    rewritten,
    signed_log,
    take,
)
from tests.rules.builders import Raw
from tests.rules.cases import at_stage
from workflows.content_chain import ContentChain
from workflows.log_id import LogId
from workflows.record import EntryKind
from workflows.signed_form import signed_form_of_entry
from workflows.vocabulary import AssessmentStage, Kind, Stage


def found(log: Log) -> list[str]:
    """What is found of a log, but for its place among other logs."""
    problems = list(check_logs({PLACE: log}))
    assert [one.words for one in check_links({PLACE: log})] == [one.words for one in problems]
    for one in problems:
        assert (one.check, one.where) == (Check.SIGNATURES, "logs/term-1.jsonl")
        assert one.words.zh.startswith("第 ")
    return [one.words.en for one in problems]


def listing(log: Log) -> int:
    return number_of(log, Kind.LISTING)


def test_what_was_signed_holds_and_the_rest_is_counted() -> None:
    """Without a signature nothing is wrong: the decision is unauthenticated."""
    log = signed_log()
    assert found(log) == []
    told = authorship_of({PLACE: log})
    assert told.words == (
        "3 of 7 decisions signed, by 3 keys; 4 unauthenticated",
        "7 项决定中 3 项已签名（3 把密钥），4 项未经签名认证",
    )
    names = {one.names.en: one.entries for one in told.keys.values()}
    at = {kind: PLACE.entry(number_of(log, kind) + 1) for kind in Kind if kind in told_kinds(log)}
    assert names == {
        "op-1": [at[Kind.PLAN_REVISION]],
        "kw-1": [at[Kind.LISTING], at[Kind.SUPPORT]],
        "second signature": [at[Kind.LISTING]],
    }
    assert at[Kind.INSPECTION] in told.unauthenticated
    assert told.keys[LI.key.fingerprint()].plain()["key"] == LI.key.openssh()


def test_the_timeline_of_programs_has_whole_fingerprints() -> None:
    """People see the beginning; a program compares."""
    entry = signed_log()[listing(signed_log())]
    line = Line(PLACE, entry, run=read_run(recorded(SHORT)[0]), held_in=1, event_id=1)
    row = moment_plain(Moment(entry.at, ENTRY, 1, 1, line=line))
    assert row["signed_by"] == [WANG.key.fingerprint(), LI.key.fingerprint()]


def told_kinds(log: Log) -> set[str]:
    return {entry.name for entry in log}


def test_old_records_are_unauthenticated() -> None:
    """Nothing of what was decided before there were signatures is an error."""
    logs = everything().logs
    assert [one for one in check_logs(logs) if one.check is Check.SIGNATURES] == []
    told = authorship_of(logs)
    assert (told.signed, told.wrong, told.keys) == ([], [], {})
    assert (
        told.words.en == f"0 of {told.decisions} decisions signed; {told.decisions} unauthenticated"
    )


def _case(**changes: Any) -> Callable[[Raw], Raw]:
    return lambda said: said | {"case": said["case"] | changes}


def _without(name: str) -> Callable[[Raw], Raw]:
    return lambda said: said | {"case": {k: v for k, v in said["case"].items() if k != name}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda said: said | {"note": "另行说明"},
            "the signature does not hold: it is not the sig",
        ),
        (lambda said: said | {"decision_id": "other"}, "the signature does not hold"),
        (
            lambda said: said | {"actor": said["actor"] | {"id": "kw-2"}},
            "the signature does not hold",
        ),
        (
            _case(platform_id="bj-other"),
            "the decision is about platform bj-other, term 1, and this",
        ),
        (_case(term=2), "the decision is about platform bj-test, term 2, and this is"),
        (_case(year=1), "the decision is about platform bj-test, term 1, assessment of year 1"),
        (
            _case(answers="ab" * 32),
            "it was not signed for the step that it decides: it answers abababababab…",
        ),
        (_without("answers"), "a signed decision names what it answers"),
        (lambda said: said | {"case": None}, "a signed decision names what it"),
        (lambda said: said | {"case": "bj-test"}, "the case that it names cannot be read"),
        (
            lambda said: said | {"signatures": said["signatures"][:1] * 2},
            "both signatures are by one",
        ),
        (lambda said: said | {"signatures": [{"sshsig": "AAAAA"}]}, "it is no base64"),
        (lambda said: said | {"signatures": "signed"}, "it is no base64"),
        (lambda said: said | {"signatures": [WANG.sign(b"{}")]}, "it is not the signature of this"),
    ],
)
def test_a_signed_decision_that_was_changed(change: Callable[[Raw], Raw], words: str) -> None:
    """Also by who seals the whole log anew; and it is not counted as signed."""
    log = signed_log()
    forged = rewritten(log, listing(log), change)
    problems = found(forged)
    assert any(words in one for one in problems), problems
    assert all(one.startswith(f"entry {listing(log) + 1}: ") for one in problems)
    told = authorship_of({PLACE: forged})
    assert told.wrong == [PLACE.entry(listing(log) + 1)]
    assert LI.key.fingerprint() not in told.keys
    assert told.words.en.startswith("1 of 6 decisions signed, by 1 key; 1 fails; 4")


def _signed_anew(said: Raw, log: Log, *, answers: str) -> Raw:
    changed = said | {"case": said["case"] | {"answers": answers}}
    entry = log[listing(log)].model_copy(update={"said": changed})
    return changed | {"signatures": [WANG.sign(signed_form_of_entry(entry))]}


@pytest.mark.parametrize(("after", "holds"), [(-2, False), (-1, True), (0, False), (1, False)])
def test_it_answers_an_entry_of_its_own_step(after: int, holds: bool) -> None:
    """Not one of the step before, as an old decision does that is used again; nor itself, nor a later one."""
    log = signed_log()
    place = listing(log)
    assert log[place - 2].stage != log[place - 1].stage
    answers = ContentChain(log).hashes[place + after]
    forged = rewritten(log, place, lambda said: _signed_anew(said, log, answers=answers))
    problems = [one.rpartition(": ")[0] for one in found(forged)]
    wrong = f"entry {place + 1}: it was not signed for the step that it decides"
    assert problems == ([] if holds else [wrong])


def test_a_later_signature_seals_what_was_before() -> None:
    """Who rewrites an unsigned entry, and all hashes after it, cannot rewrite what was signed next."""
    log = signed_log()
    unsigned = number_of(log, Kind.EXPERT_OPINION)
    head = rewritten(log, unsigned, lambda said: said | {"note": "另行说明"})
    assert found(head) == []
    problems = found(chained((*head, *log[unsigned + 1 :])))
    assert (
        f"entry {listing(log) + 1}: it was not signed for the step that it decides" in problems[0]
    )


def test_a_decision_that_is_taken_twice() -> None:
    """Whoever copies a signed entry cannot make it a second decision: by its words or its place."""
    log = signed_log()
    copy = log[number_of(log, Kind.LISTING)]
    problems = found(chained((*log, copy)))
    assert f"entry {len(log) + 1}: it was not signed for the step that it decides" in problems[0]


def test_a_decision_of_another_platform() -> None:
    """Word for word, with its true signatures."""
    log, other = signed_log(), signed_log("bj-other")
    forged = rewritten(log, listing(log), lambda _: dict(other[listing(other)].said))
    assert [one.partition(": ")[2][:30] for one in found(forged)] == [
        "the decision is about platform",
        "it was not signed for the step",
    ]


def test_a_signature_that_was_made_for_something_else() -> None:
    """A key that also signs files, say: such a signature is none of a decision."""
    log = signed_log()
    entry = log[listing(log)]
    mail = OPERATOR.sign(signed_form_of_entry(entry), namespace="file")
    forged = rewritten(log, listing(log), lambda said: said | {"signatures": [mail]})
    assert found(forged) == [
        f"entry {listing(log) + 1}: the signature does not hold: it was signed for 'file', not for"
        " 'pingtai-decision'"
    ]


def test_a_log_of_no_case_has_its_signatures_checked() -> None:
    """Its first entry is gone: what is left of it says what was signed."""
    log = signed_log()
    place = listing(log)
    forged = list(rewritten(log, place, lambda said: said | {"note": "x"})[1:])
    problems = [one for one in check_logs({PLACE: forged}) if one.check is Check.SIGNATURES]
    assert [one.words.en for one in problems if "does not hold" in one.words.en]


def test_refused_messages_count_for_nothing() -> None:
    """A signed message that was refused is no decision."""
    case = at_stage(Stage.LISTING)
    log = tuple(case.log)
    assert authorship_of({PLACE: log}).decisions == len(log) - 1
    take(case, Kind.LISTING, "included", WANG)
    refused = case.log[-1].model_copy(update={"kind": EntryKind.REFUSED})
    assert found(chained((*log, refused))) == []
    assert authorship_of({PLACE: (*log, refused)}).signed == []


def test_an_assessment_names_its_year() -> None:
    """Its entries are named by the year; a decision on the platform is none on the year."""
    case = at_stage(AssessmentStage.EVALUATION)
    take(case, Kind.EVALUATION, "effective", WANG)
    year = LogId(1, 1, 1)
    assert authorship_of({year: case.log}).signed == [year.entry(len(case.log))]
    wrong = rewritten(tuple(case.log), len(case.log) - 1, _case(year=None))
    assert authorship_of({year: wrong}).wrong == [year.entry(len(case.log))]
