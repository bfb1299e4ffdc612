"""Asking somebody who named a platform that is not there which one was meant."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflows.words import Words

if TYPE_CHECKING:
    from db.name_search import NearPlatform


def near_words(near: "Sequence[NearPlatform]") -> Words | None:
    """Ask whether one of these was meant; None where there is none."""
    if not near:
        return None
    return Words(
        f"Did you mean {' or '.join(f'{one.platform_id} ({one.name})' for one in near)}?",
        f"是否为 {'、'.join(f'{one.platform_id}（{one.name}）' for one in near)}？",
    )


def joined(first: Words, then: Words | None) -> Words:
    """Two sentences after each other."""
    if then is None:
        return first
    return Words(f"{first.en.rstrip('.')}. {then.en}", f"{first.zh.rstrip('。')}。{then.zh}")
