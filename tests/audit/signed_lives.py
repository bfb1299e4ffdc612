"""A platform whose officers sign, not all and not always; and what somebody may do to its log."""

from collections.abc import Callable
from functools import cache
from typing import Any

from audit.dossier.lives import Life
from tests.rules.builders import Raw, application
from tests.rules.cases import at_stage, decide, decision, moment
from tests.rules.signing import Person, bound, signed
from workflows.case import Case
from workflows.case_record import PlanVersion
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.record import LogEntry
from workflows.vocabulary import Kind, Stage

WANG, LI, OPERATOR = Person("wang"), Person("li"), Person("operator")
PLACE = LogId(1)
Log = tuple[LogEntry, ...]


def take(case: Case[Any], kind: Kind, outcome: str | None, *people: Person, **more: Any) -> Raw:
    """Take a signed decision, and return it as it was sent."""
    raw = signed(bound(decision(kind, case, outcome, **more), case), *people)
    case.decide(raw, moment(case))
    return raw


@cache
def signed_case(platform_id: str = "bj-test") -> Case[Any]:
    """A plan revision by the operator, a listing by two officers, support by one; the rest unsigned."""
    case = at_stage(Stage.CORRECTION, platform_id=platform_id)
    take(case, Kind.PLAN_REVISION, None, OPERATOR)
    for kind in (Kind.RECOMMENDATION, Kind.INSPECTION, Kind.EXPERT_OPINION):
        decide(case, kind)
    take(case, Kind.LISTING, "included", WANG, LI)
    take(case, Kind.SUPPORT, None, WANG)
    return case


def signed_log(platform_id: str = "bj-test") -> Log:
    """Its log."""
    return tuple(signed_case(platform_id).log)


def number_of(log: Log, name: str) -> int:
    """The place of the last entry of a kind, counted from 0."""
    return max(n for n, entry in enumerate(log) if entry.name == name)


def rewritten(log: Log, number: int, change: Callable[[Raw], Raw], **parts: Any) -> Log:
    """A log up to an entry that says something else, sealed anew: its chain holds."""
    changed = log[number].model_copy(update={"said": change(dict(log[number].said))} | parts)
    return chained((*log[:number], changed))


def chained(log: Log) -> Log:
    """The same entries with their numbers and hashes worked out."""
    found: list[LogEntry] = []
    for entry in log:
        previous = found[-1].hash if found else entry.previous
        one = entry.model_copy(update={"seq": len(found) + 1, "previous": previous})
        found.append(one.model_copy(update={"hash": one.seal()}))
    return tuple(found)


@cache
def signed_life() -> Life:
    """All of the platform, as its histories would tell it."""
    case = signed_case()
    text = application()["plan"]
    plans = {(1, 1): PlanVersion(version=1, sha256=sha256(text), plan=text)}
    plans |= {(1, one.version): one for one in case.plans}
    return Life(logs={PLACE: tuple(case.log)}, states={PLACE: case.state}, plans=plans)
