"""PINGTAI_RETENTION_YEARS: for how many years after its end a term is kept."""

import os

from starter.errors import BadInput

RETENTION = "PINGTAI_RETENTION_YEARS"
DEFAULT_YEARS, MOST_YEARS = 10, 100


def retention_years() -> int:
    """Return for how many years after its end a term is kept.

    Raises:
        BadInput: the setting is no number of years.
    """
    said = os.environ.get(RETENTION, "").strip() or str(DEFAULT_YEARS)
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= MOST_YEARS):
        raise BadInput(
            f"{RETENTION}: {said!r} is no number of years from 1 to {MOST_YEARS}",
            f"{RETENTION}：“{said}”应为 1 至 {MOST_YEARS} 的年数",
        )
    return int(said)
