"""`pingtai move`: take the open cases to another Temporal, while the system runs."""

import click

from audit.access_log import note
from audit.archive.archive_contents import PostgresArchive
from audit.archive.archive_store import configured_store
from audit.archive.archiver import ArchivingNotes, archive_now
from audit.archive.server_histories import ServerHistories
from audit.commands import WRONG
from audit.commands.audit_options import json_lines_option
from audit.commands.confirmed_start import check_scope, confirm_start
from audit.commands.progress_line import watching
from audit.moving.moving_cases import Ended, MovingCases, Sides
from audit.recovering.statement import Stating
from db.open_cases import OpenCase
from db.roster_queries import newest_root
from starter.client.register_access import open_engine
from starter.client.temporal_connection import connect
from starter.commands.own_signature import OwnSignature
from starter.desk.reach import directly_only
from starter.desk.user_name import who
from starter.errors import no_such_platform
from starter.terminal.command_runner import answering
from starter.terminal.whole_number import WholeNumber
from worker.moving.move_view import MoveReport
from worker.moving.other_side import prepare_other_side
from worker.moving.retired_side import retire
from workflows.words import Words, counted

_SWEEPS = 3
"""How often it is looked for terms that were applied for meanwhile."""


@click.command("move")
@click.argument("platforms", metavar="[PLATFORM]...", nargs=-1)
@click.option(
    "--to",
    "profile",
    required=True,
    metavar="PROFILE",
    help="Profile of Temporal's client configuration. 迁往的配置",
)
@click.option("--all", "everything", is_flag=True, help="Every open term. 全部未结束的期次")
@click.option("--reason", help="Why they move: it stands in each log. 理由")
@click.option(
    "--at-once",
    type=WholeNumber(1),
    default=4,
    show_default=True,
    help="Terms at a time. 同时迁移数",
)
@click.option("--dry-run", is_flag=True, help="Check, and move nothing. 预检")
@click.option("--yes", "yes", is_flag=True, help="Move without confirmation. 不再确认")
@json_lines_option
@answering
async def move_command(
    platforms: tuple[str, ...],
    *,
    profile: str,
    everything: bool,
    reason: str | None,
    at_once: int,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Move open terms to another Temporal, while people decide. 迁移

    From the Temporal that is configured now to that of a profile: a cluster, or another namespace. Each
    case stops for a second or two: meanwhile the service answers 503 with Retry-After, and commands wait.
    What was acknowledged is in its log, its histories are archived, and it goes on there as it stood.
    The register stays where it is. Workers run on both sides until all has moved. It may be stopped
    at any moment, and run again. Where a roster is set up, an officer of the commission signs. Exit code
    1: something did not move.

    \b
    Example:
      pingtai move --to cluster --all --dry-run
      pingtai move --to cluster bj-riscv-soc --reason 先行试迁
      pingtai move --to cluster --all --reason 迁往集群
    """
    directly_only("pingtai move", "pingtai move")
    check_scope(platforms, everything=everything, reason=reason, dry_run=dry_run)
    async with open_engine(patient=True) as engine:
        old, new = await connect(), await connect(profile=profile)
        await prepare_other_side(old, new, profile, change=not dry_run)
        signed = await newest_root(engine) is not None
        signer = OwnSignature().signer_of(who()) if signed else None
        stating = Stating(engine, who(), reason or "", signer)
        if not dry_run:
            await stating.check()
        archive = PostgresArchive(engine, configured_store())
        moving = MovingCases(Sides(engine, old, new, profile), archive, stating)
        cases = await moving.cases(platforms)
        if missing := sorted(set(platforms) - {one.platform_id for one in cases}):
            raise no_such_platform(missing[0])
        report = MoveReport(as_json)
        if not dry_run:
            terms = counted(len(cases), "term")
            question = Words(
                f"Move {terms} to profile {profile}? Each takes no decisions for a moment.",
                f"将 {len(cases)} 个期次迁往配置 {profile}？迁移时各案件短暂停办。",
            )
            confirm_start(question, agreed=yes)
            await note(engine, "move", platforms[0] if len(platforms) == 1 else None, reason)
            with watching(Words("Archiving …", "正在归档 …")):
                await archive_now(ServerHistories(old), archive, ArchivingNotes(engine))
        await _move(moving, cases, report, everything=everything, at_once=at_once, dry_run=dry_run)
        done = everything and not (dry_run or report.left)
        report.finish(await retire(old, new, profile) if done else None)
    if report.left:
        raise click.exceptions.Exit(WRONG)


async def _move(
    moving: MovingCases,
    cases: list[OpenCase],
    report: MoveReport,
    *,
    everything: bool,
    at_once: int,
    dry_run: bool,
) -> None:
    """Move the roster and the terms; then those that were applied for meanwhile."""
    if everything and (roster := await moving.roster(dry_run=dry_run)):
        report.add(roster)
        if roster.ended is Ended.ON_ITS_WAY:
            return
    known: set[OpenCase] = set()
    with watching(Words("Moving …", "正在迁移 …"), len(cases)) as step:
        for _ in range(_SWEEPS):
            async for one in moving.move(cases, at_once, dry_run=dry_run):
                report.add(one)
                step(Words.same(one.name))
                if one.ended is Ended.ON_ITS_WAY:
                    return
            known.update(cases)
            if dry_run or not everything:
                return
            cases = [one for one in await moving.cases(()) if one not in known]
            if not cases:
                return
