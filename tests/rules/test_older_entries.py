"""Older entries go by reference: what is carried is small, and only the very same log makes it whole again."""

from collections.abc import Callable
from typing import Any

import pytest

from worker.server_limits import BLOB_BYTES
from workflows.activity_messages import CaseLog
from workflows.case import Case
from workflows.case_record import CaseRecord
from workflows.circumstances import Edition
from workflows.model import MAX_MESSAGE_BYTES, as_sent, canonical
from workflows.older_entries import (
    ANSWER_BYTES,
    CARRIED_BYTES,
    MOST_WHOLE_BYTES,
    exceeds_bound,
    in_one_answer,
    shortened,
    starting_with,
    whole_record,
)
from workflows.record import LogEntry
from workflows.reopening import BrokenLog
from workflows.run_io import CarriedPlatform
from workflows.states import PlatformState
from workflows.vocabulary import Kind, Role, Stage

from .builders import COMMISSION, DISTRICT, plan
from .cases import START, at_stage, decide, platform
from .long_lives import everything
from .test_room import LONG, register


def long_case(each: int = 11) -> Case[PlatformState]:
    """A case with a plan that was filed again, and support of about 48,000 bytes by each of two."""
    case = at_stage(Stage.VALID)
    for _ in range(each):
        for by in (DISTRICT, COMMISSION):
            decide(case, Kind.SUPPORT, actor=by, **LONG)
            register(case)
    return case


def returned_case() -> Case[PlatformState]:
    """A case whose plan was returned and filed again, and a decision of which was set aside."""
    case = platform()
    decide(case, Kind.RECOMMENDATION, "returned")
    decide(case, Kind.PLAN_REVISION, plan=plan("第一次修改"))
    decide(case, Kind.RECOMMENDATION)
    decide(case, Kind.SET_ASIDE, target=case.log[-1].decision_id)
    decide(case, Kind.RECOMMENDATION)
    register(case)
    return case


def carried(case: Case[PlatformState], **changes: Any) -> CarriedPlatform:
    return CarriedPlatform(
        state=case.state, record=case.record(), recorded=case.recorded
    ).model_copy(update=changes)


def size(what: CarriedPlatform) -> int:
    return len(what.model_dump_json().encode())


@pytest.mark.parametrize("make", [long_case, returned_case])
def test_it_is_put_together_again(make: Callable[[], Case[PlatformState]]) -> None:
    """Log and receipts; those of filed plans were carried, since their texts are in no log."""
    whole = carried(make())
    short = shortened(whole)
    assert whole_record(short.record, whole.record.log) == whole.record
    assert short.record.log == ()
    filed = [e.seq for e in whole.record.log if e.kind == "decision" and "plan_sha256" in e.said]
    assert [one.seq for one in short.record.receipts] == filed
    again = CarriedPlatform.model_validate_json(short.model_dump_json())
    assert whole_record(again.record, whole.record.log) == whole.record


def test_what_is_carried_is_small() -> None:
    """However long the log is."""
    whole = carried(long_case())
    assert size(whole) > CARRIED_BYTES
    assert size(starting_with(whole)) < 10_000


def test_a_life_with_everything_in_it_stays_below_the_bound() -> None:
    """Fifty versions of the plan, settings aside, support of two, and 5,000 entries."""
    life = everything("bj-lasting", START)
    assert (len(life.case.log), life.case.state.plan_version) == (5_000, 50)
    whole = carried(life.case)
    assert size(whole) > BLOB_BYTES
    short = starting_with(whole)
    assert size(short) < 100_000
    assert whole_record(short.record, whole.record.log) == whole.record


def test_a_short_log_goes_on_whole() -> None:
    whole = carried(at_stage(Stage.VALID))
    assert starting_with(whole) is whole
    assert "older" not in whole.model_dump_json(), "nothing else is in its history than before"


def test_while_the_register_is_behind_more_goes_on_whole() -> None:
    """The next run need not wait for it then; and it always fits, with its application."""
    whole = carried(long_case())
    behind = whole.model_copy(update={"recorded": whole.recorded - 1})
    assert CARRIED_BYTES < size(behind) < MOST_WHOLE_BYTES
    assert (exceeds_bound(whole), exceeds_bound(behind)) == (True, False)
    assert (
        MOST_WHOLE_BYTES + MAX_MESSAGE_BYTES
        < BLOB_BYTES
        < CARRIED_BYTES + 2 * MAX_MESSAGE_BYTES + 50_000
    )
    longer = carried(long_case(16))
    assert exceeds_bound(longer.model_copy(update={"recorded": longer.recorded - 1}))


def test_what_the_register_does_not_have_is_carried() -> None:
    case = long_case()
    decide(case, Kind.SUPPORT, actor=DISTRICT)
    whole = carried(case)
    short = shortened(whole)
    assert [e.seq for e in short.record.log] == [len(case.log)]
    assert case.log[-1].seq in [one.seq for one in short.record.receipts]
    assert whole_record(short.record, whole.record.log[:-1]) == whole.record
    assert shortened(whole.model_copy(update={"recorded": 0})).record == whole.record


