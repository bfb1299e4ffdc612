"""The language is found where it was said; what is shown fits, and is plain where nobody looks."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from activities.harmless_text import harmless
from starter.commands.guided import prompts
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.command_runner import answered
from starter.terminal.language import language, word
from starter.terminal.screen import show, show_json, table
from starter.terminal.wording import awaited, awaited_in, said, until
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.vocabulary import District, Field, Stage

HERE = str(Path(screen.__file__).parents[2])
"""Where the packages are: the tests run in a directory of their own."""
LONG = "卫星互联网终端与相控阵天线共性技术平台" * 4


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW.UTF-8"}, "zh"),
        ({"PINGTAI_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}, "zh"),
        ({"PINGTAI_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
        ({"PINGTAI_LANG": "fr", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_language_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    """PINGTAI_LANG, else the locale as POSIX reads it, else English."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert expected == language()


def test_words_of_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word is the guideline's own term or plain English; an unknown one stays as it is."""
    assert "next-generation IT" == word("next_generation_it", Stage, Field)
    assert "my_field" == word("my_field", Field)
    assert "Haidian District" == word("haidian", District)
    assert "Beijing E-Town" == word("beijing_etown", District)
    monkeypatch.setenv("PINGTAI_LANG", "zh")
    assert "新一代信息技术" == word("next_generation_it", Stage, Field)
    assert "北京经济技术开发区" == word("beijing_etown", District)


def test_every_arrow_has_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a log may say is said in Chinese without a word of English in it."""
    monkeypatch.setenv("PINGTAI_LANG", "zh")
    for lifecycle in (PLATFORM, ASSESSMENT):
        for _, trigger, arrow in lifecycle.arrows():
            words = said(trigger.name, arrow.outcome)
            assert not any(character.isascii() and character.isalpha() for character in words)


def test_overdue_is_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overdue is said, not only coloured; the commission is named once it may go on without."""
    assert "" == until(None)
    assert "OVERDUE" == until(None, overdue=True)
    both = awaited(awaited_in("self_report", overdue=True), None, overdue=True)
    assert (
        "self report from the operator (§六); self report from the commission (§六), OVERDUE"
        == both
    )
    monkeypatch.setenv("PINGTAI_LANG", "zh")
    assert "【逾期】" == until(None, overdue=True)


def test_table_fits_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal no line is wider than it, Chinese characters counted double, and nothing is lost."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    show(table(("编号", "名称", "说明"), [("p-1", LONG, LONG)], whole=(0,)))
    lines = capsys.readouterr().out.splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert LONG.count("卫") * 2 == sum(line.count("卫") for line in lines)


def test_what_a_form_objects_breaks_no_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does a line begin with a comma; what follows stands below what was said first."""
    words = (
        "It would be refused: inspection is for the commission to take, not for the district, 区"
    )
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    prompts.wrong(words)
    first, second = capsys.readouterr().out.splitlines()
    assert ("  ! It", "    dis") == (first[:6], second[:7])
    assert words == f"{first[4:]} {second[4:]}"
    monkeypatch.setattr(screen, "watched", lambda stream: False)
    prompts.wrong(words)
    assert f"  ! {words}\n" == capsys.readouterr().out


def test_plain_where_no_terminal_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe a row is one line of any length, without escape codes and padding."""
    show(table(("id", "name", "note"), [("p-1", LONG * 3, "x"), ("p-2", "y", "")]))
    out = capsys.readouterr().out
    assert 3 == len(out.splitlines())
    assert LONG * 3 in out
    assert "\x1b" not in out
    assert " " not in out


@pytest.mark.parametrize(("no_color", "expected"), [("", True), ("1", False)])
def test_no_color_is_plain(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    no_color: str,
    expected: bool,
) -> None:
    """On a terminal headings are bold, unless NO_COLOR asks for plain text."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", no_color)
    show(table(("id",), [("p-1",)]))
    assert expected is ("\x1b" in capsys.readouterr().out)


def test_what_others_wrote_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Escape codes, line breaks, markup and turned text of others do no harm."""
    assert "a\ufffd[31m b\ufffdc" == harmless("a\x1b[31m\nb\u202ec")
    show(table(("id",), [("[bold]x[/bold] :smile: \x1b[2J",)]))
    assert "[bold]x[/bold] :smile: \ufffd[2J" in capsys.readouterr().out


