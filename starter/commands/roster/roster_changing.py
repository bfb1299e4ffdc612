"""`pingtai roster add`, `key`, `end` and `revoke`: changes that are signed as they are sent."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from starter.clock import today
from starter.commands.document_files import document as hashed
from starter.commands.options import DAY, MOMENT, json_option
from starter.commands.roster.roster_file import COLUMNS, KEY, person_of, read_people
from starter.commands.roster.roster_signers import NOTE, SIGN, signers
from starter.commands.roster.roster_waiting import WITH_WAITING, carried
from starter.commands.word_choice import WordChoice
from starter.desk.known_people import not_in_roster
from starter.errors import BadInput, NoRoster
from starter.roster.roster_access import open_roster
from starter.roster.roster_changes import RosterChanges, words_of
from starter.roster.roster_edits import ended, key_line, revoked, with_key
from starter.tables.file_content import read_bytes
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.screen import show, show_json
from workflows.actors import Document
from workflows.model import parse
from workflows.roster_entries import RosterEntry
from workflows.roster_log import RosterReceipt
from workflows.vocabulary import District, Role
from workflows.words import Words

_FLAGS = {name: f"--{name.replace('_', '-')}" for name in COLUMNS} | {
    KEY: "--key",
    "platform_id": "--platform",
}
_METAVARS = {
    "id": "ID",
    "role": "ROLE",
    "district": "DISTRICT",
    "credit_code": "CODE",
    "platform_id": "PLATFORM",
    "document": "FILE[=TITLE]",
    KEY: "FILE",
}
_LONGEST_KEY = 10_000
Edit = Callable[[RosterEntry], RosterEntry]
_DOCUMENT = click.option(
    "--document",
    metavar="FILE[=TITLE]",
    help=made(Words("The document that orders it. 依据文件", "依据文件。")),
)


def _flag(name: str) -> Any:
    label = COLUMNS[name]
    text = Words(
        f"{label.en}. {label.help.en} {label.zh}" if label.help else f"{label.en}. {label.zh}",
        f"{label.zh}。{label.help.zh}" if label.help else f"{label.zh}。",
    )
    kind: Any = {"role": WordChoice(Role), "district": WordChoice(District)}.get(name)
    return click.option(
        _FLAGS[name],
        name,
        type=DAY if name.endswith("_day") else kind,
        metavar="DAY" if name.endswith("_day") else _METAVARS.get(name, "TEXT"),
        help=made(text),
    )


def _flags(command: Any) -> Any:
    for name in reversed(COLUMNS):
        command = _flag(name)(command)
    return command


@click.command("add", short_help="Add people, from flags or a file of many. 登记人员")
@click.argument("file", required=False)
@_flags
@SIGN
@WITH_WAITING
@NOTE
@json_option
@answering
async def add_command(
    *,
    file: str | None,
    sign: tuple[str, ...],
    with_waiting: bool,
    note: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Add people, from flags or a file of many. 登记人员

    FILE is a table, a row for each person (`pingtai roster template`). Their keys are good from today on. A
    person whose days begin later is added before.

    \b
    Example:
      pingtai roster add people.xlsx
      pingtai roster add --id hd-02 --name 王某 --role district --district haidian \\
          --organisation 海淀区科技主管部门 --appointed-by 海淀区科技主管部门 --key hd-02.pub
    """
    if (file is None) is not any(said.values()):
        raise BadInput(
            "give a file of people, or one person by flags", "请给出人员登记表，或以选项写明一人"
        )
    people = read_people(file, today()) if file else [_by_flags(said)]
    seen = carried(agreed=with_waiting, as_json=as_json)
    async with open_roster() as roster:
        changes = RosterChanges(roster, signers(sign))
        receipt = await changes.change(people, {}, note, seen=seen)
    _answer(receipt, as_json=as_json)


@click.command("key", short_help="Add a key to a person, or replace theirs. 增加或更换密钥")
@click.argument("person")
@click.argument("key")
@click.option(
    "--replace",
    is_flag=True,
    help=made(Words("Revoke the keys that they had. 吊销原密钥", "同时吊销原有密钥。")),
)
@SIGN
@WITH_WAITING
@NOTE
@json_option
@answering
async def key_command(
    *,
    person: str,
    key: str,
    replace: bool,
    sign: tuple[str, ...],
    with_waiting: bool,
    note: str | None,
    as_json: bool,
) -> None:
    """Add a key to a person, or replace theirs. 增加或更换密钥

    KEY is a file *.pub, or its line in quotation marks. It is good from today on.

    \b
    Example:
      pingtai roster key hd-02 hd-02-new.pub --replace
    """
    line, now = key_line(_key_text(key)), datetime.now(UTC)

    def edit(entry: RosterEntry) -> RosterEntry:
        old = revoked(entry, None, now) if replace else entry
        return with_key(old, line, today())

    await _edit([person], edit, sign, note, with_waiting=with_waiting, as_json=as_json)


