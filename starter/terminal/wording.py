"""Where a case stands and what was said of it, in words that people read; moments in Beijing time."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from activities.added_fields import AddedField
from starter.terminal.days_left import when_due
from starter.terminal.language import say, sentence, word
from workflows.awaited import Awaited
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.periods import BEIJING, beijing_date, last_day
from workflows.vocabulary import (
    AssessmentStage,
    District,
    Field,
    FilingOutcome,
    Happening,
    HappeningOutcome,
    Kind,
    Role,
    SoleOutcome,
    Stage,
)
from workflows.words import Words, citation, listed

PLATFORM_LABEL = Words("platform", "平台")
PLATFORM_ID = Words("platform", "编号")
PLATFORM_NAME = Words("name", "名称")
OPERATOR = Words("operator", "平台运营单位")
LEAD_UNIT = Words("lead unit", "牵头单位")
DISTRICT = Words("district", "所在区")
FIELD = Words("field", "领域")
TERM = Words("term", "期次")
YEAR = Words("year", "年")
STAGE = Words("stage", "阶段")
SINCE = Words("since", "进入本环节日期")
UNTIL = Words("until", "截止日期")
VALID_UNTIL = Words("valid until", "有效期至")
LIST_NUMBER = Words("list number", "名单批次")
CERTIFICATE = Words("certificate", "证书编号")
DECISION_ID = Words("decision id", "决定编号")
ASSESSMENTS = Words("assessments", "年度考核")
NO_PLATFORMS = Words("No platforms found.", "没有符合条件的平台。")
NOTHING_CHANGED = Words("nothing has changed", "未作任何改变")
OVERDUE = Words("OVERDUE", "【逾期】")

_NO_OTHER_WAY = frozenset({*HappeningOutcome, *SoleOutcome}) - {HappeningOutcome.BROKEN_OFF}
"""Outcomes that say no more than what was decided or happened, because there is no other."""


def stage(value: str) -> str:
    """A stage of a platform or an assessment."""
    return word(value, Stage, AssessmentStage)


def stage_led_to(value: str) -> str:
    """A stage that a decision leads to; and, where the end of an assessment ends its platform, that, too."""
    ends = (
        arrow.to
        for _, trigger, arrow in PLATFORM.arrows()
        if trigger.name == Happening.ASSESSMENT_ENDED and arrow.outcome == value
    )
    platform = next(filter(None, ends), None)
    if platform is None:
        return stage(value)
    then = stage(platform)
    return say(f"{stage(value)}; the platform: {then}", f"{stage(value)}；平台：{then}")


def what(name: str) -> str:
    """A decision or a happening."""
    return word(name, Kind, Happening)


def who(role: str) -> str:
    """A role."""
    return word(role, Role)


def district(value: str) -> str:
    """A district."""
    return word(value, District)


def field(value: str) -> str:
    """A field of technology; of one that nobody has a term for, what its code says."""
    return word(value, Field, AddedField).replace("_", " ")


def joined(several: Iterable[str]) -> str:
    """Words in a row, with the comma of the language."""
    return say(listed(several))


def said(name: str, outcome: str) -> str:
    """What was decided or what happened, and with which outcome, where there is a choice."""
    if outcome in _NO_OTHER_WAY:
        return what(name)
    return f"{what(name)}{say(Words(': ', '：'))}{_outcome(name, outcome)}"


def _outcome(name: str, outcome: str) -> str:
    from workflows.decisions import MODELS  # noqa: PLC0415 - only who tells of decisions needs all their models

    if name in tuple(Kind) and "outcome" in MODELS[Kind(name)].model_fields:
        words = MODELS[Kind(name)].model_fields["outcome"].annotation
        if isinstance(words, type) and issubclass(words, StrEnum):
            return word(outcome, words)
    return word(outcome, FilingOutcome, AssessmentStage, HappeningOutcome)


def moment(at: datetime) -> str:
    """A moment, to the minute."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def until(
    due: datetime | None,
    *,
    overdue: bool = False,
    provisional: bool = False,
    today: date | None = None,
) -> str:
    """Until when, the last day included. Overdue is a word, so that it needs no colour.

    With `today` also how many working days are left until then, or have passed since.
    """
    if due is None:
        return say(OVERDUE) if overdue else ""
    day = last_day(due)
    late = Words(f"OVERDUE: was due {day}", f"【逾期】原截止 {day}")
    en, zh = when_due(due, today, provisional=provisional)
    more = Words(f" ({en})", f"（{zh}）") if en else Words("", "")
    return say(late if overdue else Words(f"until {day}", f"截止 {day}")) + say(more)


def awaited(
    awaited: Iterable[Awaited],
    due: datetime | None = None,
    *,
    overdue: bool = False,
    provisional: bool = False,
    today: date | None = None,
) -> str:
    """What is awaited, from whom, by which rule, until when; empty when nothing is."""
    named = [
        Words(
            f"{what(one.kind)} from the {who(one.role)} ({one.rule})",
            f"{who(one.role)}：{what(one.kind)}（{citation(one.rule).zh}）",
        )
        for one in awaited
    ]
    if not named:
        return ""
    when = until(due, overdue=overdue, provisional=provisional, today=today)
    return sentence(map(say, named)) + (say(Words(", ", "，")) + when if when else "")


def awaited_in(stage: str, *, overdue: bool, suspended: bool = False) -> tuple[Awaited, ...]:
    """What a stage awaits, by the lifecycle table: for a case of which only the stage is known."""
    for lifecycle in (PLATFORM, ASSESSMENT):
        for step in lifecycle.steps:
            if step.stage == stage:
                return lifecycle.awaited(step.stage, overdue=overdue, suspended=suspended)
    return ()


def suspended(since: datetime | None) -> str:
    """Since when a case is suspended; empty where it is not."""
    if since is None:
        return ""
    day = beijing_date(since)
    return say(Words(f"SUSPENDED since {day}", f"【暂停】自 {day} 起"))


def has_ended(stage: str) -> bool:
    """Whether a case in this stage has come to an end."""
    return any(lifecycle.ended(stage) for lifecycle in (PLATFORM, ASSESSMENT))
