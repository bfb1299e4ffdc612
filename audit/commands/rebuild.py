"""`pingtai register rebuild`: the whole register from histories, into an empty database."""

from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.archive.archive_opening import Source
from audit.commands.progress_line import watching
from audit.commands.readings import opened, platforms_word, source_options
from audit.reconciling.rebuilding import Rebuilt, expect_empty, rebuild
from db.migrate import upgrade
from starter.client.register_access import open_engine, register_url
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line

LEFT_OUT = 1
"""The exit code where a platform was left out, or written with problems, or there was none."""


@click.command("rebuild")
@click.option(
    "--with-problems",
    is_flag=True,
    help="Also write the whole logs of platforms whose histories do not hold. 包括有误的平台",
)
@source_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print a line of JSON for each platform, as it comes."
)
@answering
async def rebuild_command(
    with_problems: bool, source: Source, files: tuple[Path, ...], as_json: bool
) -> None:
    """Rebuild the whole register from histories, into an empty database (DATABASE_URL). 重建登记库

    The tables are made if they are not there. What people entered into the register itself does not
    come back: substitutes and the layout. A platform whose histories do not hold is left out and named:
    exit code 1. Notices of more than 30 days ago count as told.

    \b
    Example:
      pingtai register rebuild --files /srv/pingtai/archive
      pingtai register rebuild --from archive
    """
    written = entries = wrong = left_out = 0
    async with register_url() as url:
        await upgrade(url)
    async with open_engine(patient=True) as engine:
        await expect_empty(engine)
        await note(engine, "rebuild")
        async with opened(source, files) as histories:
            with watching(say("Rebuilding …", "正在重建 …")) as told:
                async for one in rebuild(engine, histories, with_problems=with_problems):
                    written += one.written
                    entries += one.entries
                    wrong += bool(one.problems)
                    left_out += not one.written
                    told(say(f"{platforms_word(written)}", f"已重建 {written} 个平台"))
                    if as_json:
                        show_json_line(_plain(one))
                    elif one.problems or not one.written:
                        _show(one)
    if not (written or left_out):
        complain(say("there is no history here: nothing was written", "没有任何历史，未写入"))
    elif not as_json:
        mark = "✗" if wrong or left_out else "✓"
        show(
            f"{mark} "
            + say(
                f"{platforms_word(written)} with {entries} entries written"
                + (f"; {wrong} do not hold" if wrong else ""),
                f"已写入 {written} 个平台，{entries} 条记录"
                + (f"；{wrong} 个有误" if wrong else ""),
            )
        )
    if wrong or left_out or not written:
        raise click.exceptions.Exit(LEFT_OUT)


def _show(one: Rebuilt) -> None:
    done = (
        say("written as far as its logs are whole", "已写入其中完整的记录")
        if one.written
        else say("left out", "未写入")
    )
    show(f"✗ {one.platform_id} · {done}")
    for problem in one.problems:
        show("    " + say(f"{problem.where}: {problem.en}", f"{problem.where}：{problem.zh}"))


def _plain(one: Rebuilt) -> dict[str, Any]:
    return {
        "platform_id": one.platform_id,
        "written": one.written,
        "runs": one.runs,
        "entries": one.entries,
        "problems": [problem._asdict() for problem in one.problems],
    }
