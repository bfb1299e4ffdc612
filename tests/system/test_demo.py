"""`pingtai demo`: what the README promises first."""

import json
import shutil
from pathlib import Path

from tests.system.processes import EXAMPLES, pingtai


def test_the_demo_comes_true(home: Path) -> None:
    """Every platform ends as its file says, every arrow is taken, plain in a pipe, nothing left over."""
    done = pingtai(home, "demo")
    assert 0 == done.returncode, done.stdout + done.stderr
    folders = len(list(EXAMPLES.glob("*/life.json")))
    assert folders >= 16
    assert f"✓ {folders} of {folders} platforms ended as expected" in done.stdout
    assert "✗" not in done.stdout
    assert "\x1b" not in done.stdout
    assert [] == list(home.iterdir())


def test_a_demo_that_does_not_come_true_says_so(home: Path, tmp_path: Path) -> None:
    """An example that ends otherwise than its file says: named, and exit code 1."""
    folder = tmp_path / "bj-green-building"
    shutil.copytree(EXAMPLES / folder.name, folder)
    life = json.loads((folder / "life.json").read_text())
    life["terms"][0]["steps"][-1] = {
        "refused": life["terms"][0]["steps"][-1]["decide"],
        "rule": "§一",
    }
    (folder / "life.json").write_text(json.dumps(life))
    done = pingtai(home, "demo", "--examples", str(tmp_path))
    assert 1 == done.returncode, done.stdout + done.stderr
    assert "bj-green-building, term 1" in done.stdout
