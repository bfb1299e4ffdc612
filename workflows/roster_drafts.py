"""The version that a change would make: what its signers sign, made before anything is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.model import parse
from workflows.record import BEGINNING
from workflows.roster_decisions import RosterChange, change_of
from workflows.roster_entries import RosterRoot, root_over_leaves
from workflows.roster_log import RosterView

_NO_SIGNATURE = {"sshsig": "AAAA"}


def draft_root(
    view: RosterView, leaves: Mapping[str, str], content: dict[str, Any], at: datetime
) -> RosterRoot:
    """Return the version that a change makes of the roster as it stands.

    `leaves` are those of the entries, with what waits already; `content` is the change without its root and
    its signatures.

    Raises:
        InvalidMessage: the content is none of a change.
    """
    before = view.root.root if view.root else None
    unsigned = RosterRoot(
        version=before.version + 1 if before else 1,
        root=BEGINNING,
        leaves=1,
        entry=view.log_seq + 1,
        log_hash=view.content_hash,
        change=BEGINNING,
        at=at,
        before=before.digest() if before else None,
    )
    raw = content | {
        "root": unsigned.model_dump(mode="json", exclude_none=True),
        "signatures": [_NO_SIGNATURE],
    }
    change = parse(RosterChange, raw, "roster_change")
    made = dict(leaves) | {item.entry.id: item.entry.leaf().hex() for item in change.items}
    digests = [*(one.digest for one in view.waiting), change.content_digest]
    return unsigned.model_copy(
        update={
            "root": root_over_leaves(made),
            "leaves": len(made),
            "change": change_of(digests),
        }
    )
