"""Make a dossier of a platform: from its histories, with what the register and the last digest say."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.anchoring.digests import digest_of, last_day_with_digest
from audit.anchoring.proofs import Proof, prove
from audit.anchoring.stamp_rows import stamp_of
from audit.archive.event_json import compact
from audit.dossier.code import GUIDELINE, this_code
from audit.dossier.dossier_files import files_of, with_manifest
from audit.dossier.erased_terms import erased_terms
from audit.dossier.format import Head
from audit.dossier.lives import live
from audit.dossier.package import pack
from audit.histories import SOURCE_WORDS, Encrypted, Erased, Histories, StoredHistory
from audit.reconciling.differences import Difference
from audit.reconciling.reconciling import reconcile
from starter.errors import BadInput, NoSuchPlatform
from workflows.words import Words


@dataclass(frozen=True)
class Held:
    """Histories that are held (`audit.histories.Histories`): read once, and used twice."""

    histories: Sequence[StoredHistory]

    async def runs(self, platform_id: str | None = None) -> AsyncIterator[StoredHistory]:
        for history in self.histories:
            if platform_id in (None, history.platform_id):
                yield history


async def make(
    engine: AsyncEngine | None,
    histories: Histories,
    platform_id: str,
    *,
    source: str,
    made_by: str,
    at: datetime,
) -> bytes:
    """The dossier of a platform, as the bytes of a zip file. Whether it holds, `verify` says.

    Without an engine the register is not asked, and there is no proof for a digest.

    Raises:
        NoSuchPlatform: there is no history of it.
        BadInput: a history is encrypted, and a key is not here or was destroyed.
    """
    kept = [one async for one in histories.runs(platform_id)]
    gone = [one for one in kept if engine and _is_erased(one)]
    erased = await erased_terms(engine, platform_id, gone) if engine else []
    held = Held([_in_the_clear(one) for one in kept if one not in gone])
    if not (held.histories or erased):
        where = SOURCE_WORDS[source]
        raise NoSuchPlatform(
            f"No history of {platform_id} ({where.en}): find the id with `pingtai register`, or read from the"
            " other source with --from.",
            f"没有 {platform_id} 的历史（{where.zh}）：编号可用 pingtai register 查看，或以 --from 更换来源",
        )
    life = await live(platform_id, held.histories, erased)
    head = Head(
        platform_id=platform_id,
        made_at=at,
        made_by=made_by,
        source=source,
        code=this_code(),
        guideline=GUIDELINE,
        register_differs=await _register_differs(engine, held, platform_id) if engine else None,
    )
    proof = await _last_proof(engine, platform_id) if engine else None
    stamp = await stamp_of(engine, proof.digest.day) if engine and proof else None
    return pack(with_manifest(files_of(life, head, proof, stamp), life, head))


def _is_erased(history: StoredHistory) -> bool:
    """Whether the key of its term was destroyed: what is left of it lies in the register."""
    try:
        history.data  # noqa: B018 - raises where it cannot be read
    except Erased:
        return True
    except Encrypted:
        return False
    return False


def _in_the_clear(history: StoredHistory) -> StoredHistory:
    """A history as whoever gets the dossier reads it, without keys.

    Raises:
        BadInput: it is encrypted, and a key is not here or was destroyed.
    """
    if history.codec is None:
        return history
    try:
        return replace(history, content=compact(history.data), codec=None)
    except Encrypted as error:
        (en, zh), gone = error.words, isinstance(error, Erased)
        left = _LEFT if gone else Words("", "")
        raise BadInput(
            f"No dossier can be made: {en}{left.en}", f"无法编制档案：{zh}{left.zh}"
        ) from None


_LEFT = Words(
    ". What is left of a term: pingtai erase show", "。期次删除后所余：pingtai erase show"
)


async def _register_differs(engine: AsyncEngine, held: Held, platform_id: str) -> tuple[str, ...]:
    async for done in reconcile(engine, held, [platform_id]):
        return tuple(_words(one) for one in done.differences)
    return ()


def _words(one: Difference) -> str:
    """A row of the register that differs, for whoever reads the dossier."""
    key = one.entry or ", ".join(f"{name} {value}" for name, value in one.key.items())
    columns = f" ({', '.join(one.columns)})" if one.columns else ""
    return f"{one.table} {key}: {one.what}{columns}"


async def _last_proof(engine: AsyncEngine, platform_id: str) -> Proof | None:
    """The proof for the newest digest; none where there is no digest, or the platform is newer."""
    day = await last_day_with_digest(engine)
    found = await digest_of(engine, day) if day else None
    if found is None:
        return None
    try:
        return prove(*found, platform_id)
    except BadInput:
        return None
