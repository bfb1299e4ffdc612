"""The columns of an import, as a table for the documents: made from the message itself."""

import re

from starter.commands.importing.column_labels import LABELS, how
from starter.commands.importing.columns import COLUMNS, Column
from workflows.vocabulary import Condition, PlanPart

_ONE_OF_MANY = (
    (re.compile(rf"^conditions\.({'|'.join(Condition)})\."), "conditions.<condition>."),
    (re.compile(rf"^plan\.parts\.({'|'.join(PlanPart)})$"), "plan.parts.<part>"),
    (re.compile(r"^brought_in\.assessments\.\d+\."), "brought_in.assessments.<year>."),
)
_TOGETHER = {
    "conditions.<condition>.statement": ("how it is met (§三)", "符合条件的说明（§三）"),
    "conditions.<condition>.documents": ("documents (§三)", "证明文件（§三）"),
    "plan.parts.<part>": ("a part of the plan (§四(一))", "建设方案的一部分（§四(一)）"),
    "brought_in.assessments.<year>.result": ("conclusion", "年度考核结论"),
    "brought_in.assessments.<year>.concluded_on": ("day of the conclusion", "结论日期"),
    "brought_in.assessments.<year>.documents": ("documents", "依据文件"),
}


def table() -> str:
    """Every column, whether it is needed, and how its cells are written; like ones once."""
    rows = {_name(column.name): column for column in COLUMNS.values()}
    head = ("| column 列 | what it is 名称 | needed 必填 | how 写法 |", "| --- | --- | --- | --- |")
    return "\n".join((*head, *(_row(name, column) for name, column in rows.items())))


def _row(name: str, column: Column) -> str:
    en, zh = _TOGETHER.get(name, LABELS[column.name])
    needed = ""
    if column.required:
        needed = f"with `{_name(column.group + '.')[:-1]}`" if column.group else "yes"
    words = ", ".join(f"`{word}` {getattr(word, 'zh', '')}" for word in column.vocabulary)
    # Of districts there are many, and everybody knows them.
    written = words if words and len(column.vocabulary) < 10 else how(column)[0]
    return f"| `{name}` | {en} {zh} | {needed} | {written} |"


def _name(name: str) -> str:
    for pattern, together in _ONE_OF_MANY:
        name = pattern.sub(together, name)
    return name
