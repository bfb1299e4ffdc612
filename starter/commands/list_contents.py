"""What a numbered list has already, said before more is included in it: an old number may have been typed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from db.reading import LARGEST_PAGE
from starter.desk.reach import open_reads
from starter.errors import PingtaiError
from starter.terminal.screen import complain
from workflows.vocabulary import Kind
from workflows.words import Words, counted

_LOOKED_UP = 20
"""Lists that are looked up for one file."""


class InList(NamedTuple):
    """What the register has of a list."""

    number: str
    platforms: frozenset[str]

    def others(self, platforms: Iterable[str]) -> Words | None:
        """Say how many platforms it has already; None: only those that are included now, as in a repeat."""
        if self.platforms <= {*platforms}:
            return None
        many = len(self.platforms)
        has = counted(many, "platform")
        return Words(
            f"list {self.number} has {has} already", f"名单 {self.number} 已有 {many} 个平台"
        )

    def told(self, platforms: Iterable[str]) -> Words | None:
        """Say the same as a sentence."""
        others = self.others(platforms)
        if others is None:
            return None
        return Words(f"{others.en[0].upper()}{others.en[1:]}.", f"{others.zh}。")


async def certificates_in(number: str, *, start: bool) -> dict[str, str]:
    """The certificates of the platforms that a list has already, by platform; `start` as `open_reads`."""
    found: dict[str, str] = {}
    async with open_reads(start=start) as register:
        while True:
            page = await register.listings(list_number=number, after=max(found, default=""))
            found |= {row.platform_id: row.certificate_number for row in page}
            if len(page) < LARGEST_PAGE:
                return found


async def tell_of_lists(decisions: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Say of each list in which decisions include platforms how many others it has, if that can be read."""
    included: dict[str, list[str]] = {}
    for platform, raw in decisions:
        if raw.get("kind") == Kind.LISTING and isinstance(raw.get("list_number"), str):
            included.setdefault(raw["list_number"], []).append(platform)
    with suppress(PingtaiError):
        for number in list(included)[:_LOOKED_UP]:
            listed = await certificates_in(number, start=False)
            told = InList(number, frozenset(listed)).told(included[number])
            if told:
                complain(told)
