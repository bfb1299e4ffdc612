"""A real Temporal with time skipping, a real register, a worker; and platforms to live in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from activities.register_activities import Register
from db.queries import RegisterQueries
from db.register_store import PostgresRegister
from starter.client.interface import ASSESSMENT_KINDS
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_client import PingtaiClient
from starter.errors import Unreachable
from tests.rules import builders
from tests.rules.builders import DOCUMENT, Raw, application
from worker.demo.clockwork import A_MOMENT, Clockwork, in_a_run_after, until
from worker.worker_process import make_worker
from workflows import assessment_workflow, case_workflow
from workflows.application import PlatformApplication
from workflows.circumstances import Edition
from workflows.contract import PATCH_V0_4, assessment_workflow_id, platform_workflow_id
from workflows.lifecycle import PLATFORM
from workflows.model import parse
from workflows.periods import anniversary, beijing_date
from workflows.record import LogEntry
from workflows.register_sync import RETRY
from workflows.run_io import CaseView
from workflows.states import PlatformState, Receipt
from workflows.vocabulary import Kind, ListingOutcome

_numbers = count(1)
_REST_SECONDS = 60
_SOON = timedelta(milliseconds=200)
_STICKY = timedelta(seconds=1)
"""Workers come and go here: nobody waits long for one that has gone."""


def brought_in(years: int, *, days: int = 0, **changes: Any) -> Raw:
    """How a term stands today that was listed so many years, and so many days more, ago; all assessed."""
    today = beijing_date(datetime.now(UTC))
    listed_on = anniversary(today, -years) - timedelta(days=days)
    usual = {
        "listed_on": str(listed_on),
        "certificate_number": f"GX-{next(_numbers)}",
        "assessments": [
            {
                "year": year,
                "result": "effective",
                "concluded_on": str(anniversary(listed_on, year) - timedelta(days=20)),
                "documents": [DOCUMENT],
            }
            for year in range(1, years + 1)
        ],
    }
    return builders.decision(Kind.BRINGING_IN, "zr-1", today, **usual | changes)


@contextmanager
def worker_of_0_4(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs that begin meanwhile do so as release 0.4.0 began them."""

    def before_0_5() -> Edition:
        return Edition.V0_4 if workflow.patched(PATCH_V0_4) else Edition.V0_1

    with monkeypatch.context() as before:
        before.setattr(case_workflow, "edition_of_run", before_0_5)
        yield


