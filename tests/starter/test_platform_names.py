"""Commands that take a platform's id take an unambiguous name; ids win, and it is said what a name became."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from rich.cells import cell_len

from db.name_search import Found, FoundPlatform, NearPlatform
from starter.commands import find as finding
from starter.desk import platform_names
from starter.errors import NoSuchPlatform, Unreachable
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from tests.rules.builders import application

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]
GIVEN = ("--actor", "a", "--organisation", "某单位", "--district", "haidian", "--outcome", "recommended",
         "--opinion", "x")  # fmt: skip


def platform(platform_id: str, name: str, *, exact: bool = False) -> FoundPlatform:
    """A platform that is found."""
    return FoundPlatform(
        platform_id=platform_id, name=name, operator="北京甲有限公司", district="haidian",
        field="integrated_circuits", term=1, stage="recommendation", exact=exact,
    )  # fmt: skip


class PretendRegister:
    """Finds by id, and by words as it was told."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.words: dict[str, Found] = {}
        self.away = False

    async def knows(self, platform_id: str) -> bool:
        if self.away:
            raise Unreachable("the register is away", "名册没有应答")
        return platform_id in self.ids

    async def find(self, words: str, **_: Any) -> Found:
        if self.away:
            raise Unreachable("the register is away", "名册没有应答")
        return self.words.get(words, Found(total=0))


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> PretendRegister:
    """What the commands look names up in."""
    pretended = PretendRegister()

    @asynccontextmanager
    async def pretend(**_: Any) -> AsyncIterator[PretendRegister]:
        yield pretended

    monkeypatch.setattr(platform_names, "open_reads", pretend)
    monkeypatch.setattr(finding, "open_reads", pretend)
    return pretended


@pytest.mark.parametrize(
    ("there", "told"), [("bj_h2", True), ("BJ-H2", True), ("bj-h2", False), ("bj-h3", False)]
)
def test_an_id_that_differs_only_in_writing_is_told_at_the_second(
    pingtai: Run, register: PretendRegister, answers: dict[str, Any], there: str, told: bool
) -> None:
    """The application is taken: two such platforms may be meant, and seldom are."""
    answers["state"] = Unreachable("no worker", "没有 worker")
    found = platform(there, "氢能平台")
    register.words["bj-h2"] = Found(total=1, items=(found,))
    given = json.dumps(application(platform_id="bj-h2"))
    result = pingtai("apply", "--file", "-", stdin=given)
    assert (0, told) == (result.exit_code, f"another platform than {there}" in result.stderr)


@pytest.mark.parametrize("name", ["氢能", "hydrogen"])
def test_a_name_is_the_platform_of_which_alone_it_is_a_part(
    pingtai: Run, sent: Sent, register: PretendRegister, answers: dict[str, Any], name: str
) -> None:
    """And the command says which one, before it sends anything."""
    answers["state"] = NoSuchPlatform("none", "没有")
    register.words[name] = Found(total=1, items=(platform("bj-h2", "氢能平台"),))
    result = pingtai("recommend", name, *GIVEN)
    assert 0 == result.exit_code, result.output
    assert ["bj-h2"] == [platform_id for platform_id, _ in sent]
    assert result.stderr.startswith(f"{name}: bj-h2 (氢能平台)\n")


def test_an_id_wins_over_a_name(pingtai: Run, sent: Sent, register: PretendRegister) -> None:
    """Also where another platform's name is just that; nothing needs to be said then."""
    register.ids = {"p-1"}
    register.words["p-1"] = Found(total=1, items=(platform("p-2", "p-1", exact=True),))
    result = pingtai("recommend", "p-1", *GIVEN)
    assert (["p-1"], "") == ([platform_id for platform_id, _ in sent], result.stderr)