def test_a_receipt_of_before_stays_as_it_was_given() -> None:
    """Those of 0.3.0 name no sender: it does not follow from the log, so it is carried."""
    whole = carried(long_case(2))
    old = whole.record.receipts[1].model_copy(update={"sender": None})
    receipts = (whole.record.receipts[0], old, *whole.record.receipts[2:])
    whole = whole.model_copy(
        update={"record": whole.record.model_copy(update={"receipts": receipts})}
    )
    short = shortened(whole)
    assert old in short.record.receipts
    assert whole_record(short.record, whole.record.log) == whole.record


def test_where_more_would_follow_it_stays_whole() -> None:
    """A decision without a receipt would get one that nobody was given."""
    whole = carried(long_case(2))
    record = whole.record.model_copy(update={"receipts": whole.record.receipts[:-1]})
    whole = whole.model_copy(update={"record": record})
    assert shortened(whole) is whole


def changed(log: tuple[LogEntry, ...], record: CaseRecord) -> tuple[LogEntry, ...]:
    """Another word, sealed or not."""
    return (log[0], log[1].model_copy(update={"outcome": "declined"}), *log[2:])


def resealed(log: tuple[LogEntry, ...], record: CaseRecord) -> tuple[LogEntry, ...]:
    """The whole chain made anew over another word, by whoever has the register."""
    previous, made = log[0].previous, []
    for entry in changed(log, record):
        new = entry.model_copy(update={"previous": previous})
        made.append(new.model_copy(update={"hash": new.seal()}))
        previous = made[-1].hash
    return tuple(made)


TAMPERED: dict[str, tuple[Callable[..., tuple[LogEntry, ...]], str]] = {
    "changed": (changed, "entry 2 was changed after it was written"),
    "resealed": (resealed, "entry 8 is not the one that was handed on by its hash"),
    "shortened": (lambda log, _: log[:-1], "there are 7 of the 8 entries"),
    "empty": (lambda log, _: (), "there are 0 of the 8 entries"),
    "a hole": (lambda log, _: (*log[:3], *log[4:], log[-1]), "entry 4 is missing"),
    "of another term": (
        lambda log, _: (log[0].model_copy(update={"previous": "1" * 64}), *log[1:]),
        "entry 1 does not follow the one before it",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_no_other_log_makes_it_whole(how: str) -> None:
    case = returned_case()
    short = shortened(carried(case))
    tamper, says = TAMPERED[how]
    with pytest.raises(BrokenLog, match=says) as broken:
        whole_record(short.record, tamper(tuple(case.log), short.record))
    assert broken.value.words.zh != broken.value.words.en


def test_what_was_carried_must_follow_it() -> None:
    """Of two halves of different logs none is made."""
    case = long_case(2)
    older = tuple(case.log)
    decide(case, Kind.SUPPORT, actor=DISTRICT)
    decide(case, Kind.SUPPORT, actor=COMMISSION)
    short = shortened(carried(case)).record
    with pytest.raises(BrokenLog, match="does not follow the entries that went by reference"):
        whole_record(short.model_copy(update={"log": short.log[1:]}), older)


def test_a_case_writes_nothing_before_its_log_is_whole() -> None:
    """Then it goes on as if it had been carried whole."""
    known = long_case(2)
    decide(known, Kind.SUPPORT, actor=DISTRICT)
    whole = carried(known)
    short = shortened(whole)
    case: Case[PlatformState] = Case(short.state, short.record)
    assert case.record() == short.record
    with pytest.raises(AssertionError, match="the log ends where it should go on"):
        decide(case, Kind.SUPPORT, actor=COMMISSION)
    case = Case(short.state, short.record)
    case.take_up(whole_record(short.record, whole.record.log[: whole.recorded]))
    ours: Case[PlatformState] = Case(whole.state, whole.record)
    case.recorded = ours.recorded
    assert (case.record(), case.roles) == (ours.record(), ours.roles)
    assert vars(case._room) == vars(ours._room)
    assert case.content_chain().hashes == ours.content_chain().hashes
    assert case.edition is Edition.V0_5


def test_a_long_log_is_answered_in_parts() -> None:
    """Each is as much as an answer may be; what else was asked for comes with the first."""
    entries = tuple(long_case(20).log)
    found = CaseLog(entries=entries, roles={"kw-1": Role.COMMISSION})
    got: tuple[LogEntry, ...] = ()
    parts = []
    while True:
        part = in_one_answer(found, len(got))
        parts.append(part)
        got += part.entries
        if not part.more:
            break
    assert got == entries
    assert [bool(part.roles) for part in parts] == [True, *(False for _ in parts[1:])]
    assert len(parts) > 1
    assert all(len(canonical(as_sent(part))) <= ANSWER_BYTES for part in parts)


def test_one_entry_at_the_least_is_answered() -> None:
    """However large it is: who asks goes on to the end."""
    entry = at_stage(Stage.VALID).log[0]
    large = entry.model_copy(update={"said": entry.said | {"note": "x" * ANSWER_BYTES}})
    found = CaseLog(entries=(large, large.model_copy(update={"seq": 2})))
    assert [e.seq for e in in_one_answer(found).entries] == [1]
    assert [e.seq for e in in_one_answer(found, 1).entries] == [2]
    assert in_one_answer(found, 2) == CaseLog(entries=())
