"""Whether the states are the folds of their logs, and the plans those that the logs bind."""

from collections.abc import Iterator

from audit.dossier.check_logs import states_of
from audit.dossier.files import states_bytes
from audit.dossier.opened import Opened, plain
from audit.dossier.parts import STATES, LogPlace, plan_file
from audit.dossier.problems import Check, Problem
from workflows.model import sha256
from workflows.rules import CaseState
from workflows.state import PlatformState


def check_states(dossier: Opened) -> Iterator[Problem]:
    """Whatever the file of states says otherwise than the logs lead to."""
    folded: dict[LogPlace, CaseState] = {}
    for place, log in dossier.logs.items():
        after = states_of(log)
        if not after:
            en, zh = "it is no log of a case: it leads to no state", "不是案件记录：推不出状态"
            yield Problem(Check.STATES, place.file, en, zh)
            continue
        folded[place] = after[-1]
    told = plain(dossier.files, STATES)
    if told != plain({STATES: states_bytes(folded)}, STATES):
        wrong = ", ".join(_places(told, folded)) or STATES
        en, zh = f"not what the logs lead to: {wrong}", f"与记录推得的不符：{wrong}"
        yield Problem(Check.STATES, STATES, en, zh)


def check_plans(dossier: Opened) -> Iterator[Problem]:
    """Each plan that a log binds by its SHA-256 is there, and is that plan."""
    for place, log in dossier.logs.items():
        for entry, state in zip(log, states_of(log), strict=False):
            if place.year or "plan_sha256" not in entry.said:
                continue
            assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
            file = plan_file(place.term, state.plan_version)
            kept = plain(dossier.files, file)
            if file not in dossier.files:
                en, zh = (
                    f"missing: entry {entry.seq} binds it",
                    f"缺失：第 {entry.seq} 条载有其哈希",
                )
            elif (
                not isinstance(kept, dict) or sha256(kept.get("plan")) != entry.said["plan_sha256"]
            ):
                en = f"not the plan that entry {entry.seq} of {place.file} binds by its SHA-256"
                zh = f"不是 {place.file} 第 {entry.seq} 条以 SHA-256 载明的方案"
            else:
                continue
            yield Problem(Check.STATES, file, en, zh)


def _differing(one: CaseState, other: CaseState) -> list[str]:
    left, right = one.model_dump(mode="json"), other.model_dump(mode="json")
    return [name for name in {**left, **right} if left.get(name) != right.get(name)]


def _places(told: object, folded: dict[LogPlace, CaseState]) -> list[str]:
    """The logs whose states are told otherwise, or not at all."""
    rows = told if isinstance(told, list) else []
    return [
        place.name
        for place, state in folded.items()
        if {**place._asdict(), "state": state.model_dump(mode="json")} not in rows
    ]
