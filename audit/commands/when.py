"""A moment, or an entry: `2025-03-01T00:00` in Beijing, `2025-03-01`, `7`, `1.7`, `1-y2.3`."""

from datetime import UTC, datetime, time
from typing import Any

import click

from audit.reading.case_logs import Reading
from audit.reading.entry_names import EntryName, entry_named
from audit.reading.state_at import NoStanding, Standing, at_entry, at_moment
from starter.errors import BadInput
from starter.terminal.language import say
from workflows.model import instant
from workflows.periods import BEIJING, end_of

When = datetime | EntryName


class MomentWord(click.ParamType[datetime]):
    """A moment in Beijing, or with an offset of its own; a day is its end, as `2025-03-01T24:00` says."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment."""
        found = value if isinstance(value, datetime) else _moment(str(value))
        if found is None:
            self.fail(
                say(
                    f"{value!r} is no moment: YYYY-MM-DDTHH:MM in Beijing, or YYYY-MM-DD",
                    f"{value!r} 不是时刻：应为北京时间 YYYY-MM-DDTHH:MM，或 YYYY-MM-DD",
                ),
                param,
                ctx,
            )
        return found


class EntryWord(click.ParamType[EntryName]):
    """An entry as the timeline names it, or its number in the platform's newest log."""

    name = "entry"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> EntryName:
        """The entry's name."""
        found = value if isinstance(value, EntryName) else entry_named(str(value))
        if found is None:
            self.fail(
                say(
                    f"{value!r} names no entry: as in 7, 1.7, 1-y2.3",
                    f"{value!r} 不是记录编号：例如 7、1.7、1-y2.3",
                ),
                param,
                ctx,
            )
        return found


class WhenWord(click.ParamType[Any]):
    """A moment or an entry."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> When:
        """The one that it is."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        found = entry_named(value) or _moment(value)
        if found is None:
            self.fail(
                say(
                    f"{value!r} is no moment (YYYY-MM-DDTHH:MM, Beijing) and no entry (1.7, 1-y2.3)",
                    f"{value!r} 既不是时刻（北京时间 YYYY-MM-DDTHH:MM），也不是记录编号（1.7、1-y2.3）",
                ),
                param,
                ctx,
            )
        return found


def when_word(when: When) -> str:
    """A moment or an entry, as it is noted that somebody asked for it."""
    if isinstance(when, datetime):
        return instant(when)
    return when.place.entry(when.seq) if when.place else str(when.seq)


def standing_at(reading: Reading, when: When) -> Standing | None:
    """How a platform stood; None before it was applied for.

    Raises:
        BadInput: there is no such entry, or the log is broken before it.
    """
    try:
        return at_moment(reading, when) if isinstance(when, datetime) else at_entry(reading, when)
    except NoStanding as error:
        raise BadInput(error.words) from None


def _moment(written: str) -> datetime | None:
    day = written.removesuffix("T24:00")
    try:
        found = datetime.fromisoformat(day)
        if found.time() == time() and len(day) <= len("2025-03-01"):
            return end_of(found.date())
        if day != written:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=BEIJING)
        found.astimezone(UTC).astimezone(BEIJING)  # raises where the calendar ends
        return found
    except (ValueError, OverflowError):
        return None
