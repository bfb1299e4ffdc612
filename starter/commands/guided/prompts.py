"""Questions at a terminal. Ctrl-C and Ctrl-D end all of them, and nothing has been sent by then."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

import click

from starter.terminal.harmless_text import harmless
from starter.terminal.language import language, say
from starter.terminal.screen import heading, show
from workflows.field_labels import Label

with suppress(ImportError):  # not on every system; with it a line of Chinese can be edited
    import readline  # noqa: F401

LARGEST = 100
"""No list that is asked for line by line is longer."""


def ask(question: str, *, needed: bool = True, default: str = "") -> str:
    """A line of text. An empty one is asked for again where something is needed."""
    told = question if needed or default else question + say(" (Enter: none)", "（回车：无）")
    while True:
        given: str = click.prompt(
            harmless(told),
            default=default,
            show_default=bool(default),
            prompt_suffix=say(": ", "："),
        )
        if given.strip() or not needed:
            return given.strip()


def ask_until(question: str, read: Callable[[str], Any], *, needed: bool, default: str = "") -> Any:
    """What `read` makes of a line; None for an empty one. What it cannot read is said, and asked again.

    `read` raises ValueError with what is to be said.
    """
    while True:
        given = ask(question, needed=needed, default=default)
        if not given:
            return None
        try:
            return read(given)
        except ValueError as error:
            wrong(str(error))


def wrong(words: str) -> None:
    """Say what cannot be taken."""
    click.echo(f"  ! {harmless(words)}")


def named(label: Label, how: str = "") -> str:
    """What a field is called at the beginning of a line, and how it is written."""
    words = say(label.words)
    return words[:1].upper() + words[1:] + (say(f" ({how})", f"（{how}）") if how else "")


Choices = Mapping[str, tuple[str, str]]
"""Words by their values: how each is read in the language of the answers, and in the other one."""


def choose(question: str, choices: Choices) -> str:
    """One of several: their numbers and words are listed, and each of these is understood."""
    show(heading(question))
    for number, (label, other) in enumerate(choices.values(), 1):
        click.echo(f"  {number:>{len(str(len(choices)))}}  {label}  {other}".rstrip())
    return pick(say("Number or word", "请输入序号或选项"), choices)


def pick(question: str, choices: Choices) -> str:
    """One of several that have been listed before."""
    known = {str(number): value for number, value in enumerate(choices, 1)}
    known |= {word: value for value, words in choices.items() for word in (*words, value)}

    def read(given: str) -> str:
        if given in known:
            return known[given]
        many = len(choices)
        raise ValueError(say(f"a number from 1 to {many}, or a word", f"请输入 1 至 {many} 或选项"))

    chosen: str = ask_until(question, read, needed=True)
    return chosen


def choices_of(vocabulary: Iterable[StrEnum], only: tuple[str, ...] = ()) -> Choices:
    """The words of a vocabulary; `only` some of them, if any are named."""
    words = [word for word in vocabulary if not only or word in only]
    both = {str(word): (word.replace("_", " "), str(getattr(word, "zh", word))) for word in words}
    return both if language() == "en" else {value: (zh, en) for value, (en, zh) in both.items()}


def lines(question: str, *, needed: bool) -> list[str]:
    """Several lines, until an empty one."""
    show(heading(question + say(" (one a line; Enter ends)", "（每行一项，回车结束）")))
    found: list[str] = []
    while len(found) < LARGEST:
        given = ask(f"  {len(found) + 1}", needed=needed and not found)
        if not given:
            break
        found.append(given)
    return found


def sure(question: str) -> bool:
    """Yes or no; no where nothing is said."""
    return click.confirm(harmless(question), default=False)
