"""Versions of the layout by the command line, on a real register: adopted, read, compared, completed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from db.register_store import PostgresRegister
from tests.register import cases
from tests.starter.test_reading import ADOPT, LAYOUT

Run = Callable[..., Result]
LATER = ("--adopted-on", "2026-05-01", "--document", f"调整通知={'1' * 64}")


@pytest.fixture(autouse=True)
async def platform(
    database_url: str, register: PostgresRegister, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands reach a register with a platform of a direction."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    await register.write(cases.batch(cases.listed(cases.application("p-1", direction="大模型"))))


def test_a_second_layout_is_a_second_version(pingtai: Run) -> None:
    """Nothing is dropped unasked: without a terminal --yes is needed; versions are read and compared."""
    Path("l.csv").write_text(LAYOUT, encoding="utf-8")
    agreed = ("--agreed", "顺义区", "--agreed", "haidian")
    assert 0 == pingtai("layout", "import", "l.csv", *ADOPT, *agreed).exit_code
    for alone_with in ((), ("1",)):  # with itself it is not compared
        alone = pingtai("layout", "diff", *alone_with, lang="zh")
        assert (2, "") == (alone.exit_code, alone.stdout)
        assert "布局仅有第 1 版，没有可比较的版本" in alone.stderr
        assert "the layout has version 1 only" in pingtai("layout", "diff", *alone_with).stderr
    Path("m.csv").write_text(
        LAYOUT.replace("自动驾驶,2", "自动驾驶,3").replace("大模型", "小模型"), encoding="utf-8"
    )
    refused = pingtai("layout", "import", "m.csv", *LATER)
    assert (2, True) == (refused.exit_code, "--yes" in refused.stderr)
    assert "dropped artificial intelligence · 大模型" in refused.stdout
    assert "priority 2 → 3" in refused.stdout
    assert "not recorded as agreed" in refused.stderr
    assert 1 == len(json.loads(pingtai("layout", "versions", "--json").stdout))
    done = pingtai("layout", "import", "m.csv", *LATER, "--yes", lang="zh")
    assert "布局第 2 版" in done.stdout
    told = pingtai("layout", "versions", lang="zh").stdout
    assert "2（现行）" in told
    assert "海淀区" in told
    for version, direction in (("1", "大模型"), ("2", "小模型")):
        assert direction in pingtai("layout", "list", "--version", version).stdout
        assert direction in pingtai("layout", "show", "--version", version).stdout
    assert 2 == pingtai("layout", "list", "--version", "3").exit_code
    assert "有效期内 1：p-1" in pingtai("layout", "show", "--version", "1", lang="zh").stdout
    for numbers in ((), ("1",), ("1", "2")):
        diff = pingtai("layout", "diff", *numbers, lang="zh")
        assert "取消 人工智能 · 大模型" in diff.stdout
    pingtai("layout", "list", "--version", "1", "--file", "back.csv", lang="zh")
    back = pingtai("layout", "import", "back.csv", "--dry-run", "--adopted-on", "2025-01-01")
    assert "0 added, 0 changed, 0 dropped, 3 unchanged" in back.stdout, back.stderr
    late = pingtai("layout", "complete", "2", "--agreed", "miyun", lang="zh")
    assert "已会同：密云区" in late.stdout
    assert 2 == pingtai("layout", "complete", "2").exit_code


def test_the_version_of_an_application(pingtai: Run) -> None:
    """The card in full, and the exported register, say which layout was in force when it was handed in."""
    Path("l.csv").write_text(LAYOUT, encoding="utf-8")
    assert 0 == pingtai("layout", "import", "l.csv", *ADOPT).exit_code
    Path("m.csv").write_text(LAYOUT.replace("大模型", "小模型"), encoding="utf-8")
    assert 0 == pingtai("layout", "import", "m.csv", *LATER, "--yes").exit_code
    shown = pingtai("show", "p-1", "--full", lang="zh").stdout
    assert "申请时的总体建设布局" in shown
    assert "大模型 · 优先级 1" in shown
    assert 1 == json.loads(pingtai("show", "p-1", "--json").stdout)["layout"]["version"]
    assert "布局版本" in pingtai("register", "--format", "csv", lang="zh").stdout


def test_asked_at_a_terminal(pingtai: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it changes is shown first; no is no."""
    monkeypatch.setattr("starter.commands.layout_adoption.at_terminal", lambda: True)
    Path("l.csv").write_text(LAYOUT, encoding="utf-8")
    assert 0 == pingtai("layout", "import", "l.csv", *ADOPT).exit_code  # nothing is replaced
    Path("m.csv").write_text(LAYOUT.replace("大模型", "小模型"), encoding="utf-8")
    declined = pingtai("layout", "import", "m.csv", *LATER, stdin="n\n")
    assert 130 == declined.exit_code
    assert declined.output.index("dropped") < declined.output.index("Adopt it?")
    assert "大模型" in pingtai("layout", "list").stdout
    assert 0 == pingtai("layout", "import", "m.csv", *LATER, lang="zh", stdin="是\n").exit_code
    assert "小模型" in pingtai("layout", "list").stdout


def test_a_layout_of_a_day_to_come(pingtai: Run) -> None:
    """It is a version already, and not in force yet."""
    Path("l.csv").write_text(LAYOUT, encoding="utf-8")
    pingtai("layout", "import", "l.csv", *ADOPT)
    Path("m.csv").write_text(LAYOUT.replace("大模型", "小模型"), encoding="utf-8")
    day = ("--adopted-on", "2199-01-01", "--document", f"调整通知={'1' * 64}")
    told = pingtai("layout", "import", "m.csv", *day, "--yes").stdout
    assert "in force from 2199-01-01" in told
    assert "大模型" in pingtai("layout", "list").stdout
    assert "小模型" in pingtai("layout", "list", "--version", "2").stdout
