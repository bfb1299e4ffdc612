"""Whether the states are the folds of their logs, and the plans those that the logs bind."""

import json
from collections.abc import Iterator
from typing import Any

from audit.dossier.format import STATES, plan_file
from audit.dossier.opened_dossier import OpenedDossier, plain
from audit.problems import Check, Problem
from audit.reading.log_states import states_of
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.rules import CaseState
from workflows.states import AssessmentState, PlatformState
from workflows.words import Words, listed


def check_states(dossier: OpenedDossier) -> Iterator[Problem]:
    """Return whatever the file of states says that does not follow from the logs."""
    folded: dict[LogId, CaseState] = {}
    for place, log in dossier.logs.items():
        after = states_of(log)
        if after:
            folded[place] = after[-1]
        else:
            words = Words(
                "no case can have such a log: no state follows", "不是案件记录：推不出状态"
            )
            yield Problem(place.file, words, Check.STATES)
    wrong = listed(_places(plain(dossier.files, STATES), folded))
    if wrong.en:
        words = Words(f"does not follow from the logs: {wrong.en}", f"与记录推得的不符：{wrong.zh}")
        yield Problem(STATES, words, Check.STATES)


def check_plans(dossier: OpenedDossier) -> Iterator[Problem]:
    """Check that each plan that a log binds by its SHA-256 is there, and is that plan."""
    for place, log in dossier.logs.items():
        for entry, state in zip(log, states_of(log), strict=False):
            if place.year or "plan_sha256" not in entry.said:
                continue
            assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
            file = plan_file(place.term, state.plan_version)
            kept = plain(dossier.files, file)
            words = None
            if file not in dossier.files:
                words = Words(
                    f"missing: entry {entry.seq} binds it", f"缺失：第 {entry.seq} 条载有其哈希"
                )
            elif (
                not isinstance(kept, dict) or sha256(kept.get("plan")) != entry.said["plan_sha256"]
            ):
                words = Words(
                    f"not the plan that entry {entry.seq} of {place.file} binds by its SHA-256",
                    f"不是 {place.file} 第 {entry.seq} 条以 SHA-256 载明的方案",
                )
            if words:
                yield Problem(file, words, Check.STATES)


def _places(kept: object, folded: dict[LogId, CaseState]) -> list[str]:
    """The logs whose states differ, are missing, or have no log.

    What an older release did not tell is what its model fills in: a state has grown since.
    """
    if not isinstance(kept, list):
        return [STATES]
    states = {place: _state(row, place) for row in kept for place in (_place(row),)}
    if len(states) != len(kept):
        return [STATES]  # one stands there twice
    return [
        place.long_name if place else STATES
        for place in sorted({*folded, *states}, key=lambda one: one or LogId(0))
        if place is None or states.get(place) != folded.get(place)
    ]


def _place(row: object) -> LogId | None:
    given = row if isinstance(row, dict) else {}
    numbers = [given.get(name) for name in LogId._fields]
    if not all(isinstance(number, int) for number in numbers):
        return None
    return LogId(*numbers)  # type: ignore[arg-type]


def _state(row: Any, place: LogId | None) -> CaseState | None:
    if place is None:
        return None
    model: type[CaseState] = AssessmentState if place.year else PlatformState
    try:
        return model.model_validate_json(json.dumps(row.get("state")))
    except ValueError:
        return None
