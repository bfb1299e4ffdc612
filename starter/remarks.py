"""What code below the terminal notices and people should know, although it is no error.

Clients know no terminal: a command listens while it works, the service and workers do not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from workflows.words import Words

Listener = Callable[[Words], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Pass what is noticed inside to `listener`."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


def remark(words: Words) -> None:
    """Say something to whoever listens."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(words)
