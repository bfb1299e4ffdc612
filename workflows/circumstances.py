"""Under which circumstances a decision is judged: when, by which edition of the rules, after whom.

Pure data: a workflow asks for the edition where its run begins, everybody else judges by the newest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from workflows.vocabulary import Role


class Edition(IntEnum):
    """The edition of what is accepted. A run keeps the one it began with, so that it replays.

    A run of 0.4.0 takes the next one earlier, with the first decision that only that one knows
    (`case_workflow.py`): a platform that is renamed does not wait for its next run.
    """

    V0_1 = 1
    """Releases 0.1.0 to 0.3.0."""
    V0_4 = 2
    """0.4.0: a decision belongs to its case and to its sender; a person has one role in a case."""
    V0_5 = 3
    """0.5.0: facts change, cases are suspended and terminated, a silent district holds nothing up."""


UNKNOWN_HOLDER = ""
"""Of a certificate number of which the register does not say to whom it belongs."""
NEWEST = Edition.V0_5


@dataclass(frozen=True)
class Circumstances:
    """What a decision is judged by, besides the state of its case."""

    at: datetime
    edition: Edition = NEWEST
    roles: Mapping[str, Role] = field(default_factory=dict)
    """In which role each person acted in this case before, by the id of the actor in lower case."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """To which platform the certificate numbers belong that were claimed for this decision."""
    answerable: tuple[str, ...] = ()
    """What a signed decision may answer: content hashes since the step began (`content_chain.py`)."""
    preview: bool = False
    """It is only asked what would become of it: what is not signed yet counts as signed."""
    sent_on: bool = False
    """The platform took it, and sent it on to the assessment that it is about."""
