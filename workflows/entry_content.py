"""What a log says of a decision: what was sent, and what the log adds to it (`ADDED_BY_LOG`). Pure."""

from collections.abc import Sequence
from typing import Any

from workflows.case_changes import FactsChange, replaced_facts
from workflows.decision import Decision
from workflows.decisions import SetAside
from workflows.record import LogEntry
from workflows.rules import CaseState
from workflows.setting_aside import affected_entries
from workflows.states import content_of


def content_to_log(decision: Decision, state: CaseState, log: Sequence[LogEntry]) -> dict[str, Any]:
    """Return what a log, whose case stands in `state`, is to say of a decision."""
    content = content_of(decision)
    content.pop("roster", None)  # noted in an entry of its own
    if isinstance(decision, FactsChange):
        content["replaced"] = replaced_facts(state.facts, content)
        if decision.authorship and state.roster:  # by which an open assessment then judges, too
            root = state.roster.model_dump(mode="json", exclude_none=True)
            content["roster"] = {"root": root}
    if isinstance(decision, SetAside):
        content["sets_aside"] = list(affected_entries(log, state, decision))
    return content
