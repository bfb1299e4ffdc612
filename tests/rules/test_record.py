"""The chain of a log: what was changed, lost or moved shows, and old hashes hold when models grow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.model import canonical, sha256
from workflows.policy import Policy
from workflows.record import BEGINNING, LogEntry, find_chain_break
from workflows.record_shares import RecordRoom
from workflows.refusal import Refused
from workflows.steps import AnyStage
from workflows.vocabulary import AssessmentStage, Kind, Stage

from .builders import application, plan
from .cases import assessment, at_stage, decide, decision, moment, platform

AT = datetime(2024, 3, 4, 1, 30, 0, 250, tzinfo=UTC)


def whole() -> list[LogEntry]:
    """A log of five entries that holds."""
    log: list[LogEntry] = at_stage(Stage.VALID).log
    assert find_chain_break(log, BEGINNING) is None
    return log


def broken(log: list[LogEntry], before: str) -> str:
    """Where it breaks, in English; the Chinese names the same entry."""
    found = find_chain_break(log, before)
    assert found
    assert f"第 {found.en.split()[1]} 条" in found.zh
    return found.en


def test_a_log_that_was_not_touched_holds() -> None:
    """Also an assessment's, which goes on from the hash of the entry that opened it."""
    valid = at_stage(Stage.VALID)
    year = assessment(valid)
    decide(year, Kind.SELF_REPORT)
    assert year.log[0].previous == valid.log[-1].hash
    assert find_chain_break(year.log, valid.log[-1].hash) is None
    assert find_chain_break([], BEGINNING) is None


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT},
        {"outcome": "declined"},
        {"stage": "valid"},
        {"name": "listing"},
        {"actor": None},
        {"decision_id": "d-9"},
        {"said": {"outcome": "recommended"}},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_shows(change: dict[str, Any]) -> None:
    """Whatever was changed in it, the entry is named."""
    log = whole()
    log[2] = log[2].model_copy(update=change)
    assert broken(log, BEGINNING) == "entry 3 was changed after it was written"


def test_a_changed_entry_that_was_sealed_again_breaks_the_next() -> None:
    """Who seals a changed entry again must change all that follow."""
    log = whole()
    log[2] = log[2].model_copy(update={"outcome": "declined"})
    log[2] = log[2].model_copy(update={"hash": log[2].seal()})
    assert broken(log, BEGINNING) == "entry 4 does not follow the one before it"


def test_a_missing_and_a_moved_entry_show() -> None:
    """The place is named."""
    log = whole()
    assert broken([*log[:1], *log[2:]], BEGINNING) == ("entry 2 is missing: 3 is in its place")
    assert broken([log[0], log[2], log[1], *log[3:]], BEGINNING) == (
        "entry 2 is missing: 3 is in its place"
    )
    assert broken(log[1:], BEGINNING) == "entry 1 is missing: 2 is in its place"


def test_a_log_of_another_beginning_shows() -> None:
    """A log goes on from the hash that is known to stand before it."""
    assert broken(whole(), "f" * 64) == "entry 1 does not follow the one before it"


def test_a_lost_end_shows_by_the_last_hash() -> None:
    """A prefix holds in itself; that it is not all shows by the number and hash that are known."""
    log = whole()
    assert find_chain_break(log[:-1], BEGINNING) is None
    assert (log[-2].seq, log[-1].seq) == (4, 5)
    assert log[-1].previous == log[-2].hash != log[-1].hash


def test_a_plan_stands_as_its_hash() -> None:
    """Plans are long: the log binds them by their hash, and no text of them stands in it."""
    case = at_stage(Stage.IMPROVEMENT)
    decide(case, Kind.PLAN_REVISION, plan=plan("很长的方案"))
    for entry in (case.log[0], case.log[-1]):
        assert "plan" not in entry.said
    assert case.log[0].said["plan_sha256"] == sha256(plan())
    assert case.log[-1].said["plan_sha256"] == sha256(plan("很长的方案"))
    assert "很长的方案" not in case.log[-1].model_dump_json()


def test_what_is_unset_is_left_out() -> None:
    """The log has what was said and no more: a field that is added later moves no hash."""
    case = platform()
    raw = decision(Kind.RECOMMENDATION, case)
    case.decide(raw, moment(case))
    assert case.log[1].said == raw
    opened = case.log[0].said
    assert set(opened) == (set(application()) - {"plan"}) | {"plan_sha256"}
    assert case.state.facts.policy == Policy()


def test_the_wording_of_a_refusal_is_not_sealed() -> None:
    """A history replayed with newer wording gives the same hashes; the rule that refused is sealed."""
    case = platform()
    raw = decision(Kind.LISTING, case)
    with pytest.raises(Refused) as caught:
        case.decide(raw, moment(case))
    case.refuse(Kind.LISTING, raw, caught.value, moment(case))
    entry = case.log[-1]
    assert entry.model_copy(update={"reason": "otherwise"}).seal() == entry.hash
    assert entry.said["rule"] == "§四(四)"


def test_what_was_said_stands_though_it_is_the_default() -> None:
    """Who says that there are no documents has said so."""
    case = platform()
    raw = decision(Kind.RECOMMENDATION, case, documents=[])
    case.decide(raw, moment(case))
    assert case.log[1].said == raw


@pytest.mark.parametrize("stage", [*Stage, *AssessmentStage])
def test_the_room_of_an_entry_is_that_of_its_canonical_json(stage: AnyStage) -> None:
    """It is counted by the quicker writer: no byte more or less, or a replay would refuse what was taken."""
    for entry in at_stage(stage).log:
        room = RecordRoom([entry])
        assert room.taken == len(canonical(entry.model_dump(mode="json")))