@click.command("end", short_help="End a person's days. 终止任职")
@click.argument("people", nargs=-1, required=True)
@click.option(
    "--on",
    "day",
    type=DAY,
    metavar="DAY",
    help=made(
        Words("Their last day; default: today in Beijing. 末日", "末日；默认为北京时间今日。")
    ),
)
@_DOCUMENT
@SIGN
@WITH_WAITING
@NOTE
@json_option
@answering
async def end_command(
    *,
    people: tuple[str, ...],
    day: date | None,
    document: str | None,
    sign: tuple[str, ...],
    with_waiting: bool,
    note: str | None,
    as_json: bool,
) -> None:
    """End a person's days. 终止任职

    Their keys sign nothing after that day; what they signed before stays good.

    \b
    Example:
      pingtai roster end hd-02 --on 2027-01-31 --document 免职通知.pdf
    """
    ordered_by = parse(Document, hashed(document), "document") if document else None
    last = day or today()
    await _edit(
        people,
        lambda one: ended(one, last, ordered_by),
        sign,
        note,
        with_waiting=with_waiting,
        as_json=as_json,
    )


@click.command("revoke", short_help="Revoke a person's keys. 吊销密钥")
@click.argument("people", nargs=-1, required=True)
@click.option(
    "--key",
    "fingerprint",
    metavar="FINGERPRINT",
    help=made(Words("Only this key; default: all. 仅该密钥", "仅吊销该密钥；默认全部。")),
)
@click.option(
    "--since",
    type=MOMENT,
    metavar="MOMENT",
    help=made(
        Words(
            "From this moment on, 14 days ago at most; default: now. 吊销时刻",
            "自此时刻起，最早为 14 天前；默认为现在。",
        )
    ),
)
@SIGN
@WITH_WAITING
@NOTE
@json_option
@answering
async def revoke_command(
    *,
    people: tuple[str, ...],
    fingerprint: str | None,
    since: datetime | None,
    sign: tuple[str, ...],
    with_waiting: bool,
    note: str | None,
    as_json: bool,
) -> None:
    """Revoke a person's keys. 吊销密钥

    What a key signed before that moment stays good; nothing that it signs afterwards is.

    \b
    Example:
      pingtai roster revoke hd-02
      pingtai roster revoke hd-02 --since 2026-12-24T09:00Z --note 密钥遗失
    """
    at = since or datetime.now(UTC)
    await _edit(
        people,
        lambda one: revoked(one, fingerprint, at),
        sign,
        note,
        with_waiting=with_waiting,
        as_json=as_json,
    )


async def _edit(
    people: Sequence[str],
    edit: Edit,
    sign: Sequence[str],
    note: str | None,
    *,
    with_waiting: bool,
    as_json: bool,
) -> None:
    async with open_roster() as roster:
        changes = RosterChanges(roster, signers(sign))
        before = await changes.standing(people)
        missing = [one for one in people if one not in before]
        if missing:
            unknown = await not_in_roster(roster, missing)
            raise BadInput(unknown) if unknown else NoRoster()
        edited = [edit(before[one]) for one in people]
        seen = carried(agreed=with_waiting, as_json=as_json)
        receipt = await changes.change(edited, before, note, seen=seen)
    _answer(receipt, as_json=as_json)


def _answer(receipt: RosterReceipt, *, as_json: bool) -> None:
    if as_json:
        show_json(receipt.model_dump(mode="json"))
    else:
        show(words_of(receipt))


def _by_flags(said: dict[str, Any]) -> RosterEntry:
    given: dict[str, Any] = {name: str(value) for name, value in said.items() if value is not None}
    if given.get("document"):
        given["document"] = hashed(given["document"])
    if given.get(KEY):
        given[KEY] = _key_text(given[KEY])
    return person_of(given, today())


def _key_text(given: str) -> str:
    """A public key: the content of a file, or the line itself."""
    if given.startswith(("ssh-", "sk-")) and " " in given:
        return given
    content = read_bytes(
        str(Path(given).expanduser()), _LONGEST_KEY, ("it is no public key", "不是公钥文件")
    )
    return content.decode("utf-8", "replace")
