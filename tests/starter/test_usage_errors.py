"""A wrong call is answered in words of ours: no name of a type, no formula, no variable of the environment."""

import click
import pytest
from click.testing import CliRunner, Result

from starter.terminal.whole_number import WholeNumber
from worker.main import pingtai as root
from worker.manual import commands


def run(*said: str, lang: str) -> Result:
    """What a command answers in a language."""
    return CliRunner(env={"PINGTAI_LANG": lang}).invoke(root, said)


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        (
            ("plan", "x", "--version", "x"),
            "'--version': write a whole number, 1 to 9999, not 'x'",
            "“--version”的值无效：应为整数，1 至 9999，不是“x”",
        ),
        (
            ("register", "--limit", "0"),
            "'--limit': write a whole number, 1 to 500, not '0'",
            "“--limit”的值无效：应为整数，1 至 500，不是“0”",
        ),
        (("show", "x", "y"), "More was written than is needed: y", "多余的参数：y"),
        (
            ("register", "海淀"),
            "More was written than is needed: 海淀. Did you mean --district 海淀?",
            "多余的参数：海淀。是否指：--district 海淀？",
        ),
        (("register", "list", "xlsx"), "Did you mean --format xlsx?", "是否指：--format xlsx？"),
        (("register", "--limit"), "Option '--limit' needs a value.", "选项“--limit”须带 1 个值。"),
        (
            ("register", "--jsn"),
            "No such option '--jsn'. Did you mean one of '--json', '--on'?",
            "没有选项“--jsn”。是否指：“--json”、“--on”？",
        ),
        (
            ("review", "x", "--opinion", "x"),
            "No such option '--opinion'. Did you mean one of '--reason', '--view'?",
            "没有选项“--opinion”。是否指：“--reason”、“--view”？",
        ),
        (
            ("recommend", "x", "--view", "x"),
            "No such option '--view'. Did you mean '--opinion'?",
            "没有选项“--view”。是否指：“--opinion”？",
        ),
        (
            ("recommend", "x", "--result", "recommended"),
            "No such option '--result'. Did you mean '--outcome'?",
            "没有选项“--result”。是否指：“--outcome”？",
        ),
        (
            ("absence", "name", "kw-02", "--to", "2026-12-02"),
            "No such option '--to'. Did you mean '--until'?",
            "没有选项“--to”。是否指：“--until”？",
        ),
        (("login", "--org", "x"), "Did you mean '--organisation'?", "是否指：“--organisation”？"),
        (("login", "--actor", "x"), "Did you mean '--id'?", "是否指：“--id”？"),
        (("recommend", "x", "--by", "x"), "Did you mean '--actor'?", "是否指：“--actor”？"),
        (("register", "--csv", "x"), "Did you mean '--output'?", "是否指：“--output”？"),
        (("up", "--background"), "Did you mean '--detach'?", "是否指：“--detach”？"),
        (("login", "kw-01"), "Did you mean --id kw-01?", "是否指：--id kw-01？"),
        (("register", "2026-05-06"), "Did you mean --on 2026-05-06?", "是否指：--on 2026-05-06？"),
        (("help",), "Did you mean '--help'?", "没有命令“help”。是否指：“--help”？"),
        (("待办",), "Did you mean 'inbox'?", "没有命令“待办”。是否指：“inbox”？"),
        (
            ("support", "haidian"),
            "Did you mean one of 'list', 'record'?",
            "没有命令“haidian”。是否指：“list”、“record”？",
        ),
        (
            ("absence", "kw-02"),
            "Did you mean one of 'list', 'name', 'withdraw'?",
            "没有命令“kw-02”。是否指：“list”、“name”、“withdraw”？",
        ),
        (
            ("register", "--format", "x"),
            "'x' is not one of 'table', 'json', 'csv', 'xlsx'.",
            "“x”不在可选值之中：“table”、“json”、“csv”、“xlsx”。",
        ),
        (
            ("recommend", "x", "--district", "xyz"),
            "Invalid value for '--district' or 'PINGTAI_DISTRICT': 'xyz' is none of",
            "“--district”或环境变量“PINGTAI_DISTRICT”的值无效：“xyz”不在可选值之中：",
        ),
        (("completion", "x"), "Invalid value for 'SHELL'", "“外壳程序”的值无效"),
    ],
)
def test_a_wrong_call(said: tuple[str, ...], en: str, zh: str) -> None:
    """What is wrong and what to write, in both languages."""
    for lang, words in (("en", en), ("zh", zh)):
        result = run(*said, lang=lang)
        assert 2 == result.exit_code
        assert words in result.stderr


def test_every_number_says_what_it_may_be() -> None:
    """No parameter of any command has a type of click's that names itself in what people read."""
    named = (click.types.IntParamType, click.types.FloatParamType, click.types.DateTime)
    found = [
        f"{context.command_path} {param.name}"
        for context in commands(root)
        for param in context.command.params
        if isinstance(param.type, named) and not isinstance(param.type, WholeNumber)
    ]
    assert [] == found


def test_help_says_the_bounds_in_words() -> None:
    """And not as a formula."""
    for lang, words in (("en", "[default: 20; 1 to 500]"), ("zh", "1 至 500")):
        shown = run("find", "--help", lang=lang).stdout
        assert words in shown
        assert "<=" not in shown
        assert "RANGE" not in shown
