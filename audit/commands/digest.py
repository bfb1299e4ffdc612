"""`pingtai audit digest`: make, list, export and check the daily digests of all logs."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from audit.access_log import note
from audit.anchoring.digest_checks import chain_problems, leaf_problems, rewritten_logs
from audit.anchoring.digest_files import exported, publication_problems, published, roots_of
from audit.anchoring.digests import (
    Digest,
    is_over,
    known_digest,
    listed,
    make,
    make_missing,
)
from audit.anchoring.leaves import Head, lines_of
from audit.claims import UNSEALED
from audit.commands import WRONG
from audit.commands.audit_options import digests_option, output_option
from audit.evidence_files import write_new
from db.reading import LARGEST_PAGE
from starter.client.register_access import open_engine
from starter.clock import today
from starter.commands.options import DAY, json_option, limit_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.lazy_group import LazyGroup, Listed
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    is_narrow,
    show,
    show_json,
    stacked,
    table_of,
    write,
)
from starter.terminal.wording import moment
from workflows.words import Words, counted

digest_group = LazyGroup(
    "digest",
    help="Make, list, export and check the daily digests of logs. 每日摘要\n\n"
    "A digest is a Merkle root over the last hashes of all logs. Print or publish it: with it anyone can"
    " show whether the database, even all of it, was rewritten afterwards.\n\n"
    "\b\nExample:\n  pingtai audit digest list\n  pingtai audit digest export -o digests.jsonl",
    listed=(
        Listed(
            "sign",
            "Sign the digests that are not signed yet. 签署摘要",
            "audit.commands.digest_sign:sign_command",
        ),
        Listed(
            "stamp",
            "Ask for the missing time stamps now. 时间戳",
            "audit.commands.digest_stamp:stamp_command",
        ),
        Listed(
            "publish",
            "Write all that others need of digests into a folder. 公布摘要",
            "audit.commands.digest_publish:publish_command",
        ),
    ),
)


@digest_group.command("list", short_help="List the daily digests, the newest first. 摘要列表")
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day. 起")
@click.option("--until", "last", type=DAY, metavar="DAY", help="Last day. 止")
@limit_option(LARGEST_PAGE, 30)
@json_option
@answering
async def list_command(first: date | None, last: date | None, limit: int, as_json: bool) -> None:
    """List the daily digests, the newest first. 摘要列表

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


@digest_group.command("make", short_help="Make the missing digests of past days. 生成摘要")
@click.option(
    "--day", type=DAY, metavar="DAY", help="Only for this day, which must be over. 仅此日"
)
@json_option
@answering
async def make_command(day: date | None, as_json: bool) -> None:
    """Make the missing digests of past days. 生成摘要

    A schedule does so each night. An existing digest is never made again.

    \b
    Example:
      pingtai audit digest make
    """
    async with open_engine(patient=True) as engine:
        if day is not None and not await is_over(engine, day, today()):
            raise BadInput(f"{day} is not over in Beijing yet.", f"北京时间 {day} 尚未结束")
        made = [await make(engine, day)] if day else await make_missing(engine, today())
    if as_json:
        show_json([one.model_dump(mode="json") for one in made])
    elif made:
        _show(made)
    else:
        complain(Words("Every day that is over has its digest.", "已结束的各日均有摘要"))


