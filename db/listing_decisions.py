"""The decisions that tell of a listing (§四), each with its outcome: one taken here, and one taken before."""

from collections.abc import Mapping

from workflows.bringing_in import BringingIn
from workflows.vocabulary import Kind, ListingOutcome

LISTED: Mapping[str, str] = {
    Kind.LISTING: ListingOutcome.INCLUDED,
    Kind.BRINGING_IN: BringingIn.only_outcome,
}
