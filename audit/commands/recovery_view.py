"""What `pingtai recover` shows: which terms it found, and what became of each."""

from collections.abc import Sequence
from typing import Any

from audit.recovering.from_histories import TakenOver
from audit.recovering.lost_terms import OpenTerm, Standing
from audit.recovering.recovery_sender import Outcome, Recovered
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, Column, show, show_json_line, table_of
from starter.terminal.wording import stage
from workflows.words import Words, counted

_STANDINGS = {
    Standing.LOST: Words("lost, goes on from its log", "已丢失，可据记录接续"),
    Standing.LIVES: Words("nothing to do", "无需处理"),
    Standing.BEHIND: Words("left", "未处理"),
    Standing.DIFFERS: Words("left", "未处理"),
    Standing.AHEAD: Words("left", "未处理"),
    Standing.BROKEN: Words("left", "未处理"),
    Standing.BLOCKED: Words("left", "未处理"),
    Standing.UNKNOWN: Words("left", "未处理"),
}
_OUTCOMES = {
    Outcome.GOES_ON: Words("goes on", "已接续"),
    Outcome.REFUSED: Words("left", "未接续"),
    Outcome.ALREADY: Words("runs already", "已在运行"),
    Outcome.STARTED: Words("started; no worker has answered yet", "已启动，尚无工作进程应答"),
}
_COLUMNS: tuple[Column[OpenTerm], ...] = (
    Column(Words("platform", "平台"), lambda one: one.case.platform_id, ALWAYS),
    Column(Words("term", "期次"), lambda one: one.case.term),
    Column(Words("stage", "环节"), lambda one: stage(one.stage) if one.stage else "", ALWAYS),
    Column(Words("entries", "条数"), lambda one: one.entries or ""),
    Column(Words("year", "考核年度"), lambda one: one.year.year if one.year else ""),
    Column(Words("found", "情况"), lambda one: say(_found(one)), ALWAYS),
)


def show_terms(found: Sequence[OpenTerm], *, as_json: bool) -> None:
    """Show open terms: those that are lost or left, and how many are well."""
    if as_json:
        for one in found:
            show_json_line(_plain(one))
        return
    odd = [one for one in found if one.standing is not Standing.LIVES]
    if odd:
        show(table_of(odd, _COLUMNS))
    well = len(found) - len(odd)
    if well:
        show(
            Words(
                f"{counted(well, 'term')}: nothing to do, Temporal has them or they have ended",
                f"{well} 个期次无需处理：Temporal 中仍有，或已结束",
            )
        )
    elif not found:
        show(Words("No open term in the register.", "名册中没有未结束的期次"))


def show_taken_over(taken: Sequence[TakenOver], *, as_json: bool) -> bool:
    """Show what histories brought; whether something of them was left."""
    left = False
    for one in taken:
        left = left or one.problem is not None
        if as_json:
            why = {"problem": one.problem._asdict()} if one.problem else {}
            row = {"platform_id": one.platform_id, "runs": one.runs, "entries": one.entries}
            show_json_line({"histories": row | why})
        elif one.problem:
            problem = one.problem.at(one.platform_id)
            show(Words(f"✗ {problem.en}", f"✗ {problem.zh}"))
    if not as_json:
        entries = sum(one.entries for one in taken)
        show(
            Words(
                f"{counted(len(taken), 'platform')} read, {counted(entries, 'entry', 'entries')} that the"
                " register did not have",
                f"已读取 {len(taken)} 个平台，名册所缺 {entries} 条",
            )
        )
    return left


def show_roster(*, as_json: bool) -> None:
    """Show that the roster is lost, too."""
    if as_json:
        show_json_line({"roster": str(Standing.LOST)})
    else:
        show(Words("The roster: lost, goes on from its log", "人员目录：已丢失，可据记录接续"))


def show_recovered(name: str, found: Recovered, *, as_json: bool) -> bool:
    """Show what became of a platform's term, or of the roster; whether it was left."""
    left = found.outcome in (Outcome.REFUSED, Outcome.STARTED)
    if as_json:
        why = {"why": found.why._asdict()} if found.why else {}
        show_json_line({"platform_id": name, "outcome": str(found.outcome)} | why)
        return left
    words = _OUTCOMES[found.outcome]
    if found.why:
        words = Words(f"{words.en}: {found.why.en}", f"{words.zh}：{found.why.zh}")
    show(f"{'✗' if left else '✓'} {name} · {say(words)}")
    return left


def _found(one: OpenTerm) -> Words:
    words = _STANDINGS[one.standing]
    return Words(f"{words.en}: {one.why.en}", f"{words.zh}：{one.why.zh}") if one.why else words


def _plain(one: OpenTerm) -> dict[str, Any]:
    year = {"year": one.year.year} if one.year else {}
    why = {"why": one.why._asdict()} if one.why else {}
    row = {"platform_id": one.case.platform_id, "term": one.case.term, "stage": one.stage}
    return row | {"entries": one.entries, "standing": str(one.standing)} | year | why
