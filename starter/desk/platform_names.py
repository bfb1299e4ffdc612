"""A platform by its id, or by an unambiguous part of its name: resolved once, before a command does anything.

An id is always taken before a name. So that a platform which has just been applied for, and is not in the
register yet, is never mistaken for another one that is called similarly, a command that sends something
asks the workflow first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from pydantic import TypeAdapter, ValidationError

from starter.desk.did_you_mean import id_key, joined, near_words, only_written_alike
from starter.desk.reach import open_pingtai, open_reads
from starter.errors import BadInput, NoSuchPlatform, PingtaiError, Unreachable
from starter.terminal.language import say
from starter.terminal.this_command import quoted
from workflows.model import Identifier
from workflows.words import Words

if TYPE_CHECKING:  # a command that is only shown or completed asks no register
    from db.name_search import Found, FoundPlatform, NearPlatform

WITHIN = 2.0
"""Seconds for which an id waits to be looked up; what may be an id is taken as one after that."""
CANDIDATES = 10
NEAR = 3
"""Platforms that are named to whoever mistyped one."""
LONGEST = 200
"""Characters of a name."""


class Holder(Enum):
    """Who knows whether there is a platform of an id, where the register does not (yet)."""

    REGISTER = auto()
    WORKFLOW = auto()
    HISTORIES = auto()
    """They may be on the server, in the archive or in files, and the register may lack what is there."""


Kept = Callable[[str], Awaitable[bool]]
"""Whether there are records of an id outside the register; it may raise as the command itself would."""


class Resolved(NamedTuple):
    """The id that is meant; the platform's name, if it was found by a name; else what looks like it."""

    platform_id: str
    name: str | None = None
    near: "tuple[NearPlatform, ...]" = ()


def may_be_id(given: str) -> bool:
    """Whether a platform can have this id."""
    try:
        return bool(TypeAdapter(Identifier).validate_python(given))
    except ValidationError:
        return False


async def resolve_platform(
    given: str, holder: Holder = Holder.REGISTER, kept: Kept | None = None
) -> Resolved:
    """Find the platform that is meant; of an id that the register lacks `kept` is asked first.

    Raises:
        BadInput: several platforms are called so (the notes list them with their ids), or none can be.
        NoSuchPlatform: none is, and this can be no id.
        Unreachable: the register does not answer, and this can be no id.
    """
    if not may_be_id(given):
        found = await _named(given, holder)
        chosen = _only(found)
        if chosen is None:
            raise _several(given, found) if found.total else _none(given, found)
        return Resolved(chosen.platform_id, chosen.name)
    try:
        async with asyncio.timeout(WITHIN), open_reads(start=False) as register:
            if await register.knows(given):
                return Resolved(given)
            found = await register.find(given, limit=CANDIDATES)
    except Exception:  # whatever it is: the command itself meets it again, and says so
        return Resolved(given)
    near = found.near or _near(found)
    if not found.total:
        return Resolved(given, near=near)
    if kept is None and holder is Holder.WORKFLOW:
        kept = _has_workflow
    if kept is not None and await kept(given):
        return Resolved(given)
    chosen = _only(found)
    if chosen is None:
        raise _several(given, found)
    return Resolved(chosen.platform_id, chosen.name)


async def near_to(platform_id: str) -> Words | None:
    """Ask which platform was meant by an id that none has; None where none is like it, or nobody can say."""
    try:
        async with asyncio.timeout(WITHIN), open_reads(start=False) as register:
            found = await register.find(platform_id, limit=NEAR)
    except (PingtaiError, OSError, TimeoutError):
        return None
    return near_words(found.near or _near(found))


async def written_alike(platform_id: str) -> Words | None:
    """Tell of another platform whose id differs only in case or separators; None: of none that is known."""
    try:
        async with asyncio.timeout(WITHIN), open_reads(start=False) as register:
            found = await register.find(platform_id, limit=CANDIDATES)
    except (PingtaiError, OSError, TimeoutError):
        return None
    known: list[FoundPlatform | NearPlatform] = [*found.items, *found.near]
    for one in known:
        if id_key(one.platform_id) == id_key(platform_id) and one.platform_id != platform_id:
            return only_written_alike(platform_id, one)
    return None


async def _named(given: str, holder: Holder) -> "Found":
    if not 0 < len(given.strip()) <= LONGEST:
        raise BadInput(
            f"give a platform's id, or a part of its name: 1 to {LONGEST} characters",
            f"请填写平台编号或名称的一部分：1 至 {LONGEST} 字",
        )
    try:
        async with open_reads() as register:
            return await register.find(given, limit=CANDIDATES)
    except Unreachable as error:
        if holder is Holder.HISTORIES:  # they are read without the register, too
            raise BadInput(
                f'"{given}" is not a platform id, and the register, which knows names, does not answer',
                f"“{given}”不是平台编号；名称须在名册中查找，而名册没有应答",
            ) from None
        error.add_note(
            say(
                Words(
                    f'"{given}" is not an id, and names are looked up in the register.',
                    f"“{given}”不是平台编号，名称须在名册中查找。",
                )
            )
        )
        raise


async def _has_workflow(platform_id: str) -> bool:
    """Whether there is a platform that the register has not heard of yet. Raises as `Pingtai.state`."""
    async with open_pingtai(due=False) as client:
        try:
            await client.state(platform_id)
        except NoSuchPlatform:
            return False
    return True


def _only(found: "Found") -> "FoundPlatform | None":
    """The platform that is meant: the only one that fits whole, or the only one that fits at all."""
    whole = [one for one in found.items if one.exact]
    if len(whole) == 1:
        return whole[0]
    return found.items[0] if found.total == 1 else None


def _near(found: "Found") -> "tuple[NearPlatform, ...]":
    from db.name_search import NearPlatform  # noqa: PLC0415 - who found some has loaded it

    return tuple(
        NearPlatform(platform_id=one.platform_id, name=one.name) for one in found.items[:NEAR]
    )


def _several(given: str, found: "Found") -> BadInput:
    error = BadInput(
        f'"{given}" fits {found.total} platforms. Use the id of the one that you mean:',
        f"“{given}”对应 {found.total} 个平台，请使用其中一个的编号：",
    )
    for one in found.items:
        error.add_note(f"  {one.platform_id}  {one.name}")
    if found.total > len(found.items):
        error.add_note(
            say(
                Words(
                    f"All of them: pingtai find {quoted(given)}",
                    f"查看全部：pingtai find {quoted(given)}",
                )
            )
        )
    return error


def _none(given: str, found: "Found") -> NoSuchPlatform:
    return NoSuchPlatform(
        joined(
            Words(f'No platform is called "{given}".', f"没有名称含“{given}”的平台。"),
            near_words(found.near),
        )
    )
