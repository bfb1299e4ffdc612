"""`pingtai erase`: one officer asks for the erasure of a term, a second confirms it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from audit.commands.audit_options import output_option
from audit.evidence_files import write_new
from starter.client.register_access import open_engine
from starter.commands.options import json_option
from starter.desk.profile import Profile, read_profile
from starter.desk.reach import directly_only
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal.command_runner import REFUSED, answering
from starter.terminal.language import say
from starter.terminal.lazy_group import LazyGroup
from starter.terminal.screen import (
    ALWAYS,
    Column,
    complain,
    facts,
    show,
    show_json,
    table_of,
    write,
)
from starter.terminal.whole_number import WholeNumber
from starter.terminal.wording import moment
from workflows.actors import Actor
from workflows.erasure_decisions import ErasedTerm, ErasureStage
from workflows.erasure_log import ErasureReceipt, TermStanding, objections_to_term
from workflows.record import LogEntry
from workflows.vocabulary import Role
from workflows.words import Words, counted, listed

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

erase_group = LazyGroup(
    "erase",
    help="Erase a term whose retention is over, as two officers. 删除到期期次\n\n"
    "The key of the term is destroyed, so Temporal, its backups and the archive are unreadable; in the"
    " register what people wrote is erased. Hashes, stages, days and published numbers stay.\n\n"
    "\b\nExample:\n  pingtai erase request bj-riscv-soc --term 1 --reason 保管期限届满\n"
    "  pingtai erase confirm bj-riscv-soc --term 1",
)
_TERM = click.option(
    "--term", type=WholeNumber(1, 99), metavar="NUMBER", required=True, help="Which term. 期次"
)
_DRY = click.option(
    "--dry-run", is_flag=True, help="Show what would be erased; change nothing. 预检"
)


class _Place(NamedTuple):
    engine: "AsyncEngine"
    of: ErasedTerm
    standing: TermStanding


@erase_group.command("request", short_help="Ask for the erasure of a term. 申请删除")
@click.argument("platform")
@_TERM
@click.option("--reason", help="Why, in the log of the erasure. 理由")
@click.option("--document", help="Number of the document that orders it. 批准文号")
@_DRY
@json_option
@answering
async def request_command(
    platform: str,
    term: int,
    reason: str | None,
    document: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Ask for the erasure of a term. 申请删除

    Refused while the term is open, before its retention is over (PINGTAI_RETENTION_YEARS after its end, 10
    by default), and where something of it is not encrypted. A second officer confirms it. Both sign where a
    roster is set up. With --dry-run the rows and keys that would be erased are counted.

    \b
    Example:
      pingtai erase request bj-riscv-soc --term 1 --dry-run
    """
    from audit.erasing.erasure_sender import request_of  # noqa: PLC0415 - needs Temporal's client

    async with _opened(platform, term) as place:
        if dry_run:
            await _preview(place, as_json=as_json)
            return
        if place.standing.erased:
            _show_done(as_json=as_json)
            return
        if not reason:
            raise BadInput(
                "--reason is missing: it is kept in the log", "缺少 --reason：理由将写入记录"
            )
        profile = _officer()
        raw = request_of(place.of, place.standing, _actor(profile), reason, document)
        receipt = await _send(place, raw, profile)
    _show_receipt(receipt, as_json=as_json)


@erase_group.command("confirm", short_help="Confirm an erasure as the second officer. 确认删除")
@click.argument("platform")
@_TERM
@json_option
@answering
async def confirm_command(platform: str, term: int, as_json: bool) -> None:
    """Confirm an erasure as the second officer. 确认删除

    It is done at once, cannot be undone, and goes on by itself after an interruption.

    \b
    Example:
      pingtai erase confirm bj-riscv-soc --term 1
    """
    await _confirm(platform, term, None, as_json=as_json)


