"""The template of a table of decisions: the columns of one kind, or of all, in the reader's language."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from starter.commands.batch.decision_columns import (
    DECIDED_ON,
    KIND,
    NEEDED_WITHOUT_DATE,
    columns_of_kind,
    columns_of_kinds,
    needed_for,
    needed_in,
)
from starter.commands.batch.decision_headings import decision_headings
from starter.commands.importing.columns import Column, how
from starter.commands.message_shapes import Shape
from starter.commands.table_template import (
    OF_A_COLUMN,
    TableTemplate,
    choices_of,
    remark,
    write_table_template,
)
from starter.tables.cell_values import Cell
from starter.terminal.language import say
from starter.terminal.screen import show
from workflows.vocabulary import Finding, Kind
from workflows.words import Words, listed_zh

_AS_DECIDED = Words("as decided", "据实填写")
_WIDTHS = (20, 44, 30, 60, 40)


def write_decision_template(target: Path, kind: Kind | None) -> None:
    """Write a template for decisions of a kind, or of any, and say so. A file that is there is kept.

    Raises:
        BadInput: the name says no form, there is such a file, or it cannot be written.
    """
    kinds = (kind,) if kind else tuple(Kind)
    columns = columns_of_kinds(kinds)
    title = kind.words if kind else Words("decisions", "决定")

    def needed(column: Column) -> Words:
        return needed_in(kind, column.name) if kind else _needed_in_all(column)

    write_table_template(
        target,
        TableTemplate(
            title,
            columns,
            _heading_of,
            needed,
            [remark(_example_row(columns, kind))],
            _explained(kinds),
            _WIDTHS,
        ),
    )
    show(
        Words(
            f"{target}: write a row for each decision, then: pingtai decide --file {target} --dry-run",
            f"{target}：请逐行填写决定，再运行 pingtai decide --file {target} --dry-run",
        )
    )


def _heading_of(column: Column) -> str:
    return decision_headings().heading_of(column.name, column.label)


def _needed_in_all(column: Column) -> Words:
    if column.required:
        return Words("required", "必填")
    if column.name == DECIDED_ON:
        return NEEDED_WITHOUT_DATE
    kinds = [one for one in Kind if any(c.name == column.name for c in columns_of_kind(one))]
    if len(kinds) == len(Kind):
        return Words("optional", "选填")
    en = ", ".join(kind.words.en for kind in kinds)
    return Words(f"for: {en}", f"用于：{listed_zh(kind.zh for kind in kinds)}")


def _example_row(columns: Sequence[Column], kind: Kind | None) -> list[str]:
    """A row that is passed over on reading: what its outcome needs stands in it."""
    outcome = next((one.vocabulary[0] for one in columns if one.name == "outcome"), None)
    return [
        say(_AS_DECIDED)
        if kind and outcome and needed_for(kind, column.name, outcome) and not _example(column)
        else _example(column)
        for column in columns
    ]


def _example(column: Column) -> str:
    """What might stand in a cell."""
    if column.name == "platform":
        return say(Words("example: bj-water-membrane", "示例：bj-water-membrane"))
    match column.shape:
        case Shape.WORD if column.vocabulary:
            return choices_of(column)[0]
        case Shape.DAY:
            return "2026-11-24"
        case Shape.OFFICIAL_NUMBER:
            return "2026-3"
        case Shape.FINDING_BY_WORD | Shape.SCORE_BY_WORD:
            return say(Finding.SATISFACTORY.words)
    return say(_AS_DECIDED) if column.required else ""


def _explained(kinds: tuple[Kind, ...]) -> Iterator[list[Cell]]:
    yield [
        say(one)
        for one in (
            Words("kind of decision", "事项"),
            *OF_A_COLUMN,
        )
    ]
    headings = {column.name: _heading_of(column) for column in columns_of_kinds(kinds)}
    for kind in kinds:
        for column in columns_of_kind(kind):
            if column.name != KIND or len(kinds) > 1:
                yield [
                    say(kind.words),
                    headings[column.name],
                    say(needed_in(kind, column.name)),
                    say(how(column)),
                    "\n".join(choices_of(column)),
                ]
    yield _remark(_HOW_FILLED_IN)
    if any(name.startswith("findings.") for name in headings):
        yield _remark(_ONE_FOR_ALL)


def _remark(words: Words) -> list[Cell]:
    return ["#", "", "", say(words)]


_HOW_FILLED_IN = Words(
    "Rows that begin with # are passed over. Who decides is filled in by the profile (pingtai login), the day"
    " by --date. Put documents into the folder of the table and write their file names.",
    "以 # 开头的行不读取。办理人取自个人配置（pingtai login），未填的决定日期以 --date 统一指定。依据文件放在表"
    "格所在的文件夹中，单元格写文件名。",
)
_ONE_FOR_ALL = Words(
    "Findings that are the same may share a column, “findings: others”, instead of those of their own.",
    "意见相同的各项可删去其列，另设一列“核查意见：其余”（考核为“考核意见：其余”）统一填写。",
)
