"""`pingtai register rebuild`: rebuild the register from histories, into an empty database."""

from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.commands import WRONG
from audit.commands.audit_options import Source, json_lines_option, source_options
from audit.commands.history_source import opened
from audit.commands.progress_line import watching
from audit.erasing.erased_file import ErasedFile, read_erased
from audit.reconciling.rebuilding import Rebuilt, expect_empty, rebuild
from db.migrate import upgrade
from starter.client.register_access import open_engine, register_url
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json_line
from workflows.contract import ROSTER_ID
from workflows.words import Words, counted


@click.command("rebuild")
@click.option(
    "--with-problems",
    is_flag=True,
    help="Also write the complete logs of platforms whose histories have problems. 包括有误的平台",
)
@click.option(
    "--erased",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What is left of an erased term (`pingtai erase show -o`). Repeatable. 已删除期次所余",
)
@source_options
@json_lines_option
@answering
async def rebuild_command(
    *,
    with_problems: bool,
    erased: tuple[Path, ...],
    source: Source,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Rebuild the register from histories, into an empty database. 重建名册

    DATABASE_URL names the database; missing tables are created. What is in no history, as keys and
    subscriptions, is named at the end. Platforms whose histories have
    problems are left out and listed: exit code 1. Notices older than 30 days are not sent again.

    \b
    Example:
      pingtai register rebuild --files /srv/pingtai/archive
      pingtai register rebuild --from archive --erased erased.json
    """
    left = [_read_left(path) for path in erased]
    written = entries = wrong = left_out = roster = 0
    async with register_url() as url:
        await upgrade(url)
    async with open_engine(patient=True) as engine:
        await expect_empty(engine)
        await note(engine, "rebuild")
        async with opened(source, files) as histories:
            with watching(Words("Rebuilding …", "正在重建 …")) as step:
                async for one in rebuild(
                    engine, histories, with_problems=with_problems, erased=left
                ):
                    written += one.written
                    roster += one.written and one.platform_id == ROSTER_ID
                    entries += one.entries
                    wrong += bool(one.problems)
                    left_out += not one.written
                    step(Words(counted(written, "platform"), f"已重建 {written} 个平台"))
                    if as_json:
                        show_json_line(_plain(one))
                    elif one.problems or not one.written:
                        _show(one)
    if not (written or left_out):
        complain(Words("No history here: nothing was written.", "没有任何历史，未写入"))
    elif not as_json:
        mark = "✗" if wrong or left_out else "✓"
        en, zh = (f"; {wrong} with problems", f"；{wrong} 个有误") if wrong else ("", "")
        also = Words(" and the roster", "和人员目录") if roster else Words.same("")
        words = Words(
            f"{mark} {counted(written - roster, 'platform')}{also.en} with {entries} entries written{en}",
            f"{mark} 已写入 {written - roster} 个平台{also.zh}，{entries} 条记录{zh}",
        )
        show(words)
    if written and not as_json:
        complain(_NOT_HERE)
    if wrong or left_out or not written:
        raise click.exceptions.Exit(WRONG)


def _read_left(path: Path) -> ErasedFile:
    found = read_erased(path.read_bytes())
    if found is None:
        raise BadInput(
            f"{path} is not what `pingtai erase show -o` writes",
            f"{path} 不是 `pingtai erase show -o` 写出的文件",
        )
    return found


_NOT_HERE = Words(
    "Not in the histories, and not restored: keys, subscriptions, substitutes, plaques, the layout, decisions"
    " that waited for a second signature, digests and their stamps, who read what, and an archive in"
    " PostgreSQL. They are in backups: docs/deployment.md, Runbook. Notices of the last 30 days are sent again,"
    " with the same ids.",
    "以下内容不在历史中，未予恢复：接口密钥、订阅、委托代理、牌子台账、建设布局、待会签的决定、每日摘要及其时间戳、"
    "查阅记录，以及存于 PostgreSQL 的归档。备份中有：见 docs/deployment.zh.md“恢复手册”。"
    "最近 30 日的通知将以原编号再次发送。",
)
_WRITTEN = Words("only whole logs written", "已写入其中完整的记录")
_LEFT_OUT = Words("left out", "未写入")


def _show(one: Rebuilt) -> None:
    show(f"✗ {one.platform_id} · {say(_WRITTEN if one.written else _LEFT_OUT)}")
    for problem in one.problems:
        show(f"    {say(problem.line)}")


def _plain(one: Rebuilt) -> dict[str, Any]:
    return {
        "platform_id": one.platform_id,
        "written": one.written,
        "runs": one.runs,
        "entries": one.entries,
        "problems": [problem.plain() for problem in one.problems],
    }
