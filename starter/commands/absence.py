"""`pingtai absence`: who acts for whom on which days."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from db.reading import LARGEST_PAGE
from db.substitution_queries import SubstitutionRow
from starter.clock import today
from starter.commands.actor_doubts import unknown_person
from starter.commands.actor_resolution import ActorResolver
from starter.commands.decision_form import ACTOR
from starter.commands.form_options import AS, option, preset
from starter.commands.options import json_option, limit_option
from starter.commands.unless_meant import unless_meant
from starter.commands.word_choice import WordChoice
from starter.desk.absences import Absence, may_name
from starter.desk.reach import directly_only, open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import Declined, answered, answering
from starter.terminal.language import say
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.named_fields import NamedFields
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    Said,
    at_terminal,
    complain,
    facts,
    show,
    show_json,
    table_of,
)
from starter.terminal.whole_number import WholeNumber
from workflows.actors import Actor
from workflows.model import InvalidMessage, invalid, parse
from workflows.vocabulary import District, Role
from workflows.words import Words, listed, listed_zh

_PRINCIPAL_FLAGS = {
    f"principal.{part}": f"--principal-{part}" for part in ("role", "organisation", "district")
}
_WHO = (AS, *(option(part) for part in ACTOR))


@click.group("absence", cls=LazyGroup)
def absence_command() -> None:
    """Name who acts for you while you are away. 委托代理

    Everybody names their own substitute; the commission may name for others. A substitute decides
    with `--for PRINCIPAL`, on the named days only. The decision says who acted, and for whom.

    \b
    Example:
      pingtai absence name my-02 --from 2026-10-08 --until 2026-10-16 --reason 休假
      pingtai review bj-water-membrane --for my-01
    """


@absence_command.command(
    "name", short_help="Name who acts for you from one day to another. 指定代理人"
)
@click.argument("substitute")
@click.option("--from", "first_day", required=True, metavar="YYYY-MM-DD", help="First day. 起")
@click.option("--until", "last_day", required=True, metavar="YYYY-MM-DD", help="Last day. 止")
@click.option("--reason", metavar="TEXT", help="Why. 事由")
@click.option(
    "--principal", metavar="ID", help="Commission only: the principal, if not yourself. 被代理人"
)
@click.option("--principal-role", type=WordChoice(Role), help="The principal's role. 被代理人身份")
@click.option(
    "--principal-organisation", metavar="TEXT", help="The principal's organisation. 被代理人单位"
)
@click.option(
    "--principal-district",
    type=WordChoice(District),
    metavar="DISTRICT",
    help="The principal's district. 被代理人所在区",
)
@json_option
@click.option("--yes", "yes", is_flag=True, help="Also somebody whom the roster lacks. 不再确认")
def name_command(**said: Any) -> None:
    """Name who acts for you from one day to another. 指定代理人

    Both days are included. The same again changes nothing. Where a roster is set up, whoever is not in it is
    asked about; in scripts: --yes.

    \b
    Example:
      pingtai absence name commission-05 --from 2026-10-08 --until 2026-10-16 --reason 休假
    """
    with answered():
        who, absence = _absence_of(said)
        may_name(who, absence.principal.id)
        directly_only("naming or withdrawing a substitute", "指定、撤回委托")
        typed = {absence.substitute, absence.principal.id} - {who.id}
        unknown = None if said["yes"] else unknown_person(*sorted(typed))
        if unknown:
            _ask_about(unknown, asks=at_terminal() and not said["as_json"])
        asyncio.run(_name(who, absence, as_json=said["as_json"]))


def _ask_about(unknown: Words, *, asks: bool) -> None:
    """Ask whether people whom the roster lacks are meant.

    Raises:
        BadInput: nobody can be asked.
        click.Abort: they are not meant.
    """
    why = Words(f"{unknown.en}.", f"{unknown.zh}。")
    if not asks:
        raise unless_meant([why])
    from starter.commands.guided.prompts import sure, wrong  # noqa: PLC0415 - only who asks needs it

    wrong(say(why))
    if not sure(say("Name them all the same?", "仍要指定？")):
        raise Declined


def _absence_of(said: dict[str, Any]) -> tuple[Actor, Absence]:
    """Who names somebody, and what they name."""
    person = _person(said, preset())
    principal = person
    if said["principal"] and said["principal"] != person["id"]:
        parts = ("role", "organisation", "district")
        other = {part: said[f"principal_{part}"] for part in parts if said[f"principal_{part}"]}
        principal = {"id": said["principal"], **other}
    days = {name: said[name] for name in ("substitute", "first_day", "last_day")}
    reason = {"reason": said["reason"]} if said["reason"] else {}
    try:
        absence = parse(Absence, {"principal": principal, **days, **reason}, "absence")
    except InvalidMessage as error:
        raise NamedFields(error, Absence, _PRINCIPAL_FLAGS) from None
    return parse(Actor, person, "actor"), absence


async def _name(who: Actor, absence: Absence, *, as_json: bool) -> None:
    from db.substitutions import Substitutions  # noqa: PLC0415 - only who writes needs the database's client
    from starter.client.register_access import open_engine  # noqa: PLC0415

    async with open_engine() as engine:
        row, before = await Substitutions(engine).name(
            absence.principal,
            absence.substitute,
            (absence.first_day, absence.last_day),
            reason=absence.reason,
            named_by=who.id,
            at=datetime.now(UTC),
        )
        named = await Substitutions(engine).of(row.principal_id, row.first_day, LARGEST_PAGE)
    if overlap := _overlap(row, named):
        complain(overlap)
    if as_json:
        show_json({**row.model_dump(mode="json"), "repeated": before})
        return
    again = Words("named before; nothing has changed", "此前已指定，未作任何改变")
    show(facts([(_REPEATED, again if before else None), *_facts(row)]))


def _overlap(row: SubstitutionRow, named: Sequence[SubstitutionRow]) -> Words | None:
    """Say which other substitutions by the same person share days with one; None: none does."""
    others = [
        one
        for one in named
        if one.number != row.number
        and (one.principal_id, one.substitute_id) == (row.principal_id, row.substitute_id)
        and one.first_day <= row.last_day
    ]
    if not others:
        return None
    shared = listed(f"{one.number} ({one.first_day} – {one.last_day})" for one in others).en
    in_chinese = listed_zh(f"{one.number}（{one.first_day} – {one.last_day}）" for one in others)
    return Words(
        f"{row.substitute_id} acts for {row.principal_id} on some of these days already, by number {shared}."
        " To withdraw one: pingtai absence withdraw",
        f"{row.substitute_id} 在部分日期已代 {row.principal_id} 办理，编号 {in_chinese}。"
        "撤回其一：pingtai absence withdraw",
    )


@absence_command.command("list", short_help="List who acts for whom, the newest first. 查看代理")
@click.option("--person", metavar="ID", help="Only this person, as principal or substitute. 人员")
@click.option("--all", "whole", is_flag=True, help="Include past and withdrawn ones. 全部")
@limit_option(LARGEST_PAGE)
@json_option
@answering
async def list_command(person: str | None, whole: bool, limit: int, as_json: bool) -> None:
    """List who acts for whom, the newest first. 查看代理

    \b
    Example:
      pingtai absence list --person kw-01
    """
    async with open_reads() as register:
        rows = await register.substitutions(person, None if whole else today(), limit)
    if as_json:
        show_json([row.model_dump(mode="json") for row in rows])
    elif rows:
        with paged():
            show(table_of(rows, _COLUMNS))
    else:
        also = (
            Words("", "")
            if whole
            else Words(" Past and withdrawn ones: --all", "含以往和已撤回的：--all")
        )
        complain(Words(f"No substitutions found.{also.en}", f"没有符合条件的委托代理。{also.zh}"))


@absence_command.command("withdraw", short_help="Withdraw a substitution. 撤回委托")
@click.argument("number", type=WholeNumber(1, 2**62))
@answering
async def withdraw_command(number: int, **said: Any) -> None:
    """Withdraw a substitution. 撤回委托

    Decisions already made under it stay valid.

    \b
    Example:
      pingtai absence withdraw 3
    """
    who = parse(Actor, _person(said, preset()), "actor")
    directly_only("naming or withdrawing a substitute", "指定、撤回委托")
    from db.substitutions import Substitutions  # noqa: PLC0415 - only who writes needs the database's client
    from starter.client.register_access import open_engine  # noqa: PLC0415

    async with open_engine() as engine:
        substitutions = Substitutions(engine)
        row = await substitutions.find(number)
        if row is None:
            raise BadInput(
                f"No substitution {number}. To see the numbers, run: pingtai absence list",
                f"没有编号为 {number} 的委托。请用 pingtai absence list 查看编号",
            )
        may_name(who, row.principal_id)
        before = row.withdrawn_at
        row = await substitutions.withdraw(number, datetime.now(UTC)) or row
    again = Words("withdrawn before; nothing has changed", "此前已撤回，未作任何改变")
    show(facts([(_REPEATED, again if before else None), *_facts(row)]))


for _command in (name_command, withdraw_command):
    _command.params.extend(_WHO)


def _person(said: dict[str, Any], preset: frozenset[str]) -> dict[str, Any]:
    """Who gives the command; the role matters, for the commission may name for others.

    Raises:
        InvalidMessage: it was not said who.
    """
    person: dict[str, Any] = ActorResolver(said, preset, said["called"]).actor({})
    flags = {"id": "--actor", "role": "--role", "organisation": "--organisation"}
    missing = [flag for field, flag in flags.items() if field not in person]
    if missing:
        named = listed(missing)
        en = f"give {named.en}, or run: pingtai login"
        raise invalid("actor", "", en, f"请填写 {named.zh}，或先运行 pingtai login")
    return person


def _facts(row: SubstitutionRow) -> list[tuple[Said, object]]:
    return [
        (_NUMBER, row.number),
        (_PRINCIPAL, row.principal_id),
        (_OFFICE, _office(row)),
        (_SUBSTITUTE, row.substitute_id),
        (Words("days", "期间"), f"{row.first_day} – {row.last_day}"),
        (Words("reason", "事由"), row.reason),
        (Words("named by", "指定人"), f"{row.named_by} · {wording.moment(row.named_at)}"),
        (
            Words("withdrawn", "撤回时间"),
            wording.moment(row.withdrawn_at) if row.withdrawn_at else None,
        ),
    ]


def _office(row: SubstitutionRow) -> str:
    words = [wording.who(row.role), row.organisation]
    return " · ".join(words + ([wording.district(row.district)] if row.district else []))


def _last_day(row: SubstitutionRow) -> str:
    return str(row.last_day) + (say(Words(", withdrawn", "，已撤回")) if row.withdrawn_at else "")


_REPEATED = Words("repeated", "重复提交")
_NUMBER = Words("number", "编号")
_PRINCIPAL = Words("principal", "被代理人")
_OFFICE = Words("office", "身份")
_SUBSTITUTE = Words("substitute", "代理人")
_COLUMNS: tuple[Column[SubstitutionRow], ...] = (
    Column(_NUMBER, lambda row: row.number, whole=ALWAYS),
    Column(_PRINCIPAL, lambda row: row.principal_id),
    Column(_SUBSTITUTE, lambda row: row.substitute_id),
    Column(Words("from", "起"), lambda row: row.first_day, whole=ALWAYS),
    Column(Words("until", "止"), _last_day),
    Column(_OFFICE, _office),
)
