"""Logs of which the register has more than a case at Temporal: there an older copy of its data was restored."""

from collections.abc import Container, Iterator, Mapping, Sequence

from audit.problems import Problem
from audit.reading.case_logs import Reading
from audit.reading.check_histories import ended_as_older
from audit.reading.check_signatures import check_signatures
from audit.reading.log_states import states_of
from workflows.lifecycle import PLATFORM
from workflows.log_id import LogId
from workflows.record import LogEntry, find_chain_break
from workflows.words import Words, counted

Logs = Mapping[LogId, Sequence[LogEntry]]

_BY_ITSELF = (None, "completed", "continued")
"""How a run stands, or ends, unless somebody ends it from outside."""


def goes_on(entries: Sequence[LogEntry]) -> bool:
    """Whether entries are the log of a case: whole, and such as a case can have."""
    return not find_chain_break(entries, entries[0].previous) and bool(states_of(entries))


def newer_logs(reading: Reading, register: Logs, settled: Container[LogId]) -> dict[LogId, int]:
    """Return by how many entries the register is ahead of cases that have no more than their histories.

    Those are running ones that are `settled`, and ended from outside. Only what goes on from their logs,
    signed where it must be, is counted: anything else no case wrote.
    """
    found: dict[LogId, int] = {}
    last_runs = reading.last_runs()
    for place, log in register.items():
        known = reading.entries(place) if place in reading.logs else ()
        more = len(log) - len(known)
        last = last_runs.get(place)
        if not known or more <= 0 or last is None:
            continue
        alone = place in settled if last.open else last.ended not in _BY_ITSELF
        follows = alone and tuple(log[: len(known)]) == tuple(known) and goes_on(log)
        if follows and not any(check_signatures(place, register)):
            found[place] = more
    return found


def of_newer(reading: Reading, register: Logs, newer: Mapping[LogId, int]) -> Iterator[Problem]:
    """Say what to do about them; of a term that has ended nothing is to be done, and nothing is proven."""
    over = {place for place in newer if _has_ended(reading, register, place)}
    for place in over:
        words = ended_as_older(newer[place])
        yield Problem(f"{reading.platform_id}, log {place.name}", words, unchecked=True)
    if ahead := {place: more for place, more in newer.items() if place not in over}:
        many = counted(sum(ahead.values()), "entry", "entries")
        yield Problem(
            f"{reading.platform_id}, log {', '.join(place.name for place in ahead)}",
            Words(
                f"the register is {many} ahead of the case at Temporal: an older copy of Temporal's data runs,"
                " and only the register has what came after. `pingtai recover"
                f" {reading.platform_id} --end-older` goes on from there. --repair leaves this platform as it"
                " is; where nobody restored an older copy, --repair --remove-entries takes the rest away",
                f"名册比 Temporal 中的流程多 {sum(ahead.values())} 条：运行的是较旧的 Temporal 数据，其后的条目"
                f"仅存于名册。请运行 pingtai recover {reading.platform_id} --end-older 据以接续。--repair"
                " 不改动该平台；确未恢复过较旧副本的，用 --repair --remove-entries 删除多出的条目",
            ),
        )


def _has_ended(reading: Reading, register: Logs, place: LogId) -> bool:
    """Whether the register's log of a term has ended, and no run is open that goes on with it."""
    last = reading.last_runs().get(place)
    own = states_of(register.get(LogId(place.term), ()))
    return bool(own) and PLATFORM.ended(own[-1].stage) and not (last and last.open)
