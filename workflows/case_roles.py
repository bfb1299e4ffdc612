"""In which role each person acted in a case, by the entries of its log. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workflows.log_id import LogId
from workflows.record import EntryKind, LogEntry
from workflows.signed_form import countersigners
from workflows.states import PlatformState
from workflows.vocabulary import Role


def roles_in(entry: LogEntry) -> Iterator[tuple[str, Role]]:
    """Return who decided by an entry, and who countersigned it, in which role; by ids in lower case."""
    if entry.actor and entry.kind is not EntryKind.REFUSED:
        for person, role in (entry.actor.id, entry.actor.role), *countersigners(entry):
            yield person.casefold(), role


def roles_of_years(
    state: PlatformState, logs: Mapping[LogId, Iterable[LogEntry]]
) -> dict[str, Role]:
    """Return in which role people acted in the assessments of a term that are over.

    A platform hears so of each when it ends. `logs` may be those of all its terms.
    """
    found: dict[str, Role] = {}
    open_one = LogId(state.facts.term, state.open_assessment or 0, state.openings)
    for place in sorted(logs):
        if place.term == state.facts.term and place.year and place != open_one:
            for entry in logs[place]:
                for person, role in roles_in(entry):
                    found.setdefault(person, role)
    return found


def year_log(state: PlatformState, logs: Mapping[LogId, Sequence[LogEntry]]) -> Sequence[LogEntry]:
    """Return the log of the assessment that is open; nothing where none is, or it has not begun."""
    if state.open_assessment is None:
        return ()
    return logs.get(LogId(state.facts.term, state.open_assessment, state.openings), ())
