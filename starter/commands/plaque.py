"""`pingtai plaque`: record that a plaque was issued or returned, and list how the plaques stand."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from db.plaque_types import PlaqueEntry, PlaqueEvent, PlaqueRow, PlaqueState
from db.reading import LARGEST_PAGE
from starter.clock import today
from starter.commands.actor_resolution import ActorResolver
from starter.commands.decision_form import ACTOR
from starter.commands.document_files import document
from starter.commands.form_options import AS, option, preset
from starter.commands.notation import platform_id
from starter.commands.options import (
    DAY,
    after_option,
    district_option,
    json_option,
    limit_option,
    platform_argument,
    report_option,
)
from starter.commands.plaque_words import plaque_table
from starter.commands.word_choice import WordChoice
from starter.desk.plaques import PlaqueRecord, send_plaque_record
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import word
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.named_fields import NamedFields
from starter.terminal.pager import paged
from starter.terminal.screen import complain, complain_of_more, facts, show, show_json
from starter.terminal.this_command import with_option
from starter.terminal.whole_number import WholeNumber
from workflows.model import InvalidMessage, parse
from workflows.vocabulary import Role
from workflows.words import Words

_WHO = (AS, *(option(part) for part in ACTOR))
_FLAGS = {f"actor.{part.field}": part.flag for part in ACTOR} | {"happened_on": "--on"}


@click.group("plaque", cls=LazyGroup)
def plaque_command() -> None:
    """Record and list the plaques of the platforms. 牌子 §四

    A listed platform may hang the plaque until its term ends. One that was issued and not returned by
    then is overdue: in this list, the inbox, `show`, `register --plaque overdue` and `doctor`.

    \b
    Example:
      pingtai plaque issue bj-riscv-soc --on 2027-03-22 --document 牌子领取单.pdf
      pingtai plaque list --state overdue
    """


_ON = click.option(
    "--on", "day", type=DAY, metavar="DAY", help="The day; default: today in Beijing. 日期"
)
_DOCUMENT = click.option(
    "--document", metavar="FILE[=TITLE]", help="The document, such as the receipt. 依据文件"
)
_REMARK = click.option("--remark", metavar="TEXT", help="Anything to add. 说明")


@plaque_command.command("issue", short_help="Record that the plaque was issued. 颁发牌子 §四")
@platform_argument
@_ON
@_DOCUMENT
@_REMARK
@json_option
@answering
async def issue_command(**said: Any) -> None:
    """Record that the plaque was issued. 颁发牌子 §四

    Only to a platform that was in the list on that day. The same again changes nothing.

    \b
    Example:
      pingtai plaque issue bj-riscv-soc --on 2027-03-22 --document 牌子领取单.pdf
    """
    await _record(PlaqueEvent.ISSUED, said)


@plaque_command.command("return", short_help="Record that the plaque was returned. 交回牌子 §六")
@platform_argument
@_ON
@_DOCUMENT
@_REMARK
@json_option
@answering
async def return_command(**said: Any) -> None:
    """Record that the plaque was returned. 交回牌子 §六

    \b
    Example:
      pingtai plaque return bj-riscv-soc --on 2030-03-20 --remark 由运营单位送回
    """
    await _record(PlaqueEvent.RETURNED, said)


@plaque_command.command("cancel", short_help="Cancel an entry recorded in error. 撤销登记")
@platform_argument
@click.argument("number", type=WholeNumber(1, 2**62))
@click.option("--reason", "remark", metavar="TEXT", required=True, help="What was wrong. 理由")
@json_option
@answering
async def cancel_command(**said: Any) -> None:
    """Cancel an entry recorded in error. 撤销登记

    The entry stays in the log, and no longer counts. `pingtai show PLATFORM` has the numbers.

    \b
    Example:
      pingtai plaque cancel bj-riscv-soc 7 --reason 平台选错
    """
    await _record(PlaqueEvent.CANCELLED, said)


@plaque_command.command("list", short_help="List how the plaques stand. 牌子台账 §四")
@click.option(
    "--state", type=WordChoice(PlaqueState), metavar="STATE", help="issued, returned, overdue. 状态"
)
@district_option
@limit_option(LARGEST_PAGE)
@after_option("PLATFORM")
@report_option
@json_option
@answering
async def list_command(
    *,
    state: str | None,
    district: str | None,
    limit: int,
    after: str | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """List how the plaques stand. 牌子台账 §四

    By platform id. Platforms to which none was issued are not listed: `pingtai register` has all.

    \b
    Example:
      pingtai plaque list --state overdue
      pingtai plaque list --file plaques.xlsx
    """
    rows: list[PlaqueRow] = []
    size = LARGEST_PAGE if report else limit
    async with open_reads() as register:
        while True:
            page = await register.plaques(
                state=state, district=district, after=after or "", limit=size
            )
            rows += page
            if not report or len(page) < size:
                break
            after = page[-1].platform_id
    if report:
        from starter.commands.reports.plaque_report import plaque_sheets  # noqa: PLC0415 - only files need it
        from starter.tables.report_sheets import check_report, write_report  # noqa: PLC0415

        check_report(report)
        write_report(report, plaque_sheets(rows))
    elif as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif not rows:
        complain(Words("No plaques found.", "没有符合条件的牌子记录。"))
    else:
        with paged():
            show(plaque_table(rows))
            if len(rows) == limit:
                complain_of_more(limit, with_option(after=rows[-1].platform_id))


for _command in (issue_command, return_command, cancel_command):
    _command.params.extend(_WHO)


async def _record(event: PlaqueEvent, said: dict[str, Any]) -> None:
    platform = platform_id(said["platform"])
    day: date = said.get("day") or today()
    raw: dict[str, Any] = {
        "event": str(event),
        "happened_on": str(day),
        "actor": {"role": str(Role.COMMISSION)}
        | ActorResolver(said, preset(), said["called"]).actor({"actor": {}}),
    }
    if said.get("document"):
        raw["document"] = document(said["document"])
    if said["remark"]:
        raw["remark"] = said["remark"]
    if event is PlaqueEvent.CANCELLED:
        raw["cancels"] = said["number"]
    try:
        record = parse(PlaqueRecord, raw, "plaque")
    except InvalidMessage as error:
        raise NamedFields(error, PlaqueRecord, _FLAGS) from None
    entry, before = await send_plaque_record(platform, record)
    if said["as_json"]:
        show_json({**entry.model_dump(mode="json"), "repeated": before})
        return
    show(facts([*_repeated(before), *_facts(entry)]))


def _repeated(before: bool) -> list[tuple[Words, object]]:
    again = Words("recorded before; nothing has changed", "此前已登记，未作任何改变")
    return [(Words("repeated", "重复提交"), again)] if before else []


def _facts(entry: PlaqueEntry) -> list[tuple[Words, object]]:
    return [
        (Words("number", "编号"), entry.number),
        (wording.PLATFORM_LABEL, entry.platform_id),
        (Words("recorded", "登记事项"), word(entry.event, PlaqueEvent)),
        (Words("day", "日期"), entry.happened_on),
        (Words("entry in error", "有误记录"), entry.cancels),
        (Words("document", "依据文件"), entry.document.name if entry.document else None),
        (Words("remark", "说明"), entry.remark),
        (Words("recorded by", "经办人"), f"{entry.actor.id} · {wording.moment(entry.recorded_at)}"),
    ]
