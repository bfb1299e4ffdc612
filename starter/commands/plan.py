"""`pingtai plan`: a platform's plan, to be read, compared, and fetched as the file that is handed in again."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from starter.commands.notation import platform_id
from starter.commands.options import json_option, platform_argument
from starter.desk.reach import open_reads
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import Said, facts, heading, show, show_json, table, write
from starter.terminal.this_command import quoted
from starter.terminal.whole_number import WholeNumber
from workflows.words import Words

if TYPE_CHECKING:
    from db.plan_rows import PlanText, PlanVersion
    from starter.plans.plan_view import PlanView

_STANDARD_OUTPUT = "-"
_HOW = (
    Words(
        "Change what stands under the headings; keep the headings. A line of text that begins with # needs a"
        " backslash before it.",
        "请修改各标题下的内容，保留标题。正文中以 # 开头的行，请在行首加反斜杠。",
    ),
    Words(
        "In the operating mechanisms write words of the guideline, several separated by semicolons; funding as"
        " SOURCE=SHARE, in percent.",
        "运作机制按《指引》用语填写，多项以分号分隔；资金来源写作 来源=份额（百分数）。",
    ),
    Words("Amounts are in units of 10,000 yuan (万元).", "金额单位为万元。"),
)


@click.command("plan")
@platform_argument
@click.argument("versions", nargs=-1, type=WholeNumber(1, 9_999), metavar="[A [B]]")
@click.option("--term", type=WholeNumber(1, 99), metavar="N", help="By default the newest. 期次")
@click.option(
    "--version",
    type=WholeNumber(1, 9_999),
    metavar="N",
    help="By default the newest that was not set aside. 版本",
)
@click.option(
    "--diff",
    is_flag=True,
    help="Show what changed from version A to B: by default the last two. 版本差异",
)
@click.option(
    "--file",
    "file",
    metavar="FILE",
    help="Write it to a .md, .xlsx or .json file, which `pingtai revise --plan` reads; - is standard"
    " output, as Markdown. 写入文件",
)
@json_option
@answering
async def plan_command(
    *,
    platform: str,
    versions: tuple[int, ...],
    term: int | None,
    version: int | None,
    diff: bool,
    file: str | None,
    as_json: bool,
) -> None:
    """Show, compare or fetch a platform's plan. 建设方案 §四(一)

    Each version was filed by an entry of the log, which binds its text by SHA-256; another text is not
    shown. Read from the register, which follows the workflows within moments.

    \b
    Example:
      pingtai plan bj-water-membrane
      pingtai plan bj-water-membrane --diff 1 2
      pingtai plan bj-water-membrane --file plan.md
    """
    _check(versions, version=version, diff=diff, file=file, as_json=as_json)
    platform_id(platform)
    compared = versions if diff else None
    async with open_reads() as register:
        view = await register.plan(platform, term=term, version=version, diff=compared)
    if view is None:
        from starter.desk.did_you_mean import not_registered  # noqa: PLC0415 - seldom needed

        raise not_registered(platform)
    if as_json:
        show_json(view.model_dump(mode="json"))
    elif file:
        _fetch(view, file)
    elif diff:
        _show_difference(view)
    else:
        _show(view)


def _check(
    versions: Sequence[int], *, version: int | None, diff: bool, file: str | None, as_json: bool
) -> None:
    """Refuse options that contradict each other. Raises BadInput."""
    if versions and not diff:
        raise BadInput(
            f"{versions[0]}: one version is chosen by --version {versions[0]}, two are compared by --diff A B",
            f"{versions[0]}：查看某一版本用 --version {versions[0]}，比较两个版本用 --diff A B",
        )
    if len(versions) > 2 or (len(versions) == 2 and version):
        raise BadInput("--diff compares two versions", "--diff 只比较两个版本")
    if file and (diff or as_json):
        raise BadInput(
            "--file writes one version: leave out --diff and --json",
            "--file 写入一个版本：请去掉 --diff 和 --json",
        )


def _show(view: "PlanView") -> None:
    from starter.plans.plan_view import text_of  # noqa: PLC0415 - who only asks for help need not wait for it
    from starter.terminal.pager import show_long  # noqa: PLC0415
    from starter.terminal.plan_text import plan_parts  # noqa: PLC0415

    show_long(_facts(view), *_others(view), *plan_parts(text_of(view.shown)))


def _show_difference(view: "PlanView") -> None:
    from starter.plans.plan_difference import WRITTEN_OTHERWISE  # noqa: PLC0415 - as above
    from starter.plans.plan_view import text_of  # noqa: PLC0415
    from starter.terminal.pager import show_long  # noqa: PLC0415
    from starter.terminal.plan_text import SAME_PLANS, difference_parts  # noqa: PLC0415

    assert view.before  # noqa: S101 - it was asked for
    rows: list[tuple[Said, object]] = [
        (wording.PLATFORM_LABEL, _named(view)),
        (Words("from", "原版本"), _filed(view.before)),
        (Words("to", "新版本"), _filed(view.shown)),
        (Words("changes", "修改说明"), view.shown.changes),
        (Words("SHA-256 from", "原版本 SHA-256"), view.before.sha256),
        (Words("SHA-256 to", "新版本 SHA-256"), view.shown.sha256),
    ]
    parts = difference_parts(text_of(view.before), text_of(view.shown))
    same = [str(one) for one in parts] == [say(SAME_PLANS)]
    written_otherwise = same and view.before.sha256 != view.shown.sha256
    show_long(facts(rows), *parts, *([WRITTEN_OTHERWISE] if written_otherwise else ()))


def _fetch(view: "PlanView", file: str) -> None:
    from starter.commands.plan_files.plan_file import MARKDOWN, write_plan, written_plan  # noqa: PLC0415 - as above
    from starter.plans.plan_view import text_of  # noqa: PLC0415

    plan, name = text_of(view.shown), file
    if file == _STANDARD_OUTPUT:
        name = "plan.md"
    again = f"pingtai revise {view.platform_id} --plan {quoted(name)}"
    version = say(Words("version ", "")) + _filed(view.shown)
    about = f"{_named(view)} · {version} · SHA-256 {view.shown.sha256}"
    reported = f"pingtai report {view.platform_id} --mechanisms {quoted(name)}"
    remarks = (about, *map(say, _HOW), again, reported)
    if file == _STANDARD_OUTPUT:
        write(written_plan(plan, MARKDOWN, remarks).decode("utf-8"))
        return
    write_plan(plan, Path(file), remarks)
    show(
        Words(
            f"{file}: plan version {view.shown.version}. Change it, then: {again}",
            f"{file}：建设方案第 {view.shown.version} 版。修改后运行：{again}",
        ),
        Words(
            f"With a yearly report, which hands in the mechanisms alone: {reported}",
            f"提交年度报告时（仅报送运作机制）：{reported}",
        ),
    )


def _facts(view: "PlanView") -> Table:
    shown = view.shown
    bound = Words(
        f"{shown.sha256} (as entry {shown.number} of the log binds it)",
        f"{shown.sha256}（与日志记录 {shown.number} 一致）",
    )
    rows: list[tuple[Said, object]] = [
        (wording.PLATFORM_LABEL, _named(view)),
        (wording.TERM, view.term),
        (Words("version", "版本"), _filed(shown)),
        (Words("filed by", "提交人"), _who(shown)),
        (Words("submission id", "提交编号"), shown.decision_id),
        (Words("changes", "修改说明"), shown.changes),
        (Words("SHA-256", "SHA-256"), bound),
    ]
    return facts(rows)


def _others(view: "PlanView") -> list[Text | Table]:
    """All versions, where there are several."""
    if len(view.versions) == 1:
        return []
    columns = (
        Words("version", "版本"),
        Words("filed", "提交日期"),
        Words("entry", "记录"),
        Words("changes", "修改说明"),
    )
    rows = [
        (one.version, wording.moment(one.filed_at), one.number, _changes(one))
        for one in view.versions
    ]
    return [
        heading(Words("Versions (Beijing time)", "各版本（北京时间）")),
        table(columns, rows, whole=(0, 1, 2)),
    ]


def _changes(one: "PlanVersion") -> str:
    said = one.changes or say(Words("with the application", "随申请提交"))
    by = _set_aside(one)
    return f"{say(by)} {said}" if by else said


def _filed(one: "PlanVersion | PlanText") -> str:
    when = wording.moment(one.filed_at)
    said = say(
        Words(
            f"{one.version}, filed {when} (entry {one.number})",
            f"第 {one.version} 版，{when} 提交（记录 {one.number}）",
        )
    )
    by = _set_aside(one)
    return f"{said} {say(by)}" if by else said


def _set_aside(one: "PlanVersion") -> Words | None:
    if one.set_aside_by is None:
        return None
    by = f"{one.term}.{one.set_aside_by}"
    return Words(f"SET ASIDE by {by}", f"【已由 {by} 撤销】")


def _who(one: "PlanVersion") -> str:
    return f"{one.filed_by.id} · {one.filed_by.organisation}" if one.filed_by else ""


def _named(view: "PlanView") -> str:
    return say(Words(f"{view.name} ({view.platform_id})", f"{view.name}（{view.platform_id}）"))
