"""`pingtai keys`: who may use the HTTP API, and for what."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO

import click

from activities.harmless_text import harmless
from db.key_queries import ApiKey, keys_page
from db.reading import LARGEST_PAGE
from starter.client.register_access import open_connections, open_engine
from starter.commands.options import district_option, json_option
from starter.commands.word_choice import WordChoice, chinese_list
from starter.desk.reach import directly_only
from starter.desk.user_name import who
from starter.errors import BadInput
from starter.secret_files import others_may_read
from starter.service.scopes import Scope
from starter.terminal import wording
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.language import language, word
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.named_fields import NamedFields
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    show,
    show_json,
    table_of,
    write,
)
from starter.terminal.whole_number import WholeNumber
from workflows.application import Organisation
from workflows.model import InvalidMessage, invalid, parse
from workflows.name_comparison import seen
from workflows.periods import beijing_date
from workflows.words import Words, listed_zh

LONGEST = 200
_DECIDE = "decide:"


@click.group("keys", cls=LazyGroup)
def keys_command() -> None:
    """Create, list and revoke keys of the HTTP API. 接口密钥

    \b
    Example:
      pingtai keys create "海淀区申报系统" --scope apply --scope read --district haidian > key.txt
      pingtai keys list
    """


@keys_command.command("create", short_help="Create a key; it is shown once. 新建密钥")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=WordChoice(Scope),
    multiple=True,
    required=True,
    help=made(Words("What it may do; repeatable. 权限", f"权限，可重复：{chinese_list(Scope)}")),
)
@district_option
@click.option(
    "--organisation",
    metavar="NAME",
    help="The key acts for this organisation only, such as an operator. 仅代表该单位",
)
@click.option(
    "--credit-code",
    metavar="CODE",
    help="With --organisation: its unified social credit code, which then decides. 统一社会信用代码",
)
@click.option(
    "--days",
    type=WholeNumber(1, 3650),
    default=365,
    show_default=True,
    help="Days until it expires. 有效天数",
)
@answering
async def create_command(
    *,
    name: str,
    scopes: tuple[str, ...],
    district: str | None,
    organisation: str | None,
    credit_code: str | None,
    days: int,
) -> None:
    """Create a key; it is shown once. 新建密钥

    NAME describes its holder. Only the key goes to standard output, so that it can be piped into a
    file; the system keeps its hash. With --district it reads and acts on that district's platforms only; with
    --organisation it acts for that organisation only: by its name, or with --credit-code by its code, however
    the name is written.

    \b
    Example:
      pingtai keys create "海淀区申报系统" --scope apply --scope read --district haidian > key.txt
      pingtai keys create "区科委" --scope read --scope decide:district --district haidian > key.txt
    """
    _check_words(name, "NAME")
    _check_words(organisation or "-", "--organisation")
    code = _code_of(organisation, credit_code)
    if Scope.DECIDE_DISTRICT in scopes and district is None:
        raise BadInput(
            f"the scope {Scope.DECIDE_DISTRICT} needs --district",
            f"权限 {Scope.DECIDE_DISTRICT} 须以 --district 写明所在区",
        )
    by = who()
    directly_only("`pingtai keys`", "密钥管理")
    from db.key_rows import Keys  # noqa: PLC0415 - only who writes needs the database's client

    async with open_engine() as engine:
        key, token = await Keys(engine).create(
            name,
            sorted(set(scopes)),
            district=district,
            organisation=organisation,
            credit_code=code,
            at=datetime.now(UTC),
            by=by,
            days=days,
        )
    write(f"{token}\n")
    until = wording.moment(key.expires_at)
    complain(
        Words(
            f"Key {key.id}, valid until {until}. It is shown only once: keep it like a password.",
            f"密钥 {key.id}，有效期至 {until}。密钥仅显示一次，请妥善保管。",
        )
    )
    if is_read_by_others(sys.stdout):
        complain(_OTHERS_READ)


def is_read_by_others(stream: TextIO) -> bool:
    """Return whether a stream leads to a file that others may read."""
    with suppress(OSError, ValueError):  # what is no file of the system's
        return others_may_read(os.fstat(stream.fileno()).st_mode)
    return False


_OTHERS_READ = Words(
    "Others may read the file that it was written to: chmod 600 (with `umask 077` before, a new file is so).",
    "其他用户可读所写入的文件：请运行 chmod 600；事先运行 umask 077 的，新建文件即无此问题。",
)


@keys_command.command("list", short_help="List the keys, and when each was last used. 密钥列表")
@json_option
@answering
async def list_command(as_json: bool) -> None:
    """List the keys, and when each was last used. 密钥列表

    Also what each may do, and until when.

    \b
    Example:
      pingtai keys list
    """
    keys: list[ApiKey] = []
    directly_only("`pingtai keys`", "密钥管理")
    async with open_connections() as source:
        while True:
            page = await keys_page(source, keys[-1].id if keys else "")
            keys += page
            if len(page) < LARGEST_PAGE:
                break
    now = datetime.now(UTC)
    if as_json:
        show_json([key.model_dump(mode="json") | {"standing": key.standing(now)} for key in keys])
    elif keys:
        with paged():
            show(table_of(keys, _columns(now)))
    else:
        complain(Words("There are no keys.", "没有密钥。"))


@keys_command.command("revoke", short_help="Revoke a key at once. 撤销密钥")
@click.argument("key_id", metavar="ID")
@answering
async def revoke_command(key_id: str) -> None:
    """Revoke a key at once. 撤销密钥

    The next call with it is refused. ID is the part between `ptk_` and the secret, as `pingtai keys
    list` shows it.

    \b
    Example:
      pingtai keys revoke 4f0c2a9b1e
    """
    by = who()
    if "_" in key_id or "\0" in key_id:  # a whole key does not belong on a command line
        raise BadInput(
            "give only the key's id, as `pingtai keys list` shows it",
            "只填写密钥编号，见 pingtai keys list",
        )
    directly_only("`pingtai keys`", "密钥管理")
    from db.key_rows import Keys  # noqa: PLC0415 - only who writes needs the database's client

    async with open_engine() as engine:
        key = await Keys(engine).revoke(key_id[:LONGEST], at=datetime.now(UTC), by=by)
    if key is None:
        raise BadInput(
            f'No key "{harmless(key_id[:LONGEST])}". To see the ids, run: pingtai keys list',
            f"没有密钥“{harmless(key_id[:LONGEST])}”。请用 pingtai keys list 查看编号",
        )
    complain(
        Words(f"Key {key.id} of {key.name} was revoked.", f"{key.name} 的密钥 {key.id} 已撤销。")
    )


def _columns(now: datetime) -> tuple[Column[ApiKey], ...]:
    return (
        Column(Words("key", "密钥"), lambda key: key.id, whole=ALWAYS),
        Column(Words("holder", "用户"), lambda key: key.name),
        Column(Words("scopes", "权限"), lambda key: _may(key.scopes)),
        Column(Words("only for", "限于"), _only_for),
        Column(
            wording.VALID_UNTIL,
            lambda key: _STANDING.get(key.standing(now)) or _day(key.expires_at),
            whole=ALWAYS,
        ),
        Column(
            Words("last used", "最近使用"),
            lambda key: _day(key.last_used_at) if key.last_used_at else None,
            whole=ALWAYS,
        ),
    )


_STANDING = {"revoked": Words("revoked", "已撤销"), "expired": Words("expired", "已过期")}


def _only_for(key: ApiKey) -> str:
    district = wording.district(key.district) if key.district else None
    return " ".join(part for part in (district, key.organisation, key.credit_code) if part)


def _may(scopes: Sequence[str]) -> str:
    """The scopes in words that a narrow column can break between."""
    if language() == "zh":
        return listed_zh(word(scope, Scope) for scope in scopes)
    plain = [scope for scope in scopes if not scope.startswith(_DECIDE)]
    roles = [scope.removeprefix(_DECIDE) for scope in scopes if scope.startswith(_DECIDE)]
    parts = [", ".join(plain), f"decide: {', '.join(roles)}" if roles else ""]
    return "; ".join(part for part in parts if part)


def _day(at: datetime) -> str:
    """The day in Beijing: to the minute the columns would leave no room for the scopes; JSON has it."""
    return beijing_date(at).isoformat()


def _code_of(organisation: str | None, code: str | None) -> str | None:
    """The credit code of an organisation. Raises BadInput, InvalidMessage."""
    if code is None:
        return None
    if organisation is None:
        raise BadInput(
            "--credit-code needs --organisation, too", "--credit-code 须与 --organisation 一并使用"
        )
    said = {"name": organisation, "credit_code": code.strip().upper()}
    try:
        return parse(Organisation, said).credit_code
    except InvalidMessage as error:
        raise NamedFields(error, Organisation, {"credit_code": "--credit-code"}) from None


def _check_words(words: str, what: str) -> None:
    if not seen(words) or len(words) > LONGEST:
        raise invalid(what, "", f"1 to {LONGEST} characters", f"应为 1 至 {LONGEST} 字")
