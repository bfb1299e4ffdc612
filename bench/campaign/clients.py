"""Clients that look, decide by update, HTTP and signal, and repeat what was not answered."""

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from bench.campaign.call_history import Call, CallHistory, Channel, Result
from bench.campaign.messages import (
    Raw,
    first_application,
    is_yearly,
    listed_application,
    next_decision,
)
from starter.client.temporal_client import PingtaiClient
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable
from workflows.contract import assessment_workflow_id, platform_workflow_id
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.run_io import CaseView

_LOOKS, _TOGETHER = 0.4, 0.4
_LOOKING = 0.05
_PAUSE = 0.3
_TRIES = 4
_AGAIN, _ALTERED, _APPLIES = 0.12, 0.05, 0.01
"""How often something is said again, again with another content, and applied for."""
_TWICE = 0.2
_REMEMBERED = 40
_SIGNAL_WITHIN = timedelta(seconds=15)
_WITHIN = 20.0
_CHANNELS = (Channel.UPDATE, Channel.HTTP, Channel.SIGNAL)
_NOT_NOW = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS)
_REFUSED = (400, 409, 422)


@dataclass
class Case:
    """What the clients know of a platform: where it stood when one of them looked, and what was sent."""

    platform_id: str
    view: CaseView | None = None
    year: int | None = None
    sent: list[tuple[Raw, Channel, int | None]] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class Clients:
    """All that is sent in a campaign; each call and its answer goes into the history."""

    def __init__(
        self, temporal: Client, client: PingtaiClient, http: httpx.AsyncClient, history: CallHistory
    ) -> None:
        """Send through a connection to Temporal, our client, and the intake."""
        self._temporal, self._client, self._http, self._history = temporal, client, http, history
        self.cases: list[Case] = []
        self.stopping = False
        self.allowed = asyncio.Event()
        """Whether anybody may send: people hold back where the documents say so."""
        self.allowed.set()

    async def work(self, chance: random.Random) -> None:
        """Look and decide until the campaign stops."""
        while not self.stopping:
            await self.allowed.wait()
            if chance.random() < _APPLIES:
                await self.apply(f"{self.cases[0].platform_id}-{chance.getrandbits(32):08x}")
            case = chance.choice(self.cases)
            if case.view is None or chance.random() < _LOOKS:
                await self._look(case)
            await self._decide(case, chance)
            await asyncio.sleep(chance.uniform(0, 2 * _PAUSE))

    async def apply(self, platform_id: str) -> bool:
        """Apply for a platform; every second one was listed before and is assessed at once."""
        make = listed_application if len(self.cases) % 2 else first_application
        form = make(platform_id)
        call = Call(platform_id, form.application_id, Channel.APPLICATION)
        with self._history.call(call):
            try:
                await asyncio.wait_for(self._client.apply(form), _WITHIN)
                call.receipt(None, None)
            except (Unreachable, TimeoutError, RPCError) as error:
                call.answer(Result.UNANSWERED, type(error).__name__)
            except (Refused, InvalidMessage) as error:
                call.answer(Result.REFUSED, str(error))
        # Also without an answer: it may be there, and then others decide on it.
        self.cases.append(Case(platform_id))
        return call.result is Result.ACKNOWLEDGED

    async def _decide(self, case: Case, chance: random.Random) -> None:
        roll = chance.random()
        year = case.year
        if case.sent and roll < _AGAIN:
            raw, channel, year = chance.choice(case.sent)
        else:
            raw = next_decision(chance, case.view, f"{case.platform_id}-{next(case.numbers)}")
            channel = chance.choices(_CHANNELS, (45, 25, 30))[0]
            if case.sent and roll < _AGAIN + _ALTERED:
                before, channel, year = chance.choice(case.sent)
                raw = before | {"note": f"另一份 {raw['decision_id']}"}
            else:
                case.sent = [*case.sent[-_REMEMBERED:], (raw, channel, year)]
        looking = []
        if chance.random() < _TOGETHER:  # others look at the case while it is decided
            looking = [asyncio.create_task(self._look(case)) for _ in range(2)]
            looking.append(asyncio.create_task(self._preview(case, raw)))
            await asyncio.sleep(chance.uniform(0, _LOOKING))
        await self._until_answered(case, channel, raw, year, chance)
        await asyncio.gather(*looking)

    async def _until_answered(
        self, case: Case, channel: Channel, raw: Raw, year: int | None, chance: random.Random
    ) -> None:
        """Send a decision, and the same one again while nobody answers; at last give up."""
        for _ in range(_TRIES):
            result = await self.send(case, channel, raw, year)
            if channel is Channel.SIGNAL and chance.random() < _TWICE:
                await self.send(
                    case, channel, raw, year
                )  # as senders do who never learn what became of it
            if result is not Result.UNANSWERED or self.stopping:
                return
            await asyncio.sleep(chance.uniform(0.5, 4))
            await self.allowed.wait()

    async def _look(self, case: Case) -> None:
        """Query the case, and its open assessment."""
        try:
            async with asyncio.timeout(_WITHIN):
                view = await self._client.state(case.platform_id)
                assert view.platform
                case.view, case.year = view, view.platform.open_assessment
                if case.year:
                    term = view.platform.facts.term
                    case.view = await self._client.assessment_state(
                        case.platform_id, term, case.year
                    )
        except (
            *(PingtaiError, InvalidMessage),
            *(RPCError, WorkflowQueryFailedError, TimeoutError),
        ):
            return

    async def _preview(self, case: Case, raw: Raw) -> None:
        """Query what would become of a decision."""
        try:
            async with asyncio.timeout(_WITHIN):
                await self._client.check(case.platform_id, raw)
        except (
            *(PingtaiError, InvalidMessage, Refused),
            *(RPCError, WorkflowQueryFailedError, TimeoutError),
        ):
            return

    async def send(self, case: Case, channel: Channel, raw: Raw, year: int | None) -> Result:
        """Send once; `year`: the open assessment, to which a signal goes."""
        if channel is Channel.SIGNAL and is_yearly(raw["kind"]) and year is None:
            return Result.NO_CASE
        send = {
            Channel.UPDATE: self._by_update,
            Channel.HTTP: self._by_http,
            Channel.SIGNAL: self._by_signal,
        }[channel]
        call = Call(case.platform_id, raw["decision_id"], channel, raw.get("note"), year=year)
        with self._history.call(call):
            await send(call, raw)
        return call.result

    async def _by_update(self, call: Call, raw: Raw) -> None:
        try:
            receipt = await asyncio.wait_for(self._client.decide(call.platform_id, raw), _WITHIN)
            call.receipt(receipt.year, receipt.seq)
        except (Unreachable, TimeoutError) as error:
            call.answer(Result.UNANSWERED, str(error))
        except (Refused, InvalidMessage) as error:
            call.answer(Result.REFUSED, str(error))
        except NoSuchPlatform:
            call.answer(Result.NO_CASE)
        except RPCError as error:  # our client leaves none untranslated
            call.answer(Result.UNEXPECTED, error.status.name)

    async def _by_http(self, call: Call, raw: Raw) -> None:
        try:
            answer = await self._http.post(f"/v1/platforms/{call.platform_id}/decisions", json=raw)
        except httpx.TransportError as error:
            call.answer(Result.UNANSWERED, type(error).__name__)
            return
        if answer.is_success:
            said = answer.json()
            call.receipt(said.get("year"), said["seq"])
        elif answer.status_code in _NOT_NOW:
            call.answer(Result.UNANSWERED, str(answer.status_code))
        elif answer.status_code in _REFUSED:
            call.answer(Result.REFUSED, answer.text)
        elif answer.status_code == httpx.codes.NOT_FOUND:
            call.answer(Result.NO_CASE)
        elif answer.status_code == httpx.codes.UNAUTHORIZED and self._key_is_lost:
            call.answer(Result.UNANSWERED, "the key is lost with the database")
        else:
            call.answer(Result.UNEXPECTED, f"{answer.status_code} {answer.text}")

    @property
    def _key_is_lost(self) -> bool:
        return not self.allowed.is_set()

    async def _by_signal(self, call: Call, raw: Raw) -> None:
        workflow_id = platform_workflow_id(call.platform_id)
        if not is_yearly(raw["kind"]):
            call.year = None
        elif call.year:
            workflow_id = assessment_workflow_id(call.platform_id, 1, call.year)
        handle = self._temporal.get_workflow_handle(workflow_id)
        case: Raw = {"platform_id": call.platform_id, "term": 1}
        if call.year:
            case["year"] = call.year
        try:
            message = raw | {"case": case}
            await handle.signal(raw["kind"], message, rpc_timeout=_SIGNAL_WITHIN)
            call.receipt(call.year, None)
        except RPCError as error:
            missing = error.status.name == "NOT_FOUND"
            call.answer(Result.NO_CASE if missing else Result.UNANSWERED, error.status.name)
