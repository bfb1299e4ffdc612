"""The point about names: whoever is told, or decides by a key, is the operator of a platform."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from db.asyncpg_connections import Source, connections
from db.key_queries import keys_page
from db.organisation_queries import organisations_of
from starter.desk.known_organisations import is_known, nearly
from starter.service.scopes import deciding_as
from worker.doctor.finding import Finding, good, note
from worker.notice_channels import load_notices
from worker.settings import load_settings
from workflows.vocabulary import Role
from workflows.words import Words, counted

_LISTED = 3


class Named(NamedTuple):
    """An operator that a configuration names, and where."""

    operator: str
    where: Words


async def operators_named(engine: AsyncEngine) -> Finding:
    """Each operator that a recipient of notices or a key names is one of the register, or resembles none.

    Names are compared as the rules compare them. A key may be older than its platform.
    """
    opened = connections(engine)
    async with opened.connect() as reading:
        known = [name for name, _ in await organisations_of(reading, Role.OPERATOR)]
    named = [*_recipients(), *await _keys(opened)]
    strange = [one for one in named if not is_known(one.operator, known)]
    alike = [(one, near[0]) for one in strange if (near := nearly(one.operator, known))]
    if not alike:
        return good(
            f"operators named by recipients of notices and by keys: {len(named)}",
            f"通知收件方和密钥所列运营单位：{len(named)} 个",
        )
    en = "; ".join(f"{one.where.en}: {one.operator}, not {near}" for one, near in alike[:_LISTED])
    zh = "；".join(
        f"{one.where.zh}：“{one.operator}”，而非“{near}”" for one, near in alike[:_LISTED]
    )
    return note(
        Words(
            f"known to no platform: {counted(len(alike), 'operator')} ({en})",
            f"有 {len(alike)} 个运营单位与名册不符（{zh}）",
        ),
        Words(
            "correct the name in PINGTAI_NOTICES, or create the key anew: under this name nobody is told"
            " and nothing is decided",
            "请在 PINGTAI_NOTICES 中改正名称，或重新创建密钥：按现名称收不到通知，也不能办理",
        ),
    )


def _recipients() -> Iterator[Named]:
    recipients, _ = load_notices(load_settings().notices)
    for one in recipients:
        for operator in sorted(one.operators):
            yield Named(operator, Words(f"recipient {one.name}", f"收件方 {one.name}"))


async def _keys(source: Source) -> list[Named]:
    found: list[Named] = []
    now, after, scope = datetime.now(UTC), "", deciding_as(Role.OPERATOR)
    while page := await keys_page(source, after):
        after = page[-1].id
        found += [
            Named(key.organisation, Words(f"key {key.name}", f"密钥 {key.name}"))
            for key in page
            if key.organisation
            and not key.credit_code  # which tells the body, however it is written
            and scope in key.scopes
            and key.standing(now) == "valid"
        ]
    return found
