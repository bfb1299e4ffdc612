"""The documents say what the code does: the table, the command line, the settings, the files."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from audit.commands import NOT_CHECKED, WRONG
from starter.commands.valid import NO
from starter.terminal.command_runner import BAD_INPUT, INTERRUPTED, REFUSED
from starter.terminal.lazy_group import LazyGroup
from tests.docs.reading import anchors, called, calls, calls_in, documents, links
from worker.documents import PARTS, ROOT, generated, main
from worker.main import pingtai
from worker.manual import commands, described, manual
from worker.settings import Settings
from workflows.diagram import ANY_OPEN, drawn, edge, label, mermaid, table
from workflows.errors import PingtaiError
from workflows.lifecycle import ASSESSMENT, PLATFORM, STAYS
from workflows.steps import Lifecycle
from workflows.words import Language

every_document = pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
each_lifecycle = pytest.mark.parametrize("case", [PLATFORM, ASSESSMENT], ids=lambda case: case.name)

OTHER_VARIABLES = {"PINGTAI_HOME", "PINGTAI_LANG", "PINGTAI_ACTOR"} | {
    "PINGTAI_ORGANISATION",
    "PINGTAI_DISTRICT",
    "PINGTAI_PROFILE",
    "PINGTAI_URL",
    "PINGTAI_KEY",
    "PINGTAI_ARCHIVE",
    "PINGTAI_DIGEST_KEY",
    "PINGTAI_RETENTION_YEARS",
    "PINGTAI_TIMESTAMP_URL",
    "PINGTAI_TIMESTAMP_CERTIFICATES",
    "PINGTAI_WEBHOOK_HOSTS",
    "PINGTAI_HTTP_HOSTS",
    "PINGTAI_PUBLIC_URL",
    "PINGTAI_HTTP_PROXIES",
    "PINGTAI_PAYLOAD_KEYS",
    "PINGTAI_TERM_KEYS",
}
"""Variables that are read elsewhere than in `worker.settings`."""


def test_the_generated_parts_are_up_to_date() -> None:
    """`make docs` would change nothing."""
    result = CliRunner().invoke(main, ["--check"])
    assert (0, "up to date\n") == (result.exit_code, result.output)


def test_check_notices_a_part_that_is_out_of_date() -> None:
    """A part is replaced as a whole, and what stands around it is left."""
    stale = "before\n<!-- generated: platform-table -->\nSTALE\n<!-- end -->\nafter\n"
    fresh = generated(stale)
    assert table(PLATFORM) in fresh
    assert "STALE" not in fresh
    assert fresh.startswith("before\n")
    assert fresh.endswith("\nafter\n")
    assert fresh == generated(fresh)


def test_an_unknown_or_endless_part_is_an_error() -> None:
    """A typing mistake in a marker is told, and never left as it is."""
    with pytest.raises(ValueError, match="nobody generates"):
        generated("<!-- generated: no-such-part -->\n<!-- end -->")
    with pytest.raises(ValueError, match="no <!-- end -->"):
        generated("<!-- generated: platform-table -->\n")


def test_every_part_stands_in_some_document() -> None:
    """Nothing is generated for nobody."""
    texts = "".join(path.read_text(encoding="utf-8") for path in documents())
    assert [] == [name for name in PARTS if f"<!-- generated: {name} -->" not in texts]


@each_lifecycle
def test_the_diagram_has_every_stage_and_every_arrow_that_leads_on(case: Lifecycle) -> None:
    """Each stage once, each arrow once with its outcome and article, and each end leads out.

    Left out are those that lead nowhere: notes, reminders, records of support, and what lasts.
    """
    lines = [line.strip() for line in mermaid(case).splitlines()]
    ways = [way for way in case.arrows() if drawn(*way[1:])]
    arrows = [f"{edge(start, t, arrow)}: {label(t, arrow)}" for start, t, arrow in ways]
    left_out = {way[1].name for way in case.arrows() if way not in ways}
    assert left_out <= {"support", "reminded", "overdue", "escalated", "validity_nearing"} | {
        "clock_stopped",
        "clock_started",
        "assessment_closed",
        *STAYS,
    }
    assert [way for way in case.arrows() if way not in ways and way[2].to] == []
    declared = [line.rpartition(" ")[2] for line in lines if line.startswith("state ")]
    assert [*(str(step.stage) for step in case.steps), ANY_OPEN] == declared
    assert sorted(arrows) == sorted(line for line in lines if "·" in line)
    assert [f"{step.stage} --> [*]" for step in case.steps if step.ended] == [
        line for line in lines if line.endswith("--> [*]")
    ]


@each_lifecycle
def test_labels_hold_nothing_that_ends_them(case: Lifecycle) -> None:
    """Mermaid ends a label at a colon, a semicolon or a hash."""
    labels = [
        label(trigger, arrow, chinese=chinese)
        for _, trigger, arrow in case.arrows()
        for chinese in (False, True)
    ]
    assert [] == [words for words in labels if re.search("[:;#\n]", words)]


@each_lifecycle
def test_the_table_has_a_row_for_each_trigger_and_each_end(case: Lifecycle) -> None:
    """All rows have the same columns; the heading and the rule come first."""
    rows = table(case).splitlines()
    wanted = sum(step.ended + len(step.triggers) for step in case.steps) + len(case.anytime)
    assert wanted + 2 == len(rows)
    assert {7} == {row.count("|") for row in rows}


@every_document
def test_links_lead_somewhere(path: Path) -> None:
    """Links to files of the repository, and to headings in them, exist."""
    missing = []
    for link in links(path.read_text(encoding="utf-8")):
        place, _, anchor = link.partition("#")
        if "://" in place:
            continue
        target = (path.parent / place).resolve() if place else path
        if not target.exists() or (
            anchor and anchor not in anchors(target.read_text(encoding="utf-8"))
        ):
            missing.append(link)
    assert [] == missing


@every_document
def test_no_document_names_a_command_or_option_that_is_not_there(path: Path) -> None:
    """What a reader copies, the command line understands."""
    wrong = []
    for call in calls(path):
        through = called(pingtai, call)
        known = {opt for command in through for param in command.params for opt in param.opts}
        if call.words and len(through) == 1:
            wrong.append(call.words[0])
        wrong += [
            f"{call.words[:2]} {opt}" for opt in call.options if opt not in known | {"--help"}
        ]
    assert [] == wrong


def test_every_command_is_shown_in_some_document() -> None:
    """No command is a secret: each is told of besides in the manual, which tells of all."""
    told = [path for path in documents() if path.name not in ("cli.md", "cli.zh.md")]
    shown = {command for path in told for call in calls(path) for command in called(pingtai, call)}
    every = {context.command_path: context.command for context in commands(pingtai)}
    assert [] == [
        name
        for name, command in every.items()
        if command not in shown and not isinstance(command, click.Group)
    ]


@pytest.mark.parametrize(
    "context", list(commands(pingtai)), ids=lambda context: context.command_path
)
def test_the_help_of_every_command_has_an_example(context: click.Context) -> None:
    """It says what the command does, and shows a call of it; of a group, of one of its commands."""
    words, example = described(context.command)
    assert words
    assert any(context.command in called(pingtai, call) for call in calls_in(example, "help"))
    assert "Example" in CliRunner().invoke(context.command, ["--help"]).output


def test_commands_and_options_are_described_in_both_languages() -> None:
    """Staff read the help in English and Chinese."""
    texts = {
        f"{context.command_path} {opt.opts[0]}": opt.help or ""
        for context in commands(pingtai)
        for opt in context.command.params
        if isinstance(opt, click.Option)
    } | {c.command_path: described(c.command)[0].split("\n\n")[0] for c in commands(pingtai)}
    assert [] == [name for name, text in texts.items() if not re.search(r"[\u4e00-\u9fff]", text)]


def test_each_command_is_described_once() -> None:
    """The line in a list of commands is the first paragraph of the command's own help."""
    different = {
        context.command_path: (line, first)
        for context in commands(pingtai)
        for line, first in [
            (_line_in_list(context), described(context.command)[0].split("\n\n")[0])
        ]
        if line not in (None, first)
    }
    assert {} == different


