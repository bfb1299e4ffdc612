"""What `pingtai recover` shows: which terms it found, and what became of each."""

from collections.abc import Sequence
from typing import Any

from audit.recovering.from_histories import TakenOver
from audit.recovering.lost_terms import OpenTerm, Standing
from audit.recovering.recovery_sender import Outcome, Recovered
from starter.terminal.language import say
from starter.terminal.screen import ALWAYS, Column, show, show_json_line, table_of
from starter.terminal.wording import stage
from workflows.lifecycle import PLATFORM
from workflows.words import Words, counted

_STANDINGS = {
    Standing.LOST: Words("lost, goes on from its log", "已丢失，可据记录接续"),
    Standing.LIVES: Words("nothing to do", "无需处理"),
    Standing.BEHIND: Words("left, goes on with --end-older", "未处理，可用 --end-older 接续"),
    Standing.DIFFERS: Words("left", "未处理"),
    Standing.AHEAD: Words("left", "未处理"),
    Standing.BROKEN: Words("left", "未处理"),
    Standing.BLOCKED: Words("left", "未处理"),
    Standing.UNKNOWN: Words("left", "未处理"),
}
_IS_ENDED = Words("is ended there, goes on from its log", "结束该流程，据记录接续")
_STAYS = Words("left, is ended with --end-older", "未处理，可用 --end-older 结束该流程")
_ENDS = Words("is ended there", "结束该流程")
_OLDER_ROSTER = Words("it runs with an older log", "运行中的流程记录较旧")
_OUTCOMES = {
    Outcome.GOES_ON: Words("goes on", "已接续"),
    Outcome.REFUSED: Words("left", "未接续"),
    Outcome.ALREADY: Words("runs already", "已在运行"),
    Outcome.ENDED: Words(
        "ended at Temporal: its term has ended", "该期已结束，已在 Temporal 中结束其流程"
    ),
    Outcome.STARTED: Words("started; no worker has answered yet", "已启动，尚无工作进程应答"),
}


def _columns(*, end_older: bool) -> tuple[Column[OpenTerm], ...]:
    def found(one: OpenTerm) -> str:
        return say(_found(one, end_older=end_older))

    return (*_COLUMNS, Column(Words("found", "情况"), found, ALWAYS))


_COLUMNS: tuple[Column[OpenTerm], ...] = (
    Column(Words("platform", "平台"), lambda one: one.case.platform_id, ALWAYS),
    Column(Words("term", "期次"), lambda one: one.case.term),
    Column(Words("stage", "环节"), lambda one: stage(one.stage) if one.stage else "", ALWAYS),
    Column(Words("entries", "条数"), lambda one: one.entries or ""),
    Column(Words("year", "考核年度"), lambda one: one.year.year if one.year else ""),
)


def show_terms(found: Sequence[OpenTerm], *, end_older: bool, as_json: bool) -> None:
    """Show open terms: those that are lost or left, and how many are well."""
    if as_json:
        for one in found:
            show_json_line(_plain(one))
        return
    odd = [one for one in found if one.standing is not Standing.LIVES]
    if odd:
        show(table_of(odd, _columns(end_older=end_older)))
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


def show_roster(standing: Standing, *, end_older: bool, as_json: bool) -> None:
    """Show how the roster stands, where it does not simply run."""
    if as_json:
        show_json_line({"roster": str(standing)})
        return
    words = _STANDINGS[standing]
    if standing is Standing.BEHIND:
        words = _because(_IS_ENDED if end_older else words, _OLDER_ROSTER)
    show(Words(f"The roster: {words.en}", f"人员目录：{words.zh}"))


def show_recovered(name: str, found: Recovered, *, as_json: bool) -> bool:
    """Show what became of a platform's term, or of the roster; whether it was left."""
    left = found.outcome in (Outcome.REFUSED, Outcome.STARTED)
    if as_json:
        why = {"why": found.why._asdict()} if found.why else {}
        show_json_line({"platform_id": name, "outcome": str(found.outcome)} | why)
        return left
    words = _OUTCOMES[found.outcome]
    if found.why:
        words = _because(words, found.why)
    show(f"{'✗' if left else '✓'} {name} · {say(words)}")
    return left


def _found(one: OpenTerm, *, end_older: bool) -> Words:
    words = _STANDINGS[one.standing]
    if one.is_behind and PLATFORM.ended(one.stage):
        words = _ENDS if end_older else _STAYS
    elif one.is_behind and end_older:
        words = _IS_ENDED
    return _because(words, one.why) if one.why else words


def _because(words: Words, why: Words) -> Words:
    return Words(f"{words.en}: {why.en}", f"{words.zh}：{why.zh}")


def _plain(one: OpenTerm) -> dict[str, Any]:
    year = {"year": one.year.year} if one.year else {}
    why = {"why": one.why._asdict()} if one.why else {}
    row = {"platform_id": one.case.platform_id, "term": one.case.term, "stage": one.stage}
    return row | {"entries": one.entries, "standing": str(one.standing)} | year | why
