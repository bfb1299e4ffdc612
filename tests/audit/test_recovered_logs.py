"""A log that was gone on with: who says so, from which entry, and which entries no history has."""

from dataclasses import replace
from typing import Any

import pytest

from audit.reading import check_histories
from audit.reading.case_logs import Line, read_runs
from audit.reading.check_recoveries import check_recoveries
from audit.reading.log_links import check_links, check_logs, ends_in_attested, opened_in_attested
from audit.reading.origins import RunLog, attested_parts, check_origins, recovered_by
from audit.reconciling.expected_register import expected_register
from db.row_types import LogLine
from tests.register.cases import assessment_of, listed
from tests.rules import officers
from tests.rules.authored_cases import at as authored_at
from tests.rules.cases import at_stage, moment, recovery
from tests.rules.rosters import Roster
from workflows.case import Case
from workflows.log_id import LogId
from workflows.record import LogEntry
from workflows.recovering import note_recovery
from workflows.recovery import RECOVERY_NAMESPACE, Recovery
from workflows.signatures import Signature
from workflows.vocabulary import Happening, Stage

PLACE = LogId(1)
YEARLY = LogId(1, 1, 1)


def signed(case: Case[Any], known: Roster, by: str, **changes: Any) -> Recovery:
    """A recovery that somebody of the roster signs."""
    said = recovery(case, **{"by": by} | changes)
    made = officers.sshsig(by, said.form(), RECOVERY_NAMESPACE)
    proof = officers.signature(known.people[by], b"", list(known.people.values())).proof
    return said.model_copy(update={"signatures": (Signature(sshsig=made, proof=proof),)})


def faults(case: Case[Any]) -> list[str]:
    """What does not hold of the recoveries in a log."""
    return [one.words.en for one in check_recoveries(PLACE, {PLACE: case.log})]


@pytest.mark.parametrize(
    ("by", "changes", "why"),
    [
        ("kw-1", {}, ""),
        ("hd-1", {}, "is not the officer of the commission"),
        ("kw-1", {"log_hash": "ab" * 32}, "another entry than the recovery names"),
        ("kw-1", {"entries": 2}, "another entry than the recovery names"),
    ],
)
def test_who_went_on_stands_in_the_log(by: str, changes: dict[str, Any], why: str) -> None:
    """A forger's own workflow can write the entry: without an officer's signature of this log it is wrong."""
    case, known = authored_at(Stage.LISTING)
    note_recovery(case, signed(case, known, by, **changes), moment(case))
    found = faults(case)
    assert [why in one for one in found] == ([True] if why else [])
    whole = not list(check_logs({PLACE: case.log}))
    assert whole is not bool(why)


def test_an_unsigned_recovery_is_wrong_where_the_case_knows_a_roster() -> None:
    """And right where it knows none."""
    case, _ = authored_at(Stage.LISTING)
    note_recovery(case, recovery(case, by="kw-1"), moment(case))
    assert "must sign it" in faults(case)[0]
    plain = at_stage(Stage.LISTING)
    note_recovery(plain, recovery(plain), moment(plain))
    assert faults(plain) == []


def test_what_no_history_has_is_attested_by_the_register_only() -> None:
    """Up to the last entry that a run of before wrote the histories vouch; another life vouches for nothing."""
    case = at_stage(Stage.LISTING)
    hashes = tuple(entry.hash for entry in case.log)
    note_recovery(case, recovery(case), moment(case))
    by = recovered_by(case.log[len(hashes) :])
    assert by
    own = frozenset((case.log[-1].hash,))
    run = RunLog("platform:p", "new", PLACE, received=hashes, written=own, recovered=by)

    def doubts(*others: RunLog) -> list[tuple[bool, str]]:
        return [(one.missing, one.words.en) for one in check_origins([run, *others])]

    def wrote(*entries: str) -> RunLog:
        return RunLog("platform:p", "old", PLACE, written=frozenset(entries), under_way=True)

    [(missing, words)] = doubts()
    assert missing
    assert words.startswith(f"entries 1 to {len(hashes)} of its log are attested by the register")
    assert "by user:ops (数据文件损坏)" in words
    assert doubts(wrote(*hashes[:2]))[0][1].startswith(f"entries 3 to {len(hashes)} ")
    assert doubts(wrote(*hashes)) == []
    assert doubts(wrote("cd" * 32))[0][1].startswith("entries 1 to ")


