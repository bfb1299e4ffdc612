"""Indicators (指标情况, §六): which ones a case is asked about, what its plan aims at, what a year brought.

The guideline names the groups and leaves the indicators open: the commission gives a catalogue with the
policy of a case. Figures inform; people conclude.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from workflows.exact_numbers import Measure
from workflows.field_labels import Label
from workflows.model import Identifier, Message, Name
from workflows.vocabulary import IndicatorGroup
from workflows.words import Words, listed_zh


class Indicator(Message):
    """One indicator of the catalogue."""

    id: Annotated[Identifier, Label("indicator", "指标编号")]
    name: Annotated[Name, Label("name", "指标名称")]
    unit: Annotated[Name | None, Label("unit", "单位")] = None
    group: Annotated[IndicatorGroup, Label("group", "指标组", "§六")]


class Target(Message):
    """What a plan aims at: the value of an indicator in a year of the term."""

    indicator: Annotated[Identifier, Label("indicator", "指标编号")]
    year: Annotated[int, Label("year", "年度")] = Field(ge=1, le=10)
    value: Annotated[Measure, Label("value", "目标值")]


class PlanIndicators(Message):
    """The indicators of a plan."""

    targets: Annotated[
        tuple[Target, ...],
        Label(
            "targets",
            "指标目标",
            "§六",
            help=Words("Of each indicator by year of the term.", "各项指标按年度列出。"),
        ),
    ] = Field(default=(), max_length=500)


def unknown_indicators(named: Iterable[str], catalogue: Iterable[Indicator]) -> list[str]:
    """Return which of the indicators that are named the catalogue does not have."""
    known = {one.id for one in catalogue}
    return [name for name in dict.fromkeys(named) if name not in known]


def target_problem(given: "PlanIndicators | None", catalogue: Iterable[Indicator]) -> Words | None:
    """Return why the targets of a plan do not fit the catalogue of its case; None when they do."""
    targets = given.targets if given else ()
    unknown = unknown_indicators((one.indicator for one in targets), catalogue)
    if unknown:
        return Words(
            f"targets of indicators that the policy of the case does not have: {', '.join(unknown)}",
            f"指标目标所列指标不在本案指标目录内：{listed_zh(unknown)}",
        )
    places = [(one.indicator, one.year) for one in targets]
    twice = next((one for one in places if places.count(one) > 1), None)
    if twice:
        return Words(
            f"the target of {twice[0]} for year {twice[1]} stands twice",
            f"指标 {twice[0]} 第 {twice[1]} 年的目标重复",
        )
    return None