@erase_group.command("reject", short_help="Reject an erasure that was asked for. 不予确认")
@click.argument("platform")
@_TERM
@click.option("--reason", required=True, help="Why, in the log of the erasure. 理由")
@json_option
@answering
async def reject_command(platform: str, term: int, reason: str, as_json: bool) -> None:
    """Reject an erasure that was asked for. 不予确认

    \b
    Example:
      pingtai erase reject bj-riscv-soc --term 1 --reason 另案审计中
    """
    await _confirm(platform, term, reason, as_json=as_json)


@erase_group.command("list", short_help="List erasures, and where they stand. 删除记录")
@json_option
@answering
async def list_command(as_json: bool) -> None:
    """List erasures, and where they stand. 删除记录

    \b
    Example:
      pingtai erase list
    """
    from db.erasure_store import ErasureStore  # noqa: PLC0415 - needs SQLAlchemy

    directly_only("pingtai erase", "pingtai erase")
    async with open_engine(patient=True) as engine:
        rows = list((await ErasureStore(engine).erasures()).items())
    if as_json:
        show_json(
            [one.model_dump() | {"entry": last.model_dump(mode="json")} for one, last in rows]
        )
    elif not rows:
        complain(Words("No erasures.", "没有删除记录"))
    else:
        columns: tuple[Column[tuple[ErasedTerm, LogEntry]], ...] = (
            Column(Words("platform", "平台"), lambda row: row[0].platform_id, ALWAYS),
            Column(Words("term", "期次"), lambda row: row[0].term, ALWAYS),
            Column(
                Words("stage", "状态"), lambda row: say(ErasureStage(row[1].stage).words), ALWAYS
            ),
            Column(Words("since", "时间"), lambda row: moment(row[1].at), ALWAYS),
        )
        show(table_of(rows, columns))


@erase_group.command("show", short_help="Write all that is left of an erased term. 删除后所余")
@click.argument("platform")
@_TERM
@output_option
@answering
async def show_command(platform: str, term: int, output: Path | None) -> None:
    """Write all that is left of an erased term. 删除后所余

    Hashes, stages, days and signatures of its entries, the log of its erasure, and the proof that they stand
    in the newest digest. `pingtai audit verify` verifies the file offline.

    \b
    Example:
      pingtai erase show bj-riscv-soc --term 1 -o erased.json
    """
    from audit.erasing.erased_file import erased_bytes, left_of  # noqa: PLC0415 - needs SQLAlchemy

    directly_only("pingtai erase", "pingtai erase")
    async with open_engine(patient=True) as engine:
        left = await left_of(engine, ErasedTerm(platform_id=platform, term=term))
    if output is None:
        write(erased_bytes(left).decode())
    else:
        write_new(output, erased_bytes(left))
        number = counted(len(left.remains), "entry", "entries")
        complain(Words(f"{output}: {number}", f"{output}：{len(left.remains)} 条"))


async def _confirm(platform: str, term: int, reason: str | None, *, as_json: bool) -> None:
    from audit.erasing.erasure_sender import ErasureSender, confirmation_of  # noqa: PLC0415
    from starter.client.temporal_connection import connect  # noqa: PLC0415

    async with _opened(platform, term) as place:
        if place.standing.erased:
            _show_done(as_json=as_json)
            return
        try:
            view = await ErasureSender(await connect(), place.of).view()
        except NoSuchPlatform:
            view = None
        if view is None or view.request is None:
            raise BadInput(
                f"Nothing waits to be confirmed: pingtai erase request {platform} --term {term}",
                f"没有待确认的删除申请：pingtai erase request {platform} --term {term}",
            )
        profile = _officer()
        actor = _actor(profile)
        raw = confirmation_of(place.of, place.standing, actor, view.request, reason)
        receipt = await _send(place, raw, profile)
    _show_receipt(receipt, as_json=as_json)


@asynccontextmanager
async def _opened(platform: str, term: int) -> AsyncIterator[_Place]:
    from audit.erasing.term_standing import standing_of  # noqa: PLC0415 - needs SQLAlchemy
    from starter.encryption.encrypted_converter import configured_keys  # noqa: PLC0415

    directly_only("pingtai erase", "pingtai erase")
    async with open_engine(patient=True) as engine:
        of = ErasedTerm(platform_id=platform, term=term)
        yield _Place(engine, of, await standing_of(engine, configured_keys(), of))


