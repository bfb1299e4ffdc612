"""Help in Chinese has Chinese values where they are taken, says them once, and is paged where it is long."""

import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from starter.commands.decision_command import command_of
from starter.commands.decision_form import DecisionForm
from starter.commands.forms_by_kind import FORMS
from starter.desk.profile import Profile, ProfileRole
from starter.errors import BadInput
from starter.terminal import help_pages
from starter.terminal.chosen_language import speaking
from starter.terminal.lazy_group import in_language
from worker.main import pingtai as pingtai_group
from workflows.vocabulary import District, Kind, Role, Word
from workflows.words import Language

_FILES = ("--plan", "--mechanisms", "--document", "--application", "--assessment")
WIRE = {str(word) for words in Word.__subclasses__() for word in words if "_" in word}


def help_of(command: click.Command, lang: Language) -> str:
    """The help of a command, as it is printed."""
    with speaking(lang):
        spoken = in_language(command)
        return spoken.get_help(spoken.make_context("x", [], resilient_parsing=True))


def said_by_example(form: DecisionForm, lang: Language) -> dict[str, Any]:
    """What the example in the help says, but for its files."""
    text = help_of(command_of(form), lang)
    heading = {"en": "Example:", "zh": "示例："}[lang]
    example = text.partition(heading)[2].partition("\n\n")[0].replace("\\\n", " ")
    words = shlex.split(example)[2 + form.command.count(" ") - 1 :]
    given: dict[str, Any] = {}
    for flag, value in pairwise(words):
        if not flag.startswith("--") or flag in _FILES:
            continue
        name = f"given_{flag.strip('-').replace('-', '_')}"
        listed = any(one.name == name and one.shape.listed for one in form.parts)
        given[name] = (*given.get(name, ()), value) if listed else value
    for one in form.parts:
        if one.name in given and one.shape.name == "WORD":
            command = command_of(form)
            [option] = [p for p in command.params if p.name == one.name]
            given[one.name] = option.type.convert(given[one.name], option, None)
    return form.decision(given, {})


@pytest.mark.parametrize("kind", Kind)
def test_an_example_says_the_same_in_chinese(kind: Kind) -> None:
    """Its values are taken; nothing of the message's words is left in it."""
    form = FORMS[kind]
    assert said_by_example(form, "en") == said_by_example(form, "zh")
    text = help_of(command_of(form), "zh")
    found = {word for word in re.findall(r"(?<![\w.-])[a-z]+(?:_[a-z]+)+", text) if word in WIRE}
    assert set() == found


@pytest.mark.parametrize("kind", Kind)
def test_choices_are_in_chinese_and_said_once(kind: Kind) -> None:
    """At the flag; and every line fits."""
    text = help_of(command_of(FORMS[kind]), "zh")
    joined = "".join(text.split())
    assert "[平台运营单位|所在区|市科委、中关村管委会]" in joined
    assert 1 == joined.count("平台运营单位|所在区|市科委") - (kind is Kind.FACTS_CHANGE)
    assert "平台运营单位、所在区或" not in joined
    assert [] == [line for line in text.splitlines() if cell_len(line) > 80]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("login", "--add --role 市科委、中关村管委会"),
        ("inbox", "--role 所在区 --district 海淀区"),
    ],
)
def test_examples_of_other_commands_have_chinese_words(command: str, said: str) -> None:
    """Those of options that choose from words, also after a flag that takes none."""
    assert said in CliRunner().invoke(pingtai_group, ["--lang", "zh", command, "--help"]).output
    assert said not in CliRunner().invoke(pingtai_group, [command, "--help"]).output


def test_a_role_is_shown_as_it_is_called() -> None:
    """By its name or in words; `--as` takes these."""
    district = ProfileRole(role=Role.DISTRICT, organisation="o", district=District.HAIDIAN)
    second = ProfileRole(name="second", role=Role.COMMISSION, organisation="c")
    profile = Profile(id="x", roles=(district, second))
    assert ["所在区", "second"] == [role.shown.zh for role in profile.roles]
    for role in profile.roles:
        assert role == profile.role(role.shown.zh) == profile.role(role.shown.en)
    with pytest.raises(BadInput) as caught:
        profile.role("nobody")
    assert "现有：所在区；second" in caught.value.words.zh
    assert "has no such role; it has district, second" in caught.value.words.en


@pytest.mark.parametrize("args", [("review", "--help"), (), ("audit",)])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_long_help_is_paged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, args: tuple[str, ...], lang: str
) -> None:
    """At a terminal; in a pipe it is written."""
    seen = tmp_path / "seen"
    for name, value in (("LINES", "24"), ("TERM", "xterm"), ("PAGER", f"sh -c 'cat > {seen}'")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PINGTAI_LANG", lang)
    piped = CliRunner().invoke(pingtai_group, args)
    assert not seen.exists()
    monkeypatch.setattr(help_pages, "is_watched", lambda: True)
    paged = CliRunner().invoke(pingtai_group, args)
    assert piped.exit_code == paged.exit_code
    assert piped.output.split() == seen.read_text(encoding="utf-8").split()
    assert "" == paged.output


def test_short_help_is_not_paged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It fits the screen."""
    monkeypatch.setenv("LINES", "60")
    monkeypatch.setenv("PAGER", "sh -c 'cat > seen'")
    monkeypatch.setattr(help_pages, "is_watched", lambda: True)
    assert "Options:" in CliRunner().invoke(pingtai_group, ["logout", "--help"]).output
    assert not Path("seen").exists()
