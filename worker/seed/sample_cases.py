"""How far each example goes in a seeded system, and the days of its decisions: all before today, or today.

Texts, people and bodies are those of the examples' files. What the examples say of days is how far apart
they are; here they are counted back from the day of the seeding.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starter.client.interface import ASSESSMENT_KINDS
from worker.demo.example_lives import Example, ExampleStep
from workflows.application import PlatformApplication
from workflows.decision_reading import decision_of
from workflows.model import as_sent, parse
from workflows.periods import anniversary
from workflows.policy import Policy, policy_for_new_cases
from workflows.rules import CaseState, arrow_of
from workflows.states import AssessmentState, Facts, PlatformState
from workflows.vocabulary import AssessmentStage, FilingOutcome, Kind, ReviewOutcome, Stage, Word

EVIDENCE = "bj-food-authenticity"
"""The example of an existing platform: what those brought in here rest on is what it rests on."""
_CONCLUDED_BEFORE = timedelta(days=20)
"""So long before its anniversary each assessment of an existing platform was concluded."""
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")

Steps = Sequence[tuple[int, dict[str, Any]]]
"""Decisions as the examples have them, each with the days since the one before."""


@dataclass(frozen=True)
class Sample:
    """An example in a seeded system."""

    platform_id: str
    stands: Word
    """The stage in which it is left; of an assessment, where one is open."""
    listed_ago: int = 0
    """Days since it was listed."""
    assessed: int | None = None
    """Of an existing platform, which is brought in: so many assessments have ended."""
    of_term: int = 1
    """Which of the example's terms it takes its application and decisions from."""
    hurried: str = ""
    """The policy's field of a step that is due on the next working day."""


SAMPLES = (
    # The first says to a repeated run from which day all others are counted (`day_of`).
    Sample("bj-eda-verification", Stage.VALID, 500, assessed=1),
    Sample("bj-flex-sensor", Stage.VALID, 130, assessed=0),
    Sample("bj-subsurface-imaging", Stage.VALID, 760, assessed=2),
    Sample("bj-llm-evaluation", AssessmentStage.SELF_REPORT, 1_020, assessed=2),
    Sample("bj-riscv-soc", Stage.RECOMMENDATION),
    Sample("bj-ad-simulation", Stage.CORRECTION),
    Sample("bj-gene-vector", Stage.INSPECTION, hurried="inspection_days"),
    Sample("bj-uav-airworthiness", Stage.TERMINATED),
    Sample("bj-compute-adaptation", Stage.IMPROVEMENT),
    Sample("bj-heritage-digital", Stage.EXPERT_REVIEW),
    Sample("bj-quantum-metrology", Stage.LISTING),
    Sample("bj-smart-agri-machinery", Stage.VALID, 40),
    Sample("bj-hydrogen-storage", AssessmentStage.SELF_REPORT, 300, hurried="self_report_days"),
    Sample("bj-power-packaging", AssessmentStage.DISTRICT_REVIEW, 310),
    Sample("bj-satnet-terminal", AssessmentStage.EVALUATION, 320),
    Sample("bj-robot-reducer", AssessmentStage.RECTIFICATION, 330),
    Sample("bj-biologics-cmc", AssessmentStage.REASSESSMENT, 340),
    Sample("bj-green-building", Stage.DECLINED),
    Sample("bj-industrial-software", Stage.DECLINED),
    Sample("bj-imaging-ai", AssessmentStage.REASSESSMENT_VIEW, 335, of_term=2),
)


@dataclass(frozen=True)
class SampleCase:
    """What is sent for a sample: its application, and the decisions on it, in order."""

    sample: Sample
    application: PlatformApplication
    decisions: tuple[dict[str, Any], ...]


def sample_cases(examples: Mapping[str, Example], day: date) -> Iterator[SampleCase]:
    """Return what is sent for each sample, so that it stands so on a day (Beijing)."""
    evidence = as_sent(examples[EVIDENCE].applications[0])["brought_in"]
    for sample in SAMPLES:
        example = examples[sample.platform_id]
        application = as_sent(example.applications[sample.of_term - 1])
        steps = tuple(_accepted(example.life.terms[sample.of_term - 1].steps))
        decisions: tuple[dict[str, Any], ...] = ()
        if sample.assessed is None:
            policy = policy_for_new_cases(parse(Policy, application.get("policy", {})))
            decisions = tuple(_dated(sample, steps, evidence, day, policy))
        else:
            application["brought_in"] = _brought_in(sample, steps, evidence, day)
        if sample.hurried:
            # A policy is the commission's to give, so an officer of it enters this application.
            by = next(said["actor"] for _, said in steps if said["kind"] == Kind.INSPECTION)
            given = {**application.get("policy", {}), sample.hurried: 1}
            application |= {"policy": given, "submitted_by": by}
        yield SampleCase(sample, parse(PlatformApplication, application), decisions)


