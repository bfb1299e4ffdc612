"""The indicators of a term (§六) as its logs and its plan have them: each year's figure beside its target."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from db.row_types import LogLine
from workflows.record import EntryKind
from workflows.vocabulary import Happening, Kind


class IndicatorRow(NamedTuple):
    """An indicator of the catalogue, by year of the term: what was reported, what the plan aims at."""

    id: str
    name: str
    unit: str
    group: str
    figures: dict[int, int | str]
    targets: dict[int, int | str]

    @property
    def years(self) -> list[int]:
        return sorted({*self.figures, *self.targets})


def indicator_rows(
    lines: Sequence[LogLine], term: int, plan: Mapping[str, Any] | None
) -> list[IndicatorRow]:
    """Return the indicators of a term, in the order of its catalogue; none where it has no catalogue.

    A report that was set aside does not count. `plan` is the one in force, as plain data.
    """
    mine = [line for line in lines if line.term == term]
    applied = next((one for one in mine if one.entry.name == Happening.APPLIED), None)
    catalogue = (applied.entry.said.get("policy") or {}).get("indicators", ()) if applied else ()
    targets = ((plan or {}).get("indicators") or {}).get("targets", ())
    reports = [
        (line.year, line.entry.said.get("indicators") or {})
        for line in mine
        if line.entry.name == Kind.SELF_REPORT
        and line.entry.kind is EntryKind.DECISION
        and line.set_aside_by is None
    ]
    return [
        IndicatorRow(
            one["id"],
            one["name"],
            one.get("unit") or "",
            one["group"],
            {year: said[one["id"]] for year, said in reports if one["id"] in said},
            {t["year"]: t["value"] for t in targets if t["indicator"] == one["id"]},
        )
        for one in catalogue
    ]
