"""How later versions of the roster come to a case that runs: by an update, by a signal. They decide nothing."""

from contextlib import suppress
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.circumstances import Edition
    from workflows.contract import LEARN_ROSTER, ROSTER_NEWS
    from workflows.known_roster import learn_roster, news_in
    from workflows.long_case import LongCase
    from workflows.message_answers import answer_of, sole_argument
    from workflows.model import InvalidMessage
    from workflows.rules import S
    from workflows.signal_queue import SignalQueue


class RosterNews(LongCase[S]):
    """A case that may be shown later versions of the roster."""

    queue: SignalQueue

    @workflow.update(
        name=LEARN_ROSTER,
        description="Show later versions of the roster; answers with the version that the case knows.",
    )
    async def learn_roster(self, *said: Any) -> int:
        """Learn of later versions of the roster, each signed by officers of the one before.

        Raises:
            ApplicationError: `InvalidMessage`, where they do not lead on from the version that is known.
        """
        await self.queue.turn()
        self.marks.leave()
        try:
            self._learn(sole_argument(said))
        except InvalidMessage as error:
            raise answer_of(error) from None
        root = self.case.state.roster
        assert root, "a case that knows no roster learns of none"  # noqa: S101
        return root.version

    @learn_roster.validator
    def validate_roster(self, *said: Any) -> None:
        """Refuse before anything enters the history."""
        self.check_stays()
        try:
            if self.invalid:
                raise self.invalid
            news_in(self.case, sole_argument(said))
        except InvalidMessage as error:
            raise answer_of(error) from None

    @workflow.signal(
        name=ROSTER_NEWS, description="Later versions of the roster, as the update has."
    )
    async def hear_roster(self, *said: Any) -> None:
        """Learn of later versions of the roster; what does not lead on from the known one is passed over."""
        self.marks.leave()
        if self.edition < Edition.V0_5:
            return

        def learn() -> None:
            with suppress(InvalidMessage):
                self._learn(sole_argument(said))

        self.queue.take(said, learn)

    def _learn(self, raw: Any) -> None:
        if self.invalid:
            raise self.invalid
        before, at = self.case.state, max(workflow.now(), self.case.log[-1].at)
        if learn_roster(self.case, raw, at, started_again=self._awaits_reopening()):
            self._after_entry(before)

    def _awaits_reopening(self) -> bool:
        """Whether the case had ended, and was started again for a decision that has not come."""
        return False