@digest_group.command(
    "export", short_help="Export the digests as JSON lines, to be published. 导出摘要"
)
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day. 起")
@click.option("--until", "last", type=DAY, metavar="DAY", help="Last day. 止")
@click.option(
    "--leaves",
    "day",
    type=DAY,
    metavar="DAY",
    help="The contents of one day's digest instead. 某日摘要的明细",
)
@output_option
@answering
async def export_command(
    first: date | None, last: date | None, day: date | None, output: Path | None
) -> None:
    """Export the digests as JSON lines, to be published. 导出摘要

    The oldest first. With --leaves the contents of one digest: its day, the previous digest, and the
    last hash of every log. `pingtai audit verify` checks both files.

    \b
    Example:
      pingtai audit digest export -o digests.jsonl
      pingtai audit digest export --leaves 2026-05-01 -o leaves.jsonl
    """
    async with open_engine(patient=True) as engine:
        if day:
            await note(engine, "digest leaves", None, str(day))
            content = (await known_digest(engine, day))[1]
        else:
            content = exported(await listed(engine, first=first, last=last))
    if output is None:
        write(content.decode())
    else:
        write_new(output, content)
        lines = content.count(b"\n")
        en = f"leaves of {day}: {counted(lines, 'line')}" if day else counted(lines, "digest")
        zh = f"{day} 的明细，{lines:,} 行" if day else f"{lines:,} 份摘要"
        complain(Words(f"{output}: {en}", f"{output}：{zh}"))


@digest_group.command("check", short_help="Compare the register with a digest. 核对摘要")
@click.option("--day", type=DAY, metavar="DAY", help="The digest's day. 日期 [default: the newest]")
@digests_option
@json_option
@answering
async def check_command(day: date | None, known: Path | None, as_json: bool) -> None:
    """Compare the register with a digest. 核对摘要

    Checks that the register still holds the hashes in the digest, and that each digest follows the one
    of the day before. With --digests also compares with published digests: only that shows whether the
    digests themselves were rewritten. Exit code 1: differences, which are listed.

    \b
    Example:
      pingtai audit digest check --digests digests.jsonl
    """
    roots = roots_of(published(known)) if known else None
    async with open_engine(patient=True) as engine:
        found = list(await listed(engine))[::-1]
        digest, content = await known_digest(engine, day or (found[-1].day if found else None))
        head = Head(day=digest.day, previous=digest.previous)
        wrong = [
            *chain_problems(found),
            *leaf_problems(head, digest.root, lines_of(content)),
            *[one async for one in rewritten_logs(engine, digest, lines_of(content))],
        ]
    for one in found:
        if roots is not None and (one.day in roots or one.day == digest.day):
            wrong += publication_problems(one.day, one.root, roots)
    if roots is not None:
        wrong += (
            Words(
                f"the digest of {day} was published, and is gone", f"{day} 的摘要已公布，现已不存"
            )
            for day in sorted(set(roots) - {one.day for one in found})
        )
    if as_json:
        problems = [words._asdict() for words in wrong]
        show_json({"holds": not wrong, "day": str(digest.day), "problems": problems})
    elif not wrong:
        logs = counted(digest.leaves, "log")
        words = Words(
            f"✓ The register agrees with the digest of {digest.day}: {logs}.",
            f"✓ 名册与 {digest.day} 摘要的 {digest.leaves:,} 份记录相符。",
        )
        show(words)
    else:
        show(*(f"✗ {say(words)}" for words in wrong))
    if wrong:
        raise click.exceptions.Exit(WRONG)


def _show(found: Sequence[Digest]) -> None:
    if not found:
        complain(Words("No digests.", "没有摘要"))
        return
    with paged():
        show(table_of(found, (_STACKED,) if is_narrow() else _COLUMNS))


_MADE = Words(f"made ({UNSEALED.en})", f"生成（{UNSEALED.zh}）")
_STACKED: Column[Digest] = Column(
    Words(f"day, logs, {_MADE.en}, root", f"日期、记录、{_MADE.zh}、根"),
    lambda one: stacked(
        Words(
            f"{one.day} · {counted(one.leaves, 'log')} · {moment(one.made_at)}",
            f"{one.day} · {one.leaves:,} 份记录 · {moment(one.made_at)}",
        ),
        one.root,
    ),
    ALWAYS,
)
"""The root is what people print: whole, on a line of its own."""
_COLUMNS: tuple[Column[Digest], ...] = (
    Column(Words("day", "日期"), lambda one: one.day, ALWAYS),
    Column(Words("logs", "记录"), lambda one: f"{one.leaves:,}", ALWAYS),
    Column(Words("root", "根"), lambda one: one.root, ALWAYS),
    Column(_MADE, lambda one: moment(one.made_at)),
)
