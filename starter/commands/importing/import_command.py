"""`pingtai import`: submit the applications of a file."""

import asyncio
from pathlib import Path
from typing import Any

import click

from starter.commands.importing.application_files import form_of
from starter.commands.importing.import_run import (
    Import,
    check_import,
    confirm_import,
    start_import,
)
from starter.commands.importing.template import write_template
from starter.errors import BadInput
from starter.tables.file_content import FORMS
from starter.terminal.command_runner import answered
from starter.terminal.whole_number import WholeNumber


@click.command("import")
@click.argument("file", required=False)
@click.option(
    "--template",
    metavar="FILE",
    help="Write an empty table with examples and explained columns, and do nothing else. 模板",
)
@click.option(
    "--format",
    "written",
    type=click.Choice(FORMS),
    help="Format of the file. 格式 [default: by its name]",
)
@click.option("--check", is_flag=True, help="Check only; nothing is submitted. 仅检查")
@click.option(
    "--at-once",
    type=WholeNumber(1, 32),
    default=8,
    show_default=True,
    help="Maximum applications at the same time. 并行数上限",
)
@click.option(
    "--patience",
    type=WholeNumber(0, 86_400),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait when nothing answers. 无应答时的等待时间",
)
@click.option(
    "--first-terms",
    is_flag=True,
    help="All are first terms: do not look them up in the register. 均为首期",
)
@click.option(
    "--refused",
    metavar="FILE",
    help="File for the failed lines. 未启动的行 [default: X.refused.csv beside X.csv]",
)
@click.option("--yes", is_flag=True, help="At a terminal: submit without confirmation. 不再确认")
@click.option(
    "--full",
    is_flag=True,
    help="List each failed line, also those with the same fault. 逐行列出",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON object for each line. 逐行输出 JSON"
)
def import_command(
    *,
    file: str | None,
    template: str | None,
    written: str | None,
    **said: Any,
) -> None:
    """Submit applications from a file: JSON, CSV, XLSX. 批量导入 §四(一)

    The whole file is checked first, and nothing is submitted while anything in it is wrong; a terminal
    asks once before. The same
    file again changes nothing: after an interruption run it again. - is standard input.

    \b
    Example:
      pingtai import --template applications.xlsx
      pingtai import applications.xlsx --check
      pingtai import applications.xlsx
    """
    with answered():
        if template is not None:
            if file is not None:
                raise BadInput("--template reads no file", "--template 不读取文件")
            write_template(Path(template))
            return
        if file is None:
            raise BadInput("which file? Or: --template FILE", "请指明文件，或使用 --template 文件")
        form = form_of(file, written)
        _import(Import(file, form, **said))


def _import(order: Import) -> None:
    checked = check_import(order)
    if checked:
        confirm_import(order, checked)
        asyncio.run(start_import(order, checked))
