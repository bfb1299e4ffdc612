"""How much a case carries from run to run: who may repeat a decision does so until it is refused."""

from datetime import UTC, datetime
from typing import NamedTuple

from bench.scale.brought_in import far_off, support
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.model import instant, parse
from workflows.older_entries import starting_with
from workflows.refusal import Refused
from workflows.run_io import CarriedPlatform
from workflows.states import PlatformState
from workflows.vocabulary import Happening
from workflows.words import Words

MANY = 5_000


class Carried(NamedTuple):
    """Of a case with `MANY` entries: all that fits of one kind of decision, and what the clock notes."""

    decisions: int
    """As many fitted."""
    refused: Words
    whole: int
    """Bytes of its state, log and receipts."""
    size: int
    """Bytes of what the next run is given instead, with the application."""


def fill() -> Carried:
    """Let the commission record support until a case refuses it; no server is asked."""
    now = datetime.now(UTC)
    form = parse(PlatformApplication, far_off("filled", now))
    case: Case[PlatformState] = open_platform(form, now)
    refused = _support(case, now)
    decisions = len(case.receipts) - 1  # the first brought the platform in
    while len(case.log) < MANY:
        case.record_event(Happening.ESCALATED, {"due": instant(now)}, now)
    _register(case)
    record = case.record()
    carried = CarriedPlatform(state=case.state, record=record, recorded=case.recorded)
    size = _size(starting_with(carried)) + len(form.model_dump_json().encode())
    return Carried(decisions, refused, _size(carried), size)


def _support(case: Case[PlatformState], now: datetime) -> Words:
    for number in range(MANY):
        _register(case)
        try:
            case.decide(support("filled", number, now), now)
        except Refused as refused:
            return refused.words
    raise RuntimeError(f"{MANY} entries were not refused")


def _register(case: Case[PlatformState]) -> None:
    """As when the register has taken all that there is."""
    case.recorded = len(case.log)
    case.plans.clear()


def _size(carried: CarriedPlatform) -> int:
    return len(carried.model_dump_json().encode())
