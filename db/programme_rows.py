"""What the register answers about the programme as a whole: figures, mechanisms, the layout."""

from collections.abc import Iterable
from datetime import date

from workflows.actors import Document
from workflows.exact_numbers import Exact
from workflows.model import Instant, Record


class Count(Record):
    """How many platforms, by their newest terms, are of a stage, a district, a field or a year."""

    word: str
    platforms: int


class StepTime(Record):
    """How many days a step took, each time that it has come to its end."""

    stage: str
    times: int
    median_days: float
    worst_days: float
    worst_platform: str
    worst_name: str | None = None
    """None: an older service, which does not say it."""


class Results(Record):
    """How the assessments that ended in a year (Beijing time) ended; year None: they are open."""

    year: int | None
    result: str
    assessments: int


class IndicatorTotal(Record):
    """What the yearly reports handed in in a year (Beijing time) add up to, by indicator and unit."""

    indicator: str
    name: str
    unit: str
    year: int
    platforms: int
    total: Exact


class Figures(Record):
    """The programme in figures. Platforms that were never listed are in no year."""

    stages: tuple[Count, ...]
    districts: tuple[Count, ...]
    fields: tuple[Count, ...]
    years: tuple[Count, ...]
    steps: tuple[StepTime, ...]
    results: tuple[Results, ...]
    indicators: tuple[IndicatorTotal, ...] = ()


class Counted(Record):
    """How many platforms state something; `average_share` of a source of funding, in percent."""

    word: str
    platforms: int
    average_share: float | None = None


class PlatformMechanisms(Record):
    """What a platform states; `year` is that of the yearly report it stands in, 0: in the plan."""

    platform_id: str
    name: str
    district: str
    field: str
    stage: str
    year: int
    legal_form: str
    independent_by: date | None
    past_date: bool
    lead_unit_funding_wan: Exact
    governance: tuple[str, ...]
    transfer: tuple[str, ...]


class Mechanisms(Record):
    """The mechanisms of the platforms that were asked for: counted, and a page of them."""

    platforms: int
    past_date: int
    average_lead_unit_funding_wan: float | None
    legal_forms: tuple[Counted, ...]
    funding: tuple[Counted, ...]
    governance: tuple[Counted, ...]
    transfer: tuple[Counted, ...]
    page: tuple[PlatformMechanisms, ...]


class Direction(Record):
    """A direction of the layout; no districts: any of them. Priority 1 comes first."""

    field: str
    direction: str
    priority: int
    districts: tuple[str, ...] = ()


class DirectionChange(Record):
    """A direction that is in two layouts, with another priority or other districts."""

    old: Direction
    new: Direction


class LayoutChange(Record):
    """What a layout changes of another."""

    added: tuple[Direction, ...]
    changed: tuple[DirectionChange, ...]
    removed: tuple[Direction, ...]
    same: int


def layout_change(old: Iterable[Direction], new: Iterable[Direction]) -> LayoutChange:
    """Compare two layouts by field and direction, in the order of the new one."""
    before = {(one.field, one.direction): one for one in old}
    after = {(one.field, one.direction): one for one in new}
    return LayoutChange(
        added=tuple(one for key, one in after.items() if key not in before),
        changed=tuple(
            DirectionChange(old=before[key], new=one)
            for key, one in after.items()
            if before.get(key, one) != one
        ),
        removed=tuple(one for key, one in before.items() if key not in after),
        same=sum(before.get(key) == one for key, one in after.items()),
    )


class LayoutVersion(Record):
    """A version of the layout: adopted on a day, by a document, agreed with districts.

    `adopted_on` None: not known, of a layout that is older than versions are. It counts from the beginning.
    """

    number: int
    adopted_on: date | None
    document: Document | None
    agreed: tuple[str, ...]
    directions: int
    imported_at: Instant
    imported_by: str


def in_force(versions: Iterable[LayoutVersion], day: date) -> LayoutVersion | None:
    """The version that is in force on a day: the last that was adopted by then."""
    adopted = [one for one in versions if one.adopted_on is None or one.adopted_on <= day]
    return max(adopted, key=lambda one: (one.adopted_on or date.min, one.number), default=None)


class Standing(Record):
    """How many platforms stand in a stage, by their newest terms, and the first of them by id."""

    stage: str
    platforms: int
    first: tuple[str, ...]


class DirectionWithPlatforms(Record):
    """A direction and the platforms in it; `direction` None: those that name none."""

    field: str
    direction: str | None
    priority: int | None
    districts: tuple[str, ...] = ()
    stages: tuple[Standing, ...] = ()


class Layout(Record):
    """The layout with its platforms, and the directions of platforms that are not in it."""

    version: LayoutVersion | None = None
    directions: tuple[DirectionWithPlatforms, ...]
    outside: tuple[DirectionWithPlatforms, ...]
