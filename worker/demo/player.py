"""Playing one example: every step of every term, through the same client that people use."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from starter.client.interface import ASSESSMENT_KINDS, Applied, Sign
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_client import PingtaiClient
from starter.clock import today
from starter.errors import NoSuchPlatform, Unreachable
from worker.demo.clockwork import A_MOMENT, Clockwork, in_a_run_after, until
from worker.demo.example_lives import Example, ExampleStep, ExampleTerm, as_of, with_application
from worker.demo.example_officers import ExampleOfficers
from workflows.application import PlatformApplication
from workflows.contract import (
    PLATFORM_TYPE,
    TASK_QUEUE,
    assessment_workflow_id,
    platform_workflow_id,
)
from workflows.decision import Decision
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.model import as_sent, parse
from workflows.periods import beijing_date
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.states import PlatformState, Receipt, next_assessment
from workflows.vocabulary import Happening, Kind, Stage

_CLOSED = (Happening.ASSESSMENT_ENDED, Happening.ASSESSMENT_CLOSED)


class UnexpectedResult(Exception):
    """An example went otherwise than its file says."""


class PatientClient(PingtaiClient):
    """Asks once more: a worker that was killed leaves a question waiting for it until it times out.

    What is decided by its `officers` they sign.
    """

    officers: ExampleOfficers | None = None

    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Receipt:
        signed = await self.signed(platform_id, decision)
        try:
            return await super().decide(platform_id, signed)
        except Unreachable:
            return await super().decide(platform_id, signed)

    async def apply(self, application: PlatformApplication, sign: Sign | None = None) -> Applied:
        own = partial(self.officers.sign, self) if self.officers else None
        return await super().apply(application, sign or own)

    async def signed(
        self, platform_id: str, decision: Decision | dict[str, Any]
    ) -> Decision | dict[str, Any]:
        """A decision with the signatures that its case asks for."""
        if self.officers is None:
            return decision
        return await self.officers.signed(self, platform_id, decision)


class Player:
    def __init__(
        self,
        example: Example,
        clockwork: Clockwork,
        progress: Callable[[], None],
        register: RegisterLookups,
        officers: ExampleOfficers | None = None,
    ) -> None:
        """Get ready; `progress` is called after every step. `officers` sign what they decide.

        Where a platform stands is read from the register: asking a case costs its worker a whole history.
        """
        self._example = example
        self._clockwork = clockwork
        self._progress = progress
        self._client = PatientClient(clockwork.client, register)
        self._client.officers = officers
        self._register = register
        self._platform: WorkflowHandle[Any, Any] = clockwork.client.get_workflow_handle(
            platform_workflow_id(example.platform_id)
        )
        self._assessment: WorkflowHandle[Any, Any] | None = None
        self._year = 0
        self._term = 0
        self._decisions = 0
        self._taken_by: dict[str, str] = {}
        """By which workflow each decision was taken."""
        self._latest = datetime.now(UTC)
        self._waiting: str | None = None
        """The application that begins the next term when validity ends."""

    async def play(self) -> None:
        """Play all terms.

        Raises:
            UnexpectedResult: a step went otherwise than the file says.
        """
        terms = zip(self._example.applications, self._example.life.terms, strict=True)
        for number, (application, term) in enumerate(terms, start=1):
            await self._apply(number, application)
            for step in term.steps:
                try:
                    await self._take(step)
                except (Refused, UnexpectedResult, TimeoutError) as error:
                    raise self._unexpected(number, step, error) from error
                self._progress()
            await self._ends(number, term)

    async def _apply(self, number: int, application: PlatformApplication) -> None:
        if self._waiting == application.application_id:  # its term began the moment validity ended
            self._term, self._assessment, self._waiting = number, None, None
            self._latest = max(self._latest, (await self._term_now()).state.since)
            return
        wait = self._latest - datetime.now(UTC) if number > 1 else timedelta()
        if application.brought_in:
            brought_in = as_of(as_sent(application.brought_in), today())
            moved = {**as_sent(application), "brought_in": brought_in}
            application = parse(PlatformApplication, moved)
        self._clockwork.start_later(self._platform.id, wait)
        self._term = (await self._client.apply(application)).term
        await self._clockwork.forward(self._platform, wait - A_MOMENT)
        self._assessment = None

    async def _take(self, step: ExampleStep) -> None:
        if step.assessment:
            await self._open_assessment(step.assessment)
        elif step.until:
            await self._end_validity()
        elif step.break_off:
            await self._break_off()
        else:
            await self._say(step)

    async def _say(self, step: ExampleStep) -> None:
        content = step.decide or step.signal or step.refused or {}
        content = with_application(content, self._example.folder)
        target = self._target(content)
        day = beijing_date(await self._wait(target, step)).isoformat()
        self._decisions += 1
        decision = {
            "decision_id": f"{self._example.platform_id}-{self._decisions:02}",
            "decided_on": day,
            **({"given_on": day} if content["kind"] == Kind.SUPPORT else {}),
            **(as_of(content, date.fromisoformat(day)) if "listed_on" in content else content),
        }
        if step.refused:
            await self._refused(decision, step.rule)
            return
        if step.signal:
            year = self._year if target is self._assessment else None
            case = {"platform_id": self._example.platform_id, "term": self._term, "year": year}
            decision |= {"case": case}
            signed = await self._client.signed(self._example.platform_id, decision)
            await target.signal(decision["kind"], signed)
            await self._settled(target)
        receipt = await self._client.decide(self._example.platform_id, decision)
        if step.signal and not receipt.repeated:
            raise UnexpectedResult("the signal was not accepted")
        self._taken_by[decision["decision_id"]] = target.id
        self._latest = max(self._latest, receipt.at)
        if receipt.kind == Kind.NEXT_TERM:
            self._waiting = content.get("application", {}).get("application_id")
        ended = ASSESSMENT.ended(receipt.stage)
        if self._assessment and (ended if target is self._assessment else not _valid(receipt)):
            await self._assessment_over()

    def _target(self, content: dict[str, Any]) -> WorkflowHandle[Any, Any]:
        """The workflow that a decision is for; the open assessment hears what is set aside in it."""
        assessment = self._assessment
        if assessment and content["kind"] in ASSESSMENT_KINDS:
            return assessment
        if assessment and self._taken_by.get(content.get("target", "")) == assessment.id:
            return assessment
        return self._platform

    async def _wait(self, target: WorkflowHandle[Any, Any], step: ExampleStep) -> datetime:
        """Let the days of a step go by, and say what time it is for its decision."""
        days = timedelta(days=step.after_days)
        state = await self._state()
        if PLATFORM.ended(state.stage):
            self._latest += days
            if not step.refused:
                await self._start_again()
            return self._latest
        clock = self._assessment or self._platform
        if clock is self._platform:
            await self._catch_up(next_assessment(state))
        await self._clockwork.forward(clock, days)
        return await self._clockwork.now(target)

    async def _start_again(self) -> None:
        """Start a term that has ended again, at its own time: the client would at the real one."""
        await until(lambda: self._closed(self._platform), "the term that ended is closed")
        carried = await self._register.ended_term(self._example.platform_id)
        delay = self._latest - datetime.now(UTC)
        self._clockwork.start_later(self._platform.id, delay)
        await self._clockwork.client.start_workflow(
            PLATFORM_TYPE, args=[{}, carried], id=self._platform.id, task_queue=TASK_QUEUE
        )
        await self._clockwork.forward(self._platform, delay - A_MOMENT)

    async def _catch_up(self, next_assessment: datetime | None) -> None:
        """Bring a platform's clock to where its assessment left off, but not past the next kick-off."""
        to = min(self._latest, next_assessment - A_MOMENT) if next_assessment else self._latest
        await self._clockwork.move_to(self._platform, to)

    async def _settled(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Wait until a case has handed in its last move: its clock must not run before it has begun."""
        await until(
            lambda: self._clockwork.at_rest(handle), f"{handle.id} has handed in its last move"
        )

    async def _refused(self, decision: dict[str, Any], rule: str | None) -> None:
        try:
            await self._client.decide(self._example.platform_id, decision)
        except Refused as error:
            if error.refusal.rule == rule:
                return
            raise UnexpectedResult(
                f"refused by {error.refusal.rule}, not {rule}: {error}"
            ) from None
        raise UnexpectedResult(
            f"{decision['kind']} should have been refused by {rule}, but was accepted"
        )

    async def _open_assessment(self, year: int) -> None:
        state = await self._state()
        kick_off = next_assessment(state)
        if kick_off and not self._assessment:
            await self._clockwork.move_to(self._platform, kick_off - A_MOMENT)
        term = state.facts.term
        assessment = self._clockwork.client.get_workflow_handle(
            assessment_workflow_id(self._example.platform_id, term, year)
        )

        async def opened() -> bool:
            try:
                return not await self._closed(assessment)
            except NoSuchPlatform:
                return False

        await until(opened, f"assessment {year} opens by itself")
        self._assessment = assessment
        self._year = year

    async def _end_validity(self) -> None:
        end = (await self._state()).valid_until
        if end is None:
            raise UnexpectedResult("the platform is not valid: nothing can expire")
        if self._assessment:
            await self._clockwork.move_to(self._assessment, end + A_MOMENT)
            await self._assessment_over()
        await self._clockwork.move_to(self._platform, end + A_MOMENT)
        self._latest = max(self._latest, end)

    async def _break_off(self) -> None:
        if self._assessment is None:
            raise UnexpectedResult("no assessment is open that could be broken off")
        before = (await self._assessment.describe()).run_id
        await self._assessment.terminate("an operator's mistake, for the demo")

        async def opened_again() -> bool:
            assert self._assessment  # noqa: S101
            return (await self._assessment.describe()).run_id != before

        await until(opened_again, "the assessment opens again")

    async def _assessment_over(self) -> None:
        async def noted() -> bool:
            # What is said of a year: opened, ended or closed, and set aside, which opens it again.
            log = (await self._term_now()).record.log
            return [e.name for e in log if e.said.get("year") == self._year][-1] in _CLOSED

        await until(noted, "the platform notes how its assessment ended")
        assert self._assessment  # noqa: S101
        opened_by = (await self._assessment.describe()).parent_run_id
        self._assessment = None

        async def goes_on() -> bool:
            """A platform goes on in a new run; a clock that is moved before that begins skips its notices."""
            if PLATFORM.ended((await self._state()).stage):
                return True
            return await in_a_run_after(self._platform, opened_by)

        await until(goes_on, "the platform goes on after its assessment")

    async def _ends(self, number: int, term: ExampleTerm) -> None:
        async def there() -> bool:
            state = await self._state()
            followed = PLATFORM.step(term.ends).followed and self._waiting is not None
            return state.facts.term > number if followed else state.stage is term.ends

        try:
            await until(there, f"term {number} ends {term.ends}, and the register knows")
        except TimeoutError:
            stage = (await self._state()).stage
            name = self._example.platform_id
            raise UnexpectedResult(
                f"{name}, term {number}: {stage} instead of {term.ends}"
            ) from None

    async def _state(self) -> PlatformState:
        return (await self._term_now()).state

    async def _term_now(self) -> CarriedPlatform:
        read: list[CarriedPlatform] = []

        async def begun() -> bool:
            await self._settled(self._platform)
            term = await self._register.ended_term(self._example.platform_id)
            if term is None or term.state.facts.term < self._term:
                return False
            read.append(term)
            return True

        await until(begun, f"term {self._term} has begun")
        return read[0]

    async def _closed(self, handle: WorkflowHandle[Any, Any]) -> bool:
        description = await self._client.describe(handle.id)
        if description is None:
            raise NoSuchPlatform("not open yet", "尚未开始")
        return description.status is not WorkflowExecutionStatus.RUNNING

    def _unexpected(self, number: int, step: ExampleStep, error: Exception) -> UnexpectedResult:
        what = step.model_dump(exclude_defaults=True, mode="json")
        return UnexpectedResult(
            f"{self._example.platform_id}, term {number}, {str(what)[:120]}: {error}"
        )


def _valid(receipt: Receipt) -> bool:
    return receipt.stage == Stage.VALID
