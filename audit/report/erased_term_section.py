"""What a report has of an erased term: who had it erased, and its stages and days without any words."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.dossier.erased_terms import deciders_of, erased_words
from audit.erasing.erased_file import ErasedFile
from starter.terminal import wording
from starter.terminal.language import say


@dataclass(frozen=True)
class ErasedTermSection:
    """An erased term: one row for each entry that there was."""

    number: int
    summary: str
    why: str
    rows: Sequence[tuple[str, str, str, str]]
    """The entry's name, its moment, what it was and came to, its hash."""


def erased_term_section(erased: ErasedFile) -> ErasedTermSection:
    """Return the section of an erased term, in the language that is spoken."""
    return ErasedTermSection(
        number=erased.of.term,
        summary=say(erased_words(erased)),
        why=deciders_of(erased).reason,
        rows=[
            (
                place.entry(entry.seq),
                wording.moment(entry.at),
                wording.said(entry.name, entry.outcome),
                entry.hash,
            )
            for place, log in erased.logs.items()
            for entry in log
        ],
    )
