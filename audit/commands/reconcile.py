"""`pingtai audit reconcile`: compare the register, the logs and the histories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from time import monotonic
from typing import Any

import click

from audit.access_log import note
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.audit_options import Source, json_lines_option, source_options
from audit.commands.history_platform import HistoryPlatform
from audit.commands.history_source import opened
from audit.commands.progress_line import watching
from audit.reconciling.differences import Difference, difference_words, of_count
from audit.reconciling.reconciling import AT_WORK, Reconciled, reconcile
from audit.reconciling.reconciling_roster import reconcile_roster
from db.kept_counts import check_counts
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line
from workflows.words import Words, counted, listed_zh


@click.command("reconcile")
@click.argument("platforms", nargs=-1, type=HistoryPlatform(), metavar="[PLATFORM]...")
@click.option("--repair", is_flag=True, help="Rewrite the rows that differ. 修复")
@click.option(
    "--remove-entries",
    "removes",
    is_flag=True,
    help="With --repair: also remove entries that go on from a log, and that its case lacks."
    " 一并删除流程所缺的条目",
)
@source_options
@json_lines_option
@answering
async def reconcile_command(
    *,
    platforms: tuple[str, ...],
    repair: bool,
    removes: bool,
    source: Source,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Compare the register with the logs, and the logs with the histories. 核对

    Of all platforms and the roster, or of the platforms named. Lists each problem in the histories, with
    run and event, and each row of the register that differs, with its columns: exit code 1. --repair
    rewrites those rows from the logs if the histories have no problem; a history cannot be repaired. Entries
    that go on from the log of a running case, and that it lacks, stay: Temporal's data may be an older copy,
    and `pingtai recover --end-older` needs them. Exit
    code 5: no problem was found, but something could not be checked, because the server no longer keeps
    a run.

    \b
    Example:
      pingtai audit reconcile
      pingtai audit reconcile bj-riscv-soc --from archive --repair
    """
    for platform in platforms:
        platform_id(platform)
    if removes and not repair:
        raise BadInput(
            "--remove-entries is of use with --repair alone: add --repair, or leave it out",
            "--remove-entries 须与 --repair 同用：请加上 --repair，或将其去掉",
        )
    done = _Tally(as_json, named=bool(platforms))
    began = monotonic()
    live = source == "server" and not files
    patience = AT_WORK if live else 0
    async with open_engine(patient=True) as engine, opened(source, files) as histories:
        for each in platforms or (None,):
            where = "files" if files else source
            await note(engine, "repair" if repair else "reconcile", each, f"from {where}")
        if not platforms:  # before the cases: they are held against its versions
            roster = await reconcile_roster(engine, histories, repair=repair, patience=patience)
            done.take_roster(roster)
        with watching(Words("Reconciling …", "正在核对 …")) as step:
            async for one in reconcile(
                engine, histories, platforms, repair=repair, patience=patience, removes=removes
            ):
                done.take(one)
                rate = _rate(done.looked, done.runs, monotonic() - began)
                en = f"{counted(done.looked, 'platform')}, {done.wrong} with problems; {rate.en}"
                step(Words(en, f"已核对 {done.looked} 个，有误 {done.wrong} 个；{rate.zh}"))
        counts = [] if platforms else await check_counts(engine, repair=repair)
    if counts:
        _show_counts([of_count(one) for one in counts], repaired=repair, as_json=as_json)
    miscounted = bool(counts) and not repair
    if not as_json and (done.looked or not done.unknown):
        (show if done.looked else complain)(_end(done, miscounted=miscounted))
        if done.looked and not platforms:
            show(_rate(done.looked, done.runs, monotonic() - began))
    if done.lost and live:
        complain(_PERHAPS_ARCHIVED)
    if done.unknown:
        raise NoSuchPlatform(
            f"Neither the register nor the histories have {', '.join(done.unknown)}: check the id.",
            f"名册与历史中均没有 {listed_zh(done.unknown)}：请核对编号",
        )
    if done.wrong or done.wrong_roster or miscounted:
        raise click.exceptions.Exit(WRONG)
    if done.unchecked:
        raise click.exceptions.Exit(NOT_CHECKED)


@dataclass
class _Tally:
    """What was reconciled: shown one by one, and counted."""

    as_json: bool
    named: bool
    looked: int = 0
    runs: int = 0
    wrong: int = 0
    unchecked: int = 0
    lost: int = 0
    """Of so many the register has a log that no history has."""
    wrong_roster: bool = False
    unknown: list[str] = field(default_factory=list)

    def take(self, one: Reconciled) -> None:
        if one.unknown:
            self.unknown.append(one.platform_id)
            return
        self.looked += 1
        self.runs += one.runs
        self.wrong += not one.agrees
        self.unchecked += bool(one.not_checked)
        self.lost += bool(one.unproved)
        self._show(one)

    def take_roster(self, one: Reconciled | None) -> None:
        if one is None:
            return
        self.wrong_roster = not one.agrees
        self.unchecked += bool(one.not_checked)
        self._show(one)

    def _show(self, one: Reconciled) -> None:
        if self.as_json:
            show_json_line(plain(one))
        else:
            _show(one, named=self.named)


