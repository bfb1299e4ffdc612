"""Input is not state: what a run took up must have been written by another run, or the audit names it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from audit.histories import StoredHistory
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading, not_checked
from audit.reading.log_links import check_links
from audit.replay.replaying import Replaying
from audit.replay.together import PlatformReplay, assemble_platform
from tests.audit.forging import NEW_RUN, input_changed, of_another, started_raw
from tests.audit.lives import FLEX, MUCH, SHORT, TWICE, cut, recorded
from workflows.log_id import LogId

DECLINED = "bj-green-building"


def _problems(histories: Sequence[StoredHistory]) -> list[str]:
    """What a reading names: that is what reconcile, rebuild, dossier, verify and the report say."""
    ordered = sorted(histories, key=lambda one: (one.workflow_id, one.started_at, one.run_id))
    platform_id = histories[0].platform_id
    return [
        f"{one.where}: {one.words.en}" for one in check_reading(read_runs(platform_id, ordered))
    ]


async def _replayed(histories: Sequence[StoredHistory]) -> PlatformReplay:
    async with Replaying() as replaying:
        replays = [await replaying.replay(history) for history in histories]
    return assemble_platform(histories[0].platform_id, replays)


def _found(replay: PlatformReplay) -> list[str]:
    return [one.words.en for run in replay.runs for one in run.findings if one.wrong]


def _own(platform_id: str, release: str = "0.1.0") -> list[StoredHistory]:
    return [one for one in recorded(platform_id, release) if one.year == 0]


async def test_a_life_that_nobody_ever_sent_is_named() -> None:
    """A raw start with a whole life as its second argument: no other run wrote a word of it."""
    forged = started_raw(_own(SHORT)[1])
    where = f"platform:{SHORT} run {NEW_RUN}1, event 1"
    words = "entries 1 to 5 of its log have no origin"
    assert [one for one in _problems([forged]) if one.startswith(f"{where}: {words}")]
    replay = await _replayed([forged])
    assert not replay.sound
    assert [one for one in _found(replay) if one.startswith(words)]


async def test_a_life_put_behind_a_declined_term_is_named() -> None:
    """The term had been declined; a raw start makes it valid, with entries that the true run never wrote."""
    true = _own(DECLINED)
    raw = started_raw(_own(SHORT)[1])
    forged = of_another(raw, DECLINED, f"{NEW_RUN}2")
    alone = await _replayed([forged])
    assert alone.runs[0].divergence is None, "the forger ran the true code"
    for histories in ([*true, forged], [forged, *true]):
        assert [one for one in _problems(histories) if f"{NEW_RUN}2" in one and "no origin" in one]
        assert [one for one in _found(await _replayed(histories)) if "no origin" in one]


async def test_two_runs_with_one_made_up_log_do_not_vouch_for_each_other() -> None:
    """An entry counts where it was written, and not where it was taken up, however often that was."""
    own = _own(SHORT)[1]
    pair = [started_raw(own, 1), started_raw(own, 2)]
    for run in pair:
        named = [one for one in _problems(pair) if run.run_id in one and "no origin" in one]
        assert named
    assert len([one for one in _found(await _replayed(pair)) if "no origin" in one]) == 2


async def test_a_true_log_that_is_taken_up_before_its_end_is_named() -> None:
    """A raw start with a true beginning of a log undoes what came behind it: that log did not end there."""
    whole = _own(MUCH)
    forged = started_raw(whole[1])
    words = "it began with 5 entries of a log that did not end there"
    # The first run did end with these entries, and went on in the true second one.
    assert [one for one in _problems([*recorded(MUCH), forged]) if "differs from" in one] == []

    def shorter(carried: Any) -> None:
        carried["record"]["log"] = carried["record"]["log"][:4]

    early = input_changed(forged, 1, shorter)
    assert [one for one in _problems([*recorded(MUCH), early]) if words.replace("5", "4") in one]


async def test_a_run_that_says_it_goes_on_from_another_is_held_against_it() -> None:
    """In a forged archive a run may name the one before it; that one went on in another run."""
    true = list(recorded(MUCH))
    second = _own(MUCH)[1]
    twin = replace(second, run_id=f"{NEW_RUN}3")
    content = twin.content.replace(
        json.loads(second.content)["events"][0]["workflowExecutionStartedEventAttributes"][
            "originalExecutionRunId"
        ].encode(),
        twin.run_id.encode(),
    )
    named = [
        one
        for one in _problems([*true, replace(twin, content=content)])
        if "which continued as run" in one
    ]
    assert len(named) == 1
    assert f"{NEW_RUN}3, event 1: it says that it continues run" in named[0]


async def test_a_log_that_is_opened_twice_is_named() -> None:
    """Two lives of one term: both whole in themselves, both opened by an application."""
    first = _own(SHORT)[0]
    other = of_another(_own(MUCH)[0], SHORT, f"{NEW_RUN}4")
    histories = [first, other]
    assert [one for one in _problems(histories) if "opens the log 1 a second time" in one]
    assert [one for one in _found(await _replayed(histories)) if "opens the log 1 a sec" in one]


async def test_an_assessment_that_no_platform_started_is_named() -> None:
    """An outsider starts one under the child's id: it has no parent, or names one that did not start it."""
    whole = recorded(SHORT)
    child = next(one for one in whole if one.year)
    orphan = started_raw(child)
    rest = [one for one in whole if one is not child]
    assert [one for one in _problems([*rest, orphan]) if "it has no parent" in one]
    assert [one for one in _found(await _replayed([*rest, orphan])) if "it has no parent" in one]
    # Started by the first run, which ended long before it, it would have another parent.
    parents = [one for one in whole if one.year == 0]
    moved = replace(
        child, content=child.content.replace(parents[1].run_id.encode(), parents[0].run_id.encode())
    )
    assert [
        one for one in _problems([*rest, moved]) if "should have started it as its child" in one
    ]


