"""`pingtai drafts`: the forms that were begun and not sent."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from starter.commands.forms_by_kind import FORMS
from starter.desk.drafts import Draft, all_drafts, drop_draft
from starter.desk.profile import read_profile
from starter.errors import BadInput, PingtaiError
from starter.terminal import wording
from starter.terminal.command_runner import answered
from starter.terminal.screen import ALWAYS, Column, complain, heading, show, show_json, table_of
from workflows.words import Words

if TYPE_CHECKING:
    from db.countersign_queries import CountersignDraft

ALL = "all"


@click.command("drafts")
@click.option("--drop", metavar="NUMBER", help="Remove this draft; `all`: every draft. 删除草稿")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 以 JSON 输出")
def drafts_command(drop: str | None, *, as_json: bool) -> None:
    """List forms that were begun and not sent, and remove them. 草稿

    The newest is the first. To go on with one, run its command again. Below: decisions that are signed and
    wait for a second person's signature (`pingtai countersign`).

    \b
    Example:
      pingtai drafts
      pingtai drafts --drop 2
    """
    with answered():
        drafts = all_drafts()
        if drop is not None:
            for draft in _named(drafts, drop):
                drop_draft(draft.kind, draft.platform)
                show(Words(f"Removed: {_command(draft)}", f"已删除：{_command(draft)}"))
        elif as_json:
            show_json([_data(draft) for draft in drafts])
        else:
            waiting = asyncio.run(_waiting())
            if drafts:
                show(table_of(enumerate(drafts, 1), (*_DRAFTS, *_whose(drafts))))
            elif not waiting:
                complain(Words("There are no drafts.", "没有草稿。"))
            if waiting:
                from starter.commands.waiting_decisions import WAITING, waiting_table  # noqa: PLC0415 - few wait

                show(heading(WAITING), waiting_table(waiting))


async def _waiting() -> "list[CountersignDraft]":
    """What waits for a second signature; nothing where no register answers: forms are kept here."""
    from starter.desk.countersigning import open_countersign_drafts  # noqa: PLC0415 - a list alone needs it

    with suppress(PingtaiError):
        async with open_countersign_drafts() as there:
            return await there.waiting()
    return []


def _named(drafts: list[Draft], given: str) -> list[Draft]:
    if given == ALL:
        return drafts
    if given.isdecimal() and 0 < int(given[:6]) <= len(drafts):
        return [drafts[int(given[:6]) - 1]]
    raise BadInput(
        f"--drop {given}: no such draft; give a number from the list, or {ALL}",
        f"--drop {given}：没有此草稿；请用列表中的序号或 {ALL}",
    )


def _whose(drafts: list[Draft]) -> "tuple[Column[tuple[int, Draft]], ...]":
    """Whose form each is, where one is not of who reads the list: several people share a data folder."""
    profile = read_profile()
    own = profile.id if profile else None
    if all(_person(draft) in (None, own) for draft in drafts):
        return ()
    return (Column(Words("of", "经办人"), lambda row: _person(row[1])),)


def _person(draft: Draft) -> str | None:
    """Who began it, where that was said; answers of the form go before."""
    answers = dict(draft.answers.get("actor.id", ()))
    actor = draft.said.get("actor")
    said = actor.get("id") if isinstance(actor, dict) else None
    return next(iter(answers.values()), said)


def _command(draft: Draft) -> str:
    return f"{FORMS[draft.kind].command} {draft.platform}"


def _data(draft: Draft) -> dict[str, object]:
    return {
        "command": _command(draft),
        **draft.model_dump(mode="json", include={"kind", "platform", "term", "year", "saved_at"}),
        "answers": draft.count,
        "sent": draft.sent,
        "person": _person(draft),
    }


_MAYBE = Words("may have been accepted", "可能已办理")
_NOT_SENT = Words("not submitted", "未提交")
_DRAFTS: tuple[Column[tuple[int, Draft]], ...] = (
    Column(Words("no.", "序号"), lambda row: row[0], whole=ALWAYS),
    Column(Words("command", "命令"), lambda row: _command(row[1])),
    Column(Words("saved", "保存时间"), lambda row: wording.moment(row[1].saved_at), whole=ALWAYS),
    Column(Words("answers", "已填项数"), lambda row: row[1].count, whole=ALWAYS),
    Column(
        Words("state", "状态"),
        lambda row: _MAYBE if row[1].sent else _NOT_SENT,
    ),
)
