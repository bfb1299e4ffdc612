"""Whether a worker took up what was applied for: by the register, and by the history where there is none."""

from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from starter.client.interface import Applied
from starter.client.register_lookups import NoRegister
from starter.client.temporal_client import PingtaiClient

APPLIED = Applied(platform_id="p-1", application_id="a-1", term=2, workflow_id="platform:p-1")


class Recorded(NoRegister):
    """A register that answers in turn whether it has the term, the last answer again and again."""

    def __init__(self, *answers: bool | None) -> None:
        """With these answers."""
        self.answers = list(answers)
        self.asked = list[tuple[str, int]]()

    async def has_term(self, platform_id: str, term: int) -> bool | None:
        """The next one."""
        self.asked.append((platform_id, term))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Histories:
    """A client of Temporal that has no history, and counts who asks."""

    def __init__(self) -> None:
        """Nobody has asked."""
        self.asked = 0

    def get_workflow_handle(self, workflow_id: str) -> Any:
        """A handle."""
        return self

    async def fetch_history_events(self, **_: Any) -> Any:
        """None."""
        self.asked += 1
        raise RPCError("gone", RPCStatusCode.NOT_FOUND, b"")
        yield  # of a generator


@pytest.mark.parametrize(
    ("answers", "within", "taken", "histories"),
    [
        ((False, False, True), 30, True, 0),
        ((False,), 0.05, False, 0),
        ((None,), 30, False, 1),
        ((False, None), 30, False, 1),
    ],
)
async def test_the_register_is_asked_first(
    answers: tuple[bool | None, ...], within: float, taken: bool, histories: int
) -> None:
    """Until it has the term, or the time is over; a history is read only where nobody can ask the register."""
    temporal, register = Histories(), Recorded(*answers)
    client = PingtaiClient(temporal, register)  # type: ignore[arg-type]
    assert taken is await client.taken_up(APPLIED, within)
    assert histories == temporal.asked
    assert {("p-1", 2)} == {*register.asked}
