"""Whoever tries the system: they are entered in its example roster, and may decide as its example people."""

from typing import TYPE_CHECKING

from db.home import home
from starter.desk.profile import Profile, ProfileSigning
from starter.errors import PingtaiError
from starter.roster.example_roster import enter_profile, example_changes, key_path, officers
from starter.roster.roster_access import open_direct_roster, open_roster
from starter.roster.roster_origin import APPOINTED_BY, OFFICERS
from starter.terminal.screen import complain
from workflows.roster_entries import RosterEntry
from workflows.vocabulary import Role
from workflows.words import Words

if TYPE_CHECKING:
    from db.countersign_queries import CountersignDraft
    from workflows.ssh_signatures import PublicKey


async def entered(profile: Profile, key: "PublicKey", platform_id: str | None = None) -> bool:
    """Enter the person of a profile, if this system is there to be tried; whether they are in it now.

    Where that fails, whoever asks for the signature says why there is none.
    """
    if not officers(home()):
        return False
    try:
        async with open_roster() as roster:
            if await example_changes(roster, home()) is None:
                return False
        # A service's key may say less than the officers of this machine's own system.
        async with open_direct_roster() as own:
            found = await enter_profile(own, profile, key, platform_id)
    except PingtaiError:
        return False
    if found:
        complain(_ENTERED.at(profile.id))
    return found


_ENTERED = Words(
    "entered in the example roster, which is for trying only: decisions are signed",
    "已登记于示例人员目录（仅供试用），决定将予签名",
)


def entered_later(profile: Profile) -> Words | None:
    """Say when an operator's person is entered where the system is there to be tried; None of others."""
    if profile.roles[0].role is not Role.OPERATOR or not officers(home()):
        return None
    return Words(
        f"{profile.id} is entered in the example roster with the first decision, for its platform",
        f"{profile.id} 将在作出首项决定时，按该平台登记于示例人员目录",
    )


def example_key(entry: RosterEntry) -> ProfileSigning | None:
    """Return where the key of an example person is, if it is here."""
    from starter.signing.key_files import read_key_file  # noqa: PLC0415 - needs cryptography

    path = key_path(entry.id)
    if entry.appointed_by != APPOINTED_BY or not path.exists():
        return None
    line = read_key_file(path).key.openssh()
    mine = line in (key.public for key in entry.keys)
    return ProfileSigning(key_file=str(path)) if mine else None


def second_person(draft: "CountersignDraft") -> Words | None:
    """Return how whoever tries the system signs as the second person, too; None where it is no trial."""
    proof = draft.decision["signatures"][0].get("proof")
    entry = proof["entry"] if proof else {}
    if entry.get("appointed_by") != APPOINTED_BY or entry["role"] != Role.COMMISSION:
        return None
    others = (one for one in OFFICERS if one != entry["id"] and key_path(one).exists())
    other = next(others, None)
    if other is None:
        return None
    return Words(
        f"pingtai login --id {other}, countersign, then pingtai login --id {entry['id']}",
        f"pingtai login --id {other}，会签后再 pingtai login --id {entry['id']}",
    )
