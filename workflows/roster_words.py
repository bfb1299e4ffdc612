"""The words of the roster: its stages, its decisions and their outcomes."""

from workflows.vocabulary import Word
from workflows.words import Words

RULE = "docs/roster.md"
"""Where the roster's rules stand: the guideline does not know it."""
ROSTER = Words("roster", "人员目录")


class RosterStage(Word):
    """Where the roster stands."""

    UNSET = "unset", "未设立", RULE
    IN_FORCE = "in_force", "已生效", RULE
    CONFIRMATION = "confirmation", "待第二人确认", RULE


class RosterKind(Word):
    """The kinds of decision on the roster."""

    CHANGE = "roster_change", "人员目录变更", RULE
    CONFIRMATION = "roster_confirmation", "人员目录变更确认", RULE


class RosterOutcome(Word):
    """What a decision on the roster comes to; of a change, its signatures say that."""

    IN_FORCE = "in_force", "已生效", RULE
    WAITING = "waiting", "待确认", RULE
    CONFIRMED = "confirmed", "已确认", RULE
    SIGNED = "signed", "已签名", RULE
    REJECTED = "rejected", "不予确认", RULE
