"""What is odd in a decision where nobody can be asked about it: it is not sent without --yes."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from starter.doubts.decision_doubts import KnownPlatform
from starter.doubts.message_doubts import of_day, read_day
from starter.doubts.unchanged_plan import unchanged_plan
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


def odd_day(raw: Mapping[str, Any], today: date, applied_on: date | None) -> BadInput | None:
    """Return why a decision is not sent, by its day, where nobody can be asked whether that is meant.

    A day in the future is not meant by anybody: the rules say so.
    """
    day = read_day(raw.get("decided_on"))
    for why in of_day(raw, today, applied_on) if day and day <= today else ():
        return unless_meant(why)
    return None


def odd_line(raw: Mapping[str, Any], today: date, known: KnownPlatform | None) -> BadInput | None:
    """Return why a line of a batch is not sent: for its day, or a plan that changes nothing."""
    odd = odd_day(raw, today, known.applied_on if known else None)
    if odd is None and known and known.plan:
        for why in unchanged_plan(raw, known.plan):
            return unless_meant(why)
    return odd


def unless_meant(why: Words) -> BadInput:
    """Return what is said of something odd where nobody can be asked about it."""
    return BadInput(f"{why.en} If that is meant, add --yes", f"{why.zh}确需提交的，请加 --yes")
