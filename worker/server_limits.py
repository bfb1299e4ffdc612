"""The bounds that the local stack's Temporal keeps: said, and not left to what a release of it has by itself.

One bound of a payload is for all alike: a signal, and what a case carries to its next run. It cannot be
lower than the largest that a case may carry:

    the application                           524,288   MAX_MESSAGE_BYTES
    what the register does not have yet       700,000   MAX_RECORD_BYTES: log, receipts, plans
    more of it, by setting aside              200,000
    200 kept refusals of 3,000                600,000   400 letters of reason, of up to 6 bytes in JSON
    together                                2,024,288   and 72,864 are left for the state

What the register has of a long log goes by reference (docs/decisions/0027-older-entries-by-reference.md), and
is read back in answers of at most 1.5 MB.

So a signal may be 2 MB, and we refuse whatever exceeds 512 KiB. Of an update the server itself checks no
size, but it does of the refusal, which carries the whole update: there it would terminate the case. So the
updates that wait for a case's answer are bounded together, below that.

A history may grow to 96 MB, twice Temporal's own bound, beyond which the server terminates the case. From 4
MB on the case goes on in a new run with an empty history, as soon as its senders leave it a moment for that.
A still higher bound would not save it: a task of a hundred such signals takes longer than a task may.
"""

from workflows.model import MAX_MESSAGE_BYTES

BLOB_BYTES = 2 * 1024 * 1024
UPDATES_BYTES = 3 * MAX_MESSAGE_BYTES
"""Of all updates that wait for one case; whoever would exceed it is told to try again."""
HISTORY_BYTES = 96 * 1024 * 1024
HISTORY_EVENTS = 50 * 1024

LIMITS = (
    f"limit.blobSize.error={BLOB_BYTES}",
    # It logs what is larger than anything that we accept, with the workflow's id.
    f"limit.blobSize.warn={MAX_MESSAGE_BYTES}",
    f"history.maxInFlightUpdatePayloads={UPDATES_BYTES}",
    f"limit.historySize.error={HISTORY_BYTES}",
    f"limit.historyCount.error={HISTORY_EVENTS}",
    "history.maximumSignalsPerExecution=10000",
)
"""Dynamic configuration of the server; a cluster takes the same keys (docs/deployment.md)."""


def in_force(*settings: str) -> list[str]:
    """Return dynamic configuration, of which a later one counts where a key comes twice."""
    return list({setting.partition("=")[0]: setting for setting in settings}.values())
