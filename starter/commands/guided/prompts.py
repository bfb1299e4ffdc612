"""Single questions at a terminal. Ctrl-C and Ctrl-D end them, and nothing has been sent by then."""

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum

import click

from activities.harmless_text import harmless
from starter.terminal.command_runner import Declined
from starter.terminal.language import language, say
from starter.terminal.screen import in_lines, show
from workflows.field_labels import Label
from workflows.words import BilingualEnum, Words

try:  # not on every system; with it a line of Chinese can be edited
    import readline
except ImportError:
    readline = None  # type: ignore[assignment]

LARGEST = 100
"""No list that is asked for line by line is longer."""
_COLON = Words(": ", "：")


def ask(question: str, default: str = "") -> str:
    """A line of text without spaces around it; the default where the line is empty.

    Raises:
        click.Abort: whoever was asked went away, or the terminal did.
    """
    if default and readline:
        readline.add_history(default)  # so that the arrow brings it back to be edited
    *above, asked = in_lines(harmless(question))
    if above:
        show("\n".join(above))
    try:
        given: str = click.prompt(
            asked, default=default, show_default=False, prompt_suffix=say(_COLON)
        )
    except click.Abort:
        click.echo()  # what is said of it begins on a line of its own
        raise
    except OSError:  # the terminal was closed, or its line was lost
        raise click.Abort from None
    return given.strip()


def wrong(words: str) -> None:
    """Say what cannot be taken."""
    show(f"  ! {words}")


def named(label: Label, how: Words | None = None) -> Words:
    """What a field is called at the beginning of a line, and how it is written."""
    en, zh = label.words
    written = Words(f" ({how.en})", f"（{how.zh}）") if how else Words("", "")
    return Words(en[:1].upper() + en[1:] + written.en, zh + written.zh)


Choices = Mapping[str, tuple[str, ...]]
"""Words by their values: how each is read, what stands beside it, and how else it is understood."""


def choices_of(vocabulary: Iterable[StrEnum], only: tuple[str, ...] = ()) -> Choices:
    """The words of a vocabulary; `only` some of them, if any are named.

    English ones have the guideline's own term beside them; the terms need nothing beside.
    """
    words = [word for word in vocabulary if not only or word in only]
    both: dict[str, tuple[str, str]] = {
        str(word): word.words if isinstance(word, BilingualEnum) else (str(word), str(word))
        for word in words
    }
    return both if language() == "en" else {value: (zh, "", en) for value, (en, zh) in both.items()}


def sure(question: str, *, default: bool = False) -> bool:
    """Yes or no, and the default where nothing is said; the Chinese words are understood, too.

    Raises:
        click.Abort: as `ask` does.
    """
    told = question + (" [Y/n]" if default else " [y/N]")
    while True:
        answer = yes_or_no(ask(told), default=default)
        if answer is not None:
            return answer
        wrong(say("y or n", "请输入 y 或 n"))


def ask_to_send(question: Words) -> None:
    """Ask whether to send what was shown.

    Raises:
        click.Abort: no, or broken off; nothing has been sent.
    """
    try:
        if not sure(say(*question)):
            raise Declined
    except click.Abort as error:
        error.add_note(say("Nothing was sent.", "未提交任何内容。"))
        raise


def yes_or_no(given: str, *, default: bool) -> bool | None:
    """What a line says; None when it is neither a yes nor a no."""
    if not given:
        return default
    if plain(given) in ("y", "yes", "是"):
        return True
    return False if plain(given) in ("n", "no", "否") else None


def plain(given: str) -> str:
    """A short answer without what an input method for Chinese makes of it: full-width letters and digits."""
    return unicodedata.normalize("NFKC", given).casefold()
