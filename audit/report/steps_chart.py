"""The steps of a case, one below the other: from when to when, when due, and how each ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from audit.report.drawing import Drawing, Scale, wide
from audit.report.term_chart import WIDTH, draw_suspended, kind_of
from audit.report.visits import Visit
from starter.terminal import wording
from starter.terminal.language import say
from workflows.periods import beijing_date, last_day
from workflows.vocabulary import Kind, Stage
from workflows.words import counted

_LEFT, _RIGHT, _ROW, _TOP = 104, 440, 19, 6
_LETTERS = 266


def steps_chart(
    stays: Sequence[Visit], now: datetime, title: str, broken_off: datetime | None = None
) -> Markup:
    """The drawing of the steps that led somewhere; years of validity are no step.

    Nor is the first of a platform that was brought in: it was gone through elsewhere.
    """
    steps = [v for v in stays if v.stage != Stage.VALID and not _elsewhere(v)]
    if not steps:
        return Markup("")
    now = broken_off or now
    last = max([v.until or now for v in steps] + [v.due for v in steps if v.due])
    first = steps[0].since
    margin = max((last - first) / 40, timedelta(hours=12))
    scale = Scale(first - margin / 2, last + margin, _LEFT, _RIGHT)
    bottom = _TOP + _ROW * len(steps)
    drawing = Drawing(WIDTH, bottom + 17, title)
    for x, day in scale.ticks(7):
        drawing.line(x, _TOP - 2, x, bottom, "month")
        drawing.text(x, bottom + 12, f"{day.year}-{day.month:02}", "tick", "middle")
    for number, visit in enumerate(steps):
        _row(drawing, scale, visit, _TOP + _ROW * number, (now, broken_off is None))
    drawing.line(_LEFT, bottom, _RIGHT, bottom, "axis")
    return drawing.done()


def _elsewhere(visit: Visit) -> bool:
    by = visit.ended_by
    return visit.until == visit.since and by is not None and by.name == Kind.BRINGING_IN


def _row(drawing: Drawing, scale: Scale, visit: Visit, y: float, at: tuple[datetime, bool]) -> None:
    now, open_still = at
    x, end = scale.at(visit.since), scale.at(visit.until or now)
    drawing.text(_LEFT - 8, y + 12, wording.stage(visit.stage), "lane", "end")
    drawing.rectangle(x, y + 3, (end - x, 12), kind_of(visit))
    late = visit.late(now)
    if late:
        start, until = (scale.at(one) for one in late)
        drawing.rectangle(start, y + 3, (until - start, 12), "late")
    draw_suspended(drawing, scale, visit, (y + 3, 12), now)
    if visit.due:
        due = scale.at(visit.due)
        drawing.line(due, y + 1, due, y + 17, "due")
        drawing.shape([(due - 3, y), (due + 3, y), (due, y + 4)], "flag", _due(visit.due))
    words = _short(_ending(visit, open_still) + _still(visit, now), 9)
    drawing.text(_RIGHT + 10, y + 12, words, "fallen" if visit.fell else "ending")


def _due(due: datetime) -> str:
    return say(f"due {last_day(due)}", f"截止 {last_day(due)}")


def _ending(visit: Visit, open_still: bool) -> str:
    entry = visit.ended_by
    if entry is None:
        words = say("open", "进行中") if open_still else say("broken off", "中断")
        return words + (f" · {_due(visit.due)}" if visit.due else "")
    words = f"{beijing_date(entry.at)} {wording.said(entry.name, entry.outcome)}"
    if entry.actor:
        words += f" · {entry.actor.id}"
    return f"✕ {words}" if visit.fell else words


def _still(visit: Visit, now: datetime) -> str:
    """How many days of a stay are no time of its step."""
    if not visit.suspended:
        return ""
    days = round(visit.still(now) / timedelta(days=1))
    return say(f" · suspended {counted(days, 'day')}", f" · 其间暂停 {days} 日")


def _short(words: str, size: float) -> str:
    """Words that fit beside the drawing."""
    if wide(words, size) <= _LETTERS:
        return words
    while words and wide(words + "…", size) > _LETTERS:
        words = words[:-1]
    return words + "…"
