"""`pingtai roster init` and `template`: two officers set the roster up."""

import json
from pathlib import Path
from typing import Any

import click

from starter.clock import today
from starter.commands.new_file import write_new
from starter.commands.roster.roster_file import read_people
from starter.commands.roster.roster_signers import NOTE, SIGN, signers
from starter.commands.roster.roster_template import write_template
from starter.desk.reach import directly_only
from starter.errors import BadInput
from starter.roster.roster_access import open_roster
from starter.roster.roster_changes import opening, opening_signature, with_signatures
from starter.tables.file_content import read_bytes
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answered, answering
from starter.terminal.language import say
from starter.terminal.screen import show
from workflows.model import MAX_MESSAGE_BYTES, parse
from workflows.refusal import Refused
from workflows.roster_decisions import RosterChange
from workflows.signed_roots import OFFICERS_NEEDED
from workflows.words import Words, listed

_DRAFT = click.option(
    "--draft",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=made(
        Words(
            "Two officers apart: the first writes this file, the second signs and sends it. 异地签名",
            "两人异地办理：第一人签名写入此文件，第二人签名后提交。",
        )
    ),
)


@click.command("init", short_help="Set the roster up, signed by two officers. 设立人员目录")
@click.argument("file", required=False)
@SIGN
@_DRAFT
@NOTE
@answering
async def init_command(
    *, file: str | None, sign: tuple[str, ...], draft: Path | None, note: str | None
) -> None:
    """Set the roster up, signed by two officers. 设立人员目录

    FILE is a table of people, a row each (`pingtai roster template`), with two officers of the commission and
    their keys at least. Both sign: at one desk with --sign, or one after the other with --draft, the second
    without FILE. There is one roster, and it is set up once.

    \b
    Example:
      pingtai roster init people.csv --sign ~/second.key
      pingtai roster init people.csv --draft roster.json
      pingtai roster init --draft roster.json
    """
    directly_only("`pingtai roster init`", "`pingtai roster init` ")
    keys = signers(sign)
    if file is None:
        if draft is None:
            raise BadInput(
                "name the file of people, or with --draft that of the first officer",
                "请指明人员登记表，或以 --draft 指明第一人写入的文件",
            )
        change, said = _read(draft)
        root, entries = said.root, [item.entry for item in said.items]
        people = {one.proof.entry.id for one in said.signatures if one.proof}
    else:
        entries, people = read_people(file, today()), set[str]()
        change, root = opening(entries, note, keys[0] if keys else None)
    signed = list(change.get("signatures", ()))
    for key in keys:
        one = opening_signature(key, root, entries)
        person = one["proof"]["entry"]["id"]
        if person not in people:
            people.add(person)
            signed.append(one)
    change = with_signatures(change, root, signed[:OFFICERS_NEEDED])
    if file is not None and draft is not None:
        text = json.dumps(change, ensure_ascii=False, indent=1) + "\n"
        write_new(draft, text.encode())
        show(
            Words(
                f"{draft}: signed by one. The second officer runs: pingtai roster init --draft {draft}",
                f"{draft}：已有一人签名。请第二人运行：pingtai roster init --draft {draft}",
            )
        )
        return
    async with open_roster() as roster:
        try:
            view = await roster.start(change)
        except Refused as error:
            if len(signed) < OFFICERS_NEEDED:
                error.add_note(say(_who_lacks(people, len(keys))))
            raise
    show(
        Words(
            f"The roster is set up with {view.people} people, signed by two officers.",
            f"人员目录已设立，共 {view.people} 人，由两名人员签名。",
        )
    )


@click.command("template", short_help="Write a table for many people. 人员登记表模板")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def template_command(file: Path) -> None:
    """Write a table for many people. 人员登记表模板

    A .csv or .xlsx file in the language of the output: which columns are required, how each is written, and two
    examples; rows that begin with # are passed over. A document that it names lies in the table's folder.

    \b
    Example:
      pingtai roster template people.xlsx
    """
    with answered():
        write_template(file)
        show(
            Words(
                f"{file}: fill it in. To set the roster up: pingtai roster init {file}; where there is one:"
                f" pingtai roster add {file}",
                f"{file}：请填写。设立人员目录：pingtai roster init {file}；目录已设立的："
                f"pingtai roster add {file}",
            )
        )


def _who_lacks(people: set[str], keys: int) -> Words:
    """Say who has signed, and how the other officer does."""
    who = listed(sorted(people))
    both = keys > len(people)
    theirs = Words(" (both keys are theirs)", "（两把密钥属同一人）") if both else Words("", "")
    en = f"Signed by {who.en}{theirs.en}." if people else "Signed by nobody."
    zh = f"已签名：{who.zh}{theirs.zh}。" if people else "尚无人签名。"
    return Words(
        f"{en} The other officer signs here too, with --sign FILE (the file of their key); or each at their own"
        " desk, with --draft FILE",
        f"{zh}另一名人员在此一并签名的，用 --sign 文件（其密钥文件）；两人异地办理的，用 --draft 文件",
    )


def _read(draft: Path) -> tuple[dict[str, Any], RosterChange]:
    """The change that the first officer signed, as it is sent and as it is read.

    Raises:
        BadInput, InvalidMessage: it is none.
    """
    content = read_bytes(str(draft), MAX_MESSAGE_BYTES, ("it is no draft", "不是草稿文件"))
    said = parse(RosterChange, content, str(draft))
    change: dict[str, Any] = json.loads(content)
    return change, said