def test_json_is_readable_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON for programs keeps Chinese as Chinese."""
    show_json({"name": "平台"})
    assert '{\n  "name": "平台"\n}\n' == capsys.readouterr().out


def test_leave_writes_out_and_ends() -> None:
    """What was said is written out, the code is kept, and nothing that waits for the end is run."""
    code = (
        "import atexit, sys; from starter.terminal.process_exit import leave;"
        "atexit.register(print, 'late'); sys.stdout.write('out'); sys.stderr.write('err'); leave(3)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": HERE},
    )
    assert (3, "out", "err") == (ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_reader_that_leaves_and_reader_of_little(encoding: str) -> None:
    """A reader that has left is no error, and a terminal of another encoding gets question marks."""
    code = (
        "from starter.terminal.screen import show; from starter.terminal.process_exit import leave\n"
        "for _ in range(3): show('平台' * 40000)\n"
        "leave(0)"
    )
    ended = subprocess.run(
        [
            "bash",
            "-c",
            'set -o pipefail; "$1" -X utf8=0 -c "$2" | head -c 3',
            "-",
            sys.executable,
            code,
        ],
        capture_output=True,
        check=False,
        env={
            "PYTHONIOENCODING": encoding,
            "PYTHONPATH": HERE,
            "PATH": "/usr/bin:/bin",
        },
    )
    assert (0, b"") == (ended.returncode, ended.stderr)
    assert ("平".encode() if encoding == "utf-8" else b"???") == ended.stdout


def test_what_is_written_may_lose_its_reader() -> None:
    """Commands write by `screen`, to which `| head` is no error; click's own way would call it unreachable."""
    root = Path(__file__).parents[2]
    ours = [
        path for folder in ("starter", "audit", "worker") for path in (root / folder).rglob("*.py")
    ]
    by_click = {path.name for path in ours if "click.echo(" in path.read_text(encoding="utf-8")}
    # Help is written as click itself does: it loads nothing that draws.
    assert by_click <= {"program.py", "documents.py", "prompts.py", "help_pages.py"}


@pytest.mark.parametrize("who", ["out", "err"])
def test_a_library_that_writes_may_lose_its_reader(who: str) -> None:
    """It does not write by `screen`: whoever reads has seen enough all the same, and nothing is unreachable."""
    code = (
        "import asyncio, sys, click\n"
        "from starter.terminal.command_runner import answering\n"
        "from starter.terminal.process_exit import leave\n"
        "@click.command()\n"
        "@answering\n"
        "async def much():\n"
        f"    for _ in range(3): print('x' * 100_000, file=sys.std{who}, flush=True)\n"
        "leave(much(standalone_mode=False) or 0)"
    )
    read, write = os.pipe()
    with tempfile.TemporaryFile() as other, os.fdopen(write, "wb") as pipe:
        streams: dict[str, Any] = {"stdout": other, "stderr": other, f"std{who}": pipe}
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": HERE, "PATH": "/usr/bin:/bin"},
            **streams,
        )
        pipe.close()
        os.read(read, 3)
        os.close(read)
        assert 0 == process.wait(60)
        other.seek(0)
        assert b"" == other.read()


def test_what_breaks_off_elsewhere_is_not_reachable() -> None:
    """The other side of a connection that closes it is said, without the number of the error."""

    @click.command()
    def call() -> None:
        with answered():
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    for lang, words in (("en", "not reachable: Broken pipe"), ("zh", "无法访问：对方已关闭连接")):
        with speaking("zh" if lang == "zh" else "en"):
            done = CliRunner().invoke(call)
        assert (4, f"{words}\n") == (done.exit_code, done.stderr)
