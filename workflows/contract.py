"""The names that others build on: queue, workflow types and ids, activities, search attributes.

Change it only by adding (docs/architecture.md, "The contract").
"""

from temporalio.common import SearchAttributeKey

TASK_QUEUE = "pingtai"
ROSTER_TYPE = "Roster"
ROSTER_ID = "roster"
"""Of the one roster of a namespace."""
PLATFORM_TYPE = "Platform"
ASSESSMENT_TYPE = "AnnualAssessment"
NOTICES_TYPE = "NoticeDelivery"
NOTICES_ID = "pingtai:notices"
NOTICES_QUEUE = "pingtai-notices"
"""Polled only by workers that have recipients."""
SUBSCRIPTIONS_TYPE = "EventDelivery"
SUBSCRIPTIONS_ID = "pingtai:subscriptions"
SUBSCRIPTIONS_QUEUE = "pingtai-subscriptions"
ARCHIVING_TYPE = "Archiving"
ARCHIVING_ID = "pingtai:archive"
"""Of the schedule; its workflows have it with the moment behind."""
DIGESTING_TYPE = "Digesting"
DIGESTING_ID = "pingtai:digest"
"""Of the schedule, as above."""
STAMPING_TYPE = "Stamping"
STAMPING_ID = "pingtai:stamp"
"""Of the schedule, as above; only where an authority is set."""
AUDIT_QUEUE = "pingtai-audit"
ERASURE_TYPE = "Erasure"

HAND_IN = "hand_in"
WRITE_REGISTER = "write_register"
WRITE_ROSTER = "write_roster"
FIND_ROSTER = "find_roster"
FIND_ROSTER_LOG = "find_roster_log"
TELL_CASES = "tell_cases_of_roster"
READ_LOG = "read_log"
FIND_LOG = "find_log"
CLAIM_NUMBER = "claim_number"
FIND_ORIGINS = "find_origins"
FIND_SIGNALS = "find_signals"
DELIVER_NOTICES = "deliver_notices"
DELIVER_EVENTS = "deliver_events"
ARCHIVE_HISTORIES = "archive_histories"
MAKE_DIGESTS = "make_digests"
STAMP_DIGESTS = "stamp_digests"
ERASURE_STANDING = "erasure_standing"
ERASE_TERM = "erase_term"
WRITE_ERASURE = "write_erasure"
PATCH_V0_2 = "desk"
"""The patch of 0.2.0: reminders, escalations, notices of the end of validity, clocks that stop."""
PATCH_V0_4 = "true-input"
"""The patch of 0.4.0: forged state is not accepted, a decision belongs to its case and sender,
signals are judged from a queue, and what may be repeated at will has a share of the record.

A run that has it has PATCH_V0_2 as well, which is not asked for then."""
PATCH_V0_5 = "facts-change"
"""The patch of 0.5.0, asked where a run begins. A run that has it has the two before as well."""
PATCH_V0_5_LATER = "facts-change-later"
"""The same for a run of 0.4.0 that is under way: there the first was answered with no, once for all."""
ENTRIES = "entries"
"""In the memo of a case that has left, and of runs that began before 0.5.0: how many entries its log has."""
PATCH_HANDED_ON = "roster-handed-on"
"""Asked where an ended assessment is opened again for a signed setting aside: it is handed on the version of
the roster by which its platform took that, and no longer all versions since."""
PATCH_MOVE = "move-away"
"""Asked where a case, or the roster, hears that it is to leave for another Temporal."""
PATCH_OLDER = "older-entries"
"""Asked where a run hands on more than the bound: then the older entries go by reference."""
MOVE_AWAY = "move_away"
"""The signal by which `pingtai move` asks for that."""
MOVED_TO = "moved_to"
"""In the memo of a run that leaves, and fails so when it has left: the profile where the case goes on."""
CLOSE_ASSESSMENT = "platform_ended"
"""The signal by which a platform that has ended closes its open assessment; not for people."""
FOLLOW_PLATFORM = "platform_changed"
"""The signal by which a platform lets its open assessment follow a change of facts or a suspension."""

LEARN_ROSTER = "learn_roster"
"""The update, and ROSTER_NEWS the signal, by which a case is shown later versions of the roster."""
ROSTER_NEWS = "roster_news"
NOTE_YEAR_END = "assessment_ended"
"""The signal by which an assessment that has ended tells its platform, before it answers; not for people."""

STAGE = SearchAttributeKey.for_keyword("PlatformStage")
DISTRICT = SearchAttributeKey.for_keyword("PlatformDistrict")
FIELD = SearchAttributeKey.for_keyword("PlatformField")
VALID_UNTIL = SearchAttributeKey.for_datetime("PlatformValidUntil")
SEARCH_ATTRIBUTES = (STAGE, DISTRICT, FIELD, VALID_UNTIL)


def platform_workflow_id(platform_id: str) -> str:
    """The id of a platform's workflow: one for all its terms, a new run for each."""
    return f"platform:{platform_id}"


def assessment_workflow_id(platform_id: str, term: int, year: int) -> str:
    """The id of a yearly assessment; `year` counts 1, 2, 3 within the term."""
    return f"platform:{platform_id}:term-{term}:assessment-{year}"


ERASURE_PREFIX = "erasure:"
"""With which the ids of erasures begin."""


def erasure_workflow_id(platform_id: str, term: int) -> str:
    """The id of the erasure of a term."""
    return f"{ERASURE_PREFIX}{platform_id}:term-{term}"


TOO_LONG = "the log is longer than one answer: ask for what comes after an entry (`after`)"
"""How the query `log` answers of a long log; from `after` 0 on it answers in parts."""
UNCONFIRMED = "the case is being compared with the register"
"""How the queries of a term that was just started again answer for a moment."""
