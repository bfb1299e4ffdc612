"""What is odd in a decision by itself: its days, findings that contradict its outcome, a name twice."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from starter.doubts.body_doubts import lacks_organisation
from workflows.decision import Decision
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.name_comparison import name_key, same_name
from workflows.vocabulary import (
    District,
    EvaluationOutcome,
    Finding,
    IndicatorGroup,
    InspectionItem,
    InspectionOutcome,
    Kind,
    ReassessmentOutcome,
    Role,
    Word,
)
from workflows.words import Words, listed_zh

LONG_AGO = 90
"""Days after which the date of a decision is asked about."""
A_YEAR = 366

_OUTCOMES: dict[str, tuple[Word, Word]] = {
    Kind.INSPECTION: (InspectionOutcome.PASSED, InspectionOutcome.FAILED),
    Kind.EVALUATION: (EvaluationOutcome.EFFECTIVE, EvaluationOutcome.NOT_EFFECTIVE),
    Kind.REASSESSMENT: (ReassessmentOutcome.MET, ReassessmentOutcome.NOT_MET),
}
"""The outcome that no unsatisfactory finding goes with, and the one that not all satisfactory ones do."""
_OFFICES = (Role.DISTRICT, Role.COMMISSION)
_WEEKDAYS = tuple(
    map(
        Words,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    )
)
_SHORTEST = 2
"""Characters of the shortest name that an organisation has."""
_ITEMS = {str(item): item for item in (*InspectionItem, *IndicatorGroup)}


def message_doubts(
    raw: Mapping[str, Any], today: date, applied_on: date | None = None
) -> list[Words]:
    """What is to be asked about in a decision; `applied_on` is the day of its application, if known."""
    return [
        *of_day(raw, today, applied_on),
        *_of_other_days(raw),
        *_of_days_off(raw, today),
        *_of_inspectors(raw),
        *_of_organisations(raw),
        *_of_office(raw),
        *_of_findings(raw),
        *_of_panel(raw),
    ]


def of_day(raw: Mapping[str, Any], today: date, applied_on: date | None) -> Iterator[Words]:
    """Ask about a day of decision in the future, before the application, or long ago."""
    day = read_day(raw.get("decided_on"))
    if day is None or raw.get("kind") == Kind.BRINGING_IN:
        return  # a platform may be brought in as it stood long ago
    ago = (today - day).days
    if ago < 0:
        yield Words(f"{day} is in the future: today is {today}.", f"{day} 晚于今天（{today}）。")
    elif applied_on and day < applied_on:
        yield Words(
            f"{day} is before the application of {applied_on}.",
            f"{day} 早于申请日期 {applied_on}。",
        )
    elif ago > LONG_AGO:
        yield Words(f"{day} is {ago} days ago.", f"{day} 距今已 {ago} 天。")


def _of_other_days(raw: Mapping[str, Any]) -> Iterator[Words]:
    """A deadline, or a day on which support was given, that lies a year or more from the decision."""
    decided = read_day(raw.get("decided_on"))
    for field in ("mend_by", "given_on"):
        day = read_day(raw.get(field))
        if decided and day and abs((day - decided).days) > A_YEAR:
            label = label_at(MODELS[Kind(raw["kind"])], field)
            assert label, field  # noqa: S101 - each of them has one
            yield Words(
                f"{label.en} {day}: {abs((day - decided).days)} days from the date of the decision.",
                f"{label.zh} {day} 与决定日期相差 {abs((day - decided).days)} 天。",
            )


def _of_days_off(raw: Mapping[str, Any], today: date) -> Iterator[Words]:
    """Ask about a day on which offices do not work; today is no slip of the pen."""
    actor = raw.get("actor")
    if not isinstance(actor, Mapping) or actor.get("role") not in _OFFICES:
        return
    for field in ("decided_on", "given_on", "mend_by"):
        day = read_day(raw.get(field))
        if day is None or day == today or raw.get("kind") == Kind.BRINGING_IN or _works(day):
            continue
        # What an office says is a decision, also where an operator submits it.
        model = Decision if field == "decided_on" else MODELS[Kind(raw["kind"])]
        label = label_at(model, field)
        assert label, field  # noqa: S101 - each of them has one
        en, zh = _WEEKDAYS[day.weekday()]
        yield Words(
            f"{label.en} {day} ({en}): not a working day.", f"{label.zh} {day}（{zh}）不是工作日。"
        )


def _works(day: date) -> bool:
    """Whether offices work on a day, by the calendar of the steps."""
    from activities.working_days import is_working_day  # noqa: PLC0415 - loads the calendar

    return is_working_day(day)


def _of_inspectors(raw: Mapping[str, Any]) -> Iterator[Words]:
    """Ask about inspectors of whom no organisation is named: whether they are independent is judged by it."""
    inspectors = raw.get("inspectors")
    for one in inspectors if isinstance(inspectors, list | tuple) else ():
        if lacks_organisation(str(one)):
            yield Words(
                f"Inspector {one}: the organisation is not named.", f"核查人员“{one}”未注明单位。"
            )


def _of_organisations(raw: Mapping[str, Any]) -> Iterator[Words]:
    """Ask about organisations whose name is none: an answer to another question."""
    panel = raw.get("panel")
    bodies = [raw.get("actor"), *(panel if isinstance(panel, list | tuple) else ())]
    for name in dict.fromkeys(
        str(one.get("organisation", "")) for one in bodies if isinstance(one, Mapping)
    ):
        if name and len(name_key(name)) < _SHORTEST:
            yield Words(f"“{name}” is no organisation's name.", f"“{name}”不像单位名称，请核实。")


def _of_office(raw: Mapping[str, Any]) -> Iterator[Words]:
    """Ask about an office whose name is that of another district than the one it acts for."""
    actor = raw.get("actor")
    if not isinstance(actor, Mapping) or actor.get("role") not in _OFFICES:
        return
    name, own = str(actor.get("organisation", "")), actor.get("district")
    named = [district for district in District if district.zh in name]
    if named and own not in named:
        place = next((one.words for one in District if one == own), Role(actor["role"]).words)
        yield Words(
            f"{name} acts for {place.en}, and its name is that of {named[0].words.en}.",
            f"“{name}”以{place.zh}身份办理，而其名称属{named[0].zh}，请核实。",
        )


def read_day(day: Any) -> date | None:
    """Return a day as a message says it; None where it says none."""
    try:
        return date.fromisoformat(str(day))
    except ValueError:
        return None  # the model says what is wrong with it


def _of_findings(raw: Mapping[str, Any]) -> Iterator[Words]:
    outcomes = _OUTCOMES.get(str(raw.get("kind")))
    findings, outcome = raw.get("findings"), raw.get("outcome")
    if not outcomes or not isinstance(findings, Mapping):
        return
    good, bad = outcomes
    found = {
        str(item): one.get("finding") for item, one in findings.items() if isinstance(one, Mapping)
    }
    unsatisfactory = [
        _ITEMS[item]
        for item, one in found.items()
        if one == Finding.UNSATISFACTORY and item in _ITEMS
    ]
    if outcome == good and unsatisfactory:
        en = ", ".join(item.replace("_", " ") for item in unsatisfactory)
        zh = listed_zh(item.zh for item in unsatisfactory)
        yield Words(
            f"The outcome is “{good.replace('_', ' ')}”, but unsatisfactory: {en}.",
            f"结论为“{good.zh}”，但以下项目为“{Finding.UNSATISFACTORY.zh}”：{zh}。",
        )
    if outcome == bad and found and set(found.values()) == {Finding.SATISFACTORY}:
        yield Words(
            f"The outcome is “{bad.replace('_', ' ')}”, but all findings are satisfactory.",
            f"结论为“{bad.zh}”，但各项均为“{Finding.SATISFACTORY.zh}”。",
        )


def _of_panel(raw: Mapping[str, Any]) -> Iterator[Words]:
    """Experts of one name from different organisations: two people, or one who was counted twice."""
    panel = raw.get("panel")
    experts = [one for one in panel if isinstance(one, Mapping)] if isinstance(panel, list) else []
    for number, one in enumerate(experts):
        name = str(one.get("name", ""))
        for other in experts[:number]:
            if name and same_name(str(other.get("name", "")), name):
                both = str(other.get("organisation", "")), str(one.get("organisation", ""))
                yield Words(
                    f"Two experts are called {name} ({' and '.join(both)}): are they two people?",
                    f"专家组中有两位“{name}”（{listed_zh(both)}），请核实是否为同一人。",
                )
                break
