"""`pingtai roster`: what waits is signed by nobody who has not seen it."""

import asyncio

import pytest

from starter.commands.guided import prompts
from starter.commands.roster import roster_waiting
from starter.errors import BadInput
from starter.roster.roster_changes import RosterChanges
from starter.signing.key_files import FileSigner, read_key_file
from tests.starter.memory_roster import MemoryRoster
from tests.starter.roster_office import Office
from workflows.refusal import Refused
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry


def test_nothing_that_waits_is_signed_unseen(opened: Office, roster: MemoryRoster) -> None:
    """Nor with one signature, which counts as the first of two; a district's counts for nothing."""
    opened.sit_down("hd-01", "district", "--district", "haidian")
    row = "{},孙某,district,海淀区科委,haidian,海淀区科委,"
    opened.run("add", opened.table(row.format("hd-07")))
    opened.run("add", opened.table(row.format("hd-08")))
    opened.sit_down("kw-01")
    both = ("--sign", opened.key("kw-02"))
    other = ("add", opened.table(f"kw-09,周某,commission,市科委,,人事处,{opened.lines['kw-03']}"))
    changes = (
        other,
        ("key", "hd-01", opened.lines["kw-03"]),
        ("end", "hd-01"),
        ("revoke", "hd-01"),
    )
    seq = roster.log.seq
    for change in changes:
        assert "--with-waiting" in opened.run(*change, *both, code=2)
        assert "--with-waiting" in opened.run(*change, code=2)
        assert "hd-07" in opened.run(*change, *both, "--json", code=2)
    assert roster.log.seq == seq
    shown = opened.run(*other, *both, "--with-waiting")
    assert all(part in shown for part in ("hd-07", "hd-08", "in force"))
    assert {"hd-07", "hd-08", "kw-09"} < set(roster.entries)


def test_a_person_is_asked_about_what_waits(
    opened: Office, roster: MemoryRoster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No is no: nothing is signed."""
    opened.run("end", "hd-01")
    asked: list[str] = []
    monkeypatch.setattr(roster_waiting, "at_terminal", lambda: True)

    def sure(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    monkeypatch.setattr(prompts, "sure", sure)
    key = ("key", "kw-01", opened.lines["kw-03"], "--sign", opened.key("kw-02"))
    opened.run(*key, code=130)
    assert roster.log.state.root
    assert roster.log.state.root.root.version == 1
    assert "in force" in opened.run(*key)
    assert all("what stands above (1 entry), too" in one for one in asked)


def test_what_came_after_it_was_shown_is_not_signed(opened: Office, roster: MemoryRoster) -> None:
    """The version that is signed names the log as it was when it was shown."""
    opened.run("end", "hd-01")
    late = RosterChanges(roster, [FileSigner(read_key_file(opened.folder / "hd-01"))])
    entry = roster.entries["hd-01"].model_copy(update={"id": "hd-02", "keys": ()})
    queued: list[RosterEntry] = []

    class Slow(MemoryRoster):
        """More comes in while somebody reads."""

        async def waiting(self) -> list[RosterItem]:
            found = await super().waiting()
            if not queued:
                queued.append(entry)
                await late.change([entry], {})
            return found

    slow = Slow()
    slow.log, slow.entries = roster.log, roster.entries
    officers = [FileSigner(read_key_file(opened.folder / n)) for n in ("kw-01", "kw-02")]
    with pytest.raises(Refused, match="look at it again"):
        asyncio.run(RosterChanges(slow, officers[1:]).confirm(seen=lambda _: None))
    queued.clear()
    entry = entry.model_copy(update={"id": "hd-03"})
    someone = entry.model_copy(update={"id": "hd-04"})
    with pytest.raises(Refused, match="look at it again"):
        asyncio.run(RosterChanges(slow, officers).change([someone], {}, seen=lambda _: None))
    with pytest.raises(BadInput, match="was not shown"):
        asyncio.run(RosterChanges(roster, officers).change([someone], {}))
