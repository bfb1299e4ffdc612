"""Lines broken as people break them, tables in which no word is, tab-separated tables, and the pager."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import click
import pytest
from rich.cells import cell_len
from rich.console import Console

from starter.commands.word_choice import WordChoice
from starter.terminal import screen
from starter.terminal.line_breaks import in_width, line_breaks, longest_unit
from starter.terminal.pager import paged
from starter.terminal.program import Program
from starter.terminal.screen import facts, heading, show, stacked, table
from starter.terminal.table_layout import FlowingText, tab_separated
from workflows.vocabulary import District

HERE = str(Path(screen.__file__).parents[2])
MIXED = (
    "（示例）本平台（第一期）的建设目标，包括：RISC-V处理器核、bj-riscv-soc 与“软硬协同”验证，"
    "2026年5月完成（见附件）。"
)


def parts(line: str, width: int) -> list[str]:
    """The lines that a text is broken into."""
    places = [0, *line_breaks(line, width), len(line)]
    return [line[a:b].rstrip() for a, b in pairwise(places)]


@pytest.mark.parametrize("width", range(12, 90))
def test_no_line_begins_or_ends_as_it_must_not(width: int) -> None:
    """避头尾: closing marks stay with what they close, opening ones with what they open; words stay whole."""
    lines = parts(MIXED, width)
    assert MIXED.replace(" ", "") == "".join(lines).replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)
    assert not any(line[0] in "，。：、）”" for line in lines)
    assert not any(line[-1] in "（“" for line in lines)
    for word in ("RISC-V", "bj-riscv-soc", "2026"):
        assert any(word in line for line in lines), word


@pytest.mark.parametrize(
    ("line", "hang"),
    [(f"  ! {MIXED}", 4), (f"3  {MIXED}", 3), (MIXED, 0), (f"    {MIXED}", 4), (f"✗ {MIXED}", 2)],
)
def test_the_later_lines_of_a_message_stand_below_its_text(line: str, hang: int) -> None:
    """What marks or numbers it stands alone at the margin; in a cell and on a line of its own."""
    drawn = [part.plain for part in FlowingText(line).wrap(Console(), 40)]
    lines = in_width(line, 40)
    assert drawn == lines and len(lines) > 2
    assert all(cell_len(one) <= 40 for one in lines)
    assert all(one[:hang] == " " * hang and one[hang] not in " ，。：、）”" for one in lines[1:])
    assert line.replace(" ", "") == "".join(lines).replace(" ", "")


@pytest.mark.parametrize(
    "said", ["方案.md：建设方案第 1 版。修改后运行：", "plan.md: plan version 1. Change it, then: "]
)
@pytest.mark.parametrize("width", [40, 72, 80])
def test_a_command_is_not_cut(said: str, width: int) -> None:
    """It stands on one line whole, and where it is wider than any the terminal breaks it, not we."""
    command = "pingtai revise bj-uav-airworthiness --plan 无人机适航平台方案.md"
    *before, last = in_width(said + command, width)
    assert command == last
    assert all(cell_len(line) <= width for line in before)
    middle = in_width(
        f"请确认已启动本机系统（{'请先运行 ' * 3}pingtai up --detach）。再办。", width
    )
    assert any("pingtai up --detach" in line for line in middle)
    assert all(cell_len(line) <= width for line in middle)


URL = (
    "postgresql+asyncpg://postgres@/pingtai?host=/var/lib/pingtai-of-a-district/postgres&port=5432"
)
PATH = "/home/somebody/平台/附件/无人机适航验证与飞行安全评估共性技术平台-建设方案-第二版.docx"


@pytest.mark.parametrize("address", [URL, PATH])
@pytest.mark.parametrize(
    ("before", "after"), [("Written to ", ". Send it on."), ("已写入 ", "。请转送。"), ("", "")]
)
def test_an_address_is_not_cut(address: str, before: str, after: str) -> None:
    """As commands are: wider than any line it has one of its own, else it is on one with others."""
    lines = in_width(f"{before * 5}{address}{after}", 80)
    assert any(line.startswith(address) for line in lines)
    assert not any(line[:1] in ".。" for line in lines)
    assert all(cell_len(line) <= 80 for line in lines if address not in line)
    short = in_width(f"{'请先运行 ' * 7}/var/lib/平台/日志/pingtai.log，再办。", 80)
    assert any("/var/lib/平台/日志/pingtai.log" in line for line in short)


def test_an_address_in_a_table_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """In its last column, where nothing follows it; the next table has its own."""
    monkeypatch.setattr("starter.terminal.screen.watched", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    one, other = (
        screen.facts([("PostgreSQL", URL), ("x", "平台" * 50)]),
        screen.facts([("日志", PATH)]),
    )
    for _ in range(2):  # nothing is left of the first time
        shown = screen.rendered(one, other).splitlines()
        assert f"PostgreSQL  {URL}" in shown
        assert f"日志  {PATH}" in shown
        assert all(cell_len(line) <= 80 for line in shown if URL not in line and PATH not in line)


def test_no_character_is_left_alone() -> None:
    """The last line has two, or none needs it."""
    assert ["自动驾驶场景技术", "平台"] == parts("自动驾驶场景技术平台", 18)


def test_what_has_no_better_place_is_broken_anywhere() -> None:
    """An id that is longer than the line; and nothing, and a line that fits, are left alone."""
    assert ["abcdefgh", "ij"] == parts("abcdefghij", 8)
    assert [""] == parts("", 8)
    assert ["平台"] == parts("平台", 4)
    assert ["台"] * 2 == parts("台台", 1)[:2]


def test_the_longest_unit_is_what_may_not_be_broken() -> None:
    """A word, or a character with its marks."""
    assert len("bj-riscv-soc") == longest_unit("平台 bj-riscv-soc 处理器")
    assert 4 == longest_unit("平台）")
    assert 0 == longest_unit("")


@pytest.mark.parametrize("width", [80, 100])
def test_a_table_breaks_no_word_where_all_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    """Columns are as wide as their longest word, before the widest gets the rest."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    words = "administration intergovernmental characteristically 共性技术平台（北京） "
    rows = [(f"bj-platform-number-{n}", words * 2, "recommendation", words) for n in range(2)]
    show(table(("platform", "name", "stage", "operator"), rows))
    out = capsys.readouterr().out
    for word in (
        "intergovernmental",
        "characteristically",
        "recommendation",
        "bj-platform-number-1",
    ):
        assert word in out
    assert max(map(cell_len, out.splitlines())) <= width


