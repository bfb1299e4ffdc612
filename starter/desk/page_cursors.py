"""Where a page of the inbox or of the support ledger ended, as `--after` and the service's `after` write it."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime

from db.inbox_queries import UNKNOWN, InboxCursor
from db.support_queries import After
from starter.errors import BadInput


def inbox_cursor(place: InboxCursor) -> str:
    """Where a page of the inbox ended."""
    due, platform_id, year, role = place
    moment = due.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"{moment},{platform_id},{year},{role}"


def read_inbox_cursor(text: str) -> InboxCursor:
    """Where the page before ended.

    Raises:
        BadInput: it is not as `inbox_cursor` writes it.
    """
    with suppress(ValueError, OverflowError):
        moment, platform_id, year, role = text.split(",")
        due = datetime.fromisoformat(moment)
        known = due.tzinfo is not None and date.min.year < due.year <= UNKNOWN.year
        if known and 0 <= int(year) < 100:
            return due.astimezone(UTC), platform_id, int(year), role
    raise no_place(text)


def support_cursor(after: After) -> str:
    """Where a page of the support ledger ended."""
    return "{}/{}/{}.{}".format(*after)


def read_support_cursor(text: str) -> After:
    """Where the page before ended.

    Raises:
        BadInput: it is not as `support_cursor` writes it.
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)/([^/]+)/(\d{1,4})\.(\d{1,9})", text)
    with suppress(ValueError):  # a day that is none
        if found:
            return date.fromisoformat(found[1]), found[2], int(found[3]), int(found[4])
    raise no_place(text)


def no_place(text: str) -> BadInput:
    """The error for a place in a list that no page ended at."""
    return BadInput(
        f"--after {text}: copy the value from the end of the page before",
        f"--after {text}：请填写上一页末尾给出的值",
    )
