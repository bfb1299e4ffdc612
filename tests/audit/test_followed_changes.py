"""What an assessment noted of its platform, held against the platform's own log, and the other way round."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from audit.reading.log_links import check_links, check_logs
from audit.replay.replaying import log_of_state
from tests.audit.dossiers import rehashed
from tests.audit.everything import everything
from tests.rules.builders import COMMISSION, application, decision
from tests.rules.cases import START
from tests.rules.test_pairs import PAIRS, REFUSED, Meeting
from tests.rules.world import World
from workflows.log_id import LogId
from workflows.periods import beijing_date
from workflows.record import LogEntry

Logs = dict[LogId, tuple[LogEntry, ...]]
YEAR = LogId(1, 1, 1)
LISTED = ("recommendation", "inspection", "expert_opinion", "listing")


def _told(*kinds: str) -> Logs:
    """The logs of a platform that decided this of itself, two days apart, while its assessment was open."""
    world = World(application(policy={"validity_years": 1}, submitted_by=COMMISSION), START)
    numbers = count(1)

    def decide(kind: str) -> None:
        number = f"d{next(numbers)}"
        world.decide(decision(kind, number, beijing_date(world.now)), number)

    for kind in LISTED:
        decide(kind)
    world.advance(world.opens())
    for kind in kinds:
        world.advance(world.now + timedelta(days=2))
        decide(kind)
    return _logs(world)


def _logs(world: World) -> Logs:
    return {log_of_state(case.state): tuple(case.log) for case in world.cases}


def _found(logs: Logs) -> list[str]:
    """What is found in logs of which the record reaches a day beyond the last entry."""
    until = max(entry.at for log in logs.values() for entry in log) + timedelta(days=1)
    found = list(check_logs(logs, until))
    assert all(one.words.zh and one.where == YEAR.file for one in found)
    return [one.words.en for one in found]


def _year(logs: Logs, change: Callable[[list[Any]], list[Any]]) -> Logs:
    """The log of the assessment changed by somebody who mends its chain."""
    lines = change([json.loads(entry.model_dump_json()) for entry in logs[YEAR]])
    entries = (LogEntry.model_validate_json(json.dumps(one)) for one in rehashed(lines))
    return logs | {YEAR: tuple(entries)}


def _without(name: str) -> Callable[[list[Any]], list[Any]]:
    return lambda lines: [one for one in lines if one["name"] != name]


def test_whatever_meets_in_a_case_both_logs_say_the_same() -> None:
    """Each pair of what may meet; and a platform to which everything happened."""
    for pair in PAIRS:
        meeting = Meeting(pair)
        meeting.happen(pair.first.removesuffix(REFUSED))
        meeting.happen(pair.then)
        assert [] == _found(_logs(meeting.world)), pair
    assert [] == list(check_logs(everything().logs))


@pytest.mark.parametrize(
    ("kinds", "name", "entry"),
    [
        (("facts_change",), "facts_changed", 8),
        (("suspension",), "platform_suspended", 8),
        (("suspension", "resumption"), "platform_resumed", 9),
    ],
)
def test_a_change_that_an_open_assessment_never_heard_of(
    kinds: tuple[str, ...], name: str, entry: int
) -> None:
    """It is found, whether the record reaches on or the assessment itself went on."""
    logs = _told(*kinds)
    assert [] == _found(logs)
    deaf, word = _year(logs, _without(name)), kinds[-1].replace("_", " ")
    words = f"it never heard of the platform's entry {entry} (“{word}”), which it had to follow"
    assert [words] == _found(deaf)
    # At once it may still be on its way; what the assessment says later shows that it was not.
    assert [] == list(check_links(deaf))
    if name == "facts_changed":  # the others it could not have gone on without
        went_on = _year(_told(*kinds, "self_report"), _without(name))
        assert [words] == [one.words.en for one in check_links(went_on)]


def _phantom(lines: list[Any]) -> list[Any]:
    note = json.loads(json.dumps(lines[-1]))
    return [*lines, note | {"said": note["said"] | {"entry": 9, "name": "从未更名的平台"}}]


def _renamed(lines: list[Any]) -> list[Any]:
    lines[-1]["said"]["name"] = "另一个名称"
    return lines


def _of_another_entry(lines: list[Any]) -> list[Any]:
    lines[-1]["said"]["entry"] = 5
    return lines


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            _phantom,
            "entry 3 notes “facts changed” of the platform's entry 9, which its log does not have",
        ),
        (_renamed, "entry 2 (“facts changed”) differs from the platform's entry 8: name"),
        (
            _of_another_entry,
            "entry 2 notes “facts changed”, and the platform's entry 5 is no such decision of its"
            " time (listing)",
        ),
    ],
)
def test_a_note_that_the_platforms_log_does_not_have(
    change: Callable[[list[Any]], list[Any]], words: str
) -> None:
    """It is found, in words that name both entries."""
    assert words in _found(_year(_told("facts_change"), change))


def test_a_suspension_that_never_was() -> None:
    """The assessment says that its platform was suspended, where that changed its name."""

    def suspended(lines: list[Any]) -> list[Any]:
        lines[-1] |= {"name": "platform_suspended"}
        return lines

    [first] = _found(_year(_told("facts_change"), suspended))
    assert "notes “platform suspended”" in first
    assert "is no such decision of its time (facts_change)" in first


def test_an_assessment_that_began_with_other_facts() -> None:
    """What it says of its platform at first is what the platform's log says at that entry."""

    def elsewhere(lines: list[Any]) -> list[Any]:
        lines[0]["said"]["facts"]["district"] = "daxing"
        return lines

    words = "entry 1 says other than the platform's entry 7 that opened it: facts"
    assert [words] == _found(_year(_told(), elsewhere))


@pytest.mark.parametrize("kind", ["withdrawal", "termination"])
def test_the_end_of_a_platform(kind: str) -> None:
    """The open assessment ends with it, by the entry that says so, and with nothing else."""
    ended, open_still = _told(kind), _told()
    own, noted = LogId(1), ended[YEAR]
    name = {"withdrawal": "platform_withdrawn", "termination": "platform_terminated"}[kind]
    assert (name, []) == (noted[-1].name, _found(ended))
    # The platform's log up to its end, and an assessment that went on.
    deaf = {own: ended[own][:8], YEAR: ended[YEAR][:-1]}
    went_on = f"it went on, although the platform goes on without it since entry 8 ({kind})"
    assert [went_on] == _found(deaf)
    words = f"entry 2 notes “{name.replace('_', ' ')}”, which the platform's log does not say"
    assert [words] == _found(open_still | {YEAR: noted})
