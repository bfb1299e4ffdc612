"""Listed platforms for documents: as they were when they were listed, or as they are now."""

from typing import TYPE_CHECKING

from db.listing_queries import ListingRow
from db.reading import LARGEST_PAGE
from db.row_types import PlatformCard
from starter.errors import BadInput, no_such_platform
from starter.papers.list_notice import ListedPlatform
from workflows.lifecycle import LISTING_OUTCOMES
from workflows.periods import last_day
from workflows.record import EntryKind, LogEntry
from workflows.state_folding import fold
from workflows.states import PlatformState

if TYPE_CHECKING:
    from starter.desk.reach import RegisterReads


async def platforms_of_list(register: "RegisterReads", number: str) -> list[ListedPlatform]:
    """The platforms of a list by certificate, each as its log had it when it was listed.

    Raises:
        BadInput: no platform is in a list of this number.
    """
    rows: list[ListingRow] = []
    while True:
        after = rows[-1].platform_id if rows else ""
        page = await register.listings(list_number=number, after=after, limit=LARGEST_PAGE)
        rows += page
        if len(page) < LARGEST_PAGE:
            break
    if not rows:
        raise BadInput(
            f"no platform is in a list {number}. To see lists: pingtai register --stage valid",
            f"没有名单批次为 {number} 的平台。名单批次见 pingtai register --stage valid",
        )
    found = [when_listed(await _card(register, row.platform_id), row) for row in rows]
    return sorted(found, key=lambda one: (one.certificate, one.facts.platform_id))


def when_listed(card: PlatformCard, listing: ListingRow) -> ListedPlatform:
    """What was true of a platform when a listing was decided: the fold of its log until then."""
    log = _log(card, listing.term)
    deciding = [
        entry.seq
        for entry in log
        if entry.kind is not EntryKind.REFUSED
        and entry.outcome == LISTING_OUTCOMES.get(entry.name)
        and entry.said.get("certificate_number") == listing.certificate_number
    ]
    return _listed(log[: max(deciding)])


async def listed_now(register: "RegisterReads", platform_id: str, term: int) -> ListedPlatform:
    """A platform that is listed in a term, with what is true of it now."""
    return _listed(_log(await _card(register, platform_id), term))


def _listed(log: list[LogEntry]) -> ListedPlatform:
    state = fold(log)
    assert isinstance(state, PlatformState)  # noqa: S101 - a platform's own log
    assert state.listed_on and state.valid_until and state.certificate_number  # noqa: S101 - it says so
    return ListedPlatform(
        state.facts, state.certificate_number, state.listed_on, last_day(state.valid_until)
    )


def _log(card: PlatformCard, term: int) -> list[LogEntry]:
    """The platform's own log of a term."""
    entries = (line.entry for line in card.log if (line.term, line.year) == (term, 0))
    return sorted(entries, key=lambda entry: entry.seq)


async def _card(register: "RegisterReads", platform_id: str) -> PlatformCard:
    card = await register.platform(platform_id)
    if card is None:
        raise no_such_platform(platform_id)
    return card