def _receipt(carried: Any) -> None:
    carried["record"]["receipts"][0]["decision_id"] = "never-sent"


def _due(carried: Any) -> None:
    carried["due"] = {"due": "2020-01-01T00:00:00Z"}


def _stage(carried: Any) -> None:
    carried["state"]["stage"] = "valid"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_receipt, "it began with receipts that do not follow from its log"),
        (_due, "it began with a due date"),
        (_stage, "the state that is carried on does not follow from its log"),
    ],
)
async def test_a_true_log_with_other_things_beside_it(
    change: Callable[[Any], None], words: str
) -> None:
    """Whoever starts an ended term again may bring a true log, and receipts or a state that are not its own."""
    whole = list(recorded(FLEX, "0.3.0"))
    runs = {run.history.run_id: run for run in read_runs(FLEX, whole).runs}
    at = next(
        n
        for n, one in enumerate(whole)
        if one.year == 0
        and runs[one.run_id].carried
        and not runs[one.run_id].continued_from
        and runs[one.run_id].carried.record.receipts  # type: ignore[union-attr]
    )
    whole[at] = input_changed(whole[at], 1, change)
    assert [one for one in _problems(whole) if words in one]


async def test_what_depends_on_a_run_that_is_not_here_is_not_checked() -> None:
    """Nobody can say whether it held: a replay names it so, and it is neither sound nor wrong."""
    later = _own(MUCH)[1:]
    replay = await _replayed(later)
    assert (replay.sound, replay.checked) == (True, False)
    named = [one.words.en for run in replay.runs for one in run.findings if one.unchecked]
    assert "entries up to 5 of its log come from run" in " ".join(named)
    assert "missing: by the platform's entry" in " ".join(named)
    # A reading names the missing run itself.
    assert [one for one in _problems(later) if "which it continues, is missing" in one]


async def test_what_the_server_keeps_no_longer_is_not_checked() -> None:
    """A term that was started again names no run of before: after the retention nobody knows whose it is."""
    again = next(
        one
        for one in recorded(FLEX, "0.3.0")
        if one.year == 0
        for run in read_runs(FLEX, [one]).runs
        if run.carried and not run.continued_from
    )
    assert [one for one in _problems([again]) if "no origin" in one]
    kept_since = again.started_at + timedelta(days=30)
    old = replace(again, kept_since=kept_since)
    assert not [one for one in _problems([old]) if "no origin" in one]
    [named] = not_checked(read_runs(FLEX, [old]))
    assert "come from a run that the server no longer keeps" in named.words.en
    replay = await _replayed([old])
    assert (replay.sound, replay.checked) == (True, False)
    # What is younger than the retention would still be there.
    young = replace(again, kept_since=again.started_at - timedelta(days=300))
    assert [one for one in _problems([young]) if "no origin" in one]
    assert not_checked(read_runs(FLEX, [young])) == []


async def test_what_depends_on_a_run_that_is_here_in_part_is_not_checked() -> None:
    """An archive may have a run as it was while it was open: what came behind that, nobody can say."""
    runs = {one.run_id: read_runs(FLEX, [one]).runs[0] for one in recorded(FLEX, "0.3.0")}
    own = [one for one in recorded(FLEX, "0.3.0") if one.year == 0]
    again = next(o for o in own if runs[o.run_id].carried and not runs[o.run_id].continued_from)
    first = next(one for one in own if not runs[one.run_id].carried)
    part = replace(cut(first, runs[first.run_id].tasks[-2].event_id - 2), closed_at=None)
    [named] = not_checked(read_runs(FLEX, [part, again]))
    assert "whose history is here only in part" in named.words.en
    replay = await _replayed([part, again])
    assert (replay.sound, replay.checked) == (True, False)
    assert not_checked(read_runs(FLEX, [first, again])) == []


async def test_a_next_term_names_the_one_before_as_it_ended() -> None:
    """Its number and its last hash; a term that had not ended has none after it."""
    whole = list(recorded(TWICE))
    assert _problems(whole) == []
    at = next(
        n
        for n, one in enumerate(whole)
        if one.year == 0 and "previous" in _application(one) and _application(one)["previous"]
    )

    def other(form: Any) -> None:
        form["previous"]["log_hash"] = "1" * 64

    later = [one for one in whole if one.started_at > whole[at].started_at and not one.year]
    changed = [one for one in whole if one not in later or not _term_of(one, 2)]
    changed[changed.index(whole[at])] = input_changed(whole[at], 0, other)
    assert [one for one in _found(await _replayed(changed)) if "entry 1 does not follow" in one]
    reading = read_runs(TWICE, whole)
    logs = {place: reading.entries(place) for place in reading.logs}
    assert list(check_links(logs)) == []
    logs[LogId(1)] = logs[LogId(1)][:-1]
    words = [one.words.en for one in check_links(logs)]
    assert "term 1, which it continues, had not ended: its stage is valid" in words


def _term_of(history: StoredHistory, term: int) -> bool:
    place = read_runs(history.platform_id, [history]).runs[0].place
    return place is not None and place.term == term


def _application(history: StoredHistory) -> dict[str, Any]:
    run = read_runs(history.platform_id, [history]).runs[0]
    return run.application if isinstance(run.application, dict) else {}
