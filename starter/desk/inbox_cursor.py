"""Where a page of the inbox ended, as `--after` and the service's `after` write it."""

from datetime import UTC, date, datetime

from db.inbox_queries import UNKNOWN, Place
from starter.errors import BadInput


def cursor(place: Place) -> str:
    """Where a page ended, as `--after` takes it."""
    due, platform_id, year, role = place
    moment = due.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"{moment},{platform_id},{year},{role}"


def place(given: str) -> Place:
    """Where the page before ended.

    Raises:
        BadInput: it is not as `cursor` writes it.
    """
    try:
        moment, platform_id, year, role = given.split(",")
        due = datetime.fromisoformat(moment)
        if due.tzinfo is None or not date.min.year < due.year <= UNKNOWN.year:
            raise ValueError(moment)
        if not 0 <= int(year) < 100:
            raise ValueError(year)
        return due.astimezone(UTC), platform_id, int(year), role
    except (ValueError, OverflowError):
        raise BadInput(
            f"--after {given!r}: take it from the last line of the page before",
            f"--after {given!r}：请取上一页末行所示",
        ) from None
