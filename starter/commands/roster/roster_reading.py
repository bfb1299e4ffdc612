"""`pingtai roster list`, `show` and `proof`: who may sign, and the proof of it."""

from typing import Any

import click

from db.reading import LARGEST_PAGE
from starter.commands.options import after_option, district_option, json_option, limit_option
from starter.commands.roster.roster_rows import PEOPLE, key_state, show_items, standing
from starter.commands.word_choice import WordChoice
from starter.desk.known_people import not_in_roster
from starter.errors import BadInput, NoRoster
from starter.roster.roster_access import RosterAccess, open_roster
from starter.roster.roster_edits import fingerprint_of
from starter.roster.roster_origin import EXAMPLE, RosterOrigin, origin_of
from starter.terminal import wording
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    complain_of_more,
    facts,
    heading,
    show,
    show_json,
    table_of,
)
from starter.terminal.this_command import with_option
from workflows.roster_entries import RosterKey
from workflows.vocabulary import Role
from workflows.words import Words


@click.command("list", short_help="List people, or what waits. 人员列表")
@click.option(
    "--role",
    type=WordChoice(Role),
    metavar="ROLE",
    help=made(Words("Only this role. 身份", "仅该身份。")),
)
@district_option
@click.option(
    "--platform",
    "platform_id",
    metavar="PLATFORM",
    help=made(
        Words("Only the operator's people of this platform. 平台", "仅该平台运营单位的人员。")
    ),
)
@click.option(
    "--waiting",
    is_flag=True,
    help=made(Words("What waits to be confirmed instead. 待确认", "改为列出待确认的变更。")),
)
@limit_option(LARGEST_PAGE)
@after_option("ID")
@json_option
@answering
async def list_command(
    *, waiting: bool, limit: int, after: str | None, as_json: bool, **narrowed: str | None
) -> None:
    """List people, or what waits. 人员列表

    By their ids; also those whose days have ended.

    \b
    Example:
      pingtai roster list --district haidian
      pingtai roster list --waiting
    """
    async with open_roster() as roster:
        if waiting:
            await _waiting(roster, as_json=as_json)
            return
        page = await roster.people(after or "", limit=limit, **narrowed)
        newest = None if as_json and page.people else await roster.newest()
        if not page.people and newest is None:
            raise NoRoster
        origin = RosterOrigin.OWN
        if not as_json:
            officers = await roster.people(role=Role.COMMISSION, limit=LARGEST_PAGE)
            origin = origin_of(officers.people)
    if as_json:
        show_json([one.content() for one in page.people])
    elif page.people:
        with paged():
            show(table_of(page.people, PEOPLE))
        if page.after:
            complain_of_more(len(page.people), with_option(after=page.after))
        if newest:
            version, digest = newest.root.version, newest.root.digest()
            complain(
                Words(f"Version {version}, digest {digest}", f"第 {version} 版，摘要 {digest}")
            )
        if origin is RosterOrigin.EXAMPLE:
            complain(Words(f"Roster: {EXAMPLE.en}", f"人员目录：{EXAMPLE.zh}"))
    else:
        complain(
            Words(
                "Nobody in the roster is like that. All of them: pingtai roster list",
                "人员目录中没有符合条件的人员。查看全部人员：pingtai roster list",
            )
        )


async def _waiting(roster: RosterAccess, *, as_json: bool) -> None:
    items = await roster.waiting()
    if as_json:
        show_json([item.model_dump(mode="json", exclude_none=True) for item in items])
    elif items:
        show_items(items)
    else:
        complain(Words("Nothing waits to be confirmed.", "没有待确认的变更。"))


@click.command("show", short_help="Show a person with their keys. 查看人员")
@click.argument("person")
@json_option
@answering
async def show_command(person: str, *, as_json: bool) -> None:
    """Show a person with their keys. 查看人员

    \b
    Example:
      pingtai roster show hd-02
    """
    async with open_roster() as roster:
        entry = (await roster.named([person])).get(person)
        if entry is None:
            raise await _nobody(roster, person)
    if as_json:
        show_json(entry.content())
        return
    rows: list[tuple[Any, object]] = [
        (Words("id", "编号"), entry.id),
        (Words("name", "姓名"), entry.name),
        (Words("role", "身份"), wording.who(entry.role)),
        (Words("organisation", "单位"), entry.organisation),
        (wording.DISTRICT, wording.district(entry.district) if entry.district else None),
        (Words("platform", "平台"), entry.platform_id),
        (Words("credit code", "统一社会信用代码"), entry.credit_code),
        (Words("first day", "任职首日"), entry.first_day),
        (Words("last day", "任职末日"), entry.last_day),
        (Words("appointed by", "任命单位"), entry.appointed_by),
        (Words("document", "任命文件"), entry.document.name if entry.document else None),
        (Words("today", "今日"), standing(entry)),
    ]
    show(facts([row for row in rows if row[1] is not None]))
    if entry.keys:
        show(heading(Words("Keys", "密钥")), table_of(entry.keys, _KEYS))


_KEYS: tuple[Column[RosterKey], ...] = (
    Column(Words("fingerprint", "指纹"), fingerprint_of, whole=ALWAYS),
    Column(Words("days", "有效期"), key_state),
)


@click.command("proof", short_help="Print the proof that a person is in the roster. 人员证明")
@click.argument("person")
@answering
async def proof_command(person: str) -> None:
    """Print the proof that a person is in the roster. 人员证明

    JSON: the entry, its way to the root of the version in force, and that version with the signatures of two
    officers. A decision carries it; who sends decisions without our client attaches it (docs/roster.md).

    \b
    Example:
      pingtai roster proof hd-02
    """
    async with open_roster() as roster:
        found = await roster.proof(person)
        if found is None:
            raise await _nobody(roster, person)
    proof, signed = found
    show_json(
        {
            "proof": proof.model_dump(mode="json", exclude_none=True),
            "signed_root": signed.model_dump(mode="json", exclude_none=True),
        }
    )


async def _nobody(roster: RosterAccess, person: str) -> BadInput:
    unknown = await not_in_roster(roster, [person])
    return BadInput(unknown) if unknown else NoRoster()
