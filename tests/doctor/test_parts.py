"""What `doctor` says where Temporal and the register do not have the same entries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.open_cases import HeldLog, OpenCase, held_hashes, held_logs
from db.register_store import PostgresRegister
from db.roster_queries import RosterEnd
from starter.client.receipt_file import receipt_content
from tests.register.cases import application, batch, opened
from tests.rules.cases import at_stage, decision, moment
from worker.doctor.ahead import Ahead, Side, compare
from worker.doctor.check_parts import finding_of
from worker.doctor.finding import Verdict
from worker.doctor.log_tails import Tail, TailEntry, roster_end_of, tail_of, with_acknowledged
from workflows.activity_messages import RegisterBatch, RegisterWrite
from workflows.case import Case
from workflows.log_id import LogId
from workflows.run_io import CarriedPlatform
from workflows.vocabulary import AssessmentStage, Kind, Stage

AT = datetime(2026, 11, 30, 2, tzinfo=UTC)
OWN = LogId(1)
P = "platform:p"


def tail(first: int, last: int, log: LogId = OWN) -> Tail:
    """The end of a log, of entries from `first` to `last`."""
    entries = (TailEntry(seq, f"hash-{seq}", AT + timedelta(seq)) for seq in range(first, last + 1))
    return Tail("p", log, tuple(entries))


def found(
    tails: dict[str, Tail | None],
    held: dict[LogId, HeldLog],
    hashes: dict[int, str] | None = None,
    open_cases: tuple[OpenCase, ...] = (OpenCase("p", 1, 0),),
) -> list[Ahead]:
    of_register = {("p", log): has for log, has in held.items()}
    sealed = {("p", OWN, seq): one for seq, one in (hashes or {}).items()}
    return compare(tails, open_cases, of_register, sealed)


def test_the_same_entries() -> None:
    """Nothing is ahead."""
    assert [] == found({P: tail(4, 5)}, {OWN: HeldLog(5, 5)}, {4: "hash-4", 5: "hash-5"})


def test_temporal_is_ahead() -> None:
    """Each entry that only Temporal has, and of when the first of them is."""
    (one,) = found({P: tail(4, 7)}, {OWN: HeldLog(5, 5)}, {4: "hash-4", 5: "hash-5"})
    assert Ahead(Side.TEMPORAL, "p", OWN, 6, 7, 2, AT + timedelta(6)) == one
    assert "p 1.6–1.7" == one.name


def test_a_register_that_was_written_to_after_it_was_restored() -> None:
    """Its last entry is the newest; those that it lost are missing before it."""
    (one,) = found({P: tail(7, 7)}, {OWN: HeldLog(7, 5)}, {7: "hash-7"})
    assert (Side.TEMPORAL, 1, 7, 2) == (one.side, one.first, one.last, one.entries)


def test_a_platform_that_the_register_does_not_have() -> None:
    """All of its log is ahead."""
    (one,) = found({P: tail(1, 3)}, {}, open_cases=())
    assert (Side.TEMPORAL, 1, 3, 3) == (one.side, one.first, one.last, one.entries)


def test_the_register_is_ahead() -> None:
    """An older copy of Temporal's file: so many entries it never took."""
    (one,) = found({P: tail(4, 5)}, {OWN: HeldLog(8, 8)}, {4: "hash-4", 5: "hash-5"})
    assert Ahead(Side.REGISTER, "p", OWN, 6, 8, 3) == one


@pytest.mark.parametrize("older", [None, tail(1, 9)])
def test_a_case_of_which_temporal_has_nothing(older: Tail | None) -> None:
    """Its file is of before the application, or of before the present term."""
    (one,) = found(
        {P: older},
        {OWN: HeldLog(9, 9), LogId(2): HeldLog(4, 4)},
        {seq: f"hash-{seq}" for seq in range(1, 10)},
        (OpenCase("p", 2, 0),),
    )
    assert (Side.REGISTER, LogId(2), 1, 4) == (one.side, one.log, one.first, one.entries)


def test_a_register_of_an_earlier_term_is_behind() -> None:
    """It holds the term open that has ended: Temporal is ahead, and nothing of the register is."""
    (one,) = found({P: tail(1, 2, LogId(2))}, {OWN: HeldLog(9, 9)})
    assert (Side.TEMPORAL, LogId(2), 2) == (one.side, one.log, one.entries)


def test_what_differs() -> None:
    """An older Temporal that has decided something since: the entry is named, not counted as ahead."""
    (one,) = found({P: tail(5, 6)}, {OWN: HeldLog(8, 8)}, {5: "hash-5", 6: "another"})
    assert (Side.DIFFERENT, 6) == (one.side, one.first)


