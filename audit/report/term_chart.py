"""A term on one line of time: decisions, stages, validity, assessments, what was overdue or set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from audit.dossier.lives import Life
from audit.report.drawing import Drawing, Scale, wide
from audit.report.visits import Visit, over_at, visits
from starter.terminal import wording
from starter.terminal.entry_wording import entry_words
from starter.terminal.language import say
from workflows.log_id import LogId
from workflows.periods import last_day, start_of
from workflows.record import EntryKind, LogEntry
from workflows.state_folding import set_aside_marks
from workflows.states import PlatformState
from workflows.vocabulary import AssessmentStage, Happening, Kind, Stage

WIDTH, LEFT, RIGHT = 720, 66, 712
_DECISIONS, _STAGES = 13, 25
_MENDING = (Stage.CORRECTION, Stage.IMPROVEMENT, AssessmentStage.RECTIFICATION)
_TELLING = (Happening.REMINDED, Happening.OVERDUE, Happening.ESCALATED, Happening.VALIDITY_NEARING)


@dataclass(frozen=True)
class _Lanes:
    """Where the lanes below the stages are; those without anything in them take no room."""

    validity: bool
    years: bool

    @property
    def valid(self) -> float:
        return 51

    @property
    def year(self) -> float:
        return 73 if self.validity else 51

    @property
    def told(self) -> float:
        return self.year + (44 if self.years else 6)

    @property
    def axis(self) -> float:
        return self.told + 12


def term_chart(life: Life, term: int, now: datetime) -> Markup:
    """The drawing of a term with its assessments; `now` is when the dossier was made."""
    places = [place for place in life.logs if place.term == term and life.logs[place]]
    own = life.logs[LogId(term)]
    scale = _scale(life, places, now)
    state = life.states.get(LogId(term))
    before = _held_before(own)
    lanes = _Lanes(
        validity=isinstance(state, PlatformState) and state.valid_until is not None,
        years=any(place.year for place in places) or bool(before),
    )
    title = say(f"The life of term {term}", f"第 {term} 期历程")
    drawing = Drawing(WIDTH, lanes.axis + 17, title)
    _frame(drawing, scale, lanes)
    for visit in visits(LogId(term), own, life.deadlines):
        _bar(drawing, scale, visit, (_STAGES, 20), now, words=wording.stage(visit.stage))
    if isinstance(state, PlatformState):
        _validity(drawing, scale, state, lanes.valid)
    for year, result, day in before:
        _year_before(drawing, scale.at(start_of(day)), (year, result), lanes.year)
    for place in places:
        if place.year:
            _year(drawing, scale, life, place, (lanes.year, now))
        _marks(drawing, scale, life.logs[place], place, lanes.told)
    return drawing.done()


def _scale(life: Life, places: Sequence[LogId], now: datetime) -> Scale:
    entries = [entry.at for place in places for entry in life.logs[place]]
    state = life.states.get(LogId(places[0].term))
    ends = [*entries]
    if isinstance(state, PlatformState) and state.brought_in_on and state.listed_on:
        entries.append(start_of(state.listed_on))  # its life began before its log
    if isinstance(state, PlatformState) and state.stage is Stage.VALID and state.valid_until:
        ends.append(state.valid_until)
    if _open(life, places[0].term):
        ends.append(min(now, max(ends) + timedelta(days=60)))
    first, last = min(entries), max(ends)
    margin = max((last - first) / 60, timedelta(days=2))
    return Scale(first - margin, last + margin, LEFT, RIGHT)


def _open(life: Life, term: int) -> bool:
    state = life.states.get(LogId(term))
    return state is not None and not wording.has_ended(str(state.stage))


def _frame(drawing: Drawing, scale: Scale, lanes: _Lanes) -> None:
    named = [
        (_DECISIONS + 3.0, say("decisions", "决定")),
        (_STAGES + 13.0, say("stage", "阶段")),
        (lanes.told + 3, say("notices", "提示")),
    ]
    if lanes.validity:
        named.append((lanes.valid + 9, say("validity", "有效期")))
    if lanes.years:
        named.append((lanes.year + 13, say("assessment", "年度考核")))
    for y, words in named:
        drawing.text(LEFT - 8, y, words, "lane", "end")
    for x, day in scale.ticks():
        drawing.line(x, 4, x, lanes.axis, "year" if day.month == 1 else "month")
        month = f"{day.year}" if day.month == 1 else f"{day.year}-{day.month:02}"
        drawing.text(x, lanes.axis + 11, month, "tick", "middle")
    drawing.line(LEFT, lanes.axis, RIGHT, lanes.axis, "axis")


def _bar(
    drawing: Drawing,
    scale: Scale,
    visit: Visit,
    lane: tuple[float, float],
    now: datetime,
    *,
    words: str = "",
) -> None:
    y, height = lane
    x, end = scale.at(visit.since), scale.at(visit.until or now)
    about = f"{wording.stage(visit.stage)} {wording.moment(visit.since)}"
    drawing.rectangle(x, y, (end - x, height), kind_of(visit), about)
    late = visit.late(now)
    if late:
        start, until = (scale.at(at) for at in late)
        told = say("overdue since", "逾期，自")
        drawing.rectangle(
            start, y, (until - start, height), "late", f"{told} {wording.moment(late[0])}"
        )
    draw_suspended(drawing, scale, visit, (y, height), now)
    if words and wide(words) + 6 < end - x:
        drawing.text((x + end) / 2, y + height / 2 + 3.2, words, "inside", "middle")


def draw_suspended(
    drawing: Drawing, scale: Scale, visit: Visit, lane: tuple[float, float], now: datetime
) -> None:
    """Draw over a stay when it was suspended."""
    y, height = lane
    for since, until in visit.suspended:
        start, end = scale.at(since), scale.at(until or now)
        told = say("suspended since", "暂停，自")
        drawing.rectangle(
            start, y, (end - start, height), "still", f"{told} {wording.moment(since)}"
        )


def kind_of(visit: Visit) -> str:
    if visit.fell:
        return "bar fell"
    if visit.over:
        return "bar over"
    if visit.stage == Stage.VALID:
        return "bar valid"
    return "bar mend" if visit.stage in _MENDING else "bar step"


def _validity(drawing: Drawing, scale: Scale, state: PlatformState, y: float) -> None:
    if not (state.listed_on and state.valid_until):
        return
    x, end = scale.at(start_of(state.listed_on)), scale.at(state.valid_until)
    drawing.rectangle(x, y, (end - x, 13), "bar period")
    words = f"{state.listed_on} – {last_day(state.valid_until)}"
    if wide(words, 8) + 6 < end - x:
        drawing.text((x + end) / 2, y + 9.5, words, "quiet", "middle")


def _year(
    drawing: Drawing, scale: Scale, life: Life, place: LogId, at: tuple[float, datetime]
) -> None:
    y, now = at
    broken_off = over_at(life, place)
    log, state = life.logs[place], life.states.get(place)
    for visit in visits(place, log, life.deadlines):
        _bar(drawing, scale, visit, (y, 18), broken_off or now)
    x, end = scale.at(log[0].at), scale.at(broken_off or log[-1].at)
    named = say(f"year {place.year}", f"第 {place.year} 年")
    again = say(f" ({place.opening})", f"（{place.opening}）") if place.opening > 1 else ""
    drawing.text((x + end) / 2, y + 27, named + again, "quiet", "middle")
    if state is not None:
        words = say("broken off", "中断") if broken_off else wording.stage(str(state.stage))
        drawing.text((x + end) / 2, y + 35, words, "tiny", "middle")


def _held_before(log: Sequence[LogEntry]) -> list[tuple[int, str, date]]:
    """The assessments that were held before the platform came here: year, result and day."""
    marks = set_aside_marks(log)
    told = [
        entry
        for entry in log
        if entry.name == Kind.BRINGING_IN
        and entry.kind is EntryKind.DECISION
        and entry.seq not in marks
    ]
    return [
        (one["year"], one["result"], date.fromisoformat(one["concluded_on"]))
        for entry in told[-1:]
        for one in entry.said.get("assessments", ())
    ]


def _year_before(drawing: Drawing, x: float, year: tuple[int, str], y: float) -> None:
    """An assessment of which no more is known than its day and its result: a hollow mark."""
    number, result = year
    drawing.rectangle(x - 3, y, (6, 18), "bar period", say("not held here", "非本系统考核"))
    drawing.text(x, y + 27, say(f"year {number}", f"第 {number} 年"), "quiet", "middle")
    words = f"{wording.stage(result)} · " + say("brought in", "转入")
    drawing.text(x, y + 35, words, "tiny", "middle")


def _marks(
    drawing: Drawing, scale: Scale, log: Sequence[LogEntry], place: LogId, told: float
) -> None:
    marks = set_aside_marks(log)
    for entry in log:
        x, about = (
            scale.at(entry.at),
            f"{wording.moment(entry.at)} {entry_words(entry, log=place, entries=log)}",
        )
        if entry.kind is EntryKind.REFUSED or entry.name == Kind.SET_ASIDE:
            y = _DECISIONS
            drawing.line(x - 3.2, y - 3.2, x + 3.2, y + 3.2, "cross")
            drawing.line(x - 3.2, y + 3.2, x + 3.2, y - 3.2, "cross")
        elif entry.name == Kind.SUPPORT:
            y = _DECISIONS
            drawing.shape([(x, y - 4.4), (x + 4, y), (x, y + 4.4), (x - 4, y)], "gift", about)
        elif entry.kind is EntryKind.DECISION:
            role = str(entry.actor.role) if entry.actor else ""
            fell = " fell" if entry.seq in marks else ""
            drawing.circle(x, _DECISIONS, 3.2, f"dot {role}{fell}", about)
        elif entry.name in _TELLING:
            kind = "alarm" if entry.name in (Happening.OVERDUE, Happening.ESCALATED) else "told"
            corners = [(x, told - 3.6), (x + 3.4, told + 2.8), (x - 3.4, told + 2.8)]
            drawing.shape(corners, kind, about)
