"""`pingtai notices`: what was told to whom, what waits, what was given up; and sending it again."""

import re
from typing import Any

import click

from activities.notice_texts import BOTH, text_of
from db.outbox import DEAD, DELIVERED, WAITING
from db.outbox_queries import LARGEST_PAGE, DeliveryRow, OutboxQueries, Place
from starter.client.register_access import open_engine
from starter.commands.filters import json_option
from starter.commands.notation import platform_id
from starter.commands.notices_table import about, deliveries_table, notices_table
from starter.commands.platform_argument import PlatformId
from starter.desk.reach import directly_only
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import language, say
from starter.terminal.screen import complain, facts, heading, show, show_json
from workflows.notice_messages import Notice

_LONGEST_ID = 300


@click.group("notices")
def notices_command() -> None:
    """Look at notices and their deliveries, and send again what was given up. 通知

    \b
    Example:
      pingtai notices list --state dead
      pingtai notices resend --all-dead
    """


@notices_command.command("list", short_help="Notices, the newest first. 通知列表")
@click.option(
    "--state",
    type=click.Choice((WAITING, DELIVERED, DEAD)),
    help="Only deliveries in this state; dead: given up. 投递状态",
)
@click.option("--platform", metavar="ID", type=PlatformId(), help="Only about this one. 平台")
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many at most. 行数",
)
@click.option("--after", metavar="PLACE", help="Those after this place: the next page.")
@json_option
def list_command(**asked: Any) -> None:
    """List notices, a line for each recipient, the newest first. 通知列表

    A notice without a recipient is one that nobody in the configuration wants, or that is not
    handed out yet.

    \b
    Example:
      pingtai notices list --state waiting --platform bj-water-membrane
    """
    _list(**asked)


@notices_command.command("show", short_help="One notice, its texts, its deliveries. 通知详情")
@click.argument("notice", metavar="ID")
@json_option
def show_command(notice: str, as_json: bool) -> None:
    """Show a notice, by its number or its id: what it says, and what became of it. 通知详情

    \b
    Example:
      pingtai notices show 17
    """
    _show(notice, as_json=as_json)


@notices_command.command("resend", short_help="Send again. 重新发送")
@click.argument("notice", metavar="[ID]", required=False)
@click.option("--recipient", metavar="NAME", help="Only to this one. 收件方")
@click.option("--all-dead", is_flag=True, help="All that were given up. 全部已放弃的")
@json_option
def resend_command(
    notice: str | None, recipient: str | None, all_dead: bool, as_json: bool
) -> None:
    """Send a notice again, or all that were given up; at once, and as patiently as a new one. 重新发送

    The notice keeps its id, by which a receiver drops what it has already.

    \b
    Example:
      pingtai notices resend 17 --recipient haidian
      pingtai notices resend --all-dead
    """
    if (notice is None) == (not all_dead):
        raise click.UsageError(say("say ID or --all-dead", "请写 ID 或 --all-dead"))
    _resend(notice, recipient, as_json=as_json)


@answering
async def _list(
    *, state: str | None, platform: str | None, limit: int, after: str | None, as_json: bool
) -> None:
    if platform is not None:
        platform_id(platform)
    place = _read(after) if after else None
    directly_only("`pingtai notices`", "通知管理")
    async with open_engine() as engine:
        rows = await OutboxQueries(engine).page(
            state=state, platform_id=platform, after=place, limit=limit
        )
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
        return
    if rows:
        show(notices_table(rows))
    else:
        complain(say("there are no such notices", "没有这样的通知"))
    if len(rows) == limit:
        more = "--after {}/{}".format(*rows[-1].place)
        complain(say(f"There may be more: {more}", f"可能还有：{more}"))


@answering
async def _show(which: str, *, as_json: bool) -> None:
    directly_only("`pingtai notices`", "通知管理")
    async with open_engine() as engine:
        notice, deliveries = await _found(OutboxQueries(engine), which)
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
    show(facts(about(notice)))
    for one in sorted(BOTH, key=lambda one: one != language()):
        show(heading(texts[one].title), *texts[one].body.splitlines())
    show(heading(say("Deliveries", "投递")))
    if deliveries:
        show(deliveries_table(deliveries))
    else:
        show(_nobody())


@answering
async def _resend(which: str | None, recipient: str | None, *, as_json: bool) -> None:
    directly_only("`pingtai notices`", "通知管理")
    async with open_engine() as engine:
        outbox = OutboxQueries(engine)
        if which is None:
            sent = await outbox.send_again(recipient=recipient)
        else:
            notice, deliveries = await _found(outbox, which)
            _is_to_be_told(deliveries, recipient)
            sent = await outbox.send_again(notice.id, recipient)
    if as_json:
        show_json([{"id": notice_id, "recipient": name} for notice_id, name in sent])
    elif sent:
        number = len(sent)
        are = "delivery is" if number == 1 else "deliveries are"
        show(say(f"{number} {are} being sent again", f"正在重新发送 {number} 份"))
    else:
        complain(say("nothing was given up", "没有已放弃的通知"))


async def _found(outbox: OutboxQueries, which: str) -> tuple[Notice, tuple[DeliveryRow, ...]]:
    # A number of more digits than the register counts is no number of a notice.
    number = int(which) if re.fullmatch(r"[0-9]{1,18}", which) else None
    usable = len(which) <= _LONGEST_ID and "\0" not in which
    found = await outbox.find(which if number is None else number) if usable else None
    if found is None:
        raise BadInput(
            f"there is no notice {which[:_LONGEST_ID]}: look at `pingtai notices list`",
            f"没有通知 {which[:_LONGEST_ID]}：请查看 pingtai notices list",
        )
    return found


def _is_to_be_told(deliveries: tuple[DeliveryRow, ...], recipient: str | None) -> None:
    names = [row.recipient for row in deliveries]
    if not names:
        raise BadInput(_nobody("en"), _nobody("zh"))
    if recipient is not None and recipient not in names:
        listed = ", ".join(names)
        raise BadInput(
            f"it was not for {recipient}: its recipients are {listed}",
            f"该通知不是发给 {recipient} 的；收件方：{listed}",
        )


def _nobody(lang: str | None = None) -> str:
    texts = {
        "en": "nobody: no recipient in the configuration wants it, or it is not handed out yet",
        "zh": "无：配置中没有收件方需要它，或尚未分发",
    }
    return texts[lang or language()]


def _read(text: str) -> Place:
    found = re.fullmatch(r"([0-9]{1,18})/([^/\0]{0,64})", text)
    if found is None:
        raise BadInput(
            f"--after {text}: write the place as the page before named it",
            f"--after {text}：请照上一页给出的位置填写",
        )
    return int(found[1]), found[2]