def test_a_platform_that_was_just_applied_for_is_no_name_of_another(
    pingtai: Run, sent: Sent, register: PretendRegister, answers: dict[str, Any]
) -> None:
    """The register has not heard of it, its workflow has: nothing is decided about another platform."""
    answers["state"] = object()
    register.words["soc"] = Found(total=1, items=(platform("bj-riscv-soc", "处理器"),))
    assert 0 == pingtai("recommend", "soc", *GIVEN).exit_code
    assert ["soc"] == [platform_id for platform_id, _ in sent]


def test_an_ambiguous_name_lists_the_candidates(
    pingtai: Run, sent: Sent, register: PretendRegister, answers: dict[str, Any]
) -> None:
    """Bad input: with the ids, and how to see the rest."""
    answers["state"] = NoSuchPlatform("none", "没有")
    items = (platform("bj-h2", "氢能平台"), platform("bj-h2-2", "氢能储运平台"))
    register.words |= {"氢能": Found(total=31, items=items), "h2": Found(total=31, items=items)}
    for name in ("氢能", "h2"):
        result = pingtai("recommend", name, *GIVEN)
        assert (2, []) == (result.exit_code, sent)
        assert "bj-h2  氢能平台\n" in result.stderr
        assert f"pingtai find {name}\n" in result.stderr
    chinese = pingtai("recommend", "氢能", *GIVEN, lang="zh")
    assert chinese.stderr.startswith("“氢能”对应 31 个平台")


def test_a_whole_name_is_meant_though_others_contain_it(
    pingtai: Run, sent: Sent, register: PretendRegister
) -> None:
    """Or it could not be named at all."""
    items = (platform("bj-h2", "氢能", exact=True), platform("bj-h2-2", "氢能储运"))
    register.words["氢能"] = Found(total=2, items=items)
    assert 0 == pingtai("recommend", "氢能", *GIVEN).exit_code
    assert ["bj-h2"] == [platform_id for platform_id, _ in sent]


def test_two_of_the_same_name_are_ambiguous(
    pingtai: Run, sent: Sent, register: PretendRegister
) -> None:
    """Whole or not."""
    items = (platform("bj-h2", "氢能", exact=True), platform("bj-h2-2", "氢能", exact=True))
    register.words["氢能"] = Found(total=2, items=items)
    assert (2, []) == (pingtai("recommend", "氢能", *GIVEN).exit_code, sent)


def test_no_such_platform_asks_what_was_meant(
    pingtai: Run, register: PretendRegister, answers: dict[str, Any]
) -> None:
    """For an id that is none, once the workflow says so; for a name at once."""
    near = (NearPlatform(platform_id="bj-riscv-soc", name="处理器平台"),)
    answers["decide"] = NoSuchPlatform("no platform has this id", "没有此编号的平台")
    register.words |= {
        "bj-riscv-sco": Found(total=0, near=near),
        "处理机": Found(total=0, near=near),
    }
    for given in ("bj-riscv-sco", "处理机"):
        result = pingtai("recommend", given, *GIVEN)
        assert 2 == result.exit_code
        assert "Did you mean bj-riscv-soc (处理器平台)?" in result.stderr
    assert (
        "是否为 bj-riscv-soc（处理器平台）？"
        in pingtai("recommend", "处理机", *GIVEN, lang="zh").stderr
    )
    # By HTTP the service has said it already.
    told = "Did you mean bj-riscv-soc (处理器平台)?"
    answers["decide"] = NoSuchPlatform(f"No platform. {told}", "没有此编号的平台")
    assert 1 == pingtai("recommend", "bj-riscv-sco", *GIVEN).stderr.count("Did you mean")


def test_ids_need_no_register(pingtai: Run, sent: Sent, register: PretendRegister) -> None:
    """Decisions go on while it is away; a name cannot, and that is said."""
    register.away = True
    assert 0 == pingtai("recommend", "p-1", *GIVEN).exit_code
    assert ["p-1"] == [platform_id for platform_id, _ in sent]
    result = pingtai("recommend", "氢能", *GIVEN)
    assert 4 == result.exit_code
    assert '"氢能" is not an id' in result.stderr