class World:
    """Where platforms live in a test."""

    def __init__(self, client: Client, engine: AsyncEngine) -> None:
        """A worker is started by `working`."""
        self.temporal = client
        self.engine = engine
        self.register: Register = PostgresRegister(engine)
        self.queries = queries = RegisterQueries(engine)
        self.clockwork = Clockwork(client)
        self.lookups = RegisterLookups(lambda: nullcontext(queries))
        self.client = PingtaiClient(self.clockwork.client, self.lookups)
        self._worker = AsyncExitStack()

    async def work(self, register: Register | None = None, max_cached: int = 1000) -> None:
        """Start the worker, perhaps with another register."""
        register = register or self.register
        worker = make_worker(self.temporal, register, max_cached=max_cached, sticky=_STICKY)
        await self._worker.enter_async_context(worker)

    async def rest(self) -> None:
        """Stop the worker. Rarely the SDK never says that it has stopped; it takes no more work then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self._worker.aclose()

    @asynccontextmanager
    async def without_worker(self) -> AsyncIterator[None]:
        """No worker runs meanwhile; afterwards it does again."""
        await self.rest()
        try:
            yield
        finally:
            await self.work()

    @asynccontextmanager
    async def with_worker(self, register: Register, max_cached: int = 1000) -> AsyncIterator[None]:
        """Another worker runs meanwhile, instead of the usual one; it soon asks an absent register again."""
        await self.rest()
        with pytest.MonkeyPatch.context() as soon:
            soon.setattr(RETRY, "initial_interval", _SOON)
            soon.setattr(RETRY, "maximum_interval", _SOON)
            looks = (*(_SOON for _ in range(10)), *assessment_workflow._LOOK_AFTER)
            soon.setattr(assessment_workflow, "_LOOK_AFTER", looks)
            await self.work(register, max_cached)
            try:
                yield
            finally:
                await self.rest()
        await self.work()

    async def apply(self, platform_id: str | None = None, **changes: Any) -> "Life":
        """A new platform, applied for."""
        name = platform_id or f"p-{next(_numbers)}"
        # Many of these platforms were listed long ago, so that their years begin at once.
        policy = {"listing_entered_within_days": 0, **changes.pop("policy", {})}
        told = {"application_id": f"a-{name}", "policy": policy, **changes}
        form = application(platform_id=name, **told)
        await self.client.apply(parse(PlatformApplication, form))
        return Life(self, name)

    async def valid(self, days: int = 300, **changes: Any) -> "Life":
        """A platform that was listed so many days ago, brought in as valid: one message instead of five.

        What has passed of its years is as open as if nobody had looked: after 300 days its first
        assessment opens at once.
        """
        return await self.apply(brought_in=brought_in(0, days=days), **changes)

    async def in_its_first_year(self, **changes: Any) -> "Life":
        """A valid platform whose first assessment is open."""
        life = await self.valid(**changes)
        await life.opened(1)
        return life


class Life:
    """One platform of the world."""

    def __init__(self, world: World, platform_id: str) -> None:
        """The platform of this id."""
        self.world = world
        self.id = platform_id
        self.handle = self._handle(platform_workflow_id(platform_id))
        self.assessment: WorkflowHandle[Any, Any] | None = None
        self.rests = False
        """Before each decision the case comes to rest, as when people decide days apart."""
        self._decisions = count(1)

    def _handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.world.clockwork.client.get_workflow_handle(workflow_id)

    def target(self, kind: str) -> WorkflowHandle[Any, Any]:
        """The workflow that a kind of decision is for."""
        if kind in ASSESSMENT_KINDS:
            assert self.assessment, "no assessment is open"
            return self.assessment
        return self.handle

    async def decision(self, kind: str, outcome: str | None = None, **changes: Any) -> Raw:
        """A valid decision, dated by the clock of the workflow that it is for."""
        now = await self.world.clockwork.now(self.target(kind))
        number = f"{self.id}:d{next(self._decisions)}"
        if kind == Kind.LISTING and outcome in (None, ListingOutcome.INCLUDED):
            changes = {
                "certificate_number": f"GX-{self.id}",
                **changes,
            }  # each platform has its own
        return builders.decision(kind, number, beijing_date(now), outcome, **changes)

    async def decide(self, kind: str, outcome: str | None = None, **changes: Any) -> Receipt:
        """Take a decision by the update."""
        if self.rests:
            await self.settled(self.target(kind))
        return await self.world.client.decide(
            self.id, await self.decision(kind, outcome, **changes)
        )

    async def signal(self, kind: str, outcome: str | None = None, **changes: Any) -> Raw:
        """Send a decision as a signal."""
        raw = await self.decision(kind, outcome, **{"case": await self.case(kind), **changes})
        await self.target(kind).signal(kind, raw)
        return raw

    async def case(self, kind: str) -> Raw:
        """The case that a kind of decision is about, as new cases want it named."""
        state = await self.state()
        year = {"year": state.open_assessment} if self.target(kind) is self.assessment else {}
        return {"platform_id": self.id, "term": state.facts.term, **year}

    async def set_aside(self, target: str, **changes: Any) -> Receipt:
        """Set a decision aside, dated by the clock of the platform."""
        return await self.decide("set_aside", target=target, **changes)

    async def get_listed(self, **changes: Any) -> None:
        """Take the shortest way to `valid`."""
        for kind in ("recommendation", "inspection", "expert_opinion", "listing"):
            await self.decide(kind, **changes)

    async def forward(self, days: float) -> None:
        """Move the clock of the open assessment, or else of the platform."""
        handle = self.assessment or self.handle
        await self.world.clockwork.forward(handle, timedelta(days=days))

    async def settled(self, handle: WorkflowHandle[Any, Any]) -> None:
        """Wait until a case has handed in its last move: its clock must not run before it began."""
        await until(
            lambda: self.world.clockwork.at_rest(handle), f"{handle.id} has handed in its last move"
        )

    async def open(self, year: int) -> None:
        """Go to the moment when the assessment of a year opens by itself."""
        view = await self.view()
        if view.next_assessment:
            await self.world.clockwork.move_to(self.handle, view.next_assessment - A_MOMENT)
        await self.opened(year)

    async def opened(self, year: int) -> None:
        """Wait until the assessment of a year is open."""
        term = (await self.state()).facts.term
        assessment = self._handle(assessment_workflow_id(self.id, term, year))

        async def there() -> bool:
            description = await self.world.client.describe(assessment.id)
            return description is not None and description.close_time is None

        await until(there, f"assessment {year} opens")
        self.assessment = assessment

    async def over(self) -> None:
        """Wait until the platform has noted how its assessment ended."""

        async def noted() -> bool:
            raw = (await self.handle.describe()).raw_description
            busy = raw.pending_children or raw.HasField("pending_workflow_task")
            return not busy and (await self.state()).open_assessment is None

        await until(noted, "the assessment ends")
        opened_by = (await self.assessment.describe()).parent_run_id if self.assessment else None
        self.assessment = None

        async def goes_on() -> bool:
            ended = PLATFORM.ended((await self.state()).stage)
            return ended or await in_a_run_after(self.handle, opened_by)

        await until(goes_on, "the platform goes on in a new run")

    async def effective(self, year: int) -> None:
        """Live through an effective year."""
        await self.open(year)
        for kind in ("self_report", "district_review", "evaluation"):
            await self.decide(kind)
        await self.over()

    async def expire(self) -> None:
        """Go to the end of validity."""
        end = (await self.state()).valid_until
        assert end
        for handle in (self.assessment, self.handle):
            if handle:
                await self.world.clockwork.move_to(handle, end + A_MOMENT)
                if handle is self.assessment:
                    await self.over()

    async def view(self) -> CaseView:
        """The answer of the query `state`; asked again where the worker evicted the case with it."""
        with suppress(Unreachable):
            return await self.world.client.state(self.id)
        return await self.world.client.state(self.id)

    async def state(self) -> PlatformState:
        """Where the platform stands."""
        state = (await self.view()).platform
        assert state
        return state

    async def stands(self, stage: str) -> None:
        """Wait until the platform stands in a stage and the register knows."""

        async def there() -> bool:
            if not await self.world.clockwork.at_rest(self.handle):
                return False
            view = await self.view()
            at = view.platform.stage if view.platform else None
            return at == stage and view.recorded == view.log_seq

        await until(there, f"{self.id} stands in {stage}")

    async def log(self) -> list[LogEntry]:
        """The platform's log, as its workflow holds it."""
        return await self.world.client.log(self.id)

    async def events(self) -> list[str]:
        """The types of the events of the current run's history."""
        return [
            EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            async for event in self.handle.fetch_history_events()
        ]
