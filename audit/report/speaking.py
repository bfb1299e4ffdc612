"""Words in a given language, whoever runs this: a report is made in both."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from workflows.words import Language

_NOBODY = click.Command("report")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Inside, `starter.terminal.language.say` says it in this language."""
    with click.Context(_NOBODY, obj={"lang": language}):
        yield
