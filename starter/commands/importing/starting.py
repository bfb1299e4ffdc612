"""One application started, and what was answered as a result."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from starter.client.interface import Pingtai
from starter.commands.batch.lines import Line, Outcome, Result
from starter.commands.batch.submit import is_answer, not_done
from starter.commands.own_signature import OwnSignature
from starter.errors import Unreachable
from starter.terminal.named_fields import NamedFields
from workflows.application import PlatformApplication
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused

Connect = Callable[[], Awaitable[Pingtai]]

_TAKEN_WITHIN = 3.0
"""Seconds to wait for a worker to start a new case."""
_NO_WORKER = 3
"""So often in turn none did, and it is waited for no more: they are in, and a worker takes them later."""


class PlatformStarter:
    """Starts applications. After no answer it connects anew: what was away may be back elsewhere."""

    def __init__(self, connect: Connect) -> None:
        """Nothing is connected yet."""
        self._connect = connect
        self._client: Pingtai | None = None
        self._one_connects = asyncio.Lock()
        self._unheard = 0
        self._own = OwnSignature()

    async def connect(self) -> Pingtai:
        """The client that is connected, or a new one. Raises Unreachable, BadInput."""
        async with self._one_connects:
            if self._client is None:
                self._client = await self._connect()
            return self._client

    async def __call__(self, line: Line) -> Result:
        """Start the platform of a line; the same line again is recognised, and changes nothing."""
        client = None
        try:
            client = await self.connect()
            form = parse(PlatformApplication, line.message)
            applied = await client.apply(form, partial(self._own.sign, client))
        except Unreachable as error:
            if self._client is client:
                self._client = None
            return not_done(line, error)
        except InvalidMessage as error:
            named = NamedFields(error, PlatformApplication, headings=line.entry.headings)
            return not_done(line, named)
        except Exception as error:
            if not (isinstance(error, Refused) or is_answer(error)):
                raise
            return not_done(line, error)
        if not applied.repeated and self._unheard < _NO_WORKER:
            # Only then the pace of the batch shows what it costs those who wait for the same workers.
            taken = await client.taken_up(applied, _TAKEN_WITHIN)
            self._unheard = 0 if taken else self._unheard + 1
        outcome = Outcome.ALREADY if applied.repeated else Outcome.DONE
        return Result(line.entry, outcome, line, applied=applied)
