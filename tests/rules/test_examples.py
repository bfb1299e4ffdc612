"""The examples: each validates, lives to the end that its file states, and together they take every arrow."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from worker.demo.example_lives import as_of, with_application
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.lifecycle_rows import NOTED
from workflows.model import as_sent
from workflows.next_term import next_application
from workflows.periods import beijing_date
from workflows.record import EntryKind, find_chain_break
from workflows.refusal import Refused
from workflows.rules import lifecycle_of
from workflows.state_folding import fold
from workflows.vocabulary import District, Field, Kind, Service

from .builders import Raw
from .world import World

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/life.json"))
START = datetime(2023, 3, 6, 1, 30, tzinfo=UTC)


def read(name: str, file: str) -> Raw:
    """A file of an example."""
    content: Raw = json.loads((EXAMPLES / name / file).read_text(encoding="utf-8"))
    return content


@cache
def live(name: str, kind: type[World] = World) -> tuple[World, ...]:
    """Live all terms of an example, each to the end that its file states."""
    worlds: list[World] = []
    steps = 0
    for term in read(name, "life.json")["terms"]:
        last = worlds[-1] if worlds else None
        application = read(name, term["application"])
        at = last.now + timedelta(days=30) if last else START
        if last and (
            form := follows(last)
        ):  # it was handed in, and begins the moment validity ends
            assert form.application_id == application["application_id"]
            application, at = as_sent(form), last.now
        if "brought_in" in application:
            application["brought_in"] = as_of(application["brought_in"], beijing_date(at))
        world = kind(application, at, last.platform if last else None)
        for step in term["steps"]:
            steps += 1
            take(world, step, f"{name}-{steps:02}", EXAMPLES / name)
            world.step_taken()
        assert world.platform.state.stage == term["ends"]
        worlds.append(world)
    return tuple(worlds)


def follows(world: World) -> PlatformApplication | None:
    """The application with which the next term begins by itself."""
    case = world.platform
    if not lifecycle_of(case.state).step(case.state.stage).followed:
        return None
    return next_application(case.state, tuple(case.log), case.next_application)


def take(world: World, step: Raw, decision_id: str, folder: Path) -> None:
    """Take a step of a life."""
    world.advance(world.now + timedelta(days=step.get("after_days", 0)))
    if "assessment" in step:
        world.advance(max(world.now, world.opens()) if not world.assessment else world.now)
        assert world.assessment is not None
        assert world.assessment.state.year == step["assessment"]
    elif "until" in step:
        assert world.platform.state.valid_until
        world.advance(world.platform.state.valid_until)
    elif "break_off" in step:
        world.break_off()
    elif "refused" in step:
        with pytest.raises(Refused) as caught:
            world.decide(with_application(step["refused"], folder), decision_id)
        assert caught.value.refusal.rule == step["rule"]
    else:
        said = step.get("decide") or step["signal"]
        if "listed_on" in said:
            said = as_of(said, beijing_date(world.now))
        world.decide(with_application(said, folder), decision_id)


@pytest.mark.parametrize("name", NAMES)
def test_an_example_lives_to_its_stated_end(name: str) -> None:
    """Every decision is taken, every refusal comes by its rule, every term ends as its file says."""
    worlds = live(name)
    assert worlds[0].platform.state.facts.platform_id == name
    assert [world.platform.state.facts.term for world in worlds] == [
        number for number, _ in enumerate(worlds, start=1)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_logs_of_an_example_hold(name: str) -> None:
    """Each log holds by itself, folds to its state, and goes on from the one before it."""
    worlds = live(name)
    for world in worlds:
        for case in world.cases:
            assert find_chain_break(case.log, case.before) is None
            assert fold(case.log) == case.state
        opened = [(case.state.year, case.state.opening) for case in world.cases[1:]]
        assert sorted(set(opened)) == opened
        hashes = {entry.hash for entry in world.platform.log}
        assert [case.before for case in world.cases[1:] if case.before not in hashes] == []
    ends = [world.platform.log[-1].hash for world in worlds]
    assert [world.platform.before for world in worlds[1:]] == ends[:-1]


Way = tuple[str, str, str, str, str, str | None]


def ways(case: Case[Any]) -> set[Way]:
    """What a log did: (table, stage before, name, outcome, stage after, by whom)."""
    table = lifecycle_of(case.state).name
    pairs = zip(case.log, case.log[1:], strict=False)
    return {
        (table, one.stage, two.name, two.outcome, two.stage, two.actor.role if two.actor else None)
        for one, two in pairs
        if two.kind is not EntryKind.REFUSED
    }


def test_the_examples_take_every_arrow_of_both_tables() -> None:
    """So the demo, which lives the same lives on the real servers, shows all that the tables know."""
    taken = {way for name in NAMES for world in live(name) for c in world.cases for way in ways(c)}
    missing = [
        (table.name, start, trigger.name, arrow.outcome, arrow.to)
        for table in (PLATFORM, ASSESSMENT)
        for start, trigger, arrow in table.arrows()
        if trigger not in NOTED  # no example changes the roster, or loses its engine
        and not any(
            (way[0], way[2:4], way[5]) == (table.name, (trigger.name, arrow.outcome), trigger.by)
            and start in (None, way[1])
            and (trigger.name == Kind.SET_ASIDE or way[4] == (arrow.to or way[1]))
            for way in taken
        )
    ]
    assert missing == []


def test_the_examples_are_from_all_districts_fields_and_services() -> None:
    """As their README says."""
    facts = [world.platform.state.facts for name in NAMES for world in live(name)]
    assert {fact.district for fact in facts} == set(District)
    fields = {fact.field for fact in facts}
    assert fields >= set(Field)
    number = {2: "two"}[len(fields - set(Field))]
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"the guideline's six fields, {number} that a policy adds" in readme
    assert {service for fact in facts for service in fact.services} == set(Service)
    assert len(NAMES) == 22
