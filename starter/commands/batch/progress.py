"""What became of a batch, line by line while it runs, and summed up."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from activities.harmless_text import harmless
from db.countersign_queries import CountersignDraft
from starter.commands.batch.lines import NOT_DONE, Outcome, Result
from starter.commands.batch.same_faults import SameFaults
from starter.desk.countersigning import what_comes_next, what_it_replaces
from starter.terminal import wording
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line, watched
from workflows.words import Words

_WORDS: dict[Outcome, Words] = {
    Outcome.DONE: Words("done", "已办理"),
    Outcome.WAITING: Words("waiting for a second signature", "待会签"),
    Outcome.ALREADY: Words("already done", "此前已办理"),
    Outcome.BAD: Words("BAD", "【有误】"),
    Outcome.REFUSED: Words("REFUSED", "【不予受理】"),
    Outcome.UNANSWERED: Words("NOT ANSWERED", "【未应答】"),
    Outcome.UNSENT: Words("not sent", "未发送"),
    Outcome.POSSIBLE: Words("would be accepted", "可以提交"),
    Outcome.LATER: Words("comes later", "待前一行"),
}


@dataclass(frozen=True)
class Wording:
    """How results are told."""

    outcomes: Mapping[Outcome, Words]
    in_words: Callable[[Result], str]
    """A result on one line, for people."""
    as_data: Callable[[Result], dict[str, Any]]
    """A result for programs."""
    left_out: frozenset[Outcome]
    """Results that are not listed at a terminal: hundreds of lines of them would hide the others."""


class ProgressReport:
    """Hears results as they come, and tells them in the order of the file.

    In a pipe they are told as they come. At a terminal a bar moves meanwhile, and they follow it.
    """

    def __init__(self, wording: Wording, *, as_json: bool, full: bool = False) -> None:
        """`as_json`: a JSON object a line. `full`: each line at a terminal, too, whatever others say."""
        self._wording = wording
        self._as_json = as_json
        self._order: list[int] = []
        self._waiting: dict[int, Result] = {}
        self._bar: Progress | None = None
        self._held = False
        self._full = full
        self._faults = SameFaults()
        self.results: list[Result] = []

    def tell(self, result: Result) -> None:
        """Tell a line that is not sent at all, before the others are."""
        self.results.append(result)
        self._say(result)

    def hear(self, result: Result) -> None:
        """Take a result; it is told once those before it have been."""
        self.results.append(result)
        self._waiting[result.entry.number] = result
        self._move()
        while not self._held and self._order and self._order[0] in self._waiting:
            self._say(self._waiting.pop(self._order.pop(0)))

    @contextmanager
    def watching(self, numbers: Sequence[int]) -> Iterator[None]:
        """Tell the results of the lines of these numbers, with a bar where somebody looks."""
        self._order = list(numbers)
        self._held = watched(sys.stderr) and watched(sys.stdout)
        try:
            with self._progress(len(numbers)):
                yield
        finally:
            self._held = False
            for number in self._order:
                if number in self._waiting:
                    self._say(self._waiting.pop(number))

    def tell_rest(self) -> None:
        """Tell of the lines that were only counted, because their fault was told before."""
        show(*self._faults.rest())

    def note(self, words: str) -> None:
        """Say something meanwhile, on standard error, above the bar where there is one."""
        if self._bar:
            self._bar.console.print(harmless(words), markup=False, highlight=False, soft_wrap=True)
        else:
            complain(words)

    @contextmanager
    def _progress(self, total: int) -> Iterator[None]:
        if not watched(sys.stderr) or total == 0:
            yield
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns,
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        ) as self._bar:
            self._bar.add_task("", total=total)
            yield
        self._bar = None

    def _move(self) -> None:
        if self._bar:
            words = counted(self.results, self._wording)
            self._bar.update(self._bar.task_ids[0], advance=1, description=words)

    def _say(self, result: Result) -> None:
        if self._as_json:
            show_json_line(self._wording.as_data(result))
        elif not watched(sys.stdout):
            show(self._wording.in_words(result))
        elif result.outcome not in self._wording.left_out:
            fault = _fault(result)
            if self._full or not fault or not self._faults.hides(result.entry.number, fault):
                show(self._wording.in_words(result))


def _fault(result: Result) -> str:
    """What is wrong with a line, alike for each line of which the same is wrong; empty where nothing is."""
    if result.outcome not in NOT_DONE or result.problem is None:
        return ""
    # What was perhaps meant is asked of the first lines alone.
    why, _, _ = result.problem.en.partition(" Did you mean ")
    why = why.rstrip(".")
    return f"{result.outcome} {why.replace(result.platform, '…') if result.platform else why}"


def _in_words(result: Result) -> str:
    """A result on one line: the number of the line, the platform, what was decided, what became of it."""
    decided = ""
    if result.line:
        decision = result.line.message
        outcome = decision.get("outcome")
        name = str(decision["kind"])
        decided = wording.said(name, str(outcome)) if outcome else wording.what(name)
    became = say(_WORDS[result.outcome])
    if result.stage and result.outcome is not Outcome.ALREADY:
        became += f" → {wording.stage_led_to(result.stage)}"
    why = say(result.problem) if result.problem else _next(result.draft)
    words = (str(result.entry.number), result.platform, decided, became, why)
    return "  ".join(one for one in words if one)


def _next(draft: CountersignDraft | None) -> str:
    """Who signs a line, too, and how; and what it came in the place of."""
    parts = (what_comes_next(draft), what_it_replaces(draft)) if draft else ()
    return say("; ", "；").join(say(one) for one in parts if one)


def _as_data(result: Result) -> dict[str, Any]:
    """A result for programs."""
    decision = result.line.message if result.line else {}
    return {
        "line": result.entry.number,
        "platform": result.platform,
        "kind": result.kind,
        "decision_id": decision.get("decision_id"),
        "result": str(result.outcome),
        "stage": result.stage,
        "problem": result.problem._asdict() if result.problem else None,
        "countersign": result.draft.number if result.draft else None,
        "receipt": result.receipt.model_dump(mode="json") if result.receipt else None,
    }


DECISIONS = Wording(_WORDS, _in_words, _as_data, frozenset((Outcome.UNSENT,)))
"""How the results of decisions are told."""


def counted(results: Iterable[Result], told: Wording) -> str:
    """How many lines came to what."""
    counts = Counter(result.outcome for result in results)
    words = told.outcomes
    named = [f"{counts[outcome]} {say(words[outcome])}" for outcome in Outcome if counts[outcome]]
    return say(", ", "，").join(named)
