"""What is odd in a decision where nobody can be asked about it: it is not sent without --yes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from starter.doubts.message_doubts import read_day
from starter.errors import BadInput
from workflows.words import Words


def plan_of_another(raw: Mapping[str, Any], platform: str) -> Iterator[Words]:
    """Ask about a plan, or mechanisms, from a file that was written for another platform."""
    for field in ("plan", "mechanisms"):
        other = getattr(raw.get(field), "platform", None)
        if other and other != platform:
            yield Words(
                f"The file of the plan belongs to platform {other}, not to {platform}.",
                f"该文件属于平台 {other}，不是 {platform}。",
            )


def is_dated_ahead(raw: Mapping[str, Any], today: date) -> bool:
    """Whether a decision is of a day to come, which nobody can mean: the rules refuse it, and say why."""
    day = read_day(raw.get("decided_on"))
    return day is not None and day > today


def unless_meant(doubts: Sequence[Words]) -> BadInput:
    """Return what is said of something odd where nobody can be asked about it."""
    en, zh = " ".join(one.en for one in doubts), "".join(one.zh for one in doubts)
    return BadInput(f"{en} If that is meant, add --yes", f"{zh}确需提交的，请加 --yes")