def test_find_lists_and_says_how_to_go_on(pingtai: Run, register: PretendRegister) -> None:
    """With the whole command; in a pipe the table is tab-separated."""
    items = (platform("bj-h2", "氢能平台"), platform("bj-h2-2", "氢能\t储运"))
    register.words["氢能 平台"] = Found(total=31, items=items)
    result = pingtai("find", "氢能", "平台", "--limit", "2")
    assert [
        "platform\tname\toperator\tdistrict\tstage",
        "bj-h2\t氢能平台\t北京甲有限公司\thaidian\trecommendation",
        "bj-h2-2\t氢能 储运\t北京甲有限公司\thaidian\trecommendation",
    ] == result.stdout.splitlines()
    following = "pingtai find 氢能 平台 --limit 2 --after bj-h2-2"
    assert f"Showing 2 of 31. Next: {following}\n" == result.stderr
    chinese = pingtai("find", "氢能", "平台", "--limit", "2", lang="zh")
    following = "pingtai find 氢能 平台 --limit 2 --after bj-h2-2"
    assert f"已列出 2 项，共 31 项。下一页：{following}\n" == chinese.stderr
    assert 2 == pingtai("find", "x" * 201).exit_code


def test_find_says_when_there_is_none(pingtai: Run, register: PretendRegister) -> None:
    """And what was perhaps meant."""
    near = (NearPlatform(platform_id="bj-h2", name="氢能平台"),)
    register.words["轻能"] = Found(total=0, near=near)
    result = pingtai("find", "轻能")
    nothing = 'No platform has "轻能" in its name, operator or id.'
    assert f"{nothing} Did you mean bj-h2 (氢能平台)?\n" == result.stderr
    register.words["热能"] = Found(total=0)
    assert "Try a shorter part of the name" in pingtai("find", "热能").stderr
    chinese = pingtai("find", "热能", lang="zh").stderr
    assert "没有名称、运营单位或编号含“热能”的平台。请改用名称中较短的一部分" in chinese


def test_a_line_of_a_batch_asks_what_was_meant(
    pingtai: Run, register: PretendRegister, answers: dict[str, Any], tmp_path: Path
) -> None:
    """It takes ids only: a name in a file is bad input, whatever it fits."""
    near = (NearPlatform(platform_id="bj-riscv-soc", name="处理器平台"),)
    answers["decide"] = NoSuchPlatform("no platform has this id", "没有此编号的平台")
    register.words |= {
        "bj-riscv-sco": Found(total=0, near=near),
        "处理器平台": Found(total=1, items=(platform("bj-riscv-soc", "处理器平台"),)),
    }
    head = "platform,kind,decided_on,outcome,opinion\n"
    rows = "".join(
        f"{given},recommendation,2026-11-24,recommended,x\n"
        for given in ("bj-riscv-sco", "处理器平台")
    )
    (tmp_path / "d.csv").write_text(head + rows, encoding="utf-8")
    result = pingtai("decide", "--file", str(tmp_path / "d.csv"), *GIVEN[:6])
    assert 2 == result.exit_code
    assert "Did you mean bj-riscv-soc (处理器平台)?" in result.output
    assert "is not a platform id" in result.output


def test_on_a_narrow_terminal_names_are_not_broken(
    register: PretendRegister,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The name stands below the id, as in the register: a column of its own would be ten wide."""
    name = "细胞治疗与基因载体制备平台"
    register.words["细胞"] = Found(total=1, items=(platform("bj-gene-vector-0001", name),))
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    with speaking("zh"):
        finding._find("细胞", 20, None, as_json=False)
    shown = capsys.readouterr().out
    assert name in shown
    assert "北京甲有限公司" in shown
    assert max(map(cell_len, shown.splitlines())) <= 80
