"""The language that was asked for: by `--lang`, or by whoever makes a text in both."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

chosen: ContextVar[str | None] = ContextVar("chosen_language", default=None)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Answer in this language inside; with None as the environment says."""
    before = chosen.set(language)
    try:
        yield
    finally:
        chosen.reset(before)
