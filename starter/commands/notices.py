"""`pingtai notices`: list notices and their deliveries, and resend failed ones."""

import re

import click

from activities.notice_texts import BOTH, text_of
from db.outbox_queries import (
    DeliveryRow,
    OutboxCursor,
    OutboxQueries,
)
from db.reading import LARGEST_PAGE
from starter.client.register_access import open_connections, open_engine
from starter.commands.notation import platform_id
from starter.commands.notices_table import DeliveryState, about, deliveries_table, notices_table
from starter.commands.options import PlatformId, after_option, json_option, limit_option
from starter.commands.word_choice import WordChoice, chinese_list
from starter.desk.page_cursors import no_place
from starter.desk.reach import directly_only
from starter.errors import BadInput
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.language import language, say
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.pager import paged
from starter.terminal.screen import (
    complain,
    complain_of_more,
    facts,
    heading,
    show,
    show_json,
)
from starter.terminal.this_command import with_option
from workflows.notice_messages import Notice
from workflows.words import Words, listed

_LONGEST_ID = 300


@click.group("notices", cls=LazyGroup)
def notices_command() -> None:
    """List notices and their deliveries, and resend failed ones. 通知

    \b
    Example:
      pingtai notices list --state dead
      pingtai notices resend --all-dead
    """


@notices_command.command("list", short_help="List notices, the newest first. 通知列表")
@click.option(
    "--state",
    type=WordChoice(DeliveryState),
    help=made(
        Words(
            "Only this state of delivery; dead: failed for good. 投递状态",
            f"只列该投递状态：{chinese_list(DeliveryState)}",
        )
    ),
)
@click.option("--platform", metavar="ID", type=PlatformId(), help="Only about this platform. 平台")
@limit_option(LARGEST_PAGE)
@after_option("PLACE")
@json_option
@answering
async def list_command(
    *, state: str | None, platform: str | None, limit: int, after: str | None, as_json: bool
) -> None:
    """List notices, the newest first. 通知列表

    There is a line for each recipient. A notice has no recipient if the configuration names none for
    it, or if it is not distributed yet.

    \b
    Example:
      pingtai notices list --state waiting --platform bj-water-membrane
    """
    if platform is not None:
        platform_id(platform)
    place = _read(after) if after else None
    directly_only("`pingtai notices`", "通知管理")
    async with open_connections() as source:
        outbox = OutboxQueries(source)
        rows = await outbox.page(state=state, platform_id=platform, after=place, limit=limit)
        more = len(rows) == limit
        total = await outbox.page_count(state=state, platform_id=platform) if more else None
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        complain(Words("No notices found.", "没有符合条件的通知。"))
        return
    with paged():
        show(notices_table(rows))
        if more:
            following = with_option(after="{}/{}".format(*rows[-1].place))
            complain_of_more(limit, following, total)


@notices_command.command("show", short_help="Show a notice, its texts and its deliveries. 通知详情")
@click.argument("which", metavar="ID")
@json_option
@answering
async def show_command(which: str, as_json: bool) -> None:
    """Show a notice, its texts and its deliveries. 通知详情

    ID is its number or its id.

    \b
    Example:
      pingtai notices show 17
    """
    directly_only("`pingtai notices`", "通知管理")
    async with open_connections() as source:
        notice, deliveries = await _found(OutboxQueries(source), which)
    texts = {language: text_of(notice, language) for language in BOTH}
    if as_json:
        show_json(
            {
                **notice.model_dump(mode="json"),
                "texts": {language: text._asdict() for language, text in texts.items()},
                "deliveries": [row.model_dump(mode="json") for row in deliveries],
            }
        )
        return
    with paged():
        show(facts(about(notice)))
        for one in sorted(BOTH, key=lambda one: one != language()):
            show(heading(texts[one].title), *texts[one].body.splitlines())
        show(heading(Words("Deliveries", "投递")))
        show(deliveries_table(deliveries) if deliveries else _NO_RECIPIENT)


@notices_command.command("resend", short_help="Send a notice, or all failed ones, again. 重新发送")
@click.argument("notice", metavar="[ID]", required=False)
@click.option("--recipient", metavar="NAME", help="Only to this recipient. 收件方")
@click.option("--all-dead", is_flag=True, help="All failed deliveries. 全部发送失败的")
@json_option
def resend_command(
    notice: str | None, recipient: str | None, all_dead: bool, as_json: bool
) -> None:
    """Send a notice, or all failed ones, again. 重新发送

    It is sent at once, with as many attempts as a new one. The notice keeps its id, so that receivers
    can drop duplicates.

    \b
    Example:
      pingtai notices resend 17 --recipient haidian
      pingtai notices resend --all-dead
    """
    if (notice is None) == (not all_dead):
        raise click.UsageError(
            say(Words("give either ID or --all-dead", "请填写编号或 --all-dead 之一"))
        )
    _resend(notice, recipient, as_json=as_json)


@answering
async def _resend(which: str | None, recipient: str | None, *, as_json: bool) -> None:
    directly_only("`pingtai notices`", "通知管理")
    from db.outbox import send_again  # noqa: PLC0415 - only who writes needs the database's client

    async with open_engine() as engine:
        notice_id = None
        if which is not None:
            notice, deliveries = await _found(OutboxQueries(engine), which)
            _is_to_be_told(deliveries, recipient)
            notice_id = notice.id
        sent = await send_again(engine, notice_id, recipient)
    if as_json:
        show_json([{"id": notice_id, "recipient": name} for notice_id, name in sent])
    elif sent:
        show(Words(f"Sending again: {len(sent)}.", f"正在重新发送 {len(sent)} 份。"))
    else:
        complain(Words("No failed deliveries.", "没有发送失败的通知。"))


async def _found(outbox: OutboxQueries, which: str) -> tuple[Notice, tuple[DeliveryRow, ...]]:
    # A number of more digits than the register counts is no number of a notice.
    number = int(which) if re.fullmatch(r"[0-9]{1,18}", which) else None
    usable = len(which) <= _LONGEST_ID and "\0" not in which
    found = await outbox.find(which if number is None else number) if usable else None
    if found is None:
        raise BadInput(
            f'No notice "{which[:_LONGEST_ID]}". To see the numbers, run: pingtai notices list',
            f"没有通知“{which[:_LONGEST_ID]}”。请用 pingtai notices list 查看序号",
        )
    return found


def _is_to_be_told(deliveries: tuple[DeliveryRow, ...], recipient: str | None) -> None:
    names = [row.recipient for row in deliveries]
    if not names:
        raise BadInput(*_NO_RECIPIENT)
    if recipient is not None and recipient not in names:
        named = listed(names)
        raise BadInput(
            f"{recipient} is not a recipient of this notice; its recipients: {named.en}",
            f"{recipient} 不是该通知的收件方；收件方：{named.zh}",
        )


_NO_RECIPIENT = Words(
    "none: the configuration names no recipient for it, or it is not distributed yet",
    "无：配置中没有该通知的收件方，或尚未分发",
)


def _read(text: str) -> OutboxCursor:
    found = re.fullmatch(r"([0-9]{1,18})/([^/\0]{0,64})", text)
    if found is None:
        raise no_place(text)
    return int(found[1]), found[2]
