"""The points about the register: PostgreSQL itself, the tables, and whether all open terms are there."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from audit.reconciling.differences import difference_words, of_count
from db.certificate_claims import doubled_numbers
from db.kept_counts import check_counts
from db.migrate import pending
from db.plaque_queries import plaques
from db.plaque_types import PlaqueState
from db.url import shown
from worker.doctor.finding import LOCAL, Finding, bad, good, note
from worker.register_owner import WHAT_TO_CHECK, is_empty, of_another_temporal, open_terms
from workflows.contract import PLATFORM_TYPE
from workflows.words import Words, counted, listed, listed_zh

_REBUILD = Words(
    "just after the first application a moment is normal; otherwise it is lost, or another's (check"
    " DATABASE_URL): put a backup's register back, or `pingtai register rebuild` (docs/deployment.md, Runbook)",
    "首个申请刚提交时短暂如此属正常；否则名册已丢失，或所连为另一名册（请检查 DATABASE_URL）：请恢复备份"
    "中的名册，或运行 pingtai register rebuild（见 docs/deployment.zh.md“恢复手册”）",
)
OLDEST_POSTGRES = 140000
_NAMED = 5
"""Maximum platforms that are named; the others are counted."""
_ENCRYPTED = "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"


async def postgres(engine: AsyncEngine) -> Finding:
    """PostgreSQL has a version that is supported, and is not reached in the clear."""
    url = engine.url
    where = f"{url.host or url.query.get('host')}/{url.database}"
    number = int(await _ask(engine, "SHOW server_version_num"))
    named = Words(
        f"PostgreSQL {number // 10000} at {where}", f"PostgreSQL {number // 10000}：{where}"
    )
    if number < OLDEST_POSTGRES:
        return bad(named, Words("version 14 or newer is needed", "需要 14 或更高版本"))
    if url.host and url.host not in LOCAL and not await _ask(engine, _ENCRYPTED):
        return note(
            Words(f"{named.en} without TLS", f"{named.zh}，未启用 TLS"),
            Words("add ?sslmode=require to DATABASE_URL", "请在 DATABASE_URL 加 ?sslmode=require"),
        )
    return good(*named)


async def tables(engine: AsyncEngine) -> Finding:
    """The register's tables are as this program needs them."""
    migrations = await pending(shown(engine.url))
    if migrations is None:
        return good("the register's tables are up to date", "名册表结构为最新")
    return bad(
        Words(
            f"the register's tables are out of date: {migrations}",
            f"名册表结构不是最新：{migrations}",
        ),
        Words(
            "start a worker of this version, which migrates them",
            "请启动本版本的工作进程，它会自动迁移",
        ),
    )


async def register_complete(client: Client, engine: AsyncEngine) -> Finding:
    """As many open terms in the register as there are open platforms in Temporal."""
    running = await client.count_workflows(
        f"WorkflowType = '{PLATFORM_TYPE}' AND ExecutionStatus = 'Running'"
    )
    if running.count and await is_empty(engine):
        return bad(
            Words(
                f"the register is empty, and Temporal has {counted(running.count, 'open platform')}",
                f"名册为空，而 Temporal 中有未结束的平台 {running.count} 个",
            ),
            _REBUILD,
        )
    another = None if running.count else await of_another_temporal(client, engine)
    if another:
        return bad(another, WHAT_TO_CHECK)
    known = await open_terms(engine)
    if running.count == known:
        return good(
            f"{counted(known, 'open term')}, in Temporal and in the register",
            f"未结束的期：{known} 个",
        )
    return note(
        Words(
            f"open in Temporal: {counted(running.count, 'platform')}, in the register: {known}",
            f"Temporal 中 {running.count} 个未结束，名册中 {known} 个",
        ),
        Words(
            "a brief difference is normal; otherwise look for pending `write_register` activities",
            "短时差异属正常；否则请查看未完成的 write_register 活动",
        ),
    )


async def plaques_back(engine: AsyncEngine) -> Finding:
    """No plaque is out whose platform may no longer hang it."""
    late = await plaques(engine, state=PlaqueState.OVERDUE)
    if not late:
        return good("no plaque is overdue", "没有逾期未交回的牌子")
    named = listed(row.platform_id for row in late[:_NAMED])
    more = " …" if len(late) > _NAMED else ""
    return note(
        Words(
            f"not returned in time: {counted(len(late), 'plaque')}: {named.en}{more}",
            f"逾期未交回的牌子 {len(late)} 块：{named.zh}{more}",
        ),
        Words(
            "pingtai plaque list --state overdue; then `pingtai plaque return`",
            "请用 pingtai plaque list --state overdue 查看，收回后用 pingtai plaque return 登记",
        ),
    )


async def _ask(engine: AsyncEngine, question: str) -> Any:
    async with engine.connect() as connection:
        return (await connection.execute(text(question))).scalar_one()


async def certificate_numbers(engine: AsyncEngine) -> Finding:
    """No two platforms are listed under one certificate number: before 0.5.0 nothing kept them from it."""
    async with engine.connect() as connection:
        doubled = await doubled_numbers(connection)
    if not doubled:
        return good("each certificate number belongs to one platform", "证书编号均不重复")
    named = [f"{number} ({', '.join(held)})" for number, held in doubled[:_NAMED]]
    zh = [f"{number}（{listed_zh(held)}）" for number, held in doubled[:_NAMED]]
    return bad(
        Words(
            f"{len(doubled)} certificate numbers belong to several platforms: {'; '.join(named)}",
            f"{len(doubled)} 个证书编号重复：{'；'.join(zh)}",
        ),
        Words(
            "set the wrong listing aside, and list the platform again under a number of its own:"
            " pingtai set-aside",
            "请撤销有误的纳入决定，并以新的证书编号重新纳入：pingtai set-aside",
        ),
    )


async def all_counted(engine: AsyncEngine) -> Finding:
    """The counts that are kept beside the inbox and the register are those of their rows."""
    wrong = await check_counts(engine, repair=False)
    if not wrong:
        return good(
            "the counts of inbox and register are those of their rows", "待办、名册的计数与内容一致"
        )
    named = [difference_words(of_count(one)) for one in wrong[:_NAMED]]
    more = " …" if len(wrong) > _NAMED else ""
    en, zh = "; ".join(one.en for one in named), "；".join(one.zh for one in named)
    return bad(
        Words(
            f"wrong: {counted(len(wrong), 'count')} of the inbox or the register: {en}{more}",
            f"待办、名册的计数有误 {len(wrong)} 项：{zh}{more}",
        ),
        Words(
            "somebody changed the tables by hand; count anew: `pingtai audit reconcile --repair`",
            "有人直接改动过数据表；请重新计数：pingtai audit reconcile --repair",
        ),
    )
