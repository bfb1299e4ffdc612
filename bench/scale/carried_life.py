"""How much a case carries from run to run: who may repeat a decision does so until it is refused."""

from datetime import UTC, datetime
from typing import NamedTuple

from bench.scale.brought_in import far_off, support
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.model import instant, parse
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.states import PlatformState
from workflows.vocabulary import Happening
from workflows.words import Words

MANY = 5_000


class Carried(NamedTuple):
    """Of a case that has taken all that fits of one kind."""

    entries: int
    size: int
    """Bytes of what the next run is given."""
    refused: Words
    many_size: int
    """Bytes of `MANY` entries of the clock: nothing refuses those."""


def fill() -> Carried:
    """Let the commission record support until a case refuses it; no server is asked."""
    now = datetime.now(UTC)
    form = parse(PlatformApplication, far_off("filled", now))
    case: Case[PlatformState] = open_platform(form, now)
    for number in range(MANY):
        try:
            case.decide(support("filled", number, now), now)
        except Refused as refused:
            entries, size = len(case.log), _size(case, form)
            return Carried(entries, size, refused.words, _size(_of_the_clock(form, now), form))
    raise RuntimeError(f"{MANY} entries were not refused")


def _of_the_clock(form: PlatformApplication, now: datetime) -> Case[PlatformState]:
    case: Case[PlatformState] = open_platform(form, now)
    for _ in range(MANY):
        case.record_event(Happening.ESCALATED, {"due": instant(now)}, now)
    return case


def _size(case: Case[PlatformState], form: PlatformApplication) -> int:
    carried = CarriedPlatform(state=case.state, record=case.record())
    return len(carried.model_dump_json().encode()) + len(form.model_dump_json().encode())
