"""Clients that look, decide by update, HTTP and signal, and repeat what was not answered."""

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from bench.campaign.ledger import Acknowledgement, Channel, Ledger
from bench.campaign.messages import Raw, is_yearly, next_decision
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
_SIGNAL_WITHIN = timedelta(seconds=20)
_REFUSED = (400, 404, 409, 422)
UNEXPECTED = "unexpected answer"
_CHANNELS = (Channel.UPDATE, Channel.HTTP, Channel.SIGNAL)


@dataclass
class Case:
    """What the clients know of a platform: where it stood when one of them looked."""

    platform_id: str
    view: CaseView | None = None
    year: int | None = None
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))


class Clients:
    """All that is sent in a campaign; what is acknowledged goes into the ledger."""

    def __init__(
        self, temporal: Client, client: PingtaiClient, http: httpx.AsyncClient, ledger: Ledger
    ) -> None:
        """Send through a connection to Temporal, our client, and the intake."""
        self._temporal, self._client, self._http, self._ledger = temporal, client, http, ledger
        self.stopping = False

    async def work(self, cases: list[Case], chance: random.Random) -> None:
        """Look and decide until the campaign stops."""
        while not self.stopping:
            case = chance.choice(cases)
            if case.view is None or chance.random() < _LOOKS:
                await self._look(case)
            raw = next_decision(chance, case.view, f"{case.platform_id}-{next(case.numbers)}")
            channel = chance.choices(_CHANNELS, (45, 25, 30))[0]
            looking = []
            if chance.random() < _TOGETHER:  # others look at the case while it is decided
                looking = [asyncio.create_task(self._look(case)) for _ in range(2)]
                looking.append(asyncio.create_task(self._preview(case, raw)))
                await asyncio.sleep(chance.uniform(0, _LOOKING))
            await self._until_answered(case, channel, raw, chance)
            await asyncio.gather(*looking)
            await asyncio.sleep(chance.uniform(0, 2 * _PAUSE))

    async def _until_answered(
        self, case: Case, channel: Channel, raw: Raw, chance: random.Random
    ) -> None:
        """Send a decision, and the same one again while nobody answers; at last give up."""
        for _ in range(_TRIES):
            answer = await self._send(case, channel, raw)
            if answer != "unanswered" or self.stopping:
                return
            await asyncio.sleep(chance.uniform(0.5, 4))

    async def _look(self, case: Case) -> None:
        """Query the case, and its open assessment."""
        try:
            view = await self._client.state(case.platform_id)
            assert view.platform
            case.view, case.year = view, view.platform.open_assessment
            if case.year:
                term = view.platform.facts.term
                case.view = await self._client.assessment_state(case.platform_id, term, case.year)
        except (PingtaiError, InvalidMessage, RPCError):
            return

    async def _preview(self, case: Case, raw: Raw) -> None:
        """Query what would become of a decision."""
        try:
            await self._client.check(case.platform_id, raw)
        except (PingtaiError, InvalidMessage, Refused, RPCError):
            return

    async def _send(self, case: Case, channel: Channel, raw: Raw) -> str:
        """Send once, and note the answer: acknowledged, refused, none, or unanswered."""
        send = {
            Channel.UPDATE: self._by_update,
            Channel.HTTP: self._by_http,
            Channel.SIGNAL: self._by_signal,
        }[channel]
        answer = await send(case, raw)
        if isinstance(answer, Acknowledgement):
            self._ledger.acknowledge(answer)
            return "acknowledged"
        self._ledger.note(channel, answer)
        return answer

    async def _by_update(self, case: Case, raw: Raw) -> Acknowledgement | str:
        try:
            receipt = await self._client.decide(case.platform_id, raw)
        except Unreachable:
            return "unanswered"
        except (Refused, InvalidMessage):
            return "refused"
        except NoSuchPlatform:
            return "no such case"
        except RPCError as error:  # our client leaves none untranslated
            return f"{UNEXPECTED} {error.status.name}"
        return Acknowledgement(
            case.platform_id, raw["decision_id"], Channel.UPDATE, receipt.year, receipt.seq
        )

    async def _by_http(self, case: Case, raw: Raw) -> Acknowledgement | str:
        try:
            answer = await self._http.post(f"/v1/platforms/{case.platform_id}/decisions", json=raw)
        except httpx.TransportError:
            return "unanswered"
        if answer.is_success:
            said = answer.json()
            return Acknowledgement(
                case.platform_id, raw["decision_id"], Channel.HTTP, said.get("year"), said["seq"]
            )
        if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
            return "unanswered"
        if answer.status_code in _REFUSED:
            return "refused"
        return f"{UNEXPECTED} {answer.status_code}"

    async def _by_signal(self, case: Case, raw: Raw) -> Acknowledgement | str:
        workflow_id, year = platform_workflow_id(case.platform_id), None
        if is_yearly(raw["kind"]):
            year = case.year
            if year is None:
                return "no such case"
            workflow_id = assessment_workflow_id(case.platform_id, 1, year)
        handle = self._temporal.get_workflow_handle(workflow_id)
        try:
            await handle.signal(raw["kind"], raw, rpc_timeout=_SIGNAL_WITHIN)
        except RPCError as error:
            return "no such case" if error.status.name == "NOT_FOUND" else "unanswered"
        return Acknowledgement(case.platform_id, raw["decision_id"], Channel.SIGNAL, year)
