"""The language that was asked for: by `--lang`, or by whoever makes a text in both."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

chosen: ContextVar[str | None] = ContextVar("chosen_language", default=None)
of_option: ContextVar[str | None] = ContextVar("language_of_option", default=None)
"""The language that whoever called the command asked for by `--lang`."""


@contextmanager
def asked_by_option(language: str | None) -> Iterator[None]:
    """Remember inside that the command was called with this language; None: without."""
    before = of_option.set(language)
    try:
        yield
    finally:
        of_option.reset(before)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Answer in this language inside; with None as the environment says."""
    before = chosen.set(language)
    try:
        yield
    finally:
        chosen.reset(before)