def _line_in_list(context: click.Context) -> str | None:
    """What the group above says of a command: as it is listed there, or its own short help."""
    group = context.parent and context.parent.command
    if isinstance(group, LazyGroup) and context.info_name in group.listed:
        return group.listed[context.info_name].short_help
    return context.command.short_help


def test_the_manual_keeps_the_lines_of_a_list() -> None:
    """A paragraph that click shows as it is written (`\\b`) is a block there too."""
    text, _ = described(click.Command("x", help="Do it.\n\n\b\nFields:\n  one  1\n  two  2\n"))
    assert "Do it.\n\nFields:\n\n```text\none  1\ntwo  2\n```" == text


def test_every_exit_code_is_in_the_manual() -> None:
    """Those of the errors, of an answer that is no, of an interruption, and of what was not checked."""
    kinds: list[type[PingtaiError]] = [PingtaiError, *PingtaiError.__subclasses__()]
    errors = {kind.exit_code for kind in kinds}
    known = errors | {0, NO, WRONG, NOT_CHECKED, BAD_INPUT, REFUSED, INTERRUPTED}
    for page in ("cli.md", "cli.zh.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        assert known == {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}


@pytest.mark.parametrize("spoken_in", ["en", "zh"])
def test_the_manual_has_every_command_with_every_option(spoken_in: Language) -> None:
    """docs/cli.md and cli.zh.md are made of the whole tree: a heading, a usage and all options of each."""
    written = manual(spoken_in=spoken_in)
    for context in commands(pingtai):
        assert f"## {context.command_path}\n\n```text\n{context.command_path} " in written
    params = [param for context in commands(pingtai) for param in context.command.params]
    options = {opt for param in params for opt in param.opts}
    assert [] == [opt for opt in options if opt.startswith("--") and opt not in written]
    terms = ("Usage", "[OPTIONS]", "[required]", "[default: ", "[env var: ", "Example")
    assert (spoken_in == "zh") == all(one not in written for one in terms)


def test_the_settings_are_documented_and_no_others() -> None:
    """docs/deployment.md names every PINGTAI_ variable, and only those that are read."""
    read = {f"PINGTAI_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    texts = {path: path.read_text(encoding="utf-8") for path in documents()}
    named = {name for text in texts.values() for name in re.findall(r"PINGTAI_[A-Z_]+", text)}
    assert read == set(re.findall(r"PINGTAI_[A-Z_]+", texts[ROOT / "docs" / "deployment.md"]))
    assert read == named


def test_make_targets_in_the_documents_exist() -> None:
    """`make …` in a document is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    texts = "".join(path.read_text(encoding="utf-8") for path in documents())
    named = {word for line in re.findall(r"`make ([a-z -]+)", texts) for word in line.split()}
    assert set() == named - targets


def test_what_the_typescript_example_is_started_with_is_there() -> None:
    """Whoever follows the document has the files that the command names."""
    text = (ROOT / "docs" / "temporal-contract.md").read_text(encoding="utf-8")
    [files] = re.findall(r"npm start -- (.*)", text)
    here = ROOT / "examples" / "integration" / "typescript"
    assert all((here / one).is_file() for one in files.split())