def test_a_start_that_was_refused_spoils_nothing() -> None:
    """It ended without an entry. Had it written one, or were it under way, it would be named."""
    hashes = tuple(entry.hash for entry in at_stage(Stage.LISTING).log)
    refused = RunLog("platform:p", "refused", PLACE, received=hashes)
    assert list(check_origins([refused])) == []
    for other in (
        replace(refused, written=frozenset(("ab" * 32,))),
        replace(refused, under_way=True),
    ):
        assert "have no origin" in next(iter(check_origins([other]))).words.en


def assessed() -> dict[LogId, list[LogEntry]]:
    """The logs of a platform and of an assessment that has ended; then the platform went on from its log."""
    platform = listed()
    yearly = assessment_of(platform)
    for kind in ("self_report", "district_review", "evaluation"):
        yearly.decide(kind)
    end = yearly.case.log[-1]
    platform.at = yearly.at
    said = {"year": 1, "log_hash": end.hash, "entries": end.seq}
    platform.record_event(Happening.ASSESSMENT_ENDED, said, yearly.case.state.stage)
    case = platform.case
    note_recovery(case, recovery(case), platform.at)
    return {PLACE: list(case.log), YEARLY: list(yearly.case.log)}


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_an_end_that_only_the_register_attests_is_not_checked(
    monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """An assessment ended after it was archived, and then all was lost: nobody can say anything is wrong."""
    logs = assessed()
    own, yearly = logs[PLACE], logs[YEARLY]
    by = recovered_by(own)
    received = tuple(entry.hash for entry in own[:-1])
    last = frozenset((own[-1].hash,))
    gone_on = RunLog("platform:p", "new", PLACE, received=received, written=last, recovered=by)
    archived = {PLACE: own} | ({YEARLY: yearly[:kept]} if kept else {})
    start = RunLog(
        "platform:p",
        "old",
        PLACE,
        written=frozenset(received[:-1]),
        first=received[0],
        under_way=True,
    )
    first = yearly[0].hash
    part = frozenset(entry.hash for entry in yearly[:kept])
    open_one = RunLog("p:1", "year", YEARLY, written=part, first=first, under_way=True)

    def found(*runs: RunLog) -> list[tuple[bool, str]]:
        links = check_links(archived, attested_parts(runs))
        ended = "by the platform's entry"
        return [(one.unchecked, one.words.en) for one in links if ended in one.words.en]

    [(unchecked, words)] = found(gone_on, start, open_one)
    assert unchecked
    assert "are attested by the register only, as that entry is" in words
    monkeypatch.setattr(check_histories, "run_logs", lambda _: [gone_on, start, open_one])
    at = read_runs("p", ())
    lines = {
        place: tuple(Line(place, entry, None, 1, 1) for entry in log)  # type: ignore[arg-type]
        for place, log in archived.items()
    }
    at.logs = lines
    assert words in [problem.words.en for problem in check_histories.not_checked(at)]
    wrong = [problem.words.en for problem in check_histories.wrong_in_logs(at, archived)]
    assert not any("by the platform's entry" in one for one in wrong), "nor of a dossier's logs"
    ended = list(ends_in_attested(archived, attested_parts([gone_on, start, open_one])))
    assert [YEARLY] == ended
    # The register, which has it whole, is not held against the part that the histories have.
    register = [
        LogLine(platform_id="p", **place._asdict(), workflow_id="p", entry=entry)
        for place, log in logs.items()
        for entry in log
    ]
    expected = expected_register(at, register, settled=ended, attested=ended)
    assert tuple(yearly) == expected.logs[YEARLY].entries
    assert ([YEARLY] if kept else []) == expected.attested
    unknown = expected_register(at, register, settled=ended)
    assert (kept or len(yearly)) == len(unknown.logs[YEARLY].entries)
    opened = list(opened_in_attested(archived, attested_parts([gone_on])))
    assert opened == [YEARLY]
    assert [] == list(opened_in_attested(archived, attested_parts([gone_on, start])))
    # Nobody went on with the log, or a run that is here noted the end itself: then an entry is missing.
    noted = replace(start, written=frozenset(received))
    plain = replace(gone_on, recovered=None)
    closed = replace(open_one, under_way=False, ends=frozenset(("ab" * 32,)))
    for runs in ((plain, start), (gone_on, noted), (gone_on, start, closed)):
        [(unchecked, words)] = found(*runs)
        assert not unchecked
        assert "missing" in words
