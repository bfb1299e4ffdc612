"""What a decision of its outcome does not go without is asked for at once, and not by the rules one by one."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
OPERATOR = ("--actor", "op-1", "--role", "operator", "--organisation", "某公司")
COMMISSION = ("--actor", "kw-1", "--role", "commission", "--organisation", "市科委")


@pytest.mark.parametrize(
    ("args", "flags"),
    [
        (("report", "p-1", *OPERATOR), ("--group", "--mechanisms")),
        (("report", "p-1", "--not-filed", *COMMISSION), ("--reason",)),
        (("rectify", "p-1", *OPERATOR), ("--mended",)),
        (
            ("evaluate", "p-1", "--outcome", "not_effective", *COMMISSION),
            ("--finding", "--mend"),
        ),
        (
            ("inspect", "p-1", "--outcome", "returned", *COMMISSION),
            ("--finding", "--correction"),
        ),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_that_is_missing_is_said_at_once(
    pingtai: Run, sent: Sent, args: tuple[str, ...], flags: tuple[str, ...], lang: str
) -> None:
    """By its flags, as bad input; the case is not asked."""
    done = pingtai(*args, lang=lang)
    assert (2, []) == (done.exit_code, sent), done.output
    assert all(flag in done.stderr for flag in flags), done.stderr
    assert ("missing" if lang == "en" else "缺少此项") in done.stderr
