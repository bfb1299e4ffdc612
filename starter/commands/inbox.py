"""`pingtai inbox`: the decisions that are waiting, earliest due first."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from db.inbox_queries import Wanted
from db.plaque_types import PlaqueRow, PlaqueState
from db.reading import LARGEST_PAGE
from starter.clock import today
from starter.commands.inbox_rows import NOTHING_WAITING, counted, data, rows_table, why_about
from starter.commands.options import (
    after_option,
    district_option,
    field_option,
    json_option,
    limit_option,
    report_option,
)
from starter.commands.plaque_words import to_return
from starter.commands.word_choice import WordChoice, chinese_list
from starter.desk.page_cursors import inbox_cursor, read_inbox_cursor
from starter.desk.profile import Profile, read_profile
from starter.desk.reach import open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.pager import paged
from starter.terminal.screen import (
    complain,
    complain_of_more,
    draws,
    heading,
    show,
    show_json,
)
from starter.terminal.this_command import with_option
from starter.terminal.whole_number import WholeNumber
from workflows.actors import Actor
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import Kind, Role
from workflows.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.inbox_queries import Inbox, InboxRow, StepCount
    from starter.desk.http_inbox import HttpInbox
    from starter.desk.reach import RegisterReads

EVERY = 5
"""Seconds after which `--watch` looks again."""

_STEPS = dict.fromkeys(PLATFORM.kinds + ASSESSMENT.kinds)


@click.command("inbox")
@click.option("--as", "called", metavar="ROLE", help="Your inbox in this role. 身份")
@click.option(
    "--mine", is_flag=True, help="All your roles, and those you substitute today. 本人全部待办"
)
@click.option("--all", "everything", is_flag=True, help="Everybody's inbox. 全部待办")
@click.option("--role", type=WordChoice(Role), metavar="ROLE", help="Only this role's. 办理主体")
@district_option
@field_option
@click.option(
    "--step",
    type=WordChoice(Kind),
    metavar="STEP",
    help=made(
        Words(
            f"Only this decision. 事项: {', '.join(_STEPS)}",
            f"只列该事项：{chinese_list(map(Kind, _STEPS))}",
        )
    ),
)
@click.option("--overdue", is_flag=True, help="Only overdue decisions. 逾期")
@limit_option(LARGEST_PAGE)
@after_option("CURSOR")
@click.option(
    "--watch",
    "every",
    type=WholeNumber(1, 3600),
    is_flag=False,
    flag_value=str(EVERY),
    metavar="[SECONDS]",
    help=f"Refresh every {EVERY} seconds, or as often as given, until Ctrl-C. 持续刷新",
)
@report_option
@json_option
@answering
async def inbox_command(
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
    report: Path | None,
    as_json: bool,
    **more: str | None,
) -> None:
    """List the decisions that are waiting, earliest due first. 待办

    With a profile (pingtai login) those of your first role, or of the role that --as names; without
    one, everybody's. Due dates are days in Beijing, with the working days left. The last line counts
    the decisions at each step. With --file all of them go to a workbook or CSV.

    \b
    Examples:
      pingtai inbox --overdue
      pingtai inbox --mine --watch
      pingtai inbox --role district --district haidian --json
      pingtai inbox --all --file inbox.xlsx
    """
    ways = (called is not None, mine, everything)
    if sum(ways) > 1 or (called is not None and role):
        raise BadInput(
            "use only one of --as, --mine and --all; --as names the role, so leave out --role",
            "--as、--mine、--all 只能选用其一；--as 已指定身份，不得与 --role 并用",
        )
    if every and after:
        raise BadInput(
            "--watch shows the first page only: leave out --after",
            "--watch 仅显示首页，不得与 --after 并用",
        )
    profile = None if everything or (role and not mine) else read_profile()
    if profile is None and (mine or called):
        raise BadInput(
            "--as and --mine need a profile. Run: pingtai login",
            "--as、--mine 需要个人配置。请先运行：pingtai login",
        )
    start = read_inbox_cursor(after) if after else None
    async with open_reads() as register:
        whose = await _whose(register, profile, called, mine=mine)
        if profile is None and not (everything or role):
            complain(
                Words(
                    "No profile yet (`pingtai login`): showing everybody's inbox.",
                    "尚无个人配置（pingtai login）：以下为全部待办。",
                )
            )
        narrowed = [one.narrowed(role=role, kind=step, **more) for one in whose]
        wanted = [one.model_copy(update={"overdue": overdue}) for one in narrowed if one]
        nothing = _nothing(whose, narrowed=bool(wanted != whose or start))
        if every:
            from starter.commands.inbox_watch import watch  # noqa: PLC0415 - draws over and over

            await watch(register.inbox(), wanted, limit, every, nothing, as_json=as_json)
            return
        inbox = register.inbox()
        if report:
            late = [] if step or overdue else await _plaques_to_return(register, wanted)
            await _report(report, inbox, wanted, late)
            return
        rows = await inbox.page(*wanted, after=start, limit=limit) if wanted else []
        counts = await inbox.counts(*wanted) if wanted else []
        # A narrowed inbox asks for certain decisions, and a plaque is none.
        late = [] if step or overdue else await _plaques_to_return(register, wanted)
    now = datetime.now(UTC)
    following = inbox_cursor(rows[-1].place) if len(rows) == limit else None
    if as_json:
        steps = [one.model_dump(mode="json") for one in counts]
        listed = [data(row, now) for row in rows]
        show_json(
            {"rows": listed, "counts": steps, "plaques_overdue": len(late), "next": following}
        )
        return
    with paged():
        if rows:
            show(rows_table(rows, now))
        else:
            complain(nothing)
        _show_sums(counts, len(late))
        if (why := why_about(rows, now)).en:
            complain(why)
        if following:
            waiting = sum(one.waiting for one in counts)
            complain_of_more(limit, with_option(after=following), waiting)


def _show_sums(counts: "Sequence[StepCount]", plaques: int) -> None:
    """How many decisions wait at each step, and how many plaques have not come back."""
    if counts and draws():
        show(heading(counted(counts)))
    elif counts:
        complain(counted(counts))
    if plaques:
        complain(to_return(plaques))


async def _plaques_to_return(register: "RegisterReads", wanted: list[Wanted]) -> list[PlaqueRow]:
    """The plaques of these people's platforms that have not come back, by platform id."""
    found: dict[str, PlaqueRow] = {}
    for district, operator in {(one.district, one.operator) for one in wanted}:
        rows = await register.plaques(
            state=PlaqueState.OVERDUE, district=district, operator=operator, limit=LARGEST_PAGE
        )
        found |= {row.platform_id: row for row in rows}
    return [found[name] for name in sorted(found)]


