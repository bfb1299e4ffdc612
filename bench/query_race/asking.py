"""The smallest workflow that a query splits: each signal is answered by a local activity."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def look() -> None:
    """Answer at once: about when the query does."""


@workflow.defn
class Asking:
    """Keeps the moments at which it was answered, and at which updates came."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.moments: list[str] = []
        self.sent = 0
        self.asked = 0
        self.ended = False

    @workflow.run
    async def run(self) -> list[str]:
        """Ask after each signal, then set a timer; return what was kept."""
        while True:
            await workflow.wait_condition(lambda: self.sent > self.asked or self.ended)
            if self.sent == self.asked:
                return self.moments
            self.asked += 1
            await workflow.execute_local_activity(
                look, schedule_to_close_timeout=timedelta(seconds=3)
            )
            self.moments.append(f"answered {workflow.now().isoformat()}")
            await workflow.sleep(timedelta(milliseconds=10))

    @workflow.signal
    async def send(self) -> None:
        """Ask once more."""
        self.sent += 1

    @workflow.signal
    async def end(self) -> None:
        """Return."""
        self.ended = True

    @workflow.update
    async def note(self) -> None:
        """Keep the moment."""
        self.moments.append(f"noted {workflow.now().isoformat()}")

    @workflow.query
    def clock(self) -> list[str]:
        """Return what was kept."""
        return self.moments