def test_what_is_said() -> None:
    """Both sides with entries and cases; bad, unless it is so new that it is on its way."""
    temporal = Ahead(Side.TEMPORAL, "p", OWN, 6, 7, 2, AT)
    register = Ahead(Side.REGISTER, "q", LogId(1, 2, 1), 3, 3, 1)
    said = finding_of([temporal, register], 2, 0, lambda: AT)
    assert Verdict.BAD is said.verdict
    assert (
        "Temporal is ahead of the register by 2 entries of 1 case, the oldest of 2026-11-30 10:00:00,"
        " Beijing time: p 1.6–1.7; the register is ahead of Temporal by 1 entry of 1 case: q 1-y2.3"
    ) == said.what.en
    assert said.advice
    assert "before anybody decides" in said.advice.en
    assert Verdict.NOTE is finding_of([temporal], 2, 0, lambda: AT + timedelta(minutes=1)).verdict
    late = finding_of([temporal], 2, 7, lambda: AT + timedelta(minutes=5))
    assert Verdict.BAD is late.verdict
    assert late.advice
    assert "audit reconcile --repair" in late.advice.en
    assert "仅核对前 2 个" in late.what.zh
    assert Verdict.GOOD is finding_of([], 2, 0, lambda: AT).verdict


def _decided(stage: Stage | AssessmentStage) -> Case[Any]:
    return at_stage(stage)


def _as_sent(record: Any) -> Any:
    return record.model_dump(mode="json")


def test_the_end_of_a_log_in_a_history() -> None:
    """As activities are given it, as a run begins with it, and what was acknowledged since."""
    case = _decided(Stage.INSPECTION)
    given = RegisterBatch(workflow_id=P, platform=case.state, entries=tuple(case.log[1:]))
    for one in (_as_sent(RegisterWrite(batch=given)), _as_sent(given)):
        read = tail_of([one])
        assert read
        assert (OWN, case.log[-1].hash) == (read.log, read.last.hash)
        assert len(case.log) - 1 == len(read.entries)
    carried = CarriedPlatform(state=case.state, record=case.record())
    begun = tail_of([{"platform_id": "p"}, _as_sent(carried)])
    assert begun
    assert case.log[-1].seq == begun.last.seq
    receipt = case.decide(decision(Kind.INSPECTION, case), moment(case))
    old = receipt_content(receipt.model_copy(update={"seq": 1}), {})["receipt"]
    more = with_acknowledged(begun, [receipt_content(receipt, {})["receipt"], old])
    assert [begun.last.seq, receipt.seq] == [one.seq for one in more.entries]
    assert case.log[-1].hash == more.last.hash
    assert tail_of([_as_sent(RegisterWrite(batch=None)), None, "odd"]) is None


def test_the_end_of_an_assessments_log() -> None:
    """Its year and opening are its log's."""
    case = _decided(AssessmentStage.EVALUATION)
    batched = RegisterBatch(
        workflow_id=P,
        platform=_decided(Stage.VALID).state,
        assessment=case.state,
        entries=tuple(case.log),
    )
    read = tail_of([_as_sent(batched)])
    assert read
    assert LogId(1, case.state.year, 1) == read.log


async def test_what_the_register_holds(engine: AsyncEngine, register: PostgresRegister) -> None:
    """The ends of its logs, and the hashes of the entries that are asked for."""
    given = batch(opened(application("p-1")))
    await register.write(given)
    assert {("p-1", OWN): HeldLog(1, 1)} == await held_logs(engine)
    wanted = [("p-1", OWN, 1), ("p-1", OWN, 2), ("p-2", OWN, 1)]
    assert {("p-1", OWN, 1): given.entries[0].hash} == await held_hashes(engine, wanted)
    assert {} == await held_hashes(engine, [])


@pytest.mark.parametrize(
    "given",
    [
        {"entries": [{"seq": 1, "hash": "other"}, {"seq": 2, "hash": "h"}]},
        {"state": {}, "seq": 2, "last_hash": "h"},
        {"of": "roster", "entries": 2, "log_hash": "h"},
    ],
    ids=["handed in", "carried", "recovered"],
)
def test_the_end_of_the_roster(given: dict[str, Any]) -> None:
    """In whatever its history has of the log."""
    assert roster_end_of([None, given]) == RosterEnd(2, "h")
    assert roster_end_of([None, 7, {"decision_id": "d"}]) is None
