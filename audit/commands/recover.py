"""`pingtai recover`: go on with terms from their logs, where Temporal has nothing of them any more."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.access_log import note
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.file_archive import FileHistories
from audit.commands import WRONG
from audit.commands.audit_options import json_lines_option
from audit.commands.confirmed_start import check_scope, confirm_start
from audit.commands.progress_line import watching
from audit.commands.recovery_view import (
    show_recovered,
    show_roster,
    show_taken_over,
    show_terms,
)
from audit.dossier.unpacked_dossiers import with_dossiers
from audit.histories import Histories
from audit.recovering.from_histories import TakenOver, take_over
from audit.recovering.kept_histories import kept_in_archive
from audit.recovering.lost_roster import recover_roster, roster_standing
from audit.recovering.lost_terms import OpenTerm, Standing
from audit.recovering.recovering_terms import RecoveringTerms
from audit.recovering.statement import Stating
from db.roster_queries import newest_root
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.commands.own_signature import OwnSignature
from starter.desk.reach import directly_only
from starter.desk.user_name import who
from starter.terminal.command_runner import answering
from workflows.contract import ROSTER_ID
from workflows.words import Words, counted

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

REGISTER, ARCHIVE = "register", "archive"


@click.command("recover")
@click.argument("platforms", metavar="[PLATFORM]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every open term. 全部未结束的期次")
@click.option(
    "--from",
    "source",
    type=click.Choice((REGISTER, ARCHIVE)),
    default=REGISTER,
    show_default=True,
    help="Where logs are read; what the register lacks is written into it first. 记录来源",
)
@click.option(
    "--files",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="Read histories from files, folders or dossiers instead; may be repeated. 历史文件或档案",
)
@click.option(
    "--end-older",
    is_flag=True,
    help="Also end what runs at Temporal with an older log, and go on from the register's. 结束较旧的流程",
)
@click.option("--reason", help="Why the engine was lost: it stands in each log. 理由")
@click.option("--dry-run", is_flag=True, help="Check, and start nothing. 预检")
@click.option("--yes", "yes", is_flag=True, help="Start without confirmation. 不再确认")
@json_lines_option
@answering
async def recover_command(
    platforms: tuple[str, ...],
    *,
    everything: bool,
    source: str,
    files: tuple[Path, ...],
    end_older: bool,
    reason: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Go on with terms that Temporal has lost, from their logs. 据记录接续

    Each open term of the register that this Temporal has nothing of is started again with its whole log and
    its open assessment, in the stage where it stood; what fell due meanwhile happens once. Before it starts,
    chains, links and signatures are checked; what does not hold is named and left (exit code 1). Where a
    roster is set up, an officer of the commission signs. A worker must run. It may be repeated: what goes
    on already is left alone.

    \b
    Example:
      pingtai recover --all --dry-run
      pingtai recover --all --reason 数据文件损坏
      pingtai recover bj-riscv-soc --from archive --reason 数据文件损坏
    """
    directly_only("pingtai recover", "pingtai recover")
    check_scope(platforms, everything=everything, reason=reason, dry_run=dry_run)
    async with open_engine(patient=True) as engine, with_dossiers(files) as paths:
        if not dry_run:
            await note(engine, "recover", platforms[0] if len(platforms) == 1 else None, reason)
        archive = PostgresArchive(engine, configured_store())
        histories: Histories = FileHistories(paths) if files else archive
        taken, left = list[TakenOver](), False
        if files or source != REGISTER:
            taken = [one async for one in take_over(engine, histories, platforms, dry_run=dry_run)]
            left = show_taken_over(taken, as_json=as_json)
        client = await connect()
        terms = RecoveringTerms(engine, client, histories, end_older=end_older)
        found: list[OpenTerm] = []
        with watching(Words("Looking at the open terms …", "正在查看未结束的期次 …")) as step:
            async for one in terms.find(platforms):
                found.append(one)
                step(Words(counted(len(found), "term"), f"已查看 {len(found)} 个期次"))
        if dry_run or not as_json:
            show_terms(found, end_older=end_older, as_json=as_json)
        lost = [one for one in found if one.is_lost or (end_older and one.is_behind)]
        left = left or any(one.is_left for one in found if one not in lost)
        standing = await roster_standing(engine, client) if everything else Standing.LIVES
        roster = standing is Standing.LOST or (end_older and standing is Standing.BEHIND)
        left = left or (standing is not Standing.LIVES and not roster)
        if standing is not Standing.LIVES and (dry_run or not as_json):
            show_roster(standing, end_older=end_older, as_json=as_json)
        if lost or roster:
            signed = await newest_root(engine) is not None
            signer = OwnSignature().signer_of(who()) if signed else None
            stating = Stating(engine, who(), reason or "", signer)
            await stating.check()
        if (lost or roster) and not dry_run:
            question = Words(
                f"Go on with {counted(len(lost), 'term')}? No other Temporal may still run them.",
                f"接续以上 {len(lost)} 个期次？须确认没有其他 Temporal 仍在运行。",
            )
            confirm_start(question, agreed=yes)
            if roster:
                became = await recover_roster(engine, client, stating, end_older=end_older)
                left = show_recovered(ROSTER_ID, became, as_json=as_json) or left
            kept = partial(_where_kept, engine, files, taken)
            async for one, became in terms.recover(lost, stating, kept):
                left = show_recovered(one.case.platform_id, became, as_json=as_json) or left
    if left:
        raise click.exceptions.Exit(WRONG)


async def _where_kept(
    engine: "AsyncEngine", files: Sequence[Path], taken: Sequence[TakenOver], platform_id: str
) -> str:
    runs = next((one.runs for one in taken if one.platform_id == platform_id), 0)
    if files and runs:
        return f"{', '.join(one.name for one in files)} ({runs} runs)"
    return await kept_in_archive(engine, platform_id)
