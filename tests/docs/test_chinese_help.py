"""In Chinese mode all help is Chinese; what click itself says, too."""

import os
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from starter.commands.word_choice import chinese_list
from starter.terminal.catalogue import in_chinese, is_made, key
from starter.terminal.chinese_help import texts
from starter.terminal.chosen_language import speaking
from starter.terminal.help_layout import columns, filled
from worker import translations
from worker.main import pingtai
from worker.manual import commands, manual
from worker.translations import Entry, compiled, merged, read, written
from workflows.vocabulary import Finding

WIDTH = 80
_TYPED = re.compile(
    r"`[^`]*`"  # what is typed
    r"|\S*\.(?:md|xlsx|jsonl?|csv|zip)(?![a-z])"
    r"|(?<![\w-])--?[a-z][a-z0-9-]*"  # flags
    r"|（[a-z_0-9:]+）"  # the words of files, beside the Chinese ones
    r"|\[[a-z_|0-9:\s-]+\]"  # the same, to choose from, in one line or several
    r"|\$?(?<![A-Za-z])[A-Z]+_[A-Z0-9_]+(?![A-Za-z0-9_])|\$[A-Z]+"  # variables
    r"|(?<![A-Za-z])[A-Z](?![A-Za-z])"
    r"|YYYY-MM-DD(?:THH:MM)?"
    r"|“[a-z]+:”|'[^']*'|T00|Ctrl-C|SHA-256|decide:"
)
_NAMES = {
    "Temporal",
    "OpenSSH",
    "PostgreSQL",
    "Excel",
    "Markdown",
    "Ctrl-C",
    "worker",
    "all",
    "dead",
    "json",
    "y2",
    *("CSV", "XLSX", "DOCX", "JSON", "PDF", "PEM", "TOML", "ZIP"),
    *("HTTP", "TLS", "SSH", "SIGHUP", "SIGTERM"),
}
"""Names and formats; a word in capitals that stands for a value is Chinese."""
_LATIN = re.compile(r"[A-Za-z][A-Za-z-]*[A-Za-z0-9]")


def zh(*said: str, **environment: str) -> Result:
    """What a command answers in Chinese."""
    return CliRunner(env={"PINGTAI_LANG": "zh", **environment}).invoke(pingtai, said)


COMMANDS = list(commands(pingtai))


def choices(command: click.Command) -> set[str]:
    """What is typed for a command's options, as it stands there."""
    types = [param.type for param in command.params]
    return {str(word) for kind in types if isinstance(kind, click.Choice) for word in kind.choices}


def english_in(help_text: str) -> set[str]:
    """Latin words of a help text that need not be there."""
    prose = help_text.partition("示例：")
    rest = prose[2].partition("选项：")
    shown = prose[0] + rest[2]
    table = re.sub(r"(?m)^    [a-z_]+  ", "", shown)  # fields of a message, before what they are
    named = re.sub(r"(?m)^  [a-z-]+(?:  |$)", "", table)  # commands of a group
    return set(_LATIN.findall(_TYPED.sub(" ", named))) - _NAMES


@pytest.mark.parametrize("context", COMMANDS, ids=lambda context: context.command_path)
def test_no_help_leaks_english(context: click.Context) -> None:
    """Names of commands, flags and formats stay; and no line is wider than a terminal."""
    shown = zh(*context.command_path.split()[1:], "--help")
    assert shown.exit_code == 0
    usage, _, rest = shown.output.partition("\n")
    assert usage.startswith("用法：")
    assert english_in(rest) - choices(context.command) == set()
    assert max(map(columns, rest.splitlines())) <= WIDTH


def test_the_test_of_leaks_finds_one() -> None:
    """A text that is not translated is noticed."""
    assert english_in("\n  只列该区\n  Only this district. 所在区\n") == {
        "Only",
        "this",
        "district",
    }


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("show",), "错误：缺少参数“平台”。"),
        (("inbox", "--foo"), "没有选项“--foo”"),
        (("recomend",), "没有命令“recomend”。是否指：“recommend”、“recover”？"),
        (("show", "x", "y"), "多余的参数：y"),
        (("inbox", "--limit", "x"), "“--limit”的值无效：应为整数，1 至 500，不是“x”"),
        (("inbox", "--limit", "999"), "应为整数，1 至 500，不是“999”"),
        (("inbox", "--limit"), "选项“--limit”须带 1 个值"),
        (("apply",), "缺少选项“--file”。"),
        (("show",), "帮助：pingtai show --help"),
    ],
)
def test_usage_errors_are_chinese(said: tuple[str, ...], expected: str) -> None:
    """Click's own complaints are in the language of the answers."""
    result = zh(*said)
    assert result.exit_code == 2
    assert expected in result.output


