"""Cases that have moved to another Temporal: what is asked of them follows them there.

A run that has left says to which profile (docs/decisions/0026-move-to-another-engine.md). In the seconds
between the two nobody answers: then it is asked again, and after that it is said.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import wraps
from itertools import chain, repeat
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from temporalio.client import Client

from starter.client.lost_terms import is_lost
from starter.client.temporal_connection import connect, connect_config
from starter.errors import BadInput, Moved, NoRoster, NoSuchPlatform
from workflows.refusal import Refused

_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.0)
"""Between two tries (seconds); the last again and again."""
_MOST_MOVES = 4
"""Of one case, one after the other: more would be a circle."""

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F")


class Followed(Protocol):
    """A client whose cases may be elsewhere."""

    moves: "MovedCases[Any]"


C = TypeVar("C", bound=Followed)


class MovedCases(Generic[F]):
    """The clients of the Temporals to which cases have moved, each connected once."""

    def __init__(self, made: Callable[[Client], F], patience: float) -> None:
        """`made` makes a client; `patience`: how long a case on its way is waited for (seconds)."""
        self.patience = patience
        self._made = made
        self._known: dict[str, tuple[object, F]] = {}
        """By their profiles, with where those said that they are."""

    def pauses(self) -> Iterator[float]:
        """How long to wait before each try, the first at once (seconds)."""
        yield 0.0
        left, steps = self.patience, chain(_PAUSES, repeat(_PAUSES[-1]))
        while left > 0:
            pause = min(left, next(steps))
            yield pause
            left -= pause

    async def client_of(self, moved: Moved) -> F:
        """Return the client where a case has moved to.

        Raises:
            Moved: there is no such profile here; says what to do.
            Unreachable: that Temporal does not answer.
        """
        try:
            where = connect_config(moved.to)  # read again: a service runs for long
            known = self._known.get(moved.to)
            if known is None or known[0] != where:
                known = where, self._made(await connect(profile=moved.to))
        except BadInput as error:
            raise moved.unknown(error.words) from None
        self._known[moved.to] = known
        return known[1]


def follows_moves(
    asks: Callable[Concatenate[C, P], Awaitable[T]],
) -> Callable[Concatenate[C, P], Coroutine[Any, Any, T]]:
    """Ask where the case is: where it has moved, there; while it moves, again."""

    @wraps(asks)
    async def asked(self: C, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await asks(self, *args, **kwargs)
        except Moved as moved:
            return await _follow(self, moved, lambda there: asks(there, *args, **kwargs))

    return asked


async def _follow(client: C, moved: Moved, asks: Callable[[C], Awaitable[T]]) -> T:
    for pause in client.moves.pauses():
        await asyncio.sleep(pause)
        here = await client.moves.client_of(moved)
        for _ in range(_MOST_MOVES):
            try:
                return await asks(here)
            except Moved as error:
                moved = error
                here = await client.moves.client_of(moved)
            except (NoSuchPlatform, NoRoster):
                break  # it is about to begin there
            except Refused as error:
                if not is_lost(error):
                    raise
                break
        try:
            return await asks(client)  # it may have stayed
        except Moved as error:
            moved = error
    raise moved
