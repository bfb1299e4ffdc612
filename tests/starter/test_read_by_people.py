"""What people read says each thing once, in their language, and in one line where it is to be copied."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from starter.client.http_client import PingtaiHttpClient
from starter.commands.guided import prompts
from starter.commands.guided.case_brief import Brief, brief_parts
from starter.commands.guided.dialogue import Dialogue
from starter.commands.guided.nested_forms import ask_field
from starter.errors import NotSent
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.screen import facts, rendered, stacked
from starter.terminal.this_command import with_option
from tests.register.cases import opened
from tests.starter.shown_cases import card_of
from worker.documents import ROOT
from worker.main import pingtai as pingtai_group
from workflows.decisions import ItemFinding
from workflows.vocabulary import InspectionOutcome, Kind
from workflows.words import counted

FOLDERS = ("workflows", "activities", "db", "starter", "audit", "worker")
_REPR = re.compile(r"!r|=\s*\}")
"""In every file that fills in a value as the program's language writes it."""


def _texts(path: Path) -> Iterator[ast.JoinedStr]:
    source = path.read_text(encoding="utf-8")
    if not _REPR.search(source):  # to parse every file takes two seconds
        return
    for one in ast.walk(ast.parse(source)):
        if isinstance(one, ast.JoinedStr):
            yield one


def _is_chinese(text: ast.JoinedStr) -> bool:
    parts = [str(one.value) for one in text.values if isinstance(one, ast.Constant)]
    return any("\u4e00" <= letter <= "\u9fff" for part in parts for letter in part)


def test_chinese_has_chinese_quotation_marks() -> None:
    """What was typed stands in “”, not in those of the program's language."""
    odd = [
        f"{path.relative_to(ROOT)}:{text.lineno}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        for text in _texts(path)
        if _is_chinese(text)
        and any(
            isinstance(one, ast.FormattedValue) and one.conversion == ord("r")
            for one in text.values
        )
    ]
    assert [] == odd


@pytest.mark.parametrize(("lang", "beside"), [("zh", ""), ("en", "退回修改")])
def test_a_choice_in_chinese_has_nothing_beside(lang: Any, beside: str) -> None:
    """The English word is still understood; English has the guideline's own term beside it."""
    with speaking(lang):
        choices = prompts.choices_of(InspectionOutcome)
    returned = choices[InspectionOutcome.RETURNED]
    assert beside == returned[1]
    assert {"退回修改", "returned"} <= {*returned}


def test_a_remark_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types the next finding too early is told so."""
    typed = iter(("2", "通风不足"))
    told: list[str] = []
    monkeypatch.setattr(prompts, "ask", lambda *_: next(typed))
    monkeypatch.setattr(prompts, "wrong", told.append)
    with speaking("zh"):
        assert "通风不足" == ask_field(Dialogue(), ItemFinding, "remark", needed=False)
    assert ["应为文字说明；没有说明请按回车"] == told


def test_a_bringing_in_is_called_so_once() -> None:
    """In the brief of a decision the row's name says it already."""
    told = opened()
    told.decide("bringing_in")
    with speaking("en"):
        shown = rendered(*brief_parts(Kind.SUSPENSION, Brief(card_of(told), None)))
    [line] = [line for line in shown.splitlines() if line.casefold().startswith("bringing in")]
    assert 1 == line.casefold().count("bringing in")
    assert "Not decided here" in line


def test_each_command_of_several_is_whole_and_indented(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is too long is broken by the terminal; the one beside it keeps its place."""
    monkeypatch.setattr(screen, "watched", lambda _: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    short, long = "pingtai plan bj-heritage-digital --diff 1 2", f"pingtai show {'x' * 70} --full"
    lines = rendered(
        facts([("In full", stacked(short, short)), ("More", stacked(short, long))])
    ).splitlines()
    assert [9, 9, 9] == [line.find(short) for line in lines[:3]]
    assert f"{' ' * 9}{long}" in lines


@pytest.mark.parametrize(
    ("url", "en", "zh"),
    [
        ("http://127.0.0.1:1", "connection refused", "对方拒绝连接"),
        ("http://no-such-host.invalid", "the host name is unknown", "主机名无法解析"),
    ],
)
async def test_why_a_service_is_not_reached_is_said_in_words(url: str, en: str, zh: str) -> None:
    """In the reader's language, and not in that of the library."""
    async with PingtaiHttpClient(url, "ptk_x", patience=0) as client:
        with pytest.raises(NotSent) as caught:
            await client.state("p-1")
    assert caught.value.words.en == f"{url} is not reachable ({en}); nothing was sent"
    assert caught.value.words.zh == f"无法连接 {url}（{zh}）；未发送任何内容"


@pytest.mark.parametrize("error", [httpx.ReadTimeout("timed out"), httpx.ReadError("broken")])
async def test_what_broke_off_is_said_in_chinese(error: httpx.TransportError) -> None:
    """Nothing of the library's English stands in it."""
    from starter.http_reasons import http_reason

    assert str(error) not in http_reason(error).zh


def test_one_is_not_several() -> None:
    """As people count."""
    assert ["0 platforms", "1 platform", "2 entries"] == [
        counted(0, "platform"),
        counted(1, "platform"),
        counted(2, "entry", "entries"),
    ]


@pytest.mark.parametrize(("args", "said"), [((), ""), (("--lang", "en"), "--lang en ")])
def test_the_next_page_repeats_only_what_was_given(
    monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], said: str
) -> None:
    """The language of the environment is the same the next time."""
    told: list[str] = []
    monkeypatch.setenv("PINGTAI_LANG", "en")

    def remove() -> bool:
        told.append(with_option(after="z"))
        return True

    monkeypatch.setattr("starter.commands.login.remove_profile", remove)
    CliRunner().invoke(pingtai_group, [*args, "logout"])
    assert [f"pingtai {said}logout"] == [one.partition(" --after")[0] for one in told]
