"""Sending the samples to a system. What it has of them already is left as it is."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from db.queries import RegisterQueries
from starter.client.first_application import application_of_run
from starter.client.interface import ASSESSMENT_KINDS
from starter.client.register_lookups import RegisterLookups
from starter.client.temporal_client import PingtaiClient
from starter.client.visibility import any_type
from starter.clock import today
from worker.demo.clockwork import until
from worker.demo.example_lives import Example
from worker.demo.example_officers import ExampleOfficers
from worker.seed.sample_cases import SAMPLES, SampleCase, day_of, sample_cases
from workflows.contract import PLATFORM_TYPE, assessment_workflow_id, platform_workflow_id
from workflows.decision import Decision
from workflows.refusal import Refused
from workflows.vocabulary import AssessmentStage
from workflows.words import Words

_AT_ONCE = 4
_FIRST_YEAR = 1


class Seeding:
    """One filling of a system."""

    def __init__(
        self,
        client: PingtaiClient,
        register: RegisterQueries,
        officers: ExampleOfficers | None = None,
    ) -> None:
        """Fill the system of this client and this register; `officers` sign what they decide."""
        self._client = client
        self._officers = officers
        self._sign = partial(officers.sign, client) if officers else None
        self._register = register
        self.sent = 0
        """How many applications and decisions were not there before."""
        self.refused: dict[str, Words] = {}
        """Why the system did not take a sample, by platform."""

    @property
    def signs(self) -> bool:
        """Whether the people of the examples sign what they decide."""
        return self._officers is not None

    @classmethod
    async def connect(
        cls,
        register: RegisterQueries,
        lookups: RegisterLookups,
        officers: ExampleOfficers | None = None,
    ) -> "Seeding":
        """Connect to Temporal. Raises Unreachable."""
        return cls(await PingtaiClient.connect(lookups, due=False), register, officers)

    async def begun_on(self) -> date | None:
        """Return the day of a seeding that was begun here before; None without one."""
        first = await self._client.describe(platform_workflow_id(SAMPLES[0].platform_id))
        sent = first and await application_of_run(self._client.temporal, first)
        return day_of(sent.form) if sent and sent.form else None

    async def is_empty(self) -> bool:
        """Whether the system has no platform yet, by Temporal and by the register."""
        if await self._register.register(limit=1):
            return False
        found = self._client.temporal.list_workflows(any_type((PLATFORM_TYPE,)), limit=1)
        return not [one async for one in found]

    async def fill(
        self, examples: Mapping[str, Example], day: date, progress: Callable[[], None]
    ) -> None:
        """Send what is missing of all samples; the first one alone, because it says the day.

        Raises:
            Unreachable: Temporal, a worker or the register does not answer; begin again, and it goes on.
            TimeoutError: an assessment does not open within a minute.
        """
        first, *others = sample_cases(examples, day)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def send(case: SampleCase) -> None:
            async with turns:
                try:
                    await self._send(case)
                except Refused as error:
                    self.refused[case.sample.platform_id] = error.words
            progress()

        await send(first)
        await asyncio.gather(*map(send, others))

    async def _send(self, case: SampleCase) -> None:
        platform_id = case.sample.platform_id
        application_id = case.application.application_id
        if await self._register.applied(platform_id, application_id) is None:
            applied = await self._client.apply(case.application, self._sign)
            self.sent += not applied.repeated
        for decision in case.decisions:
            if await self._register.decisions(platform_id, decision["decision_id"]):
                continue
            if decision["kind"] in ASSESSMENT_KINDS:
                await self._opened(case)
                # On the next day, where a run is taken up again then: it opened no earlier.
                decision = {**decision, "decided_on": str(today())}  # noqa: PLW2901
            receipt = await self._client.decide(
                platform_id, await self._signed(platform_id, decision)
            )
            self.sent += not receipt.repeated
        if isinstance(case.sample.stands, AssessmentStage):
            await self._opened(case)

    async def _signed(
        self, platform_id: str, decision: dict[str, Any]
    ) -> Decision | dict[str, Any]:
        if self._officers is None:
            return decision
        return await self._officers.signed(self._client, platform_id, decision)

    async def _opened(self, case: SampleCase) -> None:
        """Wait until the assessment of a sample's year has opened by itself."""
        sample = case.sample
        year = (sample.assessed or 0) + _FIRST_YEAR
        workflow_id = assessment_workflow_id(sample.platform_id, case.application.term, year)

        async def is_there() -> bool:
            return await self._client.describe(workflow_id) is not None

        await until(is_there, f"{workflow_id} opens by itself")
