"""The roster of a system that is there to be tried: its first two officers are examples.

Their keys lie in files of the data folder, so whoever works here may enter people by them. That is no less
than the owner of these files could do anyway. Why it is so: docs/decisions/0024-example-roster.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from db.home import home
from starter.clock import today
from starter.errors import PingtaiError
from starter.roster.roster_changes import (
    RosterChanges,
    opening,
    opening_signature,
    with_signatures,
)
from starter.roster.roster_edits import entry_of
from starter.roster.roster_origin import (
    APPOINTED_BY,
    BODY,
    EXAMPLE_KEYS,
    OFFICERS,
    is_example_officer,
)
from starter.signing.key_files import FileSigner, make_key, read_key_file
from workflows.actors import Actor
from workflows.roster_entries import RosterEntry
from workflows.roster_log import RosterView
from workflows.vocabulary import Role

if TYPE_CHECKING:
    from starter.desk.profile import Profile
    from starter.roster.roster_access import RosterAccess
    from workflows.ssh_signatures import PublicKey

NOTE = "示例人员目录，仅供试用 / example roster, for trying only"


def key_path(person: str, folder: Path | None = None) -> Path:
    """Return where the key of an example person is, in a data folder; by default this user's."""
    return (folder or home()) / EXAMPLE_KEYS / person


def made_key(person: str, folder: Path) -> FileSigner:
    """Return the key of an example person, which is made where there is none yet.

    Raises:
        BadInput: it cannot be written or read.
    """
    path = key_path(person, folder)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        make_key(path)
    return FileSigner(read_key_file(path))


def example_entry(actor: Actor, key: "PublicKey", platform_id: str | None = None) -> RosterEntry:
    """Return the entry of somebody who is entered to try the system, from today on."""
    return entry_of(actor, platform_id, key, today(), APPOINTED_BY)


def officers(folder: Path) -> dict[str, FileSigner]:
    """Return what signs for the example officers whose keys are in a data folder; nothing unless it is both."""
    with suppress(PingtaiError, OSError):
        if all(key_path(one, folder).exists() for one in OFFICERS):
            return {one: FileSigner(read_key_file(key_path(one, folder))) for one in OFFICERS}
    return {}


class Starting(Protocol):
    """Where a roster is set up."""

    async def start(self, change: dict[str, Any]) -> RosterView:
        """See `RosterAccess`."""


async def set_up(roster: Starting, folder: Path, others: Iterable[RosterEntry] = ()) -> RosterView:
    """Set the example roster up, with its two officers and others.

    Raises:
        BadInput: there is a roster already, or the keys cannot be written.
        Unreachable: a part does not answer.
    """
    keys = {one: made_key(one, folder) for one in OFFICERS}
    own = [
        example_entry(Actor(id=one, role=Role.COMMISSION, organisation=BODY), signer.key)
        for one, signer in keys.items()
    ]
    people = [*own, *others]
    content, root = opening(people, NOTE)
    signed = [opening_signature(signer, root, people) for signer in keys.values()]
    return await roster.start(with_signatures(content, root, signed))


async def example_changes(roster: "RosterAccess", folder: Path) -> RosterChanges | None:
    """Return what enters people by the example officers' keys; None: they, or their keys, are not here.

    Raises Unreachable.
    """
    keys = officers(folder)
    lines = {signer.key.openssh(): person for person, signer in keys.items()}
    if not lines or await roster.holders(list(lines)) != lines:
        return None
    if not all(map(is_example_officer, (await roster.named(OFFICERS)).values())):
        return None
    return RosterChanges(roster, list(keys.values()))


async def enter(changes: RosterChanges, people: Sequence[RosterEntry]) -> None:
    """Enter those who are not in the roster yet, and wait until they can be proved to be.

    Raises:
        BadInput: something else waits to be confirmed in it.
        Refused, Unreachable: it is not taken.
    """
    there = await changes.standing([one.id for one in people])
    missing = [one for one in people if one.id not in there]
    if missing:
        await _change(changes, missing, {})


async def _change(
    changes: RosterChanges, entries: Sequence[RosterEntry], before: Mapping[str, RosterEntry]
) -> None:
    receipt = await changes.change(entries, before, NOTE)
    await changes.recorded(receipt.version)


async def enter_profile(
    roster: "RosterAccess", profile: "Profile", key: "PublicKey", platform_id: str | None = None
) -> bool:
    """Enter the person of a profile with their key, if the system is there to be tried; else nothing happens.

    Who is there already gets the key, and the body of the profile; the role and the district stay as they are.
    An operator's person stands there for one platform: without it they are not entered.

    Raises as `enter`.
    """
    actor = profile.actor(profile.roles[0])
    if actor.role is Role.OPERATOR and platform_id is None:
        return False
    changes = await example_changes(roster, home())
    if changes is None:
        return False
    new = example_entry(actor, key, platform_id)
    there = (await changes.standing([profile.id])).get(profile.id)
    if there is None:
        await _change(changes, [new], {})
        return True
    if (there.role, there.district) != (new.role, new.district):
        return False
    kept = {"organisation": new.organisation, "keys": (*there.keys, *new.keys)}
    await _change(changes, [there.model_copy(update=kept)], {there.id: there})
    return True
