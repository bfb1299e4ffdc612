"""`pingtai audit reconcile`: the register against the logs against the histories."""

from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.archive.archive_opening import Source
from audit.commands.progress_line import watching
from audit.commands.readings import opened, platforms_word, source_options
from audit.commands.verdicts import NOT_CHECKED
from audit.reading.case_logs import Problem
from audit.reconciling.differences import Difference, What
from audit.reconciling.reconciling import AT_WORK, Reconciled, reconcile
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import PlatformId
from starter.errors import NoSuchPlatform
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line

DIFFERS = 1
"""The exit code where something is left that does not hold."""
_LETTERS = 80


@click.command("reconcile")
@click.argument("platforms", nargs=-1, type=PlatformId(), metavar="[PLATFORM]...")
@click.option("--repair", is_flag=True, help="Write the rows that differ anew. 修复")
@source_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print a line of JSON for each platform, as it comes."
)
@answering
async def reconcile_command(
    platforms: tuple[str, ...],
    repair: bool,
    source: Source,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Hold the register against the logs, and the logs against the histories; of all platforms, or some. 核对

    Named are: whatever does not hold in the histories themselves, with run and event; and each row of
    the register that differs, with its columns. Exit code 1 when something does. --repair writes those
    rows anew from the logs, where the histories hold; what is wrong in a history nobody can repair.
    Exit code 5: nothing was found, and something depends on a run that the server keeps no longer.

    \b
    Example:
      pingtai audit reconcile
      pingtai audit reconcile bj-riscv-soc --from archive --repair
    """
    for platform in platforms:
        platform_id(platform)
    wrong = looked = unchecked = 0
    unknown: list[str] = []
    live = source == "server" and not files
    async with open_engine(patient=True) as engine, opened(source, files) as histories:
        for each in platforms or (None,):
            where = "files" if files else source
            await note(engine, "repair" if repair else "reconcile", each, f"from {where}")
        with watching(say("Reconciling …", "正在核对 …")) as told:
            found = reconcile(
                engine, histories, platforms, repair=repair, patience=AT_WORK if live else 0
            )
            async for one in found:
                if one.unknown:
                    unknown.append(one.platform_id)
                    continue
                looked += 1
                wrong += not one.agrees
                unchecked += bool(one.not_checked)
                told(
                    say(
                        f"{platforms_word(looked)}, {wrong} with something",
                        f"已核对 {looked} 个，有误 {wrong} 个",
                    )
                )
                if as_json:
                    show_json_line(plain(one))
                else:
                    _show(one, named=bool(platforms))
    if not as_json and (looked or not unknown):
        _show_end(looked, wrong, unchecked)
    if unknown:
        named, zh = ", ".join(unknown), "、".join(unknown)
        raise NoSuchPlatform(
            f"neither the register nor the histories know {named}: look at the id",
            f"登记库与历史中均没有 {zh}：请核对编号",
        )
    if wrong:
        raise click.exceptions.Exit(DIFFERS)
    if unchecked:
        raise click.exceptions.Exit(NOT_CHECKED)


def _show(one: Reconciled, *, named: bool) -> None:
    if one.agrees and not (named or one.repaired or one.ahead or one.told_again or one.not_checked):
        return
    mark = ("?" if one.not_checked else "✓") if one.agrees else "✗"
    counted = say(
        f"histories {one.runs}, entries {one.entries}", f"历史 {one.runs} 份，记录 {one.entries} 条"
    )
    show(f"{mark} {one.platform_id} · {counted}")
    for problem in one.problems:
        show(f"    {_problem(problem)}")
    for difference in one.differences:
        done = say("repaired: ", "已修复：") if one.repaired else ""
        show(f"    {done}{difference_words(difference)}")
    for place, more in one.ahead.items():
        show(
            "    "
            + say(
                f"log {place.name}: the register is {more} entries ahead, which fit: the case goes on",
                f"记录 {place.name}：登记库多 {more} 条且衔接：案件仍在进行",
            )
        )
    for problem in one.not_checked:
        show(f"    ? {_problem(problem)}")
    for problem in one.told_again:
        show(f"    {say('note: ', '注：')}{_problem(problem)}")


def _show_end(looked: int, wrong: int, unchecked: int) -> None:
    if not looked:
        complain(say("no platforms", "没有平台"))
    elif wrong:
        show(
            say(
                f"✗ {looked} platforms, and something does not hold in {wrong}",
                f"✗ 共 {looked} 个平台，{wrong} 个有误",
            )
        )
    elif unchecked:
        show(
            say(
                f"? {looked} platforms: all that is here agrees; NOT CHECKED is something of {unchecked}",
                f"? 共 {looked} 个平台：现有内容一致；{unchecked} 个有未核验内容",
            )
        )
    else:
        show(
            say(
                f"✓ {looked} platforms: register, logs and histories agree",
                f"✓ 共 {looked} 个平台：登记库、记录与历史一致",
            )
        )


def _problem(problem: Problem) -> str:
    return say(f"{problem.where}: {problem.en}", f"{problem.where}：{problem.zh}")


def difference_words(one: Difference) -> str:
    """A difference in a sentence: the row, and how it differs."""
    row = _row(one)
    match one.what:
        case What.MISSING:
            words = say("is missing in the register", "登记库中缺失")
        case What.EXTRA:
            words = say("stands in the register, and follows from no log", "登记库中多出，没有依据")
        case What.MOVED:
            words = say(
                f"holds the entry that belongs at {one.belongs}", f"所载为第 {one.belongs} 条的内容"
            )
        case _:
            words = say("; ", "；").join(
                say(
                    f"{name} is {_short(has)}, should be {_short(should)}",
                    f"{name} 为 {_short(has)}，应为 {_short(should)}",
                )
                for name, (has, should) in (one.columns or {}).items()
            )
    where = say(f" ({one.event})", f"（{one.event}）") if one.event else ""
    return f"{row}: {words}{where}"


def _row(one: Difference) -> str:
    if one.entry:
        return f"{one.table} {one.entry}"
    return f"{one.table} {', '.join(f'{name} {value}' for name, value in one.key.items())}".strip()


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= _LETTERS else f"{words[:_LETTERS]}…"


def plain(one: Reconciled) -> dict[str, Any]:
    """What came of a platform, as plain data."""
    return {
        "platform_id": one.platform_id,
        "agrees": one.agrees,
        "runs": one.runs,
        "entries": one.entries,
        "problems": [problem._asdict() for problem in one.problems],
        "differences": [difference.model_dump(mode="json") for difference in one.differences],
        "repaired": one.repaired,
        "ahead": {place.name: more for place, more in one.ahead.items()},
        "not_checked": [problem._asdict() for problem in one.not_checked],
        "told_again": [problem._asdict() for problem in one.told_again],
    }
