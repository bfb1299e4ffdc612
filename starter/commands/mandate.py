"""`pingtai mandate`: an absent person signs who acts for them; the substitute keeps it."""

import base64
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import click

from db.reading import LARGEST_PAGE
from starter.clock import today
from starter.commands.new_file import write_new
from starter.commands.options import DAY, json_option
from starter.commands.roster.roster_signers import signers
from starter.commands.word_choice import WordChoice
from starter.desk.kept_mandates import (
    KeptMandate,
    keep_mandate,
    kept_mandates,
    mandate_text,
    of_other_days,
    read_mandate,
)
from starter.desk.profile import read_profile
from starter.desk.reach import open_reads
from starter.errors import BadInput, PingtaiError
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answered, answering
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.named_fields import NamedFields
from starter.terminal.screen import ALWAYS, Column, complain, show, show_json, table_of
from workflows.model import InvalidMessage, parse
from workflows.vocabulary import Kind
from workflows.words import Words, listed_zh


@click.group("mandate", cls=LazyGroup)
def mandate_command() -> None:
    """Let another sign for you while you are away, by your signature. 委托书

    Where decisions are signed, whoever acts for another (`--for`) brings that person's signed mandate. The
    absence itself is named with `pingtai absence name`, for the same days.

    \b
    Example:
      pingtai mandate sign kw-02 --from 2026-10-08 --until 2026-10-16 -o mandate.json
      pingtai mandate keep mandate.json
      pingtai mandate list
    """


@mandate_command.command("sign", short_help="Sign who acts for you. 签署委托书")
@click.argument("substitute")
@click.option(
    "--from",
    "first_day",
    type=DAY,
    required=True,
    metavar="DAY",
    help="First day. 起",
)
@click.option(
    "--until",
    "last_day",
    type=DAY,
    required=True,
    metavar="DAY",
    help=made(Words("Last day, included. 止", "代理末日（含当日）。")),
)
@click.option(
    "--kind",
    "kinds",
    type=WordChoice(Kind),
    multiple=True,
    metavar="KIND",
    help=made(Words("Only this kind of decision; repeatable. 事项", "仅限该事项，可重复。")),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help=made(Words("Where to write it. 输出文件", "委托书文件（须为新文件）。")),
)
@answering
async def sign_command(
    substitute: str, first_day: date, last_day: date, kinds: tuple[str, ...], output: Path
) -> None:
    """Sign who acts for you. 签署委托书

    With the key of your profile, for another person of the same role and body: both stand in the roster, where
    there is one. Give the file to your substitute, who keeps it. It holds no secret.

    \b
    Example:
      pingtai mandate sign kw-02 --from 2026-10-08 --until 2026-10-16 --kind inspection -o mandate.json
    """
    profile = read_profile()
    keys = signers(())
    if profile is None or not keys:
        raise BadInput(
            "a mandate is signed with your key: `pingtai login` makes one",
            "委托书须用本人密钥签名：`pingtai login` 可生成密钥",
        )
    said = {
        "principal": profile.id,
        "substitute": substitute,
        "first_day": str(first_day),
        "last_day": str(last_day),
        "kinds": list(dict.fromkeys(kinds)),
        "sshsig": "AAAA",
    }
    try:
        unsigned = parse(KeptMandate, said, "mandate")
    except InvalidMessage as error:
        raise NamedFields(error, KeptMandate) from None
    if last_day < first_day:
        raise BadInput("--until lies before --from", "--until 早于 --from")
    from starter.desk.mandate_checks import check_mandate  # noqa: PLC0415 - only who signs

    await check_mandate(unsigned, keys[0].key, datetime.now(UTC))
    from workflows.signed_mandates import MANDATE_NAMESPACE  # noqa: PLC0415

    signed = base64.b64encode(keys[0].sign(unsigned.form(), MANDATE_NAMESPACE)).decode()
    mandate = unsigned.model_copy(update={"sshsig": signed})
    write_new(output, mandate_text(mandate).encode())
    await _tell_of_other_days(mandate)
    show(
        Words(
            f"{output}: {substitute} keeps it with: pingtai mandate keep {output}",
            f"{output}：请 {substitute} 运行 pingtai mandate keep {output}",
        )
    )


@mandate_command.command("keep", short_help="Keep a mandate that you were given. 保存委托书")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@answering
async def keep_command(file: Path) -> None:
    """Keep a mandate that you were given. 保存委托书

    Its signature, persons and days are checked first; where there is a roster, by that, too. From then on
    `--for PRINCIPAL` brings it along on its days.

    \b
    Example:
      pingtai mandate keep mandate.json
    """
    mandate = read_mandate(file)
    profile = read_profile()
    if profile is None:
        raise BadInput(
            f"it is for {mandate.substitute}, and who you are is not said: pingtai login",
            f"该委托书的代理人为 {mandate.substitute}，而本人身份尚未登记：pingtai login",
        )
    if profile.id != mandate.substitute:
        raise BadInput(
            f"it is for {mandate.substitute}, and you are {profile.id}",
            f"该委托书的代理人为 {mandate.substitute}，而本人为 {profile.id}",
        )
    from starter.desk.mandate_checks import check_mandate, key_of  # noqa: PLC0415 - only who keeps one

    key = key_of(mandate)
    await check_mandate(mandate, key, datetime.now(UTC))
    path = keep_mandate(mandate)
    await _tell_of_other_days(mandate)
    print_ = key.fingerprint()
    show(
        Words(
            f"You act for {mandate.principal}, {mandate.first_day} to {mandate.last_day} ({path})",
            f"自 {mandate.first_day} 至 {mandate.last_day} 代 {mandate.principal} 办理（{path}）",
        ),
        Words(f"Signed by the key {print_}", f"签名密钥：{print_}"),
    )


async def _tell_of_other_days(mandate: KeptMandate) -> None:
    """Say that the absence of its persons is of other days: it would not be used then."""
    with suppress(PingtaiError):  # what the register does not say is said when it is to be used
        async with open_reads() as register:
            named = await register.substitutions(mandate.substitute, today(), LARGEST_PAGE)
        of_persons = [row for row in named if mandate.is_of_persons(row) and not row.withdrawn_at]
        if told := of_other_days(of_persons, [mandate]):
            complain(told)


@mandate_command.command("list", short_help="List the mandates that you keep. 委托书列表")
@json_option
def list_command(as_json: bool) -> None:
    """List the mandates that you keep. 委托书列表

    \b
    Example:
      pingtai mandate list
    """
    with answered():
        kept = kept_mandates()
        if as_json:
            show_json([one.model_dump(mode="json") for one in kept])
        elif kept:
            show(table_of(kept, _COLUMNS))
        else:
            complain(Words("No mandates are kept here.", "尚未保存委托书。"))


def _kinds(mandate: KeptMandate) -> Words:
    if not mandate.kinds:
        return Words("all", "全部")
    return Words(
        ", ".join(one.words.en for one in mandate.kinds), listed_zh(one.zh for one in mandate.kinds)
    )


_COLUMNS: tuple[Column[KeptMandate], ...] = (
    Column(Words("principal", "被代理人"), lambda one: one.principal, whole=ALWAYS),
    Column(Words("substitute", "代理人"), lambda one: one.substitute, whole=ALWAYS),
    Column(Words("from", "起"), lambda one: str(one.first_day), whole=ALWAYS),
    Column(Words("until", "止"), lambda one: str(one.last_day), whole=ALWAYS),
    Column(Words("decisions", "事项"), _kinds),
)
