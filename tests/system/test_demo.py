"""`pingtai demo`: how it plays and checks. All examples come true in `make demo`, which CI runs (.ci/run)."""

import json
import shutil
from pathlib import Path

from tests.memory import throw_away_folder
from tests.system.processes import EXAMPLES, of_home, pingtai
from worker.demo.example_lives import load_examples

GOOD, BAD = "bj-ad-simulation", "bj-green-building"


def test_what_comes_true_and_what_does_not(home: Path, tmp_path: Path) -> None:
    """One ends as its file says; one does not, and is named: exit code 1. Plain, and nothing left over."""
    folders = {name: tmp_path / name for name in (GOOD, BAD)}
    for name, folder in folders.items():
        shutil.copytree(EXAMPLES / name, folder)
    place = throw_away_folder("demo")
    played = ("demo", "--examples", str(tmp_path))
    life = json.loads((folders[BAD] / "life.json").read_text())
    life["terms"][0]["steps"][-1] = {
        "refused": life["terms"][0]["steps"][-1]["decide"],
        "rule": "§一",
    }
    (folders[BAD] / "life.json").write_text(json.dumps(life))
    done = pingtai(home, *played, TMPDIR=str(place))
    assert 1 == done.returncode, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [f"✗ {BAD}, term 1"] == [one[: len(BAD) + 10] for one in lines if one.startswith("✗ bj")]
    assert "✗ 1 of 2 platforms ended as expected" in lines
    assert [True] == ["were covered" in one for one in lines if one.startswith("✓")]
    roster = next(one for one in lines if one.startswith("Roster, version 1: "))
    assert roster.endswith("signed by demo-01 and demo-02")
    assert "\x1b" not in done.stdout
    assert [] == [*home.iterdir(), *place.iterdir()]
    assert [] == of_home(place)


def test_those_that_come_with_it_are_many() -> None:
    """What is played, and must end as it says, is what the folder holds."""
    folders = [life.parent.name for life in sorted(EXAMPLES.glob("*/life.json"))]
    assert folders == [one.platform_id for one in load_examples(None)]
    assert len(folders) >= 16
