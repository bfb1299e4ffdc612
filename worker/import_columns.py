"""The columns of an import, as a table for the documents: made from the message itself."""

import re

from starter.commands.importing.columns import COLUMNS, Column, how
from workflows.vocabulary import Condition, PlanPart

_ONE_OF_MANY = (
    (re.compile(rf"^conditions\.({'|'.join(Condition)})\."), "conditions.<condition>."),
    (re.compile(rf"^plan\.parts\.({'|'.join(PlanPart)})$"), "plan.parts.<part>"),
    (re.compile(r"^brought_in\.assessments\.\d+\."), "brought_in.assessments.<year>."),
)
_EACH = tuple(word for vocabulary in (Condition, PlanPart) for word in vocabulary)
_ENGLISH = re.compile("|".join(word.replace("_", " ") for word in _EACH) + r"| \d+(?=:)")
_CHINESE = re.compile("|".join(word.zh for word in _EACH) + r"|第 \d+ 项(?=：)")


def table() -> str:
    """Every column, whether it is needed, and how its cells are written; like ones once."""
    rows = {_name(column.name): column for column in COLUMNS.values()}
    head = ("| column 列 | what it is 名称 | needed 必填 | how 写法 |", "| --- | --- | --- | --- |")
    return "\n".join((*head, *(_row(name, column) for name, column in rows.items())))


def _row(name: str, column: Column) -> str:
    en, zh = column.label.words
    if name != column.name:
        en, zh = _ENGLISH.sub("…", en), _CHINESE.sub("…", zh)
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