def test_long_names_of_facts_leave_room_for_what_they_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name is folded, below its text, and an id beside it is whole."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    uuid = "58e1a446-44a1-4362-a0ec-8e39c092e0cc"
    show(
        facts(
            [(" 6  共性技术研发和应用服务、支撑带动产业发展", "不符合（70分）"), ("    编号", uuid)]
        )
    )
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith(" 6  共性") and "不符合（70分）" in first
    assert second.startswith("    ") and not second[4].isspace()
    assert uuid in last


def test_a_table_in_a_pipe_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    """With its heading, without padding; tabs and line breaks of others are spaces."""
    show(heading("Part"), table(("id", "name"), [("p-1", "a\tb\nc"), ("p-22", stacked("x", "y"))]))
    show(facts([("name", "平台"), ("empty", None)]))
    assert "\nPart\nid\tname\np-1\ta b c\np-22\tx y\nName\t平台\n" == capsys.readouterr().out


def test_every_row_has_as_many_cells_as_the_heading() -> None:
    """Also where the last ones are empty: who reads it by columns finds them."""
    made = table(("a", "b", "c"), [("1", None, ""), (None, None, "3")])
    assert ["a\tb\tc", "1\t\t", "\t\t3"] == tab_separated(made).splitlines()


def test_a_flowing_text_keeps_its_styles() -> None:
    """What is marked red is so on each of its lines."""
    text = FlowingText.of(stacked("逾期" * 20, marked=True))
    lines = text.wrap(Console(), 10)
    assert len(lines) > 3
    assert all(line.spans for line in lines)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ("keys", "--district", "海甸区"),
            "“--district”的值无效：“海甸区”不在可选值之中。是否为“海淀区”？",
        ),
        (("keys", "--district", "海淀"), "缺少参数“文件”。"),
        (("nonsense",), "没有命令“nonsense”。"),
        (("keys", "--what"), "没有选项“--what”。"),
    ],
)
def test_a_wrong_call_is_told_as_chinese_is_typeset(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    told: str,
) -> None:
    """Its quotes and stops are Chinese, and it is broken as our own messages are."""
    district = click.Option(["--district"], type=WordChoice(District), required=True)
    keys = click.Command("keys", params=[district, click.Argument(["file"])])
    program = Program("pingtai", commands={"keys": keys})
    with pytest.raises(SystemExit):
        program.main(["--lang", "zh", *args])
    assert f"错误：{told}\n" == capsys.readouterr().err.split("\n\n")[-1]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "72")
    with pytest.raises(SystemExit):
        program.main(["--lang", "zh", "keys", "--district", "某某区" * 9])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 5
    assert all(cell_len(line) <= 72 for line in lines)
    assert not any(line[:1] in "，。：、）” " for line in lines if line)


