"""How a case learns of later versions of the roster: each is signed by officers of the one before. Pure.

The first version comes with the application, or with the commission's decision that asks for signatures.
Nobody can make a case forget it: what leads on from another roster is refused.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import Field

from workflows.case_changes import FactsChange
from workflows.decision import Decision
from workflows.field_labels import Label
from workflows.model import FieldError, InvalidMessage, Message, as_sent, parse
from workflows.record import LogEntry
from workflows.roster_entries import RosterRoot
from workflows.signed_roots import MOST_ROOTS, SignedRoot, chain_fault
from workflows.vocabulary import Happening
from workflows.words import Words

if TYPE_CHECKING:
    from workflows.case import Case


class RosterVersions(Message):
    """Versions of the roster, the oldest first, up to the newest. A case passes over those that it knows."""

    roots: Annotated[tuple[SignedRoot, ...], Label("versions", "版本")] = Field(
        min_length=1, max_length=MOST_ROOTS
    )


class News(NamedTuple):
    """The versions that are new to a case, or why they are none that it takes."""

    roots: tuple[SignedRoot, ...]
    fault: Words | None = None

    def content(self) -> dict[str, Any]:
        """Return what the log says of them."""
        return {"roots": [as_sent(one) for one in self.roots]}


def new_versions(
    known: RosterRoot | None, roots: Sequence[SignedRoot], *, may_be_first: bool = False
) -> News:
    """Return which versions are new to a case that knows one, or none.

    A case that knows none takes one only where the commission says so (`may_be_first`).
    """
    if known is None and not may_be_first:
        return News((), _NO_ROSTER)
    if known and any(one.root != known for one in roots if one.root.version == known.version):
        why = Words(
            f"this is another roster: its version {known.version} is not the one that the case knows",
            f"不是同一人员目录：其第 {known.version} 版与本案所知的不同",
        )
        return News((), why)
    new = tuple(one for one in roots if known is None or one.root.version > known.version)
    fault = chain_fault(new, known)
    return News((), fault) if fault else News(new)


def news_of(decision: Decision, known: RosterRoot | None) -> News:
    """Return which versions a decision brings; the first only with a change that asks for signatures."""
    if not decision.roster:
        return News(())
    asks = isinstance(decision, FactsChange) and decision.authorship is not None
    return new_versions(known, decision.roster, may_be_first=asks)


def news_in(case: "Case[Any]", raw: Any) -> News:
    """Return what a message says of the roster that is new to a case.

    Raises:
        InvalidMessage: it is no such message, or the case does not take what it says.
    """
    said = parse(RosterVersions, raw)
    news = new_versions(case.state.roster, said.roots)
    if news.fault:
        raise InvalidMessage("RosterVersions", FieldError("roots", news.fault))
    return news


def learn_roster(
    case: "Case[Any]", raw: Any, at: datetime, *, started_again: bool = False
) -> LogEntry | None:
    """Note the versions of the roster that are new to a case; return the entry, if there is one.

    A case that has ended learns nothing more, unless it was started again for a decision.

    Raises:
        InvalidMessage: as `news_in` does.
    """
    news = news_in(case, raw)
    if not news.roots or (case.ended and not started_again):
        return None
    return case.record_event(Happening.ROSTER_LEARNED, news.content(), at)


def follow_platform(case: "Case[Any]", root: RosterRoot, at: datetime) -> LogEntry | None:
    """Note the version of the roster that its platform hands on to an assessment, where it is a later one.

    Nobody's signatures stand beside it: they stand in the platform's log, with those of all versions between.
    """
    known = case.state.roster
    if known is None or root.version <= known.version:
        return None
    handed_on = News((SignedRoot(root=root, signatures=()),))
    return case.record_event(Happening.ROSTER_LEARNED, handed_on.content(), at)


_NO_ROSTER = Words(
    "this case knows no roster: it began before there was one. A change by the commission with `authorship`"
    " brings it",
    "本案未载人员目录（立案时尚未设立）：可由市科委、中关村管委会作出含 authorship 的信息变更予以载入",
)
