"""How much a case carries from run to run: who may repeat a decision does so until it is refused."""

from datetime import UTC, datetime
from typing import NamedTuple

from bench.scale.brought_in import far_off, support
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.model import parse
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.states import PlatformState
from workflows.words import Words

_MORE_THAN_FIT = 5_000


class Carried(NamedTuple):
    """Of a case that has taken all that fits of one kind."""

    entries: int
    size: int
    """Bytes of what the next run is given."""
    refused: Words


def fill() -> Carried:
    """Let the commission record support until a case refuses it; no server is asked."""
    now = datetime.now(UTC)
    form = parse(PlatformApplication, far_off("filled", now))
    case: Case[PlatformState] = open_platform(form, now)
    for number in range(_MORE_THAN_FIT):
        try:
            case.decide(support("filled", number, now), now)
        except Refused as refused:
            carried = CarriedPlatform(state=case.state, record=case.record())
            size = len(carried.model_dump_json().encode()) + len(form.model_dump_json().encode())
            return Carried(len(case.log), size, refused.words)
    raise RuntimeError(f"{_MORE_THAN_FIT} entries were not refused")
