"""Asking somebody who named a platform that is not there which one was meant."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from starter.errors import NoSuchPlatform, no_such_platform
from workflows.words import Words, listed_zh

if TYPE_CHECKING:
    from db.name_search import FoundPlatform, NearPlatform


def near_words(near: "Sequence[NearPlatform]") -> Words | None:
    """Ask whether one of these was meant; None where there is none."""
    if not near:
        return None
    return Words(
        f"Did you mean {' or '.join(f'{one.platform_id} ({one.name})' for one in near)}?",
        f"是否为 {listed_zh(f'{one.platform_id}（{one.name}）' for one in near)}？",
    )


def id_key(platform_id: str) -> str:
    """The form of an id in which those are the same that differ only in letter case or separators."""
    return "".join(filter(str.isalnum, platform_id)).casefold()


def only_written_alike(
    platform_id: str, other: "FoundPlatform | NearPlatform | None", *, submitted: bool = True
) -> Words:
    """Tell of another platform whose id differs only in writing; None: which one is not to be told.

    `submitted`: the application is there; without, nothing has been submitted yet.
    """
    if other is None:
        return Words(
            f"{platform_id} differs only in writing from the id of another platform.",
            f"{platform_id} 与另一平台的编号仅写法不同，请核实。",
        )
    then = Words("withdraw this application", "请撤回本申请")
    if not submitted:
        then = Words("apply under its id", "请改用该平台编号申请")
    return Words(
        f"{platform_id} is another platform than {other.platform_id} ({other.name}), although their ids"
        f" differ only in writing. If you mean that one, {then.en}.",
        f"{platform_id} 与 {other.platform_id}（{other.name}）仅写法不同，系两个平台。"
        f"如系误填，{then.zh}。",
    )


def joined(first: Words, then: Words | None) -> Words:
    """Two sentences after each other."""
    if then is None:
        return first
    return Words(f"{first.en.rstrip('.')}. {then.en}", f"{first.zh.rstrip('。')}。{then.zh}")


def not_registered(platform: str) -> NoSuchPlatform:
    """The error for a platform that the register does not know."""
    unknown = no_such_platform(platform).words
    return NoSuchPlatform(
        f"{unknown.en} in the register. To see the ids, run: pingtai register."
        " A new application appears after a moment.",
        f"名册中{unknown.zh}。请用 pingtai register 查看编号；新提交的申请稍后登记入册",
    )
