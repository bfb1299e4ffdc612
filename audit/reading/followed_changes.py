"""Whether an assessment's log and its platform's say the same of what the platform decided meanwhile.

The facts of the platform, a suspension and its end, and that it goes on without the assessment: the
assessment notes each with the number and the hash of the platform's entry (`workflows.platform_changes`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.problems import Check, Problem
from db.log_order import ASSESSMENT_ENDS
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.log_id import LogId
from workflows.platform_changes import (
    changes_after,
    changes_noted,
    closing_happening,
    noted_content,
)
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState
from workflows.states import AssessmentState, PlatformState
from workflows.vocabulary import Happening, Kind
from workflows.words import Words, listed

_CROSSING = timedelta(minutes=1)
"""What both decide at about one moment may cross: an assessment that has just ended hears nothing more."""
_CLOSED = (Happening.PLATFORM_WITHDRAWN, Happening.PLATFORM_TERMINATED)


@dataclass(frozen=True)
class FollowedLogs:
    """The log of an assessment and the platform's log that opened it, each with its states."""

    place: LogId
    """Of the assessment."""
    platform: Sequence[LogEntry]
    platform_states: Sequence[CaseState]
    opened: int
    """The number of the platform's entry that opened the assessment."""
    noted: Sequence[LogEntry]
    noted_states: Sequence[CaseState]
    until: datetime
    """Up to when the record is known to reach."""

    def check(self) -> Iterator[Problem]:
        """Return whatever one of the two says and the other does not."""
        if len(self.noted_states) < len(self.noted) or not self.noted:
            return  # no log, or none of a case: said elsewhere
        yield from self._opening()
        for entry in changes_noted(self.noted):
            yield from self._note(entry)
        yield from self._unheard()
        yield from self._closing()

    def _opening(self) -> Iterator[Problem]:
        """Check that it began with what was true of the platform."""
        begun, stood = self.noted_states[0], self.platform_states[self.opened - 1]
        names = [
            name
            for name in ("facts", "valid_until", "suspended_since")
            if getattr(begun, name) != getattr(stood, name)
        ]
        if names:
            named = listed(names)
            yield self._problem(
                f"entry 1 says other than the platform's entry {self.opened} that opened it: {named.en}",
                f"第 1 条与开始它的平台记录第 {self.opened} 条不符：{named.zh}",
            )

    def _note(self, entry: LogEntry) -> Iterator[Problem]:
        """Check that the platform's log has what the assessment noted of it."""
        word, seq = _named(entry), entry.said.get("entry")
        there = isinstance(seq, int) and 0 < seq <= len(self.platform)
        if not there or not isinstance(seq, int):
            yield self._problem(
                f"entry {entry.seq} notes “{word.en}” of the platform's entry {seq}, which its log"
                " does not have",
                f"第 {entry.seq} 条记有平台记录第 {seq} 条的“{word.zh}”，而平台记录中没有该条",
                # The platform's histories may be older than the assessment's.
                missing=not PLATFORM.ended(self.platform_states[-1].stage),
            )
            return
        of = self.platform[seq - 1]
        followed = of.kind is EntryKind.DECISION and PLATFORM.followed_as(of.name) == entry.name
        if not followed or seq <= self.opened:
            yield self._problem(
                f"entry {entry.seq} notes “{word.en}”, and the platform's entry {seq} is no such"
                f" decision of its time ({of.name})",
                f"第 {entry.seq} 条记有“{word.zh}”，而平台记录第 {seq} 条不是其间的该项决定（{of.name}）",
            )
            return
        told = noted_content(of)
        names = [name for name in {**told, **entry.said} if told.get(name) != entry.said.get(name)]
        if names:
            named = listed(names)
            yield self._problem(
                f"entry {entry.seq} (“{word.en}”) differs from the platform's entry {seq}: {named.en}",
                f"第 {entry.seq} 条（“{word.zh}”）与平台记录第 {seq} 条不符：{named.zh}",
            )

    def _unheard(self) -> Iterator[Problem]:
        """Check that it noted what the platform decided of itself while it was open."""
        known = {entry.said.get("entry") for entry in changes_noted(self.noted)}
        for entry in changes_after(self.platform, self.opened):
            if entry.seq not in known and self._is_open_from(entry.seq) and self._lived_on(entry):
                word = Kind(entry.name).words
                yield self._problem(
                    f"it never heard of the platform's entry {entry.seq} (“{word.en}”), which it had to"
                    " follow",
                    f"未记有平台记录第 {entry.seq} 条（“{word.zh}”），而该项决定应随之记入",
                )

    def _closing(self) -> Iterator[Problem]:
        """Check that it ended with its platform where that went on without it, and only there."""
        closed = [n for n, _ in enumerate(self.platform, 1) if n > self.opened]
        closed = [n for n in closed if self._is_open(n - 1) and not self._is_open(n)]
        for entry in self.noted:
            if entry.kind is EntryKind.HAPPENING and entry.name in _CLOSED:
                yield from self._closing_note(entry)
        by = self.platform[closed[-1] - 1] if closed else None
        if by is None or by.name in ASSESSMENT_ENDS or self._is_open(len(self.platform)):
            return
        if not self._has_ended() and self._lived_on(by):
            yield self._problem(
                f"it went on, although the platform goes on without it since entry {by.seq} ({by.name})",
                f"平台记录第 {by.seq} 条（{by.name}）起已不再继续该项考核，而考核仍在进行",
            )

    def _closing_note(self, entry: LogEntry) -> Iterator[Problem]:
        """Check that the platform's log closes the assessment as that says."""
        word, claimed = _named(entry), entry.said.get("closing")
        hashes = [one.hash for one in self.platform]
        if claimed is None:  # before 0.4.0 it did not say which entry
            holds = any(not self._is_open(n) for n in range(self.opened, len(hashes) + 1))
        elif claimed in hashes:
            seq = hashes.index(claimed) + 1
            holds = (
                not self._is_open(seq) and closing_happening(self.platform, claimed) == entry.name
            )
        else:
            holds = False
        if not holds:
            yield self._problem(
                f"entry {entry.seq} notes “{word.en}”, which the platform's log does not say",
                f"第 {entry.seq} 条记有“{word.zh}”，而平台记录中没有",
                missing=claimed not in hashes
                and not PLATFORM.ended(self.platform_states[-1].stage),
            )

    def _is_open(self, seq: int) -> bool:
        """Whether the platform has this assessment open after an entry of its log."""
        state = self.platform_states[seq - 1]
        return (
            isinstance(state, PlatformState)
            and not PLATFORM.ended(state.stage)
            and (state.open_assessment, state.openings) == (self.place.year, self.place.opening)
        )

    def _is_open_from(self, seq: int) -> bool:
        """Whether the platform has it open when it decides an entry, or opens it again later."""
        return any(self._is_open(n) for n in range(seq - 1, len(self.platform) + 1))

    def _has_ended(self) -> bool:
        return ASSESSMENT.ended(self.noted_states[-1].stage)

    def _broken_off(self) -> bool:
        """Whether the platform's log says that it is over, however its own log ends."""
        last = next((e for e in reversed(self.platform) if e.name in ASSESSMENT_ENDS), None)
        return last is not None and last.seq > self.opened and not self._is_open(len(self.platform))

    def _lived_on(self, entry: LogEntry) -> bool:
        """Whether it was open for long enough after an entry of the platform to have heard of it."""
        lived = self.noted[0].at
        for number, state in enumerate(self.noted_states):
            if isinstance(state, AssessmentState) and not ASSESSMENT.ended(state.stage):
                last = self.noted[-1].at if self._broken_off() else self.until
                lived = self.noted[number + 1].at if number + 1 < len(self.noted) else last
        return lived > entry.at + _CROSSING

    def _problem(self, en: str, zh: str, *, missing: bool = False) -> Problem:
        return Problem(self.place.file, Words(en, zh), Check.LINKS, missing=missing)


def _named(entry: LogEntry) -> Words:
    return next(word.words for word in Happening if word == entry.name)