def test_what_is_complained_of_at_a_terminal_breaks_no_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a line begin with a closing mark; a command that follows is left whole."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    screen.complain("名册中没有此编号的平台（请核对）。" * 6)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert not any(line[0] in "）。" for line in lines)
    command = "pingtai register list " + "--after bj-riscv-soc " * 5
    screen.complain_of_more(5, command.strip(), 31)
    screen.complain_of_more(5, command, 5)  # there is no more
    assert ["Showing 5 of 31. Next:", command.strip()] == capsys.readouterr().err.splitlines()


def on_a_terminal(code: str, lines: int = 10, keys: bytes = b"", **settings: str) -> str:
    """What a terminal of so many lines shows of a program; `keys` are pressed once it waits."""
    environment = {
        "PYTHONPATH": HERE, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm",
        "COLUMNS": "80", "LINES": str(lines), **settings,
    }  # fmt: skip
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-c", code], environment)  # noqa: S606 - a test's own
    shown, until = b"", time.monotonic() + 60
    try:
        while time.monotonic() < until:
            ready, _, _ = select.select([terminal], [], [], 0.5)
            if ready:
                try:
                    part = os.read(terminal, 65536)
                except OSError:
                    break
                if not part:
                    break
                shown += part
            elif keys:
                os.write(terminal, keys)
                keys = b""
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)
    return shown.decode()


LONG_PAGE = """
from starter.terminal.pager import paged
from starter.terminal.program import Program
from starter.terminal.screen import complain, show
with paged():
    complain("said after it")
    show(*(f"line {number}" for number in range(50)))
"""
PAGER = """#!/bin/sh
echo "PAGER BEGINS less=$LESS"; cat; echo "PAGER ENDS"
"""


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that says so."""
    path = tmp_path / "my-pager"
    path.write_text(PAGER)
    path.chmod(0o700)
    return str(path)


def test_what_does_not_fit_goes_through_the_pager(pager: str) -> None:
    """The one that PAGER names; what is complained of comes after it."""
    shown = on_a_terminal(LONG_PAGE, PAGER=pager)
    places = [
        shown.index(part) for part in ("PAGER BEGINS", "line 0", "line 49", "PAGER ENDS", "said")
    ]
    assert places == sorted(places)
    assert "less=FRX" in shown
    assert "less=-S" in on_a_terminal(LONG_PAGE, PAGER=pager, LESS="-S")


@pytest.mark.parametrize("none", ["", "cat", "no-such-pager"])
def test_without_a_pager_all_is_shown(none: str) -> None:
    """PAGER may ask for none, or name one that is not there."""
    shown = on_a_terminal(LONG_PAGE, PAGER=none)
    assert "line 0" in shown
    assert "line 49" in shown


def test_what_fits_needs_no_pager(pager: str) -> None:
    """Nor does a terminal that can do nothing."""
    assert "PAGER" not in on_a_terminal(LONG_PAGE, lines=100, PAGER=pager)
    assert "PAGER" not in on_a_terminal(LONG_PAGE, PAGER=pager, TERM="dumb")


def test_a_pipe_has_no_pager(pager: str) -> None:
    """Programs read it."""
    ended = subprocess.run(
        [sys.executable, "-c", LONG_PAGE], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": HERE, "PAGER": pager, "LINES": "10", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert 50 == len(ended.stdout.splitlines())


def test_an_error_within_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    """And is still raised."""
    with pytest.raises(ValueError, match="x"), paged():
        show("before")
        raise ValueError("x")
    assert "before\n" == capsys.readouterr().out
