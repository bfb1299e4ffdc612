"""Whoever includes platforms in a list that has others already is told: an old number may have been typed."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from click.testing import Result

from starter.clock import today
from tests.starter.test_batch_confirmation import terminal  # noqa: F401 - a fixture
from workflows.run_io import DecisionPreview

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("lang", "asked", "told"),
    [
        ("en", "Send 2, list 2026-02 has 3 platforms already?", "List 2026-02 has 3 platforms"),
        ("zh", "提交 2 项，名单 2026-02 已有 3 个平台？", "名单 2026-02 已有 3 个平台。"),
    ],
)
def test_a_list_that_has_platforms_already_is_said(  # noqa: PLR0917
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch, lang: str, asked: str, told: str
) -> None:
    """An old number may have been typed: in the question, and where nobody is asked, of a dry run too."""
    rows = [SimpleNamespace(platform_id=f"bj-{n}", certificate_number=f"B-{n}") for n in (2, 7, 8)]

    @asynccontextmanager
    async def reads(**_: Any) -> AsyncIterator[Any]:
        yield SimpleNamespace(listings=AsyncMock(return_value=rows))

    monkeypatch.setattr("starter.commands.list_contents.open_reads", reads)
    Path("names.txt").write_text("bj-1 B-1\nbj-2 B-2\n", encoding="utf-8")
    who = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    command = ("list", "publish", "--number", "2026-02", "--file", "names.txt", *who)
    assert asked in pingtai(*command, lang=lang, stdin="n\n").stdout
    assert told in pingtai(*command, "--dry-run", lang=lang).stderr
    assert [] == sent
    assert told in pingtai(*command, "--yes", lang=lang).stderr
    rows[1:] = []  # run again, it has what the file has
    assert told[:6] not in pingtai(*command, "--dry-run", lang=lang).stderr


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "List 2026-02 has 1 platform already."),
        ("zh", "名单 2026-02 已有 1 个平台。"),
    ],
)
def test_one_listing_and_lines_of_a_file_are_told_of_a_list_that_is_not_empty(  # noqa: PLR0917
    pingtai: Run,
    sent: Sent,
    answers: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
    told: str,
) -> None:
    """Tried and sent: to add one platform after the other is usual, so it is not asked about."""
    answers["check"] = DecisionPreview(stage="valid")

    @asynccontextmanager
    async def reads(**_: Any) -> AsyncIterator[Any]:
        row = SimpleNamespace(platform_id="bj-7", certificate_number="B-7")
        yield SimpleNamespace(listings=AsyncMock(return_value=[row]))

    monkeypatch.setattr("starter.commands.list_contents.open_reads", reads)
    who = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    listing = {"outcome": "included", "list_number": "2026-02", "certificate_number": "B-1"}
    flags = ("--outcome", "included", "--list-number", "2026-02", "--certificate-number", "B-1")
    lines = [{"platform": f"bj-{n}", "kind": "listing", **listing} for n in (1, 2)]
    Path("x.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    batch = ("decide", "--file", "x.jsonl", "--date", str(today()))
    for command in (("list", "bj-1", *flags), batch):
        for how in ((), ("--dry-run",)):
            done = pingtai(*command, *who, *how, lang=lang)
            assert (0, 1) == (done.exit_code, done.stderr.count(told)), done.output
    assert 3 == len(sent)
    again = pingtai("list", "bj-7", *flags, *who, lang=lang)
    assert told not in again.stderr, "it is the list's only platform"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "List 2026-02 has 1 platform already. If that is meant, add --yes"),
        ("zh", "名单 2026-02 已有 1 个平台。确需提交的，请加 --yes"),
    ],
)
def test_a_script_publishes_into_a_list_that_is_not_empty_with_yes(
    pingtai: Run, sent: Sent, monkeypatch: pytest.MonkeyPatch, lang: str, told: str
) -> None:
    """What a terminal asks once, a script says once: nothing is sent before."""

    @asynccontextmanager
    async def reads(**_: Any) -> AsyncIterator[Any]:
        row = SimpleNamespace(platform_id="bj-7", certificate_number="B-7")
        yield SimpleNamespace(listings=AsyncMock(return_value=[row]))

    monkeypatch.setattr("starter.commands.list_contents.open_reads", reads)
    Path("names.txt").write_text("bj-1 B-1\nbj-2 B-2\n", encoding="utf-8")
    who = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    command = ("list", "publish", "--number", "2026-02", "--file", "names.txt", *who)
    for how in ((), ("--dry-run",)):
        done = pingtai(*command, *how, lang=lang)
        assert (2, True) == (done.exit_code, told in done.stderr)
    assert [] == sent
    assert 0 == pingtai(*command, "--yes", lang=lang).exit_code
    assert 2 == len(sent)
