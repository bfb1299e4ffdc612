"""Which entries a setting aside (撤销更正) affects, and what cannot be set aside, and why.

The guideline does not speak of it; that an authority corrects its own wrong decision on the record, and
not by rubbing it out, is what §四 and §六 presuppose when they name who decides what (rulebook, "Rules
for every decision").
"""

from collections.abc import Sequence
from datetime import datetime

from workflows.decisions import SetAside
from workflows.lifecycle import ASSESSMENT
from workflows.lifecycle_rows import SET_ASIDE
from workflows.periods import beijing_date, last_day
from workflows.record import EntryKind, LogEntry
from workflows.rules import CaseState, lifecycle_of
from workflows.state_folding import fold, set_aside_marks
from workflows.states import PlatformState
from workflows.vocabulary import AssessmentStage, Happening, Kind
from workflows.words import Words, listed

_LASTING_STAYS = Words(
    "a change of facts, a suspension or its end is not set aside: correct it by another change, or by"
    " suspending or resuming the platform",
    "信息变更、暂停和恢复不予撤销：请另作信息变更，或作暂停、恢复",
)


def objection(
    log: Sequence[LogEntry], state: CaseState, decision: SetAside, at: datetime
) -> Words | None:
    """Why a decision cannot be set aside; None when it can."""
    wrong = _not_to_be(log, state, decision)
    if wrong or state.valid_until is None or at < state.valid_until:
        return wrong
    first, _ = affected_entries(log, state, decision)
    stood = fold(log[: first - 1])
    if isinstance(stood, PlatformState) and stood.valid_until == state.valid_until:
        return None
    last = last_day(state.valid_until)
    return Words(
        f"validity ended on {last}: for the record only what ended the term before its time is set aside",
        f"有效期已于 {last} 届满：仅可对使本期提前结束的决定作记录更正",
    )


def _not_to_be(log: Sequence[LogEntry], state: CaseState, decision: SetAside) -> Words | None:
    if decision.year and isinstance(state, PlatformState):
        return _year_objection(log, decision, decision.year) or _ended_since(state, None)
    targets = _targets(log, decision)
    if len(targets) > 1:
        entries = listed(str(entry.seq) for entry in targets)
        return Words(
            f"{decision.target} was used by more than one person (entries {entries.en}): say which entry",
            f"编号 {decision.target} 有多人使用（第 {entries.zh} 条）：请用 entry 指明是哪一条",
        )
    target = targets[0] if targets else None
    if target is None:
        return Words(
            f"no decision {decision.target} was taken in this case; an application is withdrawn,"
            " not set aside",
            f"本案没有决定 {decision.target}；申请只能撤回，不能撤销更正",
        )
    return _never(state, target) or _already(log, target) or _ended_since(state, target)


def _never(state: CaseState, target: LogEntry) -> Words | None:
    """What no one sets aside."""
    name = target.decision_id
    if target.name == Kind.SET_ASIDE:
        return Words(
            f"{name} is itself a setting aside: make the decision that is pending now",
            f"{name} 本身是撤销更正：请对现待事项重新作出决定",
        )
    if lifecycle_of(state).apart(target.name):
        return Words(
            f"{name} is the operator's own to take back or to replace, until the term ends",
            f"{name} 在本期结束前由运营单位自行撤回或重新提交，不作撤销更正",
        )
    if lifecycle_of(state).lasting(target.name):
        return _LASTING_STAYS
    return None


def _already(log: Sequence[LogEntry], target: LogEntry) -> Words | None:
    by = set_aside_marks(log).get(target.seq)
    if by is None:
        return None
    return Words(
        f"{target.decision_id} was set aside already, by entry {by}",
        f"{target.decision_id} 已由第 {by} 条撤销",
    )


def affected_entries(
    log: Sequence[LogEntry], state: CaseState, decision: SetAside
) -> tuple[int, int]:
    """Return the first and the last entry that are set aside: the decision and all after it, or it alone.

    For a year that has ended it begins with the platform's note of that end. Only after `objection`.
    """
    if decision.year and isinstance(state, PlatformState):
        found = _last_of_years(log)
    else:
        found = next(iter(_targets(log, decision)), None)
    assert found, "there was an objection"  # noqa: S101
    return found.seq, found.seq if lifecycle_of(state).alone(found.name) else len(log)


def _ended_since(state: CaseState, target: LogEntry | None) -> Words | None:
    """What ended the case at any time goes first: before it is set aside nothing else can be."""
    lifecycle = lifecycle_of(state)
    ended_by = lifecycle.step(state.stage).ended_by
    if not ended_by or (target and (target.name == ended_by or lifecycle.alone(target.name))):
        return None
    kind = Kind(ended_by)
    return Words(
        f"the case ended by a {kind} since, which is possible at any time: where that was wrong as well,"
        f" set the {kind} aside first",
        f"此后已作“{kind.zh}”，而“{kind.zh}”随时可以作出：确有错误的，请先撤销该“{kind.zh}”",
    )


def _targets(log: Sequence[LogEntry], decision: SetAside) -> list[LogEntry]:
    """The decisions that have the id that is to be set aside; ids are their senders' own."""
    return [
        entry
        for entry in log
        if entry.kind is EntryKind.DECISION
        and entry.decision_id == decision.target
        and decision.entry in (None, entry.seq)
    ]


def _year_objection(log: Sequence[LogEntry], decision: SetAside, year: int) -> Words | None:
    last = _last_of_years(log)
    if last is None or last.said["year"] < year:
        return Words(f"no assessment of year {year} has ended", f"第 {year} 年考核尚未结束")
    if last.said["year"] > year:
        return Words(
            f"the assessment of year {last.said['year']} has begun since: say there what is to be said",
            f"此后第 {last.said['year']} 年考核已经开始：请在该年考核中处理",
        )
    if last.name == Happening.ASSESSMENT_OPENED:
        return Words(
            f"the assessment of year {year} is open: set its decision aside in the assessment itself",
            f"第 {year} 年考核正在进行：请在该考核中撤销更正",
        )
    if "log_hash" not in last.said or not _may_fall(last.outcome):
        return Words(
            f"the assessment of year {year} ended by no decision of its own",
            f"第 {year} 年考核并非因决定而结束",
        )
    ended_on = beijing_date(last.at)
    if decision.decided_on < ended_on:  # the assessment would refuse it, and end as it had
        return Words(
            f"decided_on {decision.decided_on} is before the assessment of year {year} ended, {ended_on}",
            f"decided_on {decision.decided_on} 早于第 {year} 年考核结束之日 {ended_on}",
        )
    return None


def _last_of_years(log: Sequence[LogEntry]) -> LogEntry | None:
    """The last note of an assessment's opening or end that still counts."""
    marks = set_aside_marks(log)
    names = (Happening.ASSESSMENT_OPENED, Happening.ASSESSMENT_ENDED)
    return next((e for e in reversed(log) if e.name in names and e.seq not in marks), None)


def _may_fall(result: str) -> bool:
    """Whether an assessment that ended so ended by a decision."""
    return SET_ASIDE in ASSESSMENT.step(AssessmentStage(result)).triggers
