"""The manual of the command line, made from the commands themselves: `docs/cli.md` and `docs/cli.zh.md`."""

import inspect
import re
from collections.abc import Iterator
from typing import cast

import click

from starter.terminal.catalogue import AS_WRITTEN, click_speaks
from starter.terminal.chosen_language import speaking
from starter.terminal.language import language
from starter.terminal.lazy_group import LANG, in_language
from worker.main import pingtai
from workflows.words import Language, Words

_EXAMPLES = re.compile(r"^(?:Examples?:|示例：)\n", re.MULTILINE)

_DECIDE = (
    *("recommend", "inspect", "revise", "opine", "list", "withdraw", "support", "set-aside"),
    "next-term",
    *("report", "review", "evaluate", "rectify", "reassess", "bring-in"),
    *("change", "suspend", "resume", "terminate"),
)
_FILES = "needs files of the reader"
_NUMBERS = "the number is one of the reader's"
_DAYS = "a new system has nothing of these days"
_README = "the README has it, and is typed in"
_LISTED = "the platforms of the examples are listed in years to come"
_KEY = "needs a key of the reader, which `pingtai login` makes"
_ROSTER = "two officers of the commission set a roster up"
_NOT_TYPED_IN = {
    "pingtai": "each command has its own example",
    "pingtai absence": _DAYS,
    "pingtai absence withdraw": _NUMBERS,
    "pingtai audit diff": _DAYS,
    "pingtai audit dossier": _README,
    "pingtai audit reconcile": _README,
    "pingtai audit digest export": _DAYS,
    "pingtai audit digest publish": "needs a folder that others read",
    "pingtai audit digest sign": "needs a key",
    "pingtai erase request": "the term must have ended years ago",
    "pingtai erase confirm": "the term must have ended years ago",
    "pingtai erase reject": "the term must have ended years ago",
    "pingtai erase show": "the term must have ended years ago",
    "pingtai audit digest stamp": "needs an authority",
    "pingtai audit prove": _DAYS,
    "pingtai audit replay": _FILES,
    "pingtai audit state": _DAYS,
    "pingtai audit timeline": _FILES,
    "pingtai audit verify": _FILES,
    "pingtai audit witness": "needs a publication and a key",
    "pingtai move": "needs another Temporal",
    "pingtai next-term": _FILES,
    "pingtai audit receipt": _FILES,
    "pingtai audit roster": _ROSTER,
    "pingtai mandate": _KEY,
    "pingtai mandate keep": _KEY,
    "pingtai mandate sign": _KEY,
    "pingtai bring-in": _FILES,
    "pingtai change": _FILES,
    "pingtai codec-server": "needs keys of payloads",
    "pingtai completion": "writes into the folders of a shell; docs/desk.md is typed in",
    "pingtai countersign": _NUMBERS,
    "pingtai decide": _FILES,
    "pingtai demo": "tests/system/test_demo.py runs it",
    "pingtai drafts": _NUMBERS,
    "pingtai erase": "erases what the documents after it need",
    "pingtai import": "the template is filled in between the commands",
    "pingtai keys revoke": _NUMBERS,
    "pingtai layout": _FILES,
    "pingtai layout complete": _FILES,
    "pingtai layout diff": "needs a layout of three versions",
    "pingtai layout import": _FILES,
    "pingtai list certificate": _LISTED,
    "pingtai list document": _LISTED,
    "pingtai list publish": _FILES,
    "pingtai login": "a service that does not exist",
    "pingtai notices": _NUMBERS,
    "pingtai notices resend": _NUMBERS,
    "pingtai notices show": _NUMBERS,
    "pingtai panels": "needs a panel of the reader",
    "pingtai payload-keys": "writes into a folder of the machine",
    "pingtai plan": "needs a platform of two versions",
    "pingtai plaque": _LISTED,
    "pingtai plaque cancel": _NUMBERS,
    "pingtai plaque issue": _LISTED,
    "pingtai plaque return": _LISTED,
    "pingtai register rebuild": _FILES,
    "pingtai report": _FILES,
    "pingtai resume": _FILES,
    "pingtai revise": _FILES,
    "pingtai restore": "needs a backup, and a home of its own",
    "pingtai roster": _ROSTER,
    "pingtai roster add": _ROSTER,
    "pingtai roster confirm": _ROSTER,
    "pingtai roster end": _ROSTER,
    "pingtai roster init": _ROSTER,
    "pingtai roster key": _ROSTER,
    "pingtai roster list": _ROSTER,
    "pingtai roster proof": _ROSTER,
    "pingtai roster revoke": _ROSTER,
    "pingtai roster show": _ROSTER,
    "pingtai stop": "tests/first_hour/test_detached.py runs it",
    "pingtai suspend": _FILES,
    "pingtai terminate": _FILES,
    "pingtai support": "the next command has the same example",
    "pingtai up": "tests/first_hour/test_detached.py runs it",
    "pingtai valid": "the exit code is the answer, and no is 1",
    "pingtai worker": "needs a cluster and a database server",
}
"""Commands whose example cannot be typed in as it stands, and why."""


def manual(root: click.Group = pingtai, spoken_in: Language = "en") -> str:
    """Every command with its usage, what it does, its options, and an example, in the words of its help."""
    with speaking(spoken_in), click_speaks():
        spoken = cast("click.Group", in_language(root))
        return "\n\n".join(_page(context) for context in commands(spoken))


def commands(root: click.Group, name: str = "pingtai") -> Iterator[click.Context]:
    """Every command of a tree, the root first, each as it is called; by name within a group."""
    yield from _below(click.Context(root, info_name=name, **root.context_settings))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command and not command.hidden:
                yield from _below(click.Context(command, info_name=name, parent=context))


def _page(context: click.Context) -> str:
    command = context.command
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    words, example = described(command)
    parts = [
        f"## {context.command_path}",
        f"```text\n{usage}\n```",
        words,
        _options(context),
        f"{_mark(context.command_path)}```sh\n{example}\n```" if example else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _mark(command: str) -> str:
    """Say, where no reader sees it, what a test that types the examples in must know (tests/first_hour)."""
    if command in _NOT_TYPED_IN:
        return f"<!-- not run: {_NOT_TYPED_IN[command]} -->\n"
    decides = command.removeprefix("pingtai ").partition(" ")[0] in _DECIDE
    return "<!-- refused: the example stands in one stage only -->\n" if decides else ""


def described(command: click.Command) -> tuple[str, str]:
    """Return what a command's help says it does, as Markdown, and its examples, as they are typed."""
    texts: list[str] = []
    examples: list[str] = []
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        block = paragraph.removeprefix(AS_WRITTEN)
        if _EXAMPLES.match(block):
            examples.append(inspect.cleandoc(_EXAMPLES.sub("", block)))
        elif block == paragraph:
            texts.append(" ".join(line.strip() for line in block.splitlines()))
        else:
            heading, _, lines = block.partition("\n")
            texts.append(f"{heading}\n\n```text\n{inspect.cleandoc(lines)}\n```")
    return "\n\n".join(texts), "\n".join(examples)


def _options(context: click.Context) -> str:
    help_names = context.help_option_names
    records = [
        param.get_help_record(context)
        for param in context.command.get_params(context)
        if not set(param.opts) & set(help_names)
        and not (context.parent and param.opts is LANG.opts)  # a copy in Chinese has the same ones
    ]
    colon = Words(": ", "：").text(language())
    return "\n".join(
        f"- `{record[0]}`{colon}{record[1]}" for record in records if record and record[1]
    )
