"""The smallest workflow that shows a lost signal: each signal is answered by one activity."""

from datetime import timedelta

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

QUEUE = "query-race"


@activity.defn
async def note(count: int) -> None:
    """Do nothing: that it was scheduled stands in the history, and replay compares it."""


@workflow.defn
class Counting:
    """Keeps what it is sent until it is asked to end."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seen: list[str] = []
        self.moments: list[str] = []
        self.noted = 0
        self.ended = False

    @workflow.run
    async def run(self) -> list[str]:
        """Run an activity after each signal; return all of them."""
        while True:
            await workflow.wait_condition(lambda: len(self.seen) > self.noted or self.ended)
            if len(self.seen) == self.noted:
                return self.seen
            self.noted += 1
            await workflow.execute_activity(
                note, self.noted, start_to_close_timeout=timedelta(seconds=10)
            )

    @workflow.signal
    async def send(self, message: str) -> None:
        """Keep a message, and the moment at which it came."""
        self.seen.append(message)
        self.moments.append(workflow.now().isoformat())

    @workflow.signal
    async def end(self) -> None:
        """Return once all is noted."""
        self.ended = True

    @workflow.query
    def state(self) -> list[str]:
        """Return what was seen."""
        return self.seen

    @workflow.query
    def clock(self) -> list[str]:
        """Return when each message came, by the workflow's own clock."""
        return self.moments

    @workflow.update
    async def refuse(self) -> None:
        """Never run: the validator refuses."""

    @refuse.validator
    def always(self) -> None:
        """Refuse, so that the server drops the workflow task that brought the update."""
        raise ApplicationError("refused")
