"""What is asked of a plan: a version with its text, all versions by their entries, what changed between two."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from db.plan_queries import PlanQueries
from db.plan_rows import PlanHistory, PlanText, PlanVersion
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable
from starter.plans.plan_difference import PartDifference, plan_difference
from workflows.model import Record
from workflows.words import Words

LAST_TWO: tuple[int, ...] = ()
"""As `diff`: the last two versions that were not set aside."""
_UNTIL_RECORDED = (0.1, 0.2, 0.3, None)
"""Pauses before it is looked again (seconds): the register follows the workflows within moments."""


class PlanView(Record):
    """A version of a plan, and, where a difference was asked for, the version that it is compared with."""

    platform_id: str
    name: str
    term: int
    versions: tuple[PlanVersion, ...]
    """All of the term, the oldest first."""
    shown: PlanText
    """By default the newest that was not set aside."""
    before: PlanText | None = None
    difference: tuple[PartDifference, ...] | None = None
    """From `before` to `shown`, by parts, in the contract's own words; None: not asked for, or not known."""


async def plan_view(
    plans: PlanQueries,
    platform_id: str,
    *,
    term: int | None = None,
    version: int | None = None,
    diff: Sequence[int] | None = None,
) -> PlanView | None:
    """Return a version of a plan, and what changed where `diff` asks for it; None: no such platform.

    `diff` is two versions; or one, to be compared with `version`; or `LAST_TWO`. What was filed just now,
    and is not in the register yet, is waited for a moment.

    Raises:
        NoSuchPlatform: the register does not have this term or version.
    """
    for pause in _UNTIL_RECORDED:
        known = await plans.history(platform_id, term)
        if known is None:
            if term and await plans.history(platform_id):
                raise _no_term(platform_id, term)
            return None
        before, shown = _chosen(known, version, diff)
        texts = await plans.texts(known, [number for number in (before, shown) if number])
        following = known.versions[-1].version + 1
        late = following in (before, shown) or any(one.text == "absent" for one in texts.values())
        if pause is None or not late:
            return _view(known, texts, before, shown)
        await asyncio.sleep(pause)
    raise AssertionError("the last look returns")


def text_of(shown: PlanText) -> dict[str, Any]:
    """Return the plan of a version.

    Raises:
        Unreachable: the register does not have its text yet.
        PingtaiError: it has another text than the one that was filed.
    """
    if shown.plan is not None:
        return shown.plan
    which = f"plan version {shown.version} (entry {shown.number})"
    zh = f"建设方案第 {shown.version} 版（记录 {shown.number}）"
    if shown.text == "absent":
        raise Unreachable(
            f"The register does not have the text of {which} yet. Try again in a moment.",
            f"名册尚未收到{zh}的文本，请稍后重试。",
        )
    if shown.text == "erased":
        raise PingtaiError(
            f"The text of {which} was erased with its term: pingtai erase list",
            f"{zh}的文本已随期次删除：pingtai erase list",
        )
    raise PingtaiError(
        f"The text of {which} in the register is not the one that was filed: the log binds SHA-256"
        f" {shown.sha256}. It is not shown. Run: pingtai audit reconcile",
        f"名册中{zh}的文本与提交时不符：日志所载 SHA-256 为 {shown.sha256}。不予显示，请运行"
        " pingtai audit reconcile",
    )


def _view(
    known: PlanHistory, texts: Mapping[int, PlanText], before: int | None, shown: int
) -> PlanView:
    for number in (before, shown):
        if number is not None and number not in texts:
            raise _no_version(known, number)
    compared = None if before is None else texts[before]
    old, new = compared.plan if compared else None, texts[shown].plan
    return PlanView(
        platform_id=known.platform_id,
        name=known.name,
        term=known.term,
        versions=known.versions,
        shown=texts[shown],
        before=compared,
        difference=plan_difference(old, new, None) if old and new else None,
    )


def _chosen(
    known: PlanHistory, version: int | None, diff: Sequence[int] | None
) -> tuple[int | None, int]:
    """The versions to compare and to show, by number."""
    counted = [one.version for one in known.versions if one.set_aside_by is None]
    newest = version or (counted or [one.version for one in known.versions])[-1]
    if diff is None:
        return None, newest
    if len(diff) > 1:
        return diff[0], diff[1]
    if diff:
        return diff[0], newest
    earlier = [number for number in counted if number < newest]
    if not earlier:
        raise NoSuchPlatform(
            f"There is no version before {newest} to compare it with",
            f"第 {newest} 版之前没有可比较的版本",
        )
    return earlier[-1], newest


def _no_term(platform_id: str, term: int) -> NoSuchPlatform:
    return NoSuchPlatform(
        f'The register has no term {term} of the platform "{platform_id}". To see its terms, run:'
        f" pingtai show {platform_id}",
        f"名册中没有平台“{platform_id}”的第 {term} 期。请用 pingtai show {platform_id} 查看各期",
    )


def _no_version(known: PlanHistory, number: int) -> NoSuchPlatform:
    last = known.versions[-1].version
    has = Words(f"1 to {last}", f"第 1 至 {last} 版") if last > 1 else Words("only 1", "第 1 版")
    return NoSuchPlatform(
        f"The register has no plan version {number} of {known.platform_id}, term {known.term}: it has"
        f" {has.en}. A plan that was just filed appears after a moment.",
        f"名册中没有 {known.platform_id} 第 {known.term} 期建设方案第 {number} 版，现有{has.zh}；"
        "刚提交的方案稍后登记入册。",
    )
