"""The point about the keys of payloads: open terms have one that opens, and erased terms have none."""

from collections.abc import Container, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from db.audit_tables import archived_histories
from db.erasure_store import ErasureStore
from db.open_cases import open_cases
from starter.client.missing_keys import find_missing_key
from starter.encryption.key_errors import VARIABLE, MissingKey
from starter.encryption.key_inventory import TermKeyFiles, inventory
from starter.error_reasons import reason_of
from starter.errors import BadInput
from worker.doctor.finding import Finding, Verdict, bad, good, note
from workflows.erasure_decisions import ErasureOutcome
from workflows.words import Words, counted, listed, listed_zh

_LISTED = 3
_LOOKED_AT = 200
"""Open cases, the newest first, that are looked at for a key: `both_parts` reads the rest."""
STOPPED = Words(
    "the case stops and is not lost: start the workers and commands with the keys, and recover nothing"
    " (docs/encryption.md)",
    "相关程序停止办理，但并未丢失：请为工作进程和命令配置密钥，不要执行 recover"
    "（见 docs/encryption.zh.md）",
)
"""What to do where a key is missing."""
_Term = tuple[str, int]


async def payload_keys(client: Client, engine: AsyncEngine) -> Finding:
    """A key that is missing stops its case; one that is there after erasure undoes the erasure."""
    missing = await find_missing_key(client, _LOOKED_AT)
    found = await _as_configured(engine, missing)
    if missing and found.verdict is not Verdict.BAD:
        found = bad(missing.words, STOPPED)
    return found._replace(key_missing=missing is not None)


def not_checked(points: Iterable[Words]) -> Finding:
    """Say which points were left out, because a key is missing, and what is not known of the others."""
    names = list(points)
    listed_en, zh = listed(one.en for one in names).en, listed_zh(one.zh for one in names)
    return bad(
        Words(
            f"not checked, because nothing can be read without that key: {listed_en}; whether all workflows"
            " go on is not known either",
            f"没有该密钥即无法读取，以下各项未检查：{zh}；各流程能否继续办理也无法判断",
        ),
        Words(
            f"set {VARIABLE} here as it is set for the workers, and run `pingtai doctor` again",
            f"请在此处将 {VARIABLE} 设为与工作进程相同，再运行 pingtai doctor",
        ),
    )


async def _as_configured(engine: AsyncEngine, missing: MissingKey | None) -> Finding:
    from starter.encryption.encrypted_converter import configured_keys  # noqa: PLC0415 - who does not encrypt

    try:
        keys = configured_keys()
        if keys is None:
            return bad(missing.words, STOPPED) if missing else await _without_keys(engine)
        found, newest = inventory(keys.directory), keys.newest_master
    except BadInput as error:
        return bad(error.words, _SEE)
    except OSError as error:
        return bad(reason_of(error).at(str(keys and keys.directory)), _SEE)
    gone = {
        (of.platform_id, of.term)
        for of, last in (await ErasureStore(engine).erasures()).items()
        if last.outcome == ErasureOutcome.ERASED
    }
    return _of_files(found, gone) or await _of_open_terms(engine, found, newest)


async def _without_keys(engine: AsyncEngine) -> Finding:
    """Nothing is to be encrypted: then nothing in the archive may be."""
    c = archived_histories.c
    async with engine.connect() as connection:
        row = (
            await connection.execute(select(c.codec).where(c.codec.is_not(None)).limit(1))
        ).first()
    if row is None:
        return good("payloads are not encrypted", "载荷未加密")
    error = MissingKey(row.codec.split(",")[0])
    return note(
        Words(f"archived histories are {error.words.en}", f"归档的历史{error.words.zh}"),
        Words(
            "without the keys nobody reads or audits them (docs/encryption.md)",
            "没有密钥，无法查阅和审计（见 docs/encryption.zh.md）",
        ),
    )


def _of_files(found: Mapping[_Term, TermKeyFiles], gone: Container[_Term]) -> Finding | None:
    """What is wrong with the files themselves; `gone` are terms that the register says are erased."""
    left = sorted(
        term for term, files in found.items() if files.masters and (files.erased or term in gone)
    )
    if left:
        return bad(
            Words(
                f"keys of erased terms are here again: {_named(left)}",
                f"已删除期次的密钥重新出现：{_named(left)}",
            ),
            Words(
                "remove the files: a backup was restored, or a copy of the directory was left out",
                "请删除这些文件：可能来自恢复的备份，或目录副本中遗漏",
            ),
        )
    if closed := [path for files in found.values() for path in files.unreadable]:
        shown = listed(map(str, closed[:_LISTED]))
        return bad(
            Words(
                f"{counted(len(closed), 'key')} cannot be used, for their mode or owner: {shown.en}",
                f"{len(closed)} 个密钥因权限或属主无法使用：{shown.zh}",
            ),
            Words(
                "the user of the workers owns them, with mode 0600",
                "应归工作进程用户所有，权限 0600",
            ),
        )
    return None


async def _of_open_terms(
    engine: AsyncEngine, found: Mapping[_Term, TermKeyFiles], newest: str
) -> Finding:
    """Whether open terms have their keys, and the newest."""
    terms = {(case.platform_id, case.term) for case in await open_cases(engine)}
    missing = sorted(term for term in terms if term not in found or not found[term].masters)
    if lost := await _encrypted(engine, missing):
        return bad(
            Words(
                f"open terms whose keys are missing here: {_named(lost)}",
                f"在办期次的密钥缺失：{_named(lost)}",
            ),
            Words(
                "their cases stop: restore the keys, or set PINGTAI_TERM_KEYS to the directory that all share",
                "相关流程将停止：请恢复密钥，或将 PINGTAI_TERM_KEYS 指向各机共用的目录",
            ),
        )
    old = [term for term in terms & found.keys() if newest not in found[term].masters]
    en = f"payload keys: {len(terms) - len(missing)} of {counted(len(terms), 'open term')}"
    zh = f"载荷密钥：{len(terms)} 个在办期次中 {len(terms) - len(missing)} 个"
    if old:
        return note(
            Words(
                f"{en}; {len(old)} older than the rotation to {newest}",
                f"{zh}，{len(old)} 个早于 {newest} 轮换",
            ),
            Words(
                "each gets a new one with what it writes next; keep the older master keys all the same",
                "下次写入时自动更新；旧主密钥须继续保留",
            ),
        )
    return good(en, zh)


_SEE = Words("see docs/encryption.md", "见 docs/encryption.zh.md")


def _named(terms: Iterable[_Term]) -> str:
    every = [f"{platform}:term-{term}" for platform, term in terms]
    more = len(every) - _LISTED
    return ", ".join(every[:_LISTED]) + (f" (+{more})" if more > 0 else "")


async def _encrypted(engine: AsyncEngine, terms: Iterable[_Term]) -> list[_Term]:
    """Those of terms of which the archive has something encrypted; others began in the clear."""
    wanted = {f"{platform}:term-{term}": (platform, term) for platform, term in terms}
    if not wanted:
        return []
    c = archived_histories.c
    platforms = {platform for platform, _ in wanted.values()}
    query = select(c.codec).where(c.codec.is_not(None), c.platform_id.in_(platforms)).distinct()
    async with engine.connect() as connection:
        named = [row.codec for row in await connection.execute(query)]
    scopes = {key.rpartition(":")[0] for names in named for key in names.split(",")}
    return sorted(term for scope, term in wanted.items() if scope in scopes)
