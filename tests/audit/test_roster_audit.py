"""The roster's log, audited: whoever rewrites it, or its rows, is found out; a file alone is enough."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.commands.roster import roster_command
from audit.reading.roster_log_reading import RosterReading, roster_faults
from audit.reconciling import reconciling_roster
from audit.reconciling.reconciling_roster import reconcile_roster
from audit.reconciling.roster_rows import held_log, row_faults
from db.roster_store import write_roster
from db.roster_tables import roster_entries, roster_keys, roster_log
from tests.audit.typed_commands import in_thread
from tests.rules.officers import NOW, signature
from tests.rules.roster_life import HAIDIAN, OPERATOR, A, B, C, Life, item, new_key, revoked
from workflows.model import as_sent, canonical
from workflows.record import BEGINNING, LogEntry
from workflows.roster_batches import RosterBatch
from workflows.roster_entries import RosterRoot

Log = list[LogEntry]


def _life() -> Life:
    life = Life.opened(HAIDIAN, OPERATOR)
    life.take(life.change([item(C)], A))
    life.take(life.confirmation(B))
    two = new_key(HAIDIAN, "hd-1-new")
    life.take(life.change([item(two, HAIDIAN)], A, C))
    life.take(life.change([item(revoked(C, life.at), C)], A, B))
    return life


def _resealed(log: Log, seq: int, **changes: Any) -> Log:
    """The log with an entry that was rewritten, and all after it sealed anew."""
    before, made = BEGINNING, []
    for one in log:
        changed = one.model_copy(update={"previous": before} | (changes if one.seq == seq else {}))
        made.append(changed.model_copy(update={"hash": changed.seal()}))
        before = made[-1].hash
    return made


def _said(log: Log, seq: int, change: Callable[[dict[str, Any]], None]) -> Log:
    said = json.loads(json.dumps(log[seq - 1].said))
    change(said)
    return _resealed(log, seq, said=said)


def _other_name(said: dict[str, Any]) -> None:
    said["items"][0]["entry"]["name"] = "另一人"


def _without_second(said: dict[str, Any]) -> None:
    del said["signatures"][1]


def _of_the_thief(said: dict[str, Any]) -> None:
    root = RosterRoot.model_validate_json(json.dumps(said["root"]))
    said["signatures"][0] = as_sent(signature(A, root.form(), [A, B], by="thief"))


FORGERIES: dict[str, tuple[Callable[[Log], Log], str]] = {
    "a name": (lambda log: _said(log, 1, _other_name), "entry 1 was never decided"),
    "one signature": (lambda log: _said(log, 1, _without_second), "two officers"),
    "another's key": (lambda log: _said(log, 4, _of_the_thief), "entry 4 was never decided"),
    "its moment": (
        lambda log: _resealed(log, 1, at=NOW + timedelta(days=60)),
        "not within the 14 days",
    ),
    "its outcome": (lambda log: _resealed(log, 2, outcome="in_force"), "is not what its decision"),
    "left out": (lambda log: [log[0], *log[2:]], "entry 2 is missing"),
    "unsealed": (lambda log: [log[0].model_copy(update={"outcome": "x"}), *log[1:]], "was changed"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_log_that_was_rewritten_does_not_hold(name: str) -> None:
    """Also where all hashes were worked out anew: nobody has the keys."""
    log = _life().roster.log
    assert list(roster_faults(log)) == []
    forge, why = FORGERIES[name]
    faults = list(roster_faults(forge(log)))
    assert faults
    assert why in faults[0].en


async def test_rows_that_were_changed_are_named(engine: AsyncEngine) -> None:
    """A key that was put in another's place, a person who came from nowhere."""
    life = _life()
    await write_roster(engine, RosterBatch(entries=tuple(life.roster.log)))
    log = await held_log(engine)
    assert log == life.roster.log
    assert await row_faults(engine, log) == []
    async with engine.begin() as connection:
        await connection.execute(
            update(roster_keys).where(roster_keys.c.person_id == "kw-c").values(revoked=None)
        )
        stolen = update(roster_entries).where(roster_entries.c.id == "kw-b")
        await connection.execute(stolen.values(id="kw-x"))
    said = [words.en for words in await row_faults(engine, log)]
    assert said[0] == "roster_entries kw-b: is missing"
    assert said[1] == "roster_entries kw-x: follows from no entry"
    assert said[2].endswith("differs: revoked")


