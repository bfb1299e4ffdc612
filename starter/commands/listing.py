"""`pingtai list`: include one platform in a list, and `pingtai list publish`: many of them."""

import asyncio
from contextlib import nullcontext, suppress
from typing import Any

import click

from starter.clock import today
from starter.commands.batch.batch_command import HOW, carry_out, format_of
from starter.commands.batch.plain_list import Names
from starter.commands.decision_command import command_of, help_of
from starter.commands.forms_by_kind import FORMS
from starter.commands.list_contents import InList, certificates_in
from starter.errors import PingtaiError
from starter.terminal.command_runner import answered
from starter.terminal.default_group import UsualGroup
from starter.terminal.lazy_group import Listed
from workflows.vocabulary import Kind, ListingOutcome

ONE = "one"

list_command = UsualGroup(
    "list",
    ONE,
    help=help_of(FORMS[Kind.LISTING]) + "\n\nEvery option of it: `pingtai list one --help`.",
    no_args_is_help=True,
    listed=(
        Listed(
            "document",
            "Write a list as an official notice. 名单公文",
            "starter.commands.list_papers:document_command",
        ),
        Listed(
            "certificate",
            "Write certificates with QR codes. 证书",
            "starter.commands.list_papers:certificate_command",
        ),
    ),
)


@list_command.command(
    "publish", short_help="Include many platforms in one numbered list. 公布名单 §四(四)"
)
@click.option("--number", required=True, metavar="ID", help="Number of the list. 名单批次")
@click.option(
    "--file",
    required=True,
    metavar="FILE",
    help="Lines of PLATFORM CERTIFICATE; or CSV, XLSX or JSON with platform and certificate_number;"
    " - is standard input. 文件",
)
@click.option(
    "--certificate-prefix",
    "prefix",
    metavar="TEXT",
    help="For lines that name a platform only: certificates PREFIX001, PREFIX002, … 证书编号前缀",
)
def publish_command(
    *, number: str, file: str, prefix: str | None, written: str | None, **said: Any
) -> None:
    """Include many platforms in one numbered list. 公布名单 §四(四)

    Each is decided on its own. A platform that is in the list under its certificate is done already.
    Failed lines are written to a file, with certificate and reason. Without --date the decisions are
    dated today.

    \b
    Example:
      pingtai list publish --number 2026-1 --file platforms.txt --certificate-prefix BJPT-2026-
    """
    preset = {
        "kind": str(Kind.LISTING),
        "outcome": str(ListingOutcome.INCLUDED),
        "list_number": number,
    }
    with answered():
        listed: dict[str, str] = {}
        # Only who numbers certificates cannot go on without knowing them.
        with nullcontext() if prefix is not None else suppress(PingtaiError):
            listed = asyncio.run(certificates_in(number, start=prefix is not None))
        form = format_of(file, written, preset) or Names(preset, prefix, listed)
        in_list = InList(number, frozenset(listed))
        carry_out(file, form, {**said, "day": said["day"] or str(today()), "in_list": in_list})


publish_command.params.extend(HOW)
list_command.add_command(command_of(FORMS[Kind.LISTING]), ONE)
