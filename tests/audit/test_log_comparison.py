"""How far a workflow's log goes beside the register's: what an older copy of Temporal has is told apart."""

import asyncio
from typing import Any, cast

import pytest

from audit.recovering.log_comparison import Comparison, compare_log
from starter.client.case_queries import CaseQueries
from tests.rules.builders import DAY
from tests.rules.cases import decision, moment, platform
from workflows.case import Case
from workflows.record import LogEntry
from workflows.run_io import CaseView


class Answering:
    """Answers with the log of one case."""

    def __init__(self, case: Case[Any]) -> None:
        self._case = case

    async def log(self, *_: Any) -> list[LogEntry]:
        """As the workflow does."""
        return list(self._case.log)


def compared(there: Case[Any], register: Case[Any]) -> Comparison:
    """What is said of a workflow that has one log, where the register has another."""
    log = there.log
    view = CaseView(log_seq=len(log), log_hash=log[-1].hash, refusals=0, recorded=0)
    queries = cast(CaseQueries, Answering(there))
    return asyncio.run(compare_log(queries, "platform:p", view, register.log))


def case(*taken: str, later: bool = False) -> Case[Any]:
    """A platform with decisions of these kinds; `later`: the last one was taken at another moment."""
    made = platform()
    for number, kind in enumerate(taken, 1):
        waited = DAY if later and number == len(taken) else 0 * DAY
        made.decide(decision(kind, made, decision_id=f"d-{number}"), moment(made) + waited)
    return made


RECOMMENDED, INSPECTED = ("recommendation",), ("recommendation", "inspection")


@pytest.mark.parametrize(
    ("there", "register", "said"),
    [
        (case(*INSPECTED), case(*INSPECTED), Comparison.SAME),
        (case(*RECOMMENDED), case(*INSPECTED), Comparison.OLDER),
        (case(*INSPECTED), case(*RECOMMENDED), Comparison.NEWER),
        (case(*RECOMMENDED, later=True), case(*RECOMMENDED), Comparison.REPEATED),
        (case(*RECOMMENDED, later=True), case(*INSPECTED), Comparison.REPEATED),
        (case("withdrawal"), case(*RECOMMENDED), Comparison.OTHER),
        (case("withdrawal"), case(*INSPECTED), Comparison.OTHER),
        (case(*RECOMMENDED, "withdrawal"), case(*RECOMMENDED, later=True), Comparison.OTHER),
    ],
    ids=[
        "the same",
        "an older copy",
        "the register is behind",
        "taken once more",
        "taken once more, and the register has gone on",
        "another decision",
        "another decision, and the register has gone on",
        "gone on after it was taken once more",
    ],
)
def test_each_way_in_which_two_logs_may_stand(
    there: Case[Any], register: Case[Any], said: Comparison
) -> None:
    """Only what the register has, at whatever moment, may be ended without people deciding."""
    assert compared(there, register) is said
