"""`pingtai layout import` and `complete`: adopt a layout as a new version, add to what a version says."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from starter.clock import today
from starter.commands.document_files import document
from starter.commands.layout_words import not_agreed, show_change, version_line
from starter.commands.options import DAY
from starter.commands.word_choice import WordChoice
from starter.desk.reach import directly_only
from starter.desk.user_name import who
from starter.errors import BadInput
from starter.tables.layout_file import LayoutFile
from starter.terminal.command_runner import Declined, answering
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain, show
from starter.terminal.whole_number import WholeNumber
from workflows.actors import Document
from workflows.model import parse
from workflows.vocabulary import District
from workflows.words import Words

if TYPE_CHECKING:
    from db.layout_rows import Adoption, NewLayout

_MOST_PROBLEMS = 50
"""Maximum problems of a file that are shown."""

_ADOPTED_ON = click.option(
    "--adopted-on", type=DAY, metavar="YYYY-MM-DD", help="Day of adoption. 印发日期"
)
_DOCUMENT = click.option(
    "--document", metavar="FILE[=TITLE]", help="The document that adopts it. 印发文件"
)
_AGREED = click.option(
    "--agreed",
    type=WordChoice(District),
    multiple=True,
    metavar="DISTRICT",
    help="A district that has agreed; once for each. 已会同的区",
)
_ACTOR = click.option(
    "--actor",
    metavar="ID",
    envvar="PINGTAI_ACTOR",
    help="Who imports it. 经办人 [default: your profile]",
)


@click.command("import", short_help="Adopt a layout from a file. 导入布局")
@click.argument("file", type=click.Path())
@_ADOPTED_ON
@_DOCUMENT
@_AGREED
@click.option("--dry-run", is_flag=True, help="Check and compare, change nothing. 仅检查")
@click.option("--yes", is_flag=True, help="Adopt it without asking. 不再确认")
@_ACTOR
@answering
async def import_command(
    *,
    file: str,
    adopted_on: date | None,
    document: str | None,
    agreed: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    actor: str | None,
) -> None:
    """Adopt a layout from a file. 导入布局

    CSV or XLSX with a heading, or JSON. Columns: field 领域, direction 方向, priority 优先级 (1 is the first),
    districts 所在区 (several with a semicolon; none: any). The whole file is checked first, and nothing
    changes when it has a problem.

    The layout becomes a new version, in force from the day of its adoption; no version before it is
    changed. First it is shown what it adds, changes and drops; at a terminal you are asked, elsewhere
    --yes is needed. The same again changes nothing.

    \b
    Example:
      pingtai layout import layout.csv --dry-run
      pingtai layout import layout.csv --adopted-on 2026-12-01 --document 布局通知.pdf \\
          --agreed haidian --agreed shunyi
    """
    directly_only("`pingtai layout import`", "导入布局")
    from db.layout_rows import adopt_layout, compare_layout  # noqa: PLC0415 - only who writes needs SQLAlchemy
    from starter.client.register_access import open_engine  # noqa: PLC0415

    found = _read(file)
    adoption = None if dry_run else _adoption(adopted_on, document, agreed)
    async with open_engine(patient=True) as engine:
        new = await compare_layout(engine, found.directions, adopted_on or today())
    show_change(new.change)
    missing = not_agreed(found.directions, agreed)
    complain(*[missing] if missing else ())
    if adoption is None:
        show(Words("Nothing was written.", "未写入。"))
        return
    if new.base is not None and not yes:
        _ask(new)
    async with open_engine(patient=True) as engine:
        done = await adopt_layout(
            engine,
            found.directions,
            adoption,
            by=actor or who(),
            at=datetime.now(UTC),
            base=new.base,
        )
    if done.repeated:
        same = Words(f"the same as version {done.version}", f"与第 {done.version} 版相同")
        show(Words(f"{same.en}: nothing has changed", f"{same.zh}，未作任何改变"))
    else:
        show(_adopted(done, adoption))


def _read(file: str) -> LayoutFile:
    found = LayoutFile(file)
    complain(*found.remarks)
    if found.problems:
        complain(*found.problems[:_MOST_PROBLEMS])
        number = len(found.problems)
        raise BadInput(
            f"{file}: {number} problem{'s' if number > 1 else ''}; nothing was changed",
            f"{file}：有 {number} 处问题，未作任何更改",
        )
    return found


def _adoption(adopted_on: date | None, document: str | None, agreed: tuple[str, ...]) -> "Adoption":
    """What the flags say of the adoption.

    Raises:
        BadInput: on which day or by which document is missing, or there is no such document.
    """
    from db.layout_rows import Adoption  # noqa: PLC0415 - only who writes needs SQLAlchemy

    if adopted_on is None or document is None:
        raise BadInput(
            "say on which day and by which document it was adopted: --adopted-on and --document;"
            " only to compare: --dry-run",
            "请写明印发日期和印发文件：--adopted-on、--document；仅作比较请用 --dry-run",
        )
    return Adoption(
        adopted_on=adopted_on, document=_hashed(document), agreed=tuple(dict.fromkeys(agreed))
    )


def _hashed(given: str) -> Document:
    return parse(Document, document(given), "document")


def _ask(new: "NewLayout") -> None:
    """Ask whether to adopt what was shown.

    Raises:
        BadInput: nobody can be asked.
        click.Abort: no.
    """
    if not at_terminal():
        raise BadInput(
            f"nothing was written: what it changes of version {new.base} stands above. To adopt it: --yes",
            f"未写入：与第 {new.base} 版的差异如上。确认导入请加 --yes",
        )
    from starter.commands.guided.prompts import sure  # noqa: PLC0415 - only a terminal asks

    question = Words(
        f"Adopt it? Version {new.base} stays, and can be shown.",
        f"确认导入？第 {new.base} 版予以保留，可随时查看。",
    )
    if not sure(say(question)):
        raise Declined


def _adopted(done: "NewLayout", adoption: "Adoption") -> Words:
    day = adoption.adopted_on
    if day > today():
        return Words(
            f"Version {done.version} of the layout is in force from {day}",
            f"布局第 {done.version} 版自 {day} 起施行",
        )
    return Words(
        f"Version {done.version} of the layout: adopted on {day}",
        f"布局第 {done.version} 版：{day} 印发",
    )


@click.command("complete", short_help="Add what a version does not say yet. 补充版本信息")
@click.argument("number", type=WholeNumber(1, 32_767))
@_ADOPTED_ON
@_DOCUMENT
@_AGREED
@answering
async def complete_command(
    number: int, adopted_on: date | None, document: str | None, agreed: tuple[str, ...]
) -> None:
    """Add what a version does not say yet. 补充版本信息

    Day and document of a layout that was imported before there were versions; districts that have agreed
    since. What a version says already is not changed.

    \b
    Example:
      pingtai layout complete 1 --adopted-on 2024-03-01 --document 布局通知.pdf
      pingtai layout complete 2 --agreed miyun
    """
    directly_only("`pingtai layout complete`", "补充布局版本信息")
    from db.layout_rows import complete_version  # noqa: PLC0415 - only who writes needs SQLAlchemy
    from starter.client.register_access import open_engine  # noqa: PLC0415

    if adopted_on is None and document is None and not agreed:
        raise BadInput(
            "say what to add: --adopted-on, --document or --agreed",
            "请写明补充内容：--adopted-on、--document 或 --agreed",
        )
    async with open_engine() as engine:
        version = await complete_version(
            engine,
            number,
            adopted_on=adopted_on,
            document=_hashed(document) if document else None,
            agreed=agreed,
        )
    show(version_line(version))
