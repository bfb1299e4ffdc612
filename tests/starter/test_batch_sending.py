"""A batch on its way: side by side, each platform in its order, stopped at any point, given up in time."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import click
import pytest

from starter.commands.batch import retries
from starter.commands.batch.batch_run import conclude, exit_code
from starter.commands.batch.formats import JsonLines
from starter.commands.batch.interruption import interruptible
from starter.commands.batch.lines import Entry, Line, Outcome, Result
from starter.commands.batch.rejected_lines import RejectedLines
from starter.commands.batch.retries import Patience
from starter.commands.batch.sender import GIVE_UP_AFTER, BatchSender
from starter.terminal.chosen_language import speaking
from workflows.words import Language, Words

Answer = Callable[[Line], Awaitable[Outcome]]


def lines(count: int, platforms: int) -> list[Line]:
    """Lines of several platforms, by turns."""
    return [Line(Entry(n, {}), f"p-{n % platforms}", {}) for n in range(count)]


async def send(
    batch: list[Line], answer: Answer, at_once: int = 8
) -> tuple[BatchSender, list[Result]]:
    """Send a batch; answers how it went, and the results as they came."""
    told: list[Result] = []

    async def take(line: Line) -> Result:
        return Result(line.entry, await answer(line), line)

    sending = BatchSender(take, told.append, at_once)
    await sending.run(batch)
    return sending, told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_stops_it_in_order(number: int) -> None:
    """Ctrl-C, SIGTERM, and a terminal that goes away: nothing more is sent, and nothing under way is lost."""
    said: list[str] = []
    sending = BatchSender(_never, lambda _: None)
    with interruptible(sending, said.append):
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.05)
    assert sending.stopped
    assert 1 == len(said)


async def _never(line: Line) -> Result:
    raise AssertionError(line)


async def test_side_by_side_and_in_order() -> None:
    """As many as may be go at once; two lines of a platform never do, and they go as the file has them."""
    under_way: Counter[str] = Counter()
    most: list[int] = []
    heard: dict[str, list[int]] = {}

    async def answer(line: Line) -> Outcome:
        under_way[line.platform] += 1
        assert 1 == under_way[line.platform]
        most.append(under_way.total())
        heard.setdefault(line.platform, []).append(line.entry.number)
        await asyncio.sleep(0.001)
        under_way[line.platform] -= 1
        return Outcome.DONE

    _, told = await send(lines(60, 12), answer, at_once=4)
    assert 4 == max(most)
    assert 60 == len(told)
    for numbers in heard.values():
        assert sorted(numbers) == numbers


async def test_one_platform_that_is_not_answered_holds_up_no_other() -> None:
    """Its later lines are not sent, for they would come before what may still be taken."""

    async def answer(line: Line) -> Outcome:
        return Outcome.UNANSWERED if line.platform == "p-1" else Outcome.DONE

    sending, told = await send(lines(30, 3), answer)
    counts = Counter(result.outcome for result in told)
    assert {Outcome.DONE: 20, Outcome.UNANSWERED: 1, Outcome.UNSENT: 9} == counts
    assert not sending.stopped
    assert 4 == exit_code(told, interrupted=False)


async def test_gives_up_when_nobody_answers() -> None:
    """After several lines in a row the rest is told as not sent, and nobody waits for each in turn."""
    asked = 0

    async def answer(line: Line) -> Outcome:
        nonlocal asked
        asked += 1
        return Outcome.UNANSWERED

    sending, told = await send(lines(100, 100), answer, at_once=1)
    assert GIVE_UP_AFTER == asked
    assert sending.unreachable
    assert 100 == len(told)


async def test_a_refusal_is_an_answer() -> None:
    """Only those who do not answer are counted; the line after a refused one is sent."""

    async def answer(line: Line) -> Outcome:
        number = line.entry.number
        return Outcome.UNANSWERED if number % GIVE_UP_AFTER else Outcome.REFUSED

    sending, told = await send(lines(50, 50), answer, at_once=1)
    assert not sending.stopped
    assert 50 == len(told)


async def test_stopped_once_it_waits_and_twice_it_does_not() -> None:
    """What is under way ends with its answer; told again it is perhaps taken; the rest was not sent."""
    for times, expected in ((1, Outcome.DONE), (2, Outcome.UNANSWERED)):
        going, go_on = asyncio.Event(), asyncio.Event()
        told: list[Result] = []

        async def take(
            line: Line, going: asyncio.Event = going, go_on: asyncio.Event = go_on
        ) -> Result:
            going.set()
            await go_on.wait()
            return Result(line.entry, Outcome.DONE, line)

        sending = BatchSender(take, told.append, at_once=2)
        run = asyncio.create_task(sending.run(lines(10, 5)))
        await going.wait()
        await asyncio.sleep(0)
        for _ in range(times):
            sending.stop()
        go_on.set()
        await run
        counts = Counter(result.outcome for result in told)
        assert {expected: 2, Outcome.UNSENT: 8} == counts
        assert 10 == len({result.entry.number for result in told})
        assert 130 == exit_code(told, interrupted=True)


async def test_whoever_stops_while_it_waits_waits_no_longer() -> None:
    """What nobody answered is told as such, the rest was not sent, and it counts as interrupted."""
    told: list[Result] = []
    said: list[str] = []

    async def take(line: Line) -> Result:
        return Result(line.entry, Outcome.UNANSWERED, line)

    def say(words: str) -> None:
        said.append(words)
        asyncio.get_running_loop().call_soon(sending.stop)

    sending = BatchSender(take, told.append, at_once=8, patience=Patience(3_600, say))
    await sending.run(lines(20, 20))
    counts = Counter(result.outcome for result in told)
    assert {Outcome.UNANSWERED: 8, Outcome.UNSENT: 12} == counts
    assert 1 == len(said)
    assert (True, False) == (sending.stopped, sending.unreachable)


async def test_what_comes_and_goes_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is repeated several times says so once, and each is taken in the end."""
    monkeypatch.setattr(retries, "TRY_EVERY", 0.001)
    tries: Counter[int] = Counter()
    said: list[str] = []

    async def answer(line: Line) -> Outcome:
        tries[line.entry.number] += 1
        return Outcome.DONE if tries[line.entry.number] == 2 else Outcome.UNANSWERED

    async def take(line: Line) -> Result:
        return Result(line.entry, await answer(line), line)

    told: list[Result] = []
    sending = BatchSender(take, told.append, at_once=1, patience=Patience(60, said.append))
    await sending.run(lines(3, 3))
    assert [Outcome.DONE] * 3 == [result.outcome for result in told]
    assert 2 == len(said)