async def _report(
    report: Path, inbox: "Inbox | HttpInbox", wanted: list[Wanted], late: list[PlaqueRow]
) -> None:
    from starter.commands.reports.inbox_report import inbox_sheets  # noqa: PLC0415 - only files need it
    from starter.commands.reports.plaque_report import plaque_sheets  # noqa: PLC0415
    from starter.tables.report_sheets import check_report, write_report  # noqa: PLC0415

    check_report(report)
    rows: list[InboxRow] = []
    while wanted:
        some = await inbox.page(*wanted, after=rows[-1].place if rows else None, limit=LARGEST_PAGE)
        rows += some
        if len(some) < LARGEST_PAGE:
            break
    counts = await inbox.counts(*wanted) if wanted else []
    more = plaque_sheets(late) if late else []
    write_report(report, [*inbox_sheets(rows, counts, datetime.now(UTC)), *more])


async def _whose(
    register: "RegisterReads", profile: Profile | None, called: str | None, *, mine: bool
) -> list[Wanted]:
    """Whose inbox is asked for.

    Raises:
        BadInput: the profile has no such role.
    """
    if profile is None:
        return [Wanted()]
    if mine:
        return await inboxes_of(register, profile, today())
    return [inbox_of(profile.actor(profile.role(called)))]


def inbox_of(actor: Actor) -> Wanted:
    """What awaits somebody: the commission's is one desk, a district's and an operator's are their own."""
    if actor.role is Role.DISTRICT:
        return Wanted(role=str(actor.role), district=str(actor.district))
    if actor.role is Role.OPERATOR:
        return Wanted(role=str(actor.role), operator=actor.organisation)
    return Wanted(role=str(actor.role))


async def inboxes_of(register: "RegisterReads", profile: Profile, day: date) -> list[Wanted]:
    """What awaits a person in all their roles, and in those of people they stand in for on a day."""
    own = (profile.actor(role) for role in profile.roles)
    named = await register.substitutions(profile.id, since=day)
    absent = (
        row.principal
        for row in named
        if row.substitute_id == profile.id and row.first_day <= day <= row.last_day
    )
    return list(dict.fromkeys(inbox_of(actor) for actor in (*own, *absent)))


def _nothing(whose: list[Wanted], *, narrowed: bool) -> Words:
    """Say that an inbox is empty; `narrowed`: what was not asked for may be waiting all the same."""
    who = dict.fromkeys(
        wording.who(one.role) + (f" · {wording.district(one.district)}" if one.district else "")
        for one in whose
        if one.role
    )
    named = wording.joined(who)
    if narrowed:
        return Words(
            "Nothing that is waiting"
            + (f" for you ({named})" if who else "")
            + " matches the filters.",
            ("您" if who else "") + "没有符合筛选条件的待办" + (f"（{named}）。" if who else "。"),
        )
    if not who:
        return NOTHING_WAITING
    return Words(
        f"Nothing is waiting for you ({named}). Everybody's: --all",
        f"您没有待办（{named}）。查看全部待办：--all",
    )