async def test_what_an_older_register_lacks_is_written(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its history has it; where they differ nothing is written, and it is said."""
    log = _life().roster.log
    reading = RosterReading(1, {one.seq: one for one in log})

    async def read(_: Any) -> RosterReading:
        return reading

    monkeypatch.setattr(reconciling_roster, "read_roster", read)
    histories: Any = None
    await write_roster(engine, RosterBatch(entries=tuple(log[:2])))
    seen = await reconcile_roster(engine, histories)
    assert seen
    assert (seen.agrees, [one.key["seq"] for one in seen.differences]) == (False, [3, 4, 5])
    repaired = await reconcile_roster(engine, histories, repair=True)
    assert repaired
    assert (repaired.agrees, repaired.repaired) == (True, True)
    assert await held_log(engine) == log
    again = await reconcile_roster(engine, histories)
    assert again
    assert (again.agrees, again.differences, again.not_checked) == (True, [], [])
    forged = _resealed(log, 4, outcome="x")
    reading.entries = {one.seq: one for one in forged}
    other = await reconcile_roster(engine, histories, repair=True)
    assert other
    assert "entry 4 is another in the histories" in other.problems[0].words.en
    reading.runs, reading.entries = 0, {}
    alone = await reconcile_roster(engine, histories)
    assert alone
    assert (alone.agrees, len(alone.not_checked)) == (True, 1)


async def test_the_command(
    engine: AsyncEngine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register's log, exported; the file alone; and what was rewritten."""
    assert roster_command.name == "roster"
    monkeypatch.setenv("DATABASE_URL", database_url)
    run = in_thread("audit", "roster")
    none = await run()
    assert (none.exit_code, "no roster is set up" in none.stderr) == (2, True)
    life = _life()
    await write_roster(engine, RosterBatch(entries=tuple(life.roster.log)))
    file = tmp_path / "roster.jsonl"
    whole = await run("-o", str(file))
    assert whole.exit_code == 0, whole.output
    assert "✓ Every change was signed" in whole.stdout
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    alone = await run(str(file), lang="zh")
    assert alone.exit_code == 0, alone.output
    assert "每项变更均经应有签名" in alone.stdout
    said = json.loads((await run(str(file), "--json")).stdout)
    assert (said["holds"], said["entries"], said["problems"]) == (True, 5, [])
    first = RosterRoot.model_validate_json(json.dumps(life.roster.log[0].said["root"]))
    assert life.roster.state.root
    newest = life.roster.state.root.root
    # Entry 2 waits, and entry 3 confirms it.
    assert [(one["version"], one["entry"]) for one in said["versions"]] == [
        *((1, 1), (2, 3), (3, 4), (4, 5)),
    ]
    for given in (first.digest(), newest.digest(), life.roster.log[-1].hash):
        assert given in whole.stdout
        assert given in alone.stdout
    assert said["versions"][0]["digest"] == first.digest()
    forged = _said(life.roster.log, 1, _other_name)
    file.write_bytes(b"".join(canonical(e.model_dump(mode="json")) + b"\n" for e in forged))
    wrong = await run(str(file))
    assert wrong.exit_code == 1
    assert "✗ entry 1 was never decided" in wrong.stdout
    file.write_text("no log")
    assert (await run(str(file))).exit_code == 2
    monkeypatch.setenv("DATABASE_URL", database_url)
    async with engine.begin() as connection:
        await connection.execute(update(roster_log).values(hash="0" * 64))
    assert "was changed after it was written" in (await run()).stdout
