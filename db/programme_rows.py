"""What the register answers about the programme as a whole: figures, mechanisms, the layout."""

from datetime import date

from workflows.exact_numbers import Exact
from workflows.model import Record


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


class Results(Record):
    """How the assessments that ended in a year (Beijing time) ended; year None: they are open."""

    year: int | None
    result: str
    assessments: int


class Figures(Record):
    """The programme in figures. Platforms that were never listed are in no year."""

    stages: tuple[Count, ...]
    districts: tuple[Count, ...]
    fields: tuple[Count, ...]
    years: tuple[Count, ...]
    steps: tuple[StepTime, ...]
    results: tuple[Results, ...]


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

    directions: tuple[DirectionWithPlatforms, ...]
    outside: tuple[DirectionWithPlatforms, ...]