def _show(one: Reconciled, *, named: bool) -> None:
    if one.agrees and not (named or one.repaired or one.ahead or one.retimed or one.not_checked):
        return
    mark = ("?" if one.not_checked else "✓") if one.agrees else "✗"
    count = Words(
        f"histories {one.runs}, entries {one.entries}", f"历史 {one.runs} 份，记录 {one.entries} 条"
    )
    show(f"{mark} {one.platform_id} · {say(count)}")
    done = say(_REPAIRED) if one.repaired else ""
    lines = [say(problem.line) for problem in one.problems]
    lines += (done + say(difference_words(difference)) for difference in one.differences)
    for place, more in one.ahead.items():
        ahead = Words(
            f"log {place.name}: the register is {counted(more, 'entry', 'entries')} ahead, after the end of"
            " these histories",
            f"记录 {place.name}：名册多 {more} 条，接于现有历史之后",
        )
        lines.append(say(ahead))
    lines += (f"? {say(problem.line)}" for problem in one.not_checked)
    lines += (say(_NOTE) + say(problem.line) for problem in one.retimed)
    show(*(f"    {line}" for line in lines))


def _show_counts(differences: Sequence[Difference], *, repaired: bool, as_json: bool) -> None:
    """Show the counts of inbox and register, which are of no one platform, that are not those of their rows."""
    if as_json:
        for table, own in groupby(differences, key=lambda one: one.table):
            rows = [difference.model_dump(mode="json") for difference in own]
            show_json_line({"table": table, "differences": rows, "repaired": repaired})
        return
    show(Words("✓ counts", "✓ 计数") if repaired else Words("✗ counts", "✗ 计数"))
    done = say(_REPAIRED) if repaired else ""
    show(*(f"    {done}{say(difference_words(difference))}" for difference in differences))


_PERHAPS_ARCHIVED = Words(
    "What is in no history here may be in the archive: pingtai audit archive --now, then pingtai audit"
    " reconcile --from archive.",
    "现有历史中没有的，归档中可能有：请先运行 pingtai audit archive --now，再运行 pingtai audit reconcile"
    " --from archive。",
)
_REPAIRED = Words("repaired: ", "已修复：")
_NOTE = Words("note: ", "注：")


def _rate(looked: int, runs: int, seconds: float) -> Words:
    """Return how fast platforms are compared, by which people reckon how long many take."""
    each = looked / max(seconds, 0.001)
    rate = f"{each:,.0f}" if each >= 10 else f"{each:.1f}"
    return Words(
        f"{counted(runs, 'history', 'histories')}; {rate} platforms a second",
        f"历史 {runs:,} 份；每秒核对 {rate} 个平台",
    )


def _end(done: _Tally, *, miscounted: bool) -> Words:
    if not done.looked:
        return Words("No platforms.", "没有平台")
    en, zh = counted(done.looked, "platform"), f"共 {done.looked} 个平台"
    if done.wrong or done.wrong_roster or miscounted:
        also = [_ROSTER] if done.wrong_roster else []
        also += [_COUNTS] if miscounted else []
        return Words(
            f"✗ {en}: {done.wrong} with problems{''.join(one.en for one in also)}",
            f"✗ {zh}，{done.wrong} 个有误{''.join(one.zh for one in also)}",
        )
    if done.unchecked:
        return Words(
            f"? {en}: all that is here agrees; NOT CHECKED: parts of {done.unchecked}",
            f"? {zh}：现有内容一致；{done.unchecked} 个有未核验内容",
        )
    return Words(f"✓ {en}: register, logs and histories agree", f"✓ {zh}：名册、记录与历史一致")


_ROSTER = Words(", and the roster", "，人员目录有误")
_COUNTS = Words(", and counts of the inbox or the register", "，待办或名册计数有误")


def plain(one: Reconciled) -> dict[str, Any]:
    return {
        "platform_id": one.platform_id,
        "agrees": one.agrees,
        "runs": one.runs,
        "entries": one.entries,
        "problems": [problem.plain() for problem in one.problems],
        "differences": [difference.model_dump(mode="json") for difference in one.differences],
        "repaired": one.repaired,
        "ahead": {place.name: more for place, more in one.ahead.items()},
        "not_checked": [problem.plain() for problem in one.not_checked],
        "told_again": [problem.plain() for problem in one.retimed],
    }
