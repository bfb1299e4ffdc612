"""Where a page of the support ledger ended, as `--after` and the service's `after` write it."""

import re
from contextlib import suppress
from datetime import date

from db.support_queries import After
from starter.errors import BadInput


def written_place(after: After) -> str:
    """A place, as the next page is asked for."""
    return "{}/{}/{}.{}".format(*after)


def read_place(text: str) -> After:
    """The place that was written so.

    Raises:
        BadInput: it is none.
    """
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)/([^/]+)/(\d{1,4})\.(\d{1,9})", text)
    with suppress(ValueError):  # a day that is none
        if found:
            return date.fromisoformat(found[1]), found[2], int(found[3]), int(found[4])
    raise BadInput(
        f"--after {text}: write the place as the page before named it",
        f"--after {text}：请照上一页给出的位置填写",
    )