def day_of(application: PlatformApplication) -> date | None:
    """Return the day of the seeding that sent an application for the first sample; None of another's."""
    stood = application.brought_in
    return stood.decided_on if stood and stood.decision_id == _id(SAMPLES[0], 0) else None


def _accepted(steps: Sequence[ExampleStep]) -> Iterator[tuple[int, dict[str, Any]]]:
    waited = 0
    for step in steps:
        waited += step.after_days
        said = step.decide or step.signal
        # Who goes on without a report or a view must wait until it is overdue.
        if said and said.get("outcome") not in (FilingOutcome.NOT_FILED, ReviewOutcome.NOT_GIVEN):
            yield waited, said
            waited = 0


def _dated(
    sample: Sample, steps: Steps, evidence: dict[str, Any], day: date, policy: Policy
) -> Iterator[dict[str, Any]]:
    """The decisions that lead to where a sample stands, with ids and days.

    Those on the platform itself were taken on paper, as far apart as in the example; the last of them
    today, or on the day of the listing. A listing that is too long ago to be entered is brought in. An
    assessment opens today, and so its decisions are of today.
    """
    taken = steps[: _needed(sample, steps, day, policy)]
    on_paper = [waited for waited, said in taken if said["kind"] not in ASSESSMENT_KINDS]
    on = day - timedelta(days=sample.listed_ago + sum(on_paper))
    for number, (waited, said) in enumerate(taken, 1):
        on = day if said["kind"] in ASSESSMENT_KINDS else on + timedelta(days=waited)
        late = (day - on).days > policy.listing_entered_within_days
        if said["kind"] == Kind.LISTING and late:
            brought = _brought_in(sample, steps, evidence, day)
            yield brought | {"decision_id": _id(sample, number), "assessments": []}
        else:
            yield {"decision_id": _id(sample, number), "decided_on": str(on), **_numbered(said, on)}


def _needed(sample: Sample, steps: Steps, day: date, policy: Policy) -> int:
    """How many decisions lead to where a sample stands, by the lifecycle tables."""
    # An assessment opens by itself where the platform is valid, and then waits for its first decision.
    goal = Stage.VALID if sample.stands is AssessmentStage.SELF_REPORT else sample.stands
    # Of a state only its stage, the one before, and the policy say which arrow is taken.
    known: dict[str, Any] = {"policy": policy}
    facts = Facts.model_construct(**known)
    begun: dict[str, Any] = {"facts": facts, "stage": Stage.RECOMMENDATION}
    opened: dict[str, Any] = {
        "facts": facts,
        "stage": AssessmentStage.SELF_REPORT,
        "valid_until": None,
    }
    case: CaseState = PlatformState.model_construct(**begun)
    for number, (_, said) in enumerate(steps):
        if case.stage is goal:
            return number
        if said["kind"] in ASSESSMENT_KINDS and case.stage is Stage.VALID:
            case = AssessmentState.model_construct(**opened)
        decision = decision_of({"decision_id": "d", "decided_on": str(day), **said})
        arrow = arrow_of(case, decision.kind, decision.result, said)
        case = case.model_copy(update={"stage": arrow.to or case.stage, "came_from": case.stage})
    return len(steps)


def _brought_in(
    sample: Sample, steps: Steps, evidence: dict[str, Any], day: date
) -> dict[str, Any]:
    """How an existing platform stands on a day: listed under its example's numbers, and assessed."""
    listed_on = day - timedelta(days=sample.listed_ago)
    listing = next(said for _, said in steps if said["kind"] == Kind.LISTING)
    numbers = _numbered(listing, listed_on)
    return {
        **{name: said for name, said in evidence.items() if name != "last_day"},
        "decision_id": _id(sample, 0),
        "decided_on": str(day),
        "documents": [
            {**document, "name": _of_year(document["name"], listed_on)}
            for document in evidence["documents"]
        ],
        "listed_on": str(listed_on),
        "list_number": numbers["list_number"],
        "certificate_number": numbers["certificate_number"],
        "assessments": [
            {**past, "concluded_on": str(anniversary(listed_on, past["year"]) - _CONCLUDED_BEFORE)}
            for past in evidence["assessments"][: sample.assessed]
        ],
    }


def _numbered(said: dict[str, Any], on: date) -> dict[str, Any]:
    """A decision; where it lists, its numbers are those of the year of the listing."""
    numbers: dict[str, Any] = {
        name: _of_year(said[name], on)
        for name in ("list_number", "certificate_number")
        if name in said
    }
    return {**said, **numbers}


def _of_year(text: str, on: date) -> str:
    return _YEAR.sub(str(on.year), text)


def _id(sample: Sample, number: int) -> str:
    return f"{sample.platform_id}-sample-{number:02}"
