"""`pingtai decide`: many decisions, out of one file."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from starter.commands.actor_resolution import ActorResolver
from starter.commands.batch.batch_run import (
    Batch,
    confirm_batch,
    own_signature,
    prepare_batch,
    send_batch,
)
from starter.commands.batch.formats import Cells, Format, JsonLines
from starter.commands.decision_form import ACTOR
from starter.commands.document_files import folder_of
from starter.commands.form_options import AS, DRY_RUN, FOR, YES, checked_day, option
from starter.commands.own_signature import OwnSignature
from starter.commands.word_choice import WordChoice, known
from starter.errors import BadInput
from starter.tables.file_content import FORMS, form_of
from starter.terminal.command_runner import answered
from starter.terminal.whole_number import WholeNumber
from workflows.vocabulary import Kind

FULL = click.Option(
    ["--full"],
    is_flag=True,
    help="List each failed line, also those with the same fault. 逐行列出",
)
HOW = (
    AS,
    FOR,
    *(option(part) for part in ACTOR),
    click.Option(
        ["--date", "day"],
        metavar="YYYY-MM-DD",
        callback=checked_day,
        help="Day of decisions without one. 决定日期",
    ),
    click.Option(
        ["--refused"],
        metavar="FILE",
        help="File for the failed lines. 未办理的行 [default: X.refused.jsonl beside X.jsonl]",
    ),
    click.Option(
        ["--at-once"],
        type=WholeNumber(1, 32),
        default=8,
        show_default=True,
        help="Maximum platforms at the same time. 并行数上限",
    ),
    click.Option(
        ["--format", "written"],
        type=click.Choice(FORMS),
        help="Format of the file. 格式 [default: by its name]",
    ),
    DRY_RUN,
    YES,
    FULL,
    click.Option(
        ["--json", "as_json"], is_flag=True, help="Print one JSON object per line. 逐行输出 JSON"
    ),
)
"""The options of every command that takes many decisions."""


class KindWord(click.ParamType[str]):
    """A kind of decision: in English or Chinese, or by the name of its command."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The kind, as decisions have it."""
        from starter.commands.forms_by_kind import FORMS  # noqa: PLC0415 - a template alone needs it

        by_command = {form.name: str(kind) for kind, form in FORMS.items()}
        given = by_command.get(str(value)) or known(Kind, str(value))
        if given is None:
            self.fail(WordChoice(Kind).get_invalid_choice_message(value, ctx), param, ctx)
        return given


@click.command("decide")
@click.argument("kind", required=False, type=KindWord(), metavar="[DECISION]")
@click.option(
    "--file",
    metavar="FILE",
    help="JSON lines or a list, CSV or XLSX; - is standard input, by default JSON lines. 文件",
)
@click.option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write an empty table (.xlsx, .csv) for one kind of decision or for all, and do nothing else. 模板",
)
def decide_command(
    *,
    kind: str | None,
    file: str | None,
    template: Path | None,
    written: str | None,
    **said: Any,
) -> None:
    """Submit many decisions from one file. 批量办理

    One line for each decision, of any kind and for any platform. All lines are checked first and valid
    ones submitted; a terminal asks once before. Failed lines are written to a file, with the reason:
    correct them and run that file.
    The same file again changes nothing: the same line is the same decision.

    \b
    Example:
      pingtai decide --template decisions.xlsx recommend
      pingtai decide --file decisions.xlsx --date 2026-11-24 --dry-run
    """
    with answered():
        if template is not None:
            from starter.commands.batch.decision_template import (  # noqa: PLC0415
                write_decision_template,
            )

            if file is not None:
                raise BadInput("--template reads no file", "--template 不读取文件")
            write_decision_template(template, Kind(kind) if kind else None)
            return
        if file is None:
            raise BadInput(
                "which file? --file FILE, or --template FILE",
                "请以 --file 指明文件，或使用 --template 文件",
            )
        if kind is not None:
            raise BadInput(
                "DECISION goes with --template; the file says the kind of each line",
                "事项只与 --template 同用；各行的事项由文件写明",
            )
        carry_out(file, format_of(file, written) or JsonLines(folder=folder_of(file)), said)


decide_command.params.extend(HOW)


def format_of(
    file: str, written: str | None, preset: Mapping[str, str] | None = None
) -> Format | None:
    """How to read a file, by what it is said to be or by its name; None when neither says."""
    form = form_of(file, written)
    if form is None:
        return None
    folder = folder_of(file)
    return Cells(preset, folder) if form in ("csv", "xlsx") else JsonLines(preset, form, folder)


def carry_out(file: str, form: Format, said: dict[str, Any]) -> None:
    """Carry out a batch with the options of `HOW`; flags that say who are for the lines that do not.

    The question is asked between two runs of the event loop, which would keep Ctrl-C from it.
    """
    given = {name: said.pop(name) for name in [*said] if name.startswith("given_")}
    who = ActorResolver(given, frozenset(given), said.pop("called"))
    batch = Batch(file=file, form=form, **said)
    with asyncio.Runner() as runner:
        prepared = confirm_batch(batch, runner.run(prepare_batch(batch, who)), runner)
        own = OwnSignature() if batch.dry_run else own_signature(prepared)
        runner.run(send_batch(batch, prepared, own))
