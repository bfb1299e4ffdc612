"""`pingtai inbox`: what awaits a decision, what is due first coming first."""

from datetime import UTC, datetime
from typing import Any

import click

from db.inbox_queries import LARGEST_PAGE, Wanted
from starter.commands.filters import district_option, field_option, json_option
from starter.commands.inbox_rows import counted, data, rows_table
from starter.commands.notation import WordChoice
from starter.commands.today import today
from starter.desk.inbox_cursor import cursor, place
from starter.desk.inbox_scope import seat, seats_of
from starter.desk.profile import Profile, read_profile
from starter.desk.reach import open_reads
from starter.desk.register_reads import RegisterReads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, draws, heading, show, show_json
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Kind, Role

EVERY = 5
"""Seconds after which `--watch` looks again."""

_STEPS = dict.fromkeys(
    str(trigger.name)
    for lifecycle in (PLATFORM, ASSESSMENT)
    for step in lifecycle.steps
    for trigger in step.triggers
    if trigger.by and trigger.awaited
)


@click.command("inbox")
@click.option("--as", "called", metavar="ROLE", help="What awaits you in this role of yours. 身份")
@click.option(
    "--mine", is_flag=True, help="In all your roles, and for whom you stand in today. 本人全部"
)
@click.option("--all", "everything", is_flag=True, help="Whoever it awaits. 全部")
@click.option("--role", type=WordChoice(Role), metavar="ROLE", help="What awaits this role. 由谁")
@district_option
@field_option
@click.option(
    "--step",
    type=WordChoice(Kind),
    metavar="STEP",
    help=f"Only this decision. 事项: {', '.join(_STEPS)}",
)
@click.option("--overdue", is_flag=True, help="Only what is overdue. 逾期")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@click.option("--after", metavar="CURSOR", help="The next page: as the last line of a page says.")
@click.option(
    "--watch",
    "every",
    type=click.IntRange(1, 3600),
    is_flag=False,
    flag_value=str(EVERY),
    metavar="[SECONDS]",
    help=f"Look again every {EVERY} seconds, or as many as said, until Ctrl-C. 持续刷新",
)
@json_option
def inbox_command(**asked: Any) -> None:
    """List what awaits a decision, what is due first coming first. 待办

    With a profile (pingtai login) what awaits you in your first role, or in that of --as; without,
    everything. Due dates are days in Beijing, with the working days that are left. At the end: how
    many wait at each step.

    \b
    Examples:
      pingtai inbox --overdue
      pingtai inbox --mine --watch
      pingtai inbox --role district --district haidian --json
    """
    _inbox(**asked)


@answering
async def _inbox(
    *,
    called: str | None,
    mine: bool,
    everything: bool,
    role: str | None,
    step: str | None,
    overdue: bool,
    limit: int,
    after: str | None,
    every: int | None,
    as_json: bool,
    **more: str | None,
) -> None:
    ways = (called is not None, mine, everything)
    if sum(ways) > 1 or (called is not None and role):
        raise BadInput(
            "--as, --mine and --all say whose inbox, and --as says the role: take one of them",
            "--as、--mine、--all 只能选一；--as 已含身份，不与 --role 并用",
        )
    if every and after:
        raise BadInput(
            "--watch looks at the first page: no --after", "--watch 只看首页，不与 --after 并用"
        )
    profile = None if everything or (role and not mine) else read_profile()
    if profile is None and (mine or called):
        raise BadInput(
            "--as and --mine go by your profile, and there is none yet: `pingtai login`",
            "--as、--mine 依据个人配置；尚无个人配置：请先 pingtai login",
        )
    start = place(after) if after else None
    async with open_reads() as register:
        whose = await _whose(register, profile, called, mine=mine)
        if profile is None and not (everything or role):
            complain(
                say(
                    "No profile yet (`pingtai login`): this is everything that awaits a decision.",
                    "尚无个人配置（pingtai login）：以下为全部待办。",
                )
            )
        narrowed = [one.narrowed(role=role, kind=step, **more) for one in whose]
        wanted = [one.model_copy(update={"overdue": overdue}) for one in narrowed if one]
        if every:
            from starter.commands.inbox_watch import watch  # noqa: PLC0415 - draws over and over

            await watch(register.inbox(), wanted, limit, every, as_json=as_json)
            return
        inbox = register.inbox()
        rows = await inbox.page(*wanted, after=start, limit=limit) if wanted else []
        counts = await inbox.counts(*wanted) if wanted else []
    now = datetime.now(UTC)
    following = cursor(rows[-1].place) if len(rows) == limit else None
    if as_json:
        steps = [one.model_dump(mode="json") for one in counts]
        show_json({"rows": [data(row, now) for row in rows], "counts": steps, "next": following})
        return
    if rows:
        show(rows_table(rows, now))
    else:
        complain(_nothing(whose))
    if counts and draws():
        show(heading(counted(counts)))
    elif counts:
        complain(counted(counts))
    if following:
        complain(say(f"There may be more: --after {following}", f"可能还有：--after {following}"))


async def _whose(
    register: RegisterReads, profile: Profile | None, called: str | None, *, mine: bool
) -> list[Wanted]:
    """Whose inbox is asked for.

    Raises:
        BadInput: the profile has no such role.
    """
    if profile is None:
        return [Wanted()]
    if mine:
        return await seats_of(register, profile, today())
    return [seat(profile.actor(profile.role(called)))]


def _nothing(whose: list[Wanted]) -> str:
    who = dict.fromkeys(
        wording.who(one.role) + (f" {wording.district(one.district)}" if one.district else "")
        for one in whose
        if one.role
    )
    if not who:
        return say("Nothing awaits a decision.", "没有待办。")
    named = say(", ", "、").join(who)
    return say(
        f"Nothing of this awaits: {named} (--all: whoever it awaits).",
        f"没有此类待办：{named}（--all：不限由谁）。",
    )
