"""The example roster: who is entered in it, by whose keys, and when nobody is."""

from pathlib import Path

import pytest

from starter.clock import today
from starter.desk.profile import Profile, ProfileRole
from starter.errors import BadInput
from starter.roster.example_roster import (
    enter_profile,
    example_changes,
    key_path,
    made_key,
    set_up,
)
from starter.roster.roster_changes import RosterChanges
from starter.roster.roster_edits import entry_of, revoked
from starter.roster.roster_origin import APPOINTED_BY, OFFICERS, RosterOrigin, origin_of
from starter.signing.key_files import FileSigner, make_key, read_key_file
from tests.nobody import be_nobody
from tests.starter.memory_roster import MemoryRoster
from workflows.actors import Actor
from workflows.ssh_signatures import PublicKey
from workflows.vocabulary import District, Role


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of nobody's."""
    be_nobody(monkeypatch, tmp_path)
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def profile(role: Role = Role.DISTRICT, person: str = "hd-01", body: str = "海淀区科委") -> Profile:
    """Somebody who has just logged in."""
    district = District.HAIDIAN if role is Role.DISTRICT else None
    return Profile(id=person, roles=(ProfileRole(role=role, organisation=body, district=district),))


def own_key(home: Path, name: str = "own") -> PublicKey:
    """A key of somebody's own."""
    return make_key(home / name)


async def test_it_is_set_up_for_trying_only(home: Path) -> None:
    """By two officers whose keys only this user can read, and who say in the log that they are examples."""
    roster = MemoryRoster()
    view = await set_up(roster, home)
    assert (2, 1) == (view.people, view.root and view.root.root.version)
    for person in OFFICERS:
        assert 0o600 == key_path(person, home).stat().st_mode & 0o777
        assert APPOINTED_BY == roster.entries[person].appointed_by
        assert "试用" in roster.entries[person].appointed_by
    assert 0o700 == key_path(OFFICERS[0], home).parent.stat().st_mode & 0o777
    assert RosterOrigin.EXAMPLE is origin_of(roster.entries.values())


async def test_who_logs_in_is_entered_once(home: Path) -> None:
    """With their key, role and district; another key and another name of the body come to the same entry."""
    roster = MemoryRoster()
    await set_up(roster, home)
    key, second = own_key(home), own_key(home, "second")
    assert await enter_profile(roster, profile(), key)
    entry = roster.entries["hd-01"]
    assert (Role.DISTRICT, District.HAIDIAN) == (entry.role, entry.district)
    assert [key.openssh()] == [one.public for one in entry.keys]
    assert await enter_profile(roster, profile(body="海淀区科技主管部门"), second)
    entry = roster.entries["hd-01"]
    assert "海淀区科技主管部门" == entry.organisation
    assert [key.openssh(), second.openssh()] == [one.public for one in entry.keys]


async def test_another_role_takes_another_id(home: Path) -> None:
    """An id stands in the roster in one role: the entry stays as it is."""
    roster = MemoryRoster()
    await set_up(roster, home)
    assert await enter_profile(roster, profile(), own_key(home))
    before = roster.entries["hd-01"]
    assert not await enter_profile(roster, profile(Role.COMMISSION), own_key(home, "second"))
    assert before == roster.entries["hd-01"]


async def test_an_operator_is_entered_for_a_platform(home: Path) -> None:
    """Which one the decision says; before that nothing is known."""
    roster = MemoryRoster()
    await set_up(roster, home)
    key, operator = own_key(home), profile(Role.OPERATOR, "op-01", "北京某公司")
    assert not await enter_profile(roster, operator, key)
    assert await enter_profile(roster, operator, key, "bj-riscv-soc")
    assert "bj-riscv-soc" == roster.entries["op-01"].platform_id


async def test_nobody_enters_themselves_in_a_roster_of_its_own(home: Path) -> None:
    """Neither where no example keys are here, nor by the keys of another system."""
    roster = MemoryRoster()
    other = home / "other"
    other.mkdir()
    await set_up(roster, other)
    key = own_key(home)
    assert await example_changes(roster, home) is None  # no keys
    for person in OFFICERS:
        made_key(person, home)
    assert await example_changes(roster, home) is None  # keys that this roster does not have
    assert not await enter_profile(roster, profile(), key)
    assert "hd-01" not in roster.entries


async def test_it_becomes_the_commissions_own(home: Path) -> None:
    """Real officers are entered, and end the examples: from then on the example keys enter nobody."""
    roster = MemoryRoster()
    await set_up(roster, home)
    desk = home / "desk"
    desk.mkdir()
    officers = [made_key(one, desk) for one in ("kw-01", "kw-02")]
    examples = RosterChanges(roster, [made_key(one, home) for one in OFFICERS])
    actors = [Actor(id=f"kw-0{n}", role=Role.COMMISSION, organisation="市科委") for n in (1, 2)]
    pairs = zip(actors, officers, strict=True)
    await examples.change([entry_of(a, None, k.key, today(), "人事处") for a, k in pairs], {})
    assert RosterOrigin.EXAMPLE is origin_of(roster.entries.values())
    changes = RosterChanges(roster, officers)
    there = await roster.named(OFFICERS)
    now = roster.log.log[-1].at
    gone = [revoked(one, None, now) for one in there.values()]
    await changes.change(gone, there)
    assert RosterOrigin.OWN is origin_of(roster.entries.values())
    assert await example_changes(roster, home) is None
    assert not await enter_profile(roster, profile(), own_key(home))


async def test_what_waits_is_not_signed_unseen(home: Path) -> None:
    """Where somebody has proposed a change, nobody is entered along with it."""
    roster = MemoryRoster()
    await set_up(roster, home)
    key = own_key(home)
    assert await enter_profile(roster, profile(), key)
    district = RosterChanges(roster, [FileSigner(read_key_file(home / "own"))])
    before = roster.entries["hd-01"]
    new = before.model_copy(update={"id": "hd-02", "name": "hd-02", "keys": ()})
    await district.change([new], {})
    with pytest.raises(BadInput, match="hd-02"):
        await enter_profile(roster, profile(person="hd-03"), own_key(home, "third"))