def kinds_of_values() -> dict[tuple[str, str], tuple[str, str]]:
    """Of each kind of value that an option takes, the first command and option that takes it."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for context in COMMANDS:
        for param in context.command.params:
            if isinstance(param, click.Option) and not param.is_flag:
                kind = (type(param.type).__name__, str(getattr(param.type, "choices", "")))
                found.setdefault(kind, (context.command_path, param.opts[0]))
    return found


def test_no_complaint_about_a_value_leaks_english(tmp_path: Path) -> None:
    """Of every kind of value, one that is none; some are looked up where nothing is there."""
    assert len(kinds_of_values()) > 20
    leaks = {
        (command, option): words
        for command, option in kinds_of_values().values()
        if (words := complaint(tmp_path, *command.split()[1:], option, "?") - {option.strip("-")})
    }
    assert {} == leaks


@pytest.mark.parametrize("more", [("--nonsense",), ("x", "y", "z", "u"), ()], ids=str)
def test_no_complaint_about_a_call_leaks_english(more: tuple[str, ...], tmp_path: Path) -> None:
    """An option that is none, too many arguments, too few."""
    called = [context for context in COMMANDS if takes(context.command, more)]
    assert len(called) > 10
    assert {} == {
        context.command_path: words
        for context in called
        if (
            words := complaint(tmp_path, *context.command_path.split()[1:], *more)
            - {"bash", "zsh", "fish"}
        )
    }


def takes(command: click.Command, more: tuple[str, ...]) -> bool:
    """Whether a call is refused before anything is done: too few need a value that is required."""
    if isinstance(command, click.Group):
        return False
    many = any(isinstance(p, click.Argument) and p.nargs == -1 for p in command.params)
    few = any(param.required for param in command.params)
    return few if not more else more[0].startswith("-") or not many


def complaint(home: Path, *said: str) -> set[str]:
    """The English words of a refusal in Chinese, without the call that it shows and what was typed."""
    shown = zh(*said, PINGTAI_HOME=str(home), PINGTAI_PROFILE=str(home / "none.toml"))
    assert shown.exit_code in (2, 4), (said, shown.output)
    rest = re.sub(r"(?m)^(?:用法|帮助)：.*$|“[^”]*”|pingtai [a-z -]+", "", shown.output)
    return english_in(rest) - set(said)


@pytest.mark.parametrize(
    "said",
    [
        ("--lang", "zh", "inbox", "--help"),
        ("inbox", "--lang", "zh", "--help"),
        ("inbox", "--help", "--lang", "zh"),
        ("inbox", "--lang=zh", "--help"),
        ("audit", "--lang", "zh", "digest", "list", "--help"),
        ("keys", "list", "--lang", "zh", "--help"),
    ],
    ids=" ".join,
)
def test_the_language_may_be_said_anywhere(said: tuple[str, ...]) -> None:
    """Before the command, after it, before and after `--help`; over what the environment says."""
    result = CliRunner(env={"PINGTAI_LANG": "en"}).invoke(pingtai, said)
    assert result.exit_code == 0
    assert result.output.startswith("用法：")


def test_a_usage_error_is_in_the_language_that_was_asked_for() -> None:
    """Though it is found before the command runs."""
    result = CliRunner(env={"PINGTAI_LANG": "en"}).invoke(pingtai, ["show", "--lang", "zh"])
    assert "缺少参数" in result.output
    result = CliRunner(env={"PINGTAI_LANG": "zh"}).invoke(pingtai, ["show", "--lang", "en"])
    assert "Missing argument 'PLATFORM'" in result.output


def test_what_follows_two_dashes_is_no_language() -> None:
    """It is a value, as everywhere."""
    result = CliRunner(env={"PINGTAI_LANG": "en"}).invoke(
        pingtai, ["keys", "revoke", "1", "--", "--lang", "zh"]
    )
    assert "More was written than is needed" in result.output


def test_chinese_leaves_nothing_behind() -> None:
    """English help is English again afterwards, in the same process."""
    before = dict(os.environ)
    assert zh("inbox", "--help").output.startswith("用法：")
    shown = CliRunner(env={"PINGTAI_LANG": "en"}).invoke(pingtai, ["inbox", "--help"]).output
    assert shown.startswith("Usage:")
    assert "Show this message and exit." in shown
    assert "Only overdue decisions. 逾期" in shown
    assert dict(os.environ) == before


def test_the_catalogue_is_complete_and_compiled() -> None:
    """Nothing lacks Chinese, nothing stale is kept, and gettext reads what the source says."""
    stale, untranslated = translations.bring_up_to_date(pingtai, write=False)
    assert stale == []
    assert [entry.en for entry in untranslated] == []


def test_no_text_is_chinese_only_where_another_command_was_loaded() -> None:
    """What a command writes out itself is in the catalogue, though another one makes the same from data."""
    known = {entry.en: entry.zh for entry in read(translations.SOURCE.read_text(encoding="utf-8"))}
    literals = set(translations.literals())
    assert {"First day. 起", "FILE[=TITLE]"} <= literals
    shown = {key(one) for context in COMMANDS for one in texts(context.command)}
    assert [] == [one for one in sorted(shown & literals) if not known.get(one)]
    twice = {one: in_chinese(one) for one in shown & literals if is_made(one)}
    assert {one: known[one] for one in twice} == twice


def test_placeholders_are_kept() -> None:
    """A translation names no value that the English text does not have."""
    names = re.compile(r"{(\w+)|%\((\w+)\)")
    for entry in read(translations.SOURCE.read_text(encoding="utf-8")):
        known = set(names.findall(entry.en + entry.plural))
        assert set(names.findall(entry.zh)) <= known, entry.en


def test_a_changed_text_keeps_its_chinese_to_be_checked() -> None:
    """As fuzzy, which is not shown; what is gone goes."""
    known = [Entry("Only this district. 所在区", zh="只列该区"), Entry("Gone.", zh="已无")]
    (entry,) = merged([Entry("Only that district. 所在区")], known)
    assert (entry.zh, entry.fuzzy, entry.done) == ("只列该区", True, False)
    assert "只列该区".encode() not in compiled([entry])


def test_a_catalogue_is_read_as_it_is_written() -> None:
    """Quotes, line ends, plurals and marks come back; so do lines that an editor broke."""
    entries = [
        Entry('Say "no".\n  kept', zh="说“不”。\n  \\保留"),
        Entry("{n} day", "{n} days", "{n} 天", fuzzy=True),
    ]
    assert read(written(entries)) == entries
    assert read('msgid ""\n"one "\n"two"\nmsgstr "一"\n"二"\n') == [Entry("one two", zh="一二")]


def test_lines_of_chinese_do_not_begin_with_a_stop() -> None:
    """Lines are broken between characters; marks stay with what they belong to."""
    lines = filled("对平台进行现场核查，逐项填写意见（共七项）。可用 --file 提供。" * 3, 20)
    assert max(map(columns, lines)) <= 20
    assert not any(line.startswith(tuple("，。）")) or line.endswith("（") for line in lines)
    assert any("--file" in line for line in lines)


def test_values_are_said_in_chinese() -> None:
    """Flags and cells take them so."""
    assert chinese_list(Finding).startswith("符合、需改进")
    with speaking("zh"):
        assert "--outcome [推荐|退回修改|不予推荐]" in zh("recommend", "--help").output


def test_completion_offers_chinese() -> None:
    """The line of help beside a command's name."""
    environment = {
        "_PINGTAI_COMPLETE": "zsh_complete",
        "COMP_WORDS": "pingtai inb",
        "COMP_CWORD": "1",
    }
    result = CliRunner(env={"PINGTAI_LANG": "zh", **environment}).invoke(
        pingtai, prog_name="pingtai"
    )
    assert "待办事项" in result.output


def test_the_manual_is_made_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the language of whoever runs `make docs`."""
    monkeypatch.setenv("PINGTAI_LANG", "zh")
    assert "Only overdue decisions. 逾期" in manual()


def test_no_line_of_help_tears_a_term_or_a_reference() -> None:
    """A Chinese term in an English text stays whole, and so does a reference in a Chinese one."""
    with speaking("en"):
        for width in range(12, 30):
            assert "审计" in "\n".join(filled("Read and check histories. 审计", width))
    with speaking("zh"):
        for width in range(12, 40):
            assert "§四(一)" in "\n".join(
                filled("按照指引的规定办理推荐手续，见§四(一)的要求。", width)
            )


def test_a_list_of_commands_ends_no_line_as_a_sentence() -> None:
    """Each says in a few words what its command does."""
    with speaking("zh"):
        listed = [
            line
            for context in commands(pingtai)
            if isinstance(context.command, click.Group)
            for line in context.get_help().splitlines()
        ]
    shorts = [line for line in listed if re.match(r"  [a-z-]+  +\S", line)]
    assert len(shorts) > 60
    assert [] == [line for line in shorts if line.endswith("。")]