def _officer() -> Profile:
    profile = read_profile()
    if profile is None or all(one.role is not Role.COMMISSION for one in profile.roles):
        raise BadInput(
            "Officers of the commission erase: pingtai login --role commission",
            "删除须由市级人员办理：pingtai login --role commission",
        )
    return profile


def _actor(profile: Profile) -> Actor:
    role = next(one for one in profile.roles if one.role is Role.COMMISSION)
    return Actor(id=profile.id, role=role.role, organisation=role.organisation)


async def _send(place: _Place, raw: dict[str, object], profile: Profile) -> ErasureReceipt:
    from audit.erasing.erasure_sender import ErasureSender, signed  # noqa: PLC0415
    from starter.client.temporal_connection import connect  # noqa: PLC0415
    from starter.commands.own_signature import OwnSignature  # noqa: PLC0415

    if place.standing.roster is not None:
        signer = OwnSignature().signer_of(profile.id)
        raw = await signed(place.engine, raw, signer)
    return await ErasureSender(await connect(), place.of).decide(raw)


async def _preview(place: _Place, *, as_json: bool) -> None:
    from audit.erasing.erased_tables import TABLES, term_words  # noqa: PLC0415 - as above
    from db.erasure_store import ErasureStore  # noqa: PLC0415

    standing = place.standing
    why = list(objections_to_term(standing, datetime.now(UTC)))
    rows = {} if standing.log_hash is None else await ErasureStore(place.engine).preview(place.of)
    if as_json:
        plain: dict[str, Any] = {"rows": rows, "refused": [words._asdict() for words in why]}
        show_json(standing.model_dump(mode="json", exclude={"roster", "log"}) | plain)
        _exit_refused(why)
        return
    changed = listed(say(TABLES[name]) + f" {number}" for name, number in sorted(rows.items()))
    until = standing.retained_until
    table = (
        (Words("Term", "期次"), term_words(place.of)),
        (Words("Kept up to", "保管至"), str(until) if until else ""),
        (Words("Keys", "密钥"), str(0 if standing.erased else standing.keys or 0)),
        (Words("Rows", "名册行数"), changed if rows else "0"),
        (
            Words("Signatures", "签名"),
            Words("both officers must sign", "两人均须签名") if standing.roster else _UNSIGNED,
        ),
    )
    show(facts(table), *(f"✗ {say(words)}" for words in why))
    _exit_refused(why)
    show(Words("✓ It can be erased. Nothing was changed.", "✓ 可以删除。未作任何改动。"))


def _exit_refused(why: Sequence[Words]) -> None:
    if why:
        raise click.exceptions.Exit(REFUSED)


_UNSIGNED = Words("none: no roster is set up", "未设立人员目录，不签名")


def _show_done(*, as_json: bool) -> None:
    """Say that nothing is left to be done."""
    if as_json:
        show_json({"stage": str(ErasureStage.ERASED)})
    else:
        show(Words("✓ Erased already: pingtai erase list", "✓ 该期次已删除：pingtai erase list"))


def _show_receipt(receipt: ErasureReceipt, *, as_json: bool) -> None:
    if as_json:
        show_json(receipt.model_dump(mode="json"))
        return
    stage = ErasureStage(receipt.stage)
    words = {
        ErasureStage.REQUESTED: Words(
            "✓ Asked for. A second officer confirms it: pingtai erase confirm",
            "✓ 已申请，须由第二人确认：pingtai erase confirm",
        ),
        ErasureStage.OPEN: Words("✓ Rejected: nothing is erased.", "✓ 不予确认，未删除任何内容。"),
    }.get(
        stage,
        Words(
            "✓ Confirmed. It is being erased: pingtai erase list",
            "✓ 已确认，正在删除：pingtai erase list",
        ),
    )
    show(words)
