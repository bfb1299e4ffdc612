"""The versions of the roster that cases knew: whether each follows the one before, and all are of one roster.

A case takes its first version as it is given; whether that is the right one only a comparison with a published
roster shows. What follows is checked here, and that all logs of a platform know the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from audit.problems import Check, Problem
from workflows.log_id import LogId
from workflows.periods import beijing_date
from workflows.record import LogEntry
from workflows.roster_entries import RosterEntry, RosterRoot
from workflows.signed_roots import SignedRoot, chain_fault, root_fault
from workflows.vocabulary import Authorship, Happening, Kind
from workflows.words import Words

Logs = Mapping[LogId, Sequence[LogEntry]]
Versions = dict[int, RosterRoot]
"""Versions of a roster by their numbers."""


def check_rosters(logs: Logs) -> Iterator[Problem]:
    """Return whatever does not hold of the versions of the roster in logs."""
    seen: Versions = {}
    last: dict[LogId, RosterRoot | None] = {}
    own: dict[int, Versions] = {}
    """Of each term those that its platform's own log says."""
    for place, log in sorted(logs.items()):
        handed_on = _handed_on(place, last) if place.year == 0 else None
        known: RosterRoot | None = None
        for entry in log:
            try:
                shown = _shown(entry)
            except ValidationError:
                words = Words("what it says of the roster cannot be read", "所载人员目录无法读取")
                yield _problem(place, entry, words)
                continue
            for one in shown:
                fault = _fault(one, known, handed_on, place)
                if place.year == 0:
                    own.setdefault(place.term, {})[one.root.version] = one.root
                elif not (fault or one.signatures):
                    platform = logs.get(LogId(place.term), ())
                    later = not platform or platform[-1].at < entry.at
                    fault = _not_handed_on(one.root, own.get(place.term, {}), later=later)
                if fault:
                    yield _problem(place, entry, fault)
                if seen.setdefault(one.root.version, one.root) != one.root:
                    yield _problem(place, entry, _other(one.root))
                known = one.root
        last[place] = known


def _not_handed_on(root: RosterRoot, own: Versions, *, later: bool) -> Words | None:
    """Return why no platform handed on a version that its assessment has without signatures.

    `later`: the platform's log was read before, and may go on; of what it knows already it cannot know another.
    """
    if own.get(root.version) == root or (later and root.version > max(own, default=0)):
        return None
    return Words(
        f"nobody signed version {root.version} of the roster, and the platform's log has none such",
        f"人员目录第 {root.version} 版无人签名，平台记录中也没有该版",
    )


def known_versions(logs: Logs) -> Versions:
    """Return the versions of the roster that logs say, the first that is said of each number."""
    found: Versions = {}
    for _, log in sorted(logs.items()):
        for entry in log:
            try:
                for one in _shown(entry):
                    found.setdefault(one.root.version, one.root)
            except ValidationError:
                continue  # said by `check_rosters`
    return found


def foreign_versions(logs: Logs, office: Mapping[int, str]) -> Iterator[Problem]:
    """Return the versions that cases knew and the office's roster has not, by the digests of its versions.

    A case takes its first version as it is given: who starts one past our clients could give it another.
    """
    for number, root in sorted(known_versions(logs).items()):
        own, given = office.get(number), root.digest()
        if own == given:
            continue
        en, zh = f"{own[:12]}…" if own else "none", f"{own[:12]}…" if own else "无"
        words = Words(
            f"the case knows a version {number} of a roster ({given[:12]}…) that is not the office's ({en}):"
            " its signatures prove nothing",
            f"本案所知人员目录第 {number} 版（{given[:12]}…）不是本单位的（{zh}）：其签名不能证明经办人",
        )
        yield Problem("roster", words, Check.SIGNATURES)


def cases_without_signatures(logs: Logs, since: datetime | None) -> Iterator[Problem]:
    """Return which terms ask for no signatures, though they began after the office's roster was set up.

    Our clients ask for them from that moment on; who starts a case past them could leave that out, and decide
    in anybody's name.
    """
    for place, log in sorted(logs.items()):
        if place.year or since is None or not log or log[0].at <= since:
            continue
        asked = [log[0].said.get("policy", {}).get("authorship")]
        asked += [one.said.get("authorship") for one in log if one.name == Kind.FACTS_CHANGE]
        if Authorship.REQUIRED not in asked:
            day = str(beijing_date(since))
            words = Words(
                f"its decisions need no signature, though the office has a roster since {day}: unless the"
                " commission chose that, or the roster could not be known when it was applied for, it was"
                " started past our clients. The commission asks for signatures:"
                " pingtai change --authorship required",
                f"本单位自 {day} 起设有人员目录，而本案的决定无须签名：如非市级决定如此，或者申请时无从得知目录"
                "，则系绕过正常途径启动。市级可要求签名：pingtai change --authorship required",
            )
            yield _problem(place, log[0], words)


def revocations(logs: Logs) -> dict[str, datetime]:
    """Return since when keys are revoked, by what any signature in logs shows of them.

    A case may have learned of a revocation later than from when it holds.
    """
    found: dict[str, datetime] = {}
    for entry in (entry for log in logs.values() for entry in log):
        for person in _people(entry):
            for key in person.keys:
                if key.revoked:
                    known = found.get(key.public, key.revoked)
                    found[key.public] = min(known, key.revoked)
    return found


def _people(entry: LogEntry) -> Iterator[RosterEntry]:
    given = entry.said.get("signatures", ())
    for one in given if isinstance(given, list | tuple) else ():
        proof = one.get("proof") if isinstance(one, dict) else None
        try:
            if proof:
                yield RosterEntry.model_validate_json(json.dumps(proof["entry"]))
        except (ValidationError, LookupError, TypeError):
            continue  # said of the signature itself


def _handed_on(place: LogId, last: Mapping[LogId, RosterRoot | None]) -> RosterRoot | None:
    return last.get(LogId(place.term - 1))


def _fault(
    one: SignedRoot, known: RosterRoot | None, handed_on: RosterRoot | None, place: LogId
) -> Words | None:
    if place.year and not one.signatures:
        return None  # what the platform knew, which is checked there
    if known is not None:
        return chain_fault([one], known)
    if one.signatures:
        return root_fault(one, None)
    # A term has what the term before knew: unsigned, for it was checked there.
    if one.root == handed_on or (handed_on is None and place.term > 1):
        return None
    return Words("nobody signed the version of the roster", "人员目录版本无人签名")


def _shown(entry: LogEntry) -> list[SignedRoot]:
    """Return the versions that an entry says, in their order."""
    said: list[Any] = []
    if entry.name == Happening.ROSTER_LEARNED:
        said = list(entry.said.get("roots", ()))
    elif entry.said.get("roster") and (entry.seq == 1 or entry.name == Happening.FACTS_CHANGED):
        said = [{"signatures": [], **entry.said["roster"]}]
    return [SignedRoot.model_validate_json(json.dumps(one)) for one in said]


def _other(root: RosterRoot) -> Words:
    return Words(
        f"version {root.version} of the roster is another here than in the platform's other entries: there are"
        " two rosters",
        f"人员目录第 {root.version} 版与本平台其他条目所载不同：存在两份人员目录",
    )


def _problem(place: LogId, entry: LogEntry, words: Words) -> Problem:
    en, zh = words
    told = Words(f"entry {entry.seq}: {en}", f"第 {entry.seq} 条：{zh}")
    return Problem(place.file, told, Check.SIGNATURES)
