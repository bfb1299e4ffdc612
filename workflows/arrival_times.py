"""When the server took a signal, and who sent it: what the history says of it, and the SDK does not.

A signal is acknowledged when the server has it. If no worker runs it is judged later, perhaps after a moment
of the clock that lay between: then the run asks for its own history. That also has the workflow that sent a
signal, which nobody can make up (docs/decisions/0016-acknowledged-is-done.md).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from workflows.activity_messages import RunId, SignalArrivals, SignalLookup
    from workflows.contract import FIND_SIGNALS
    from workflows.read_only_asking import ask
    from workflows.task_marks import TaskMarks


@dataclass
class Arrival:
    """A signal of this run: the `number`-th of its name."""

    name: str
    number: int
    at: datetime
    """When it was taken: by the task that brought it, until the history was asked."""
    sender: RunId | None = None
    """The workflow that sent it; known once the history was asked."""
    first_run: str | None = None
    """The first run of the sender, where that was to be traced."""


class Arrivals:
    """Counts the signals of a run by their names, so that each is found in the history again."""

    def __init__(self, marks: TaskMarks) -> None:
        """At the beginning of a run none has come."""
        self._marks = marks
        self._heard: Counter[str] = Counter()

    def note(self, name: str) -> Arrival:
        """Note that the next signal of a name has come; called in the order of the history."""
        self._heard[name] += 1
        return Arrival(name, self._heard[name], workflow.now())

    @property
    def heard(self) -> int:
        """How many signals have come."""
        return self._heard.total()

    async def look_up(
        self, arrivals: list[Arrival], why: str, *, traced: str | None = None
    ) -> None:
        """Fill in what the history says of these. Where someone broke the look-up off, nothing is.

        Of the workflow `traced` the first run is told, too: it may have gone on in others.
        """
        first: dict[str, int] = {}
        for arrival in arrivals:
            first[arrival.name] = min(arrival.number, first.get(arrival.name, arrival.number))
        try:
            lookup = SignalLookup(first=first, traced=traced)
            found = await ask(self._marks, FIND_SIGNALS, lookup, SignalArrivals, why, at_once=True)
        except ActivityError:
            return
        for arrival in arrivals:
            there = found.signals.get(arrival.name, ())[arrival.number - first[arrival.name] :]
            if there:
                arrival.at, arrival.sender = there[0].at, there[0].sender
                arrival.first_run = there[0].first_run
