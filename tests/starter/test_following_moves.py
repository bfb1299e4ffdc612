"""What is asked of a case that has moved is asked where it is; while it moves, again and not for ever."""

from collections.abc import Iterator
from typing import Any

import pytest

from starter.client import moved_cases
from starter.client.lost_terms import lost
from starter.client.moved_cases import MovedCases, follows_moves
from starter.errors import BadInput, Moved, no_such_platform
from starter.service.error_handlers import problem_of
from starter.service.problem_details import Kind
from workflows.refusal import Refused

Answers = Iterator[str | Exception]


class Asked:
    """A client that answers what it was told to, one after the other."""

    def __init__(self, answers: list[str | Exception], patience: float = 0.0) -> None:
        self.answers = answers
        self.moves: MovedCases[Any] = MovedCases(lambda made: made, patience)

    @follows_moves
    async def ask(self) -> str:
        """Answer, or raise."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> dict[str, Asked]:
    """The clients by their profiles; of others there is none."""
    known: dict[str, Asked] = {}

    def configured(profile: str) -> Asked:
        if profile not in known:
            raise BadInput("no such profile", "没有此配置")
        return known[profile]

    async def connected(*, profile: str) -> Asked:
        return known[profile]

    monkeypatch.setattr(moved_cases, "connect_config", configured)
    monkeypatch.setattr(moved_cases, "connect", connected)
    monkeypatch.setattr(moved_cases, "_PAUSES", (0.001,))
    return known


def moved(to: str) -> Moved:
    return Moved("p-1", to)


async def test_it_is_asked_where_it_is(places: dict[str, Asked]) -> None:
    """From one to the next, however often it has moved."""
    places["b"] = Asked([moved("c")])
    places["c"] = Asked(["there"])
    assert await Asked([moved("b")]).ask() == "there"


@pytest.mark.parametrize("not_yet", [no_such_platform("p-1"), Refused(lost("p-1", 1)), moved("a")])
async def test_while_it_moves_it_is_asked_again(
    places: dict[str, Asked], not_yet: Exception
) -> None:
    """It has left here, and does not stand there yet."""
    places["b"] = Asked([not_yet, not_yet, "there"])
    places["a"] = Asked([moved("b")] * 9)
    assert await Asked([moved("b")] * 9, patience=1.0).ask() == "there"


async def test_a_profile_that_says_another_place_is_read_again(places: dict[str, Asked]) -> None:
    """A service runs for long, and nobody starts it again for that."""
    client = Asked([moved("b"), moved("b")])
    for answer in ("before", "since"):
        places["b"] = Asked([answer])
        assert await client.ask() == answer


async def test_what_stays_answers_again(places: dict[str, Asked]) -> None:
    """It did not settle in time, and decides on."""
    places["b"] = Asked([no_such_platform("p-1")])
    assert await Asked([moved("b"), "here"], patience=1.0).ask() == "here"


async def test_who_has_no_patience_is_told_at_once(places: dict[str, Asked]) -> None:
    """So the service: it answers 503, and that it is to be tried again; in both languages."""
    places["b"] = Asked([no_such_platform("p-1")])
    with pytest.raises(Moved) as found:
        await Asked([moved("b"), moved("b")]).ask()
    problem = problem_of(found.value)
    assert (problem.kind, "Retry-After" in problem.headers) == (Kind.AWAY, True)
    assert "p-1 moves to the Temporal of profile b" in problem.words.en


async def test_who_has_no_such_profile_is_told(places: dict[str, Asked]) -> None:
    """And where the case is."""
    with pytest.raises(Moved, match=r"profile b: send it again .*\(no such profile\)"):
        await Asked([moved("b")]).ask()


async def test_what_is_refused_there_is_refused(places: dict[str, Asked]) -> None:
    """Its answer there is the answer."""
    refusal = lost("p-1", 1).model_copy(update={"stage": "valid"})
    places["b"] = Asked([Refused(refusal)])
    with pytest.raises(Refused):
        await Asked([moved("b")]).ask()
