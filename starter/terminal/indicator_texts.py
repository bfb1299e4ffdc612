"""Indicators in words: a row each, a column for each year, the figure beside the target."""

from collections.abc import Sequence

from db.indicator_rows import IndicatorRow
from starter.terminal.language import say, word
from workflows.exact_numbers import grouped
from workflows.vocabulary import IndicatorGroup
from workflows.words import Words

INDICATORS = Words("Indicators: figure / target", "指标情况：完成值／目标值")


def heads(rows: Sequence[IndicatorRow]) -> list[Words]:
    """Return the headings of the columns: group, indicator, and each year that has a number."""
    years = [Words(f"year {year}", f"第 {year} 年") for year in years_of(rows)]
    return [Words("group", "指标组"), Words("indicator", "指标"), *years]


def cells(rows: Sequence[IndicatorRow]) -> list[list[str]]:
    """Return a row of texts for each indicator, in the language that is spoken."""
    years = years_of(rows)
    return [
        [word(row.group, IndicatorGroup), _named(row), *(_of_year(row, year) for year in years)]
        for row in rows
    ]


def years_of(rows: Sequence[IndicatorRow]) -> list[int]:
    """Return the years of the term that have a figure or a target."""
    return sorted({year for row in rows for year in row.years})


def _named(row: IndicatorRow) -> str:
    return row.name + (say(Words(f" ({row.unit})", f"（{row.unit}）")) if row.unit else "")


def _of_year(row: IndicatorRow, year: int) -> str:
    both = [row.figures.get(year), row.targets.get(year)]
    if both == [None, None]:
        return ""
    return " / ".join("–" if one is None else grouped(one) for one in both)