async def test_a_mistake_of_ours_shows_itself() -> None:
    """What nobody foresaw ends the batch whole, and not as a result."""

    async def answer(line: Line) -> Outcome:
        raise LookupError("ours")

    with pytest.raises(LookupError):
        await send(lines(3, 1), answer)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((Outcome.DONE, Outcome.ALREADY), 0),
        ((Outcome.POSSIBLE, Outcome.LATER), 0),
        ((Outcome.DONE, Outcome.BAD), 2),
        ((Outcome.BAD, Outcome.REFUSED), 3),
        ((Outcome.REFUSED, Outcome.UNANSWERED), 4),
        ((Outcome.DONE, Outcome.UNSENT), 4),
    ],
)
def test_the_exit_code_says_the_worst(outcomes: tuple[Outcome, ...], expected: int) -> None:
    """0 all done, 2 bad lines only, 3 refused, 4 not answered."""
    results = [Result(Entry(n, {}), outcome) for n, outcome in enumerate(outcomes)]
    assert expected == exit_code(results, interrupted=False)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("wrong", [False, True])
def test_what_to_do_after_an_interruption_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: Language, wrong: bool
) -> None:
    """Lines that were only not sent need no correcting; with others among them those do."""
    entries = [Entry(n, {"platform": f"p-{n}"}) for n in range(1, 4)]
    outcomes = (Outcome.DONE, Outcome.REFUSED if wrong else Outcome.UNSENT, Outcome.UNSENT)
    results = [Result(*both) for both in zip(entries, outcomes, strict=True)]
    sending = BatchSender(never, results.append)
    sending.stop()
    file = tmp_path / "x.jsonl"
    apart = RejectedLines.beside(str(file), JsonLines(), None)
    with speaking(lang), pytest.raises(click.exceptions.Exit) as ended:
        conclude(Words("sum", "合计"), results, sending, apart)
    told = capsys.readouterr().err
    assert 130 == ended.value.exit_code
    assert str(tmp_path / "x.refused.jsonl") in told
    needed = {"en": "Correct what failed", "zh": "请改正有误的行"}[lang]
    assert wrong is (needed in told)
    assert 1 == told.count({"en": " the same command with", "zh": "重新运行"}[lang])


async def never(_: Line) -> Result:
    """Send nothing."""
    raise AssertionError
