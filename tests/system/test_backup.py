"""Backup and restore on a running system: both parts, parts of different age, and what receipts say of them."""

from pathlib import Path

from tests.system.processes import EXAMPLES, of_home, pingtai, started, stop
from tests.system.test_up import COMMISSION, DISTRICT, FINDINGS, PLATFORM, READY, RECOMMEND
from worker.backup.backup_file import ENGINE, open_backup
from worker.backup.examine_restored import examine_restored
from worker.backup.restoring import restore_backup

INSPECT = ("inspect", PLATFORM, "--outcome", "passed", *FINDINGS, *COMMISSION)


def done(home: Path, *words: str, code: int = 0) -> str:
    """Run a command, and return what it printed."""
    found = pingtai(home, *words)
    assert code == found.returncode, found.stdout + found.stderr
    return found.stdout


def newest(folder: Path) -> Path:
    return max(folder.glob("pingtai-*.zip"))


def with_engine_of(home: Path, backup: Path) -> None:
    """Put Temporal's part of another backup into a home, as somebody would who has only that."""
    database = home / "temporal" / "temporal.sqlite"
    for path in database.parent.glob("temporal.sqlite*"):
        path.unlink()
    with open_backup(backup) as opened:
        opened.extract(ENGINE, database)


async def test_parts_of_one_age_and_of_different_ages(home: Path, tmp_path: Path) -> None:
    """What is ahead of what is said in cases and entries; what exists mends it; receipts find what is lost."""
    receipt = tmp_path / "inspection.json"
    with started(home, "up", ready=READY) as up:
        done(home, "apply", "--file", str(EXAMPLES / PLATFORM / "application.json"))
        done(home, *RECOMMEND, *DISTRICT)
        done(home, "backup", str(tmp_path / "before"))
        done(home, *INSPECT, "--receipt", str(receipt))
        done(home, "backup", str(tmp_path / "after"))
        refused = pingtai(home, "restore", str(newest(tmp_path / "after")), "--replace")
        assert (2, True) == (refused.returncode, "a system runs under" in refused.stderr)
        stop(up)
    before, after = newest(tmp_path / "before"), newest(tmp_path / "after")

    whole = done(home, "restore", str(after), "--replace")
    assert "Temporal and the register have the same entries of 1 open case" in whole
    assert 1 == len(list(home.parent.glob(f"{home.name}.before-*")))

    with_engine_of(home, before)
    older = [finding.what.en async for finding in examine_restored(home)]
    assert f"the register is ahead of Temporal by 1 entry of 1 case: {PLATFORM} 1.3" in older

    await restore_backup(before, home, replace=True)
    with_engine_of(home, after)
    with started(home, "up", ready=READY) as up:
        newer = pingtai(home, "doctor").stdout  # how bad it is depends on how long it has been so
        assert "Temporal is ahead of the register by 1 entry of 1 case, the oldest of" in newer
        lost = done(home, "audit", "receipt", str(receipt), code=1)
        assert "Temporal: entry 1.3, as acknowledged" in lost
        assert "register: entry 1.3 is lost: the log ends with entry 1.2" in lost
        done(home, "audit", "reconcile", "--repair")
        assert "have the same entries" in done(home, "doctor")
        done(home, "audit", "receipt", str(receipt))
        again = done(home, "inspect", PLATFORM, "--file", str(receipt))
        assert "this is the first answer" in again
        stop(up)
    assert [] == of_home(home)
