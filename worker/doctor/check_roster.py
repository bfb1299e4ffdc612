"""The points about the roster: whose it is, and that it runs with the log that the register has."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.roster_queries import RosterEnd, roster_end
from starter.client.case_queries import CaseQueries
from starter.roster.example_roster import key_path
from starter.roster.roster_origin import OFFICERS, RosterOrigin, roster_origin
from worker.doctor.check_cases import LOST_THERE
from worker.doctor.finding import Finding, bad, good, note
from worker.doctor.log_tails import read_roster_end
from workflows.contract import ROSTER_ID
from workflows.words import Words, counted

_AGAIN_AFTER = (0.5, 1.5)
"""Seconds after which the roster is looked at again: the register follows within moments."""
_REPAIR = Words(
    "an older register was restored, or it is lost: `pingtai audit reconcile --repair` (docs/backup.md)",
    "恢复了较旧的名册，或名册已丢失：请运行 pingtai audit reconcile --repair（见 docs/backup.zh.md）",
)
_OLDER = Words(
    "Temporal's data is an older copy: before anybody decides, `pingtai recover --all --end-older`"
    " (docs/backup.md)",
    "Temporal 数据为较旧的副本：在有人办理之前，请运行 pingtai recover --all --end-older"
    "（见 docs/backup.zh.md）",
)
_NONE = RosterEnd(0, "")


async def roster_runs(client: Client, engine: AsyncEngine) -> Finding:
    """The roster runs at Temporal, with the log that the register has: else nobody changes who may sign."""
    held, has = await _both_ends(client, engine)
    for pause in _AGAIN_AFTER:
        if held == has or held is None:
            break
        await asyncio.sleep(pause)
        held, has = await _both_ends(client, engine)
    if held is None:
        return bad(
            Words(
                "the register has a roster, and no workflow of it runs at Temporal",
                "名册中有人员目录，而 Temporal 中没有其运行中的流程",
            ),
            LOST_THERE,
        )
    if held.seq == has.seq == 0:
        return good("no roster is set up", "未设立人员目录")
    if held == has:
        return good("the roster runs", "人员目录在运行")
    return bad(
        Words(
            f"the roster has {counted(has.seq, 'entry', 'entries')} in the register, and {held.seq} at"
            " Temporal",
            f"人员目录在名册中有 {has.seq} 条，在 Temporal 中有 {held.seq} 条",
        ),
        _REPAIR if held.seq > has.seq else _OLDER,
    )


async def _both_ends(client: Client, engine: AsyncEngine) -> tuple[RosterEnd | None, RosterEnd]:
    """What Temporal has, or None where it lacks what the register has; and what the register has."""
    has = await roster_end(engine) or _NONE
    found = await CaseQueries(client).look(ROSTER_ID)
    if found is None or found.close_time is not None:
        return (None if has.seq else has), has
    # What has just begun may have handed in nothing yet.
    return await read_roster_end(client) or has, has


async def whose_roster(client: Client, engine: AsyncEngine) -> Finding:
    """Without one nothing proves who decides; the example one proves it for trying only."""
    match await roster_origin(engine):
        case RosterOrigin.OWN:
            return good("the roster is set up", "人员目录已设立")
        case RosterOrigin.EXAMPLE if not all(key_path(one).exists() for one in OFFICERS):
            folder = key_path(OFFICERS[0]).parent
            return note(
                Words(
                    f"the roster is the example one, and its officers' keys are not in {folder}:"
                    " nobody can be entered in it",
                    f"人员目录为示例，而其人员的密钥不在 {folder}：无法登记人员",
                ),
                Words(
                    "to try it, put that folder there; for real work see docs/roster.md",
                    "继续试用的，请放入该文件夹；正式使用见 docs/roster.zh.md",
                ),
            )
        case RosterOrigin.EXAMPLE:
            return note(
                Words(
                    "the roster is the example one: its officers' keys lie in the data folder",
                    "人员目录为示例：其人员的密钥存于数据目录",
                ),
                Words("for trying only; see docs/roster.md", "仅供试用，见 docs/roster.zh.md"),
            )
        case _ if await read_roster_end(client):
            return good("the roster is at Temporal alone", "人员目录仅存于 Temporal")  # said before
        case _:
            return note(
                Words(
                    "no roster is set up: decisions are not signed",
                    "尚未设立人员目录：决定不予签名",
                ),
                Words("pingtai roster init", "请运行 pingtai roster init"),
            )
