"""`pingtai audit digest`: one number a day that stands for all logs: made, listed, exported, checked."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from audit.access_log import note
from audit.anchoring.digest_checks import broken_chain, lines_of, rewritten, wrong_leaves
from audit.anchoring.digests import (
    LARGEST_PAGE,
    Digest,
    digest_of,
    is_over,
    listed,
    make,
    make_missing,
)
from audit.anchoring.leaves import Head
from audit.anchoring.offline import unpublished
from audit.anchoring.published import exported, published
from audit.claims import UNSEALED
from audit.commands.verdicts import WRONG
from audit.report_files import write_new
from starter.client.register_access import open_engine
from starter.commands.options import DAY, json_option, today
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, show, show_json, table, write
from starter.terminal.wording import moment

digest_group = click.Group(
    "digest",
    help="One number a day stands for all logs: a Merkle root over their last hashes. 每日摘要\n\n"
    "Print it or publish it: whoever rewrites the database afterwards, even all of it, is found out.\n\n"
    "\b\nExample:\n  pingtai audit digest list\n  pingtai audit digest export -o digests.jsonl",
)


@digest_group.command("list", short_help="The digests, the newest first. 摘要列表")
@click.option("--from", "first", type=DAY, metavar="DAY", help="Of this day or later.")
@click.option("--until", "last", type=DAY, metavar="DAY", help="Of this day or before.")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=30,
    show_default=True,
    help="So many at most. 行数",
)
@json_option
@answering
async def list_command(first: date | None, last: date | None, limit: int, as_json: bool) -> None:
    """List the daily digests, the newest first. 每日摘要

    \b
    Example:
      pingtai audit digest list --from 2026-01-01
    """
    async with open_engine() as engine:
        found = await listed(engine, first=first, last=last, limit=limit)
    if as_json:
        show_json([one.model_dump(mode="json") for one in found])
    else:
        _show(found)


@digest_group.command("make", short_help="Make the digests that are missing. 生成摘要")
@click.option("--day", type=DAY, metavar="DAY", help="Only of this day, which must be over. 仅此日")
@json_option
@answering
async def make_command(day: date | None, as_json: bool) -> None:
    """Make the digests of the days that are over and have none. 生成每日摘要

    A schedule does so each night. A digest is made once: that of a day which has one stays as it is.

    \b
    Example:
      pingtai audit digest make
    """
    async with open_engine(patient=True) as engine:
        if day is not None and not await is_over(engine, day, today()):
            raise BadInput(f"{day} is not over in Beijing yet", f"北京时间 {day} 尚未结束")
        made = [await make(engine, day)] if day else await make_missing(engine, today())
    if as_json:
        show_json([one.model_dump(mode="json") for one in made])
    elif made:
        _show(made)
    else:
        complain(say("Every day that is over has its digest.", "已结束的各日均有摘要。"))


@digest_group.command("export", short_help="Digests as JSON Lines, to be published. 导出摘要")
@click.option("--from", "first", type=DAY, metavar="DAY", help="Of this day or later.")
@click.option("--until", "last", type=DAY, metavar="DAY", help="Of this day or before.")
@click.option(
    "--leaves", "day", type=DAY, metavar="DAY", help="The leaves of one day instead. 某日的叶"
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file that is not there yet. 输出文件",
)
@answering
async def export_command(
    first: date | None, last: date | None, day: date | None, output: Path | None
) -> None:
    """Write the digests down, a JSON object a line, the oldest first: to be kept elsewhere. 导出摘要

    With --leaves what one digest was made of: its day, the digest before, and the last hash of every log.
    Both are checked by `pingtai audit verify`.

    \b
    Example:
      pingtai audit digest export -o digests.jsonl
      pingtai audit digest export --leaves 2026-05-01 -o leaves.jsonl
    """
    async with open_engine(patient=True) as engine:
        if day:
            await note(engine, "digest leaves", None, str(day))
            content = (await _of(engine, day))[1]
        else:
            content = exported(await listed(engine, first=first, last=last))
    if output is None:
        write(content.decode())
    else:
        write_new(output, content)


@digest_group.command("check", short_help="Hold the register against a digest. 核对摘要")
@click.option("--day", type=DAY, metavar="DAY", help="Of this day; by default the newest. 日期")
@click.option(
    "--digests",
    "known",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Digests that were published, to hold it against. 已公布的摘要",
)
@json_option
@answering
async def check_command(day: date | None, known: Path | None, as_json: bool) -> None:
    """Check that the register still holds what a digest was made of, and that the days follow. 核对摘要

    With --digests also that the digests are those that were published: only that finds out whoever
    rewrote the digests too. What does not hold is named; exit code 1.

    \b
    Example:
      pingtai audit digest check --digests digests.jsonl
    """
    roots = published(known) if known else None
    async with open_engine(patient=True) as engine:
        found = list(await listed(engine))[::-1]
        if not found:
            raise _none(day)
        digest, content = await _of(engine, day or found[-1].day)
        head = Head(day=digest.day, previous=digest.previous)
        wrong = [
            *broken_chain(found),
            *wrong_leaves(head, digest.root, lines_of(content)),
            *[one async for one in rewritten(engine, digest, lines_of(content))],
        ]
    for one in found:
        if roots is not None and (one.day in roots or one.day == digest.day):
            wrong += unpublished(one.day, one.root, roots)
    if roots is not None:
        days = {one.day for one in found}
        wrong += [
            (f"the digest of {one} was published, and is gone", f"{one} 的摘要已公布，现已不存")
            for one in sorted(set(roots) - days)
        ]
    if as_json:
        problems = [{"en": en, "zh": zh} for en, zh in wrong]
        show_json({"holds": not wrong, "day": str(digest.day), "problems": problems})
    else:
        for en, zh in wrong:
            show(say(f"✗ {en}", f"✗ {zh}"))
        if not wrong:
            logs = f"{digest.leaves:,}"
            show(
                say(
                    f"✓ The register holds all {logs} logs of the digest of {digest.day}.",
                    f"✓ 登记库与 {digest.day} 摘要的 {logs} 份记录相符。",
                )
            )
    if wrong:
        raise click.exceptions.Exit(WRONG)


async def _of(engine: Any, day: date) -> tuple[Digest, bytes]:
    found = await digest_of(engine, day)
    if found is None:
        raise _none(day)
    return found


def _none(day: date | None) -> BadInput:
    what, zh = (f" of {day}", f"{day} 的") if day else ("", "")
    return BadInput(
        f"there is no digest{what}: `pingtai audit digest list` says which there are",
        f"没有{zh}摘要：可用 pingtai audit digest list 查看",
    )


def _show(found: Sequence[Digest]) -> None:
    if not found:
        complain(say("no digests", "没有摘要"))
        return
    columns = (
        say("day", "日期"),
        say("logs", "记录"),
        say("root", "根"),
        say("made ({})", "生成（{}）").format(say(*UNSEALED)),
    )
    rows = [(str(one.day), f"{one.leaves:,}", one.root, moment(one.made_at)) for one in found]
    show(table(columns, rows, whole=(0, 1)))
