"""The point about both parts: neither Temporal nor the register has entries that the other lacks."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.open_cases import held_hashes, held_logs, open_cases
from starter.client.blocking_workflow import TYPES
from starter.client.visibility import any_type
from worker.doctor.ahead import Ahead, Side, compare
from worker.doctor.finding import Finding, bad, good, note
from worker.doctor.log_tails import read_tails
from workflows.periods import beijing_time
from workflows.words import Words, counted, listed

LOOKED_AT = 2_000
_NAMED = 5
_AGAIN_AFTER = (0.5, 1.5, 3.0)
"""Seconds after which a difference is looked at again: the register follows within moments."""
_LONG = timedelta(minutes=2)
"""Longer than this nothing is on its way."""
_WRITTEN_LATER = Words(
    "they are written when a worker and PostgreSQL run; after an older register was restored:"
    " `pingtai audit reconcile --repair` (docs/backup.md, Parts of different age)",
    "工作进程与 PostgreSQL 正常时会自动写入；如恢复了较旧的名册，请运行 pingtai audit reconcile --repair"
    "（见 docs/backup.zh.md“两部分时点不同”）",
)
_OLDER_TEMPORAL = Words(
    "Temporal's file is an older copy, or lost: before anybody decides, these cases go on from their logs by"
    " `pingtai recover --all --end-older` (docs/backup.md, Parts of different age)",
    "Temporal 数据文件为较旧的副本，或者已丢失：在有人办理之前，用 pingtai recover --all --end-older 据记录接续"
    "有关程序（见 docs/backup.zh.md“两部分时点不同”）",
)


async def both_parts(client: Client, engine: AsyncEngine) -> Finding:
    """Every entry that one part has of an open case is in the other, too."""
    looked, more, found = await _compared(client, engine)
    for pause in _AGAIN_AFTER:
        if not found:
            break
        await asyncio.sleep(pause)
        looked, more, found = await _compared(client, engine)
    return finding_of(found, looked, more, lambda: datetime.now(UTC))


async def _compared(client: Client, engine: AsyncEngine) -> tuple[int, int, list[Ahead]]:
    query = f"{any_type(TYPES)} AND CloseTime IS NULL"
    running = [run.id async for run in client.list_workflows(query, page_size=1000)]
    held_open = await open_cases(engine)
    ids = list(dict.fromkeys((*running, *(case.workflow_id for case in held_open))))
    tails = await read_tails(client, islice(ids, LOOKED_AT))
    wanted = [
        (tail.platform_id, tail.log, one.seq)
        for tail in tails.values()
        if tail
        for one in tail.entries
    ]
    # Read last: what Temporal has taken meanwhile is no difference.
    hashes = await held_hashes(engine, wanted)
    found = compare(tails, held_open, await held_logs(engine), hashes)
    return len(tails), len(ids) - len(tails), found


def finding_of(
    found: Sequence[Ahead], looked: int, more: int, now: Callable[[], datetime]
) -> Finding:
    """Say which entries only one part has, of which cases, and since when."""
    rest, rest_zh = "", ""
    if more:
        rest = f" (of the first {looked}; all: pingtai audit reconcile)"
        rest_zh = f"（仅核对前 {looked} 个；全部核对请运行 pingtai audit reconcile）"
    if not found:
        return good(
            f"Temporal and the register have the same entries of {counted(looked, 'open case')}{rest}",
            f"Temporal 与名册的记录条目一致（未结束的程序 {looked} 个）{rest_zh}",
        )
    parts = [_words(side, [one for one in found if one.side is side]) for side in Side]
    said = [words for words in parts if words]
    what = Words(
        "; ".join(one.en for one in said) + rest, "；".join(one.zh for one in said) + rest_zh
    )
    if any(one.side is not Side.TEMPORAL for one in found):
        return bad(what, _OLDER_TEMPORAL)
    since = min((one.since for one in found if one.since), default=None)
    if since is None or now() - since > _LONG:
        return bad(what, _WRITTEN_LATER)
    return note(what, _WRITTEN_LATER)


def _words(side: Side, found: Sequence[Ahead]) -> Words | None:
    if not found:
        return None
    entries, cases = sum(one.entries for one in found), len(found)
    named, more = listed(one.name for one in found[:_NAMED]), " …" * (cases > _NAMED)
    many = f"{counted(entries, 'entry', 'entries')} of {counted(cases, 'case')}"
    if side is Side.DIFFERENT:
        return Words(
            f"Temporal and the register have different entries in {counted(cases, 'case')}: {named.en}{more}",
            f"Temporal 与名册的条目不同，涉及 {cases} 个程序：{named.zh}{more}",
        )
    if side is Side.REGISTER:
        return Words(
            f"the register is ahead of Temporal by {many}: {named.en}{more}",
            f"名册比 Temporal 多 {entries} 条，涉及 {cases} 个程序：{named.zh}{more}",
        )
    since = min((one.since for one in found if one.since), default=None)
    en = f", the oldest of {beijing_time(since)}, Beijing time" if since else ""
    zh = f"，最早为北京时间 {beijing_time(since)}" if since else ""
    return Words(
        f"Temporal is ahead of the register by {many}{en}: {named.en}{more}",
        f"Temporal 比名册多 {entries} 条，涉及 {cases} 个程序{zh}：{named.zh}{more}",
    )
