"""The columns of an import, as a table for the documents: made from the message itself."""

import re

from starter.commands.importing.columns import COLUMNS, Column, how
from workflows.vocabulary import Condition, PlanPart
from workflows.words import Language, Words

_ONE_OF_MANY = (
    (re.compile(rf"^conditions\.({'|'.join(Condition)})\."), "conditions.<condition>."),
    (re.compile(rf"^plan\.parts\.({'|'.join(PlanPart)})$"), "plan.parts.<part>"),
    (re.compile(r"^brought_in\.assessments\.\d+\."), "brought_in.assessments.<year>."),
)
_EACH = tuple(word for vocabulary in (Condition, PlanPart) for word in vocabulary)
_ENGLISH = re.compile("|".join(word.replace("_", " ") for word in _EACH) + r"| \d+(?=:)")
_CHINESE = re.compile("|".join(word.zh for word in _EACH) + r"|第 \d+ 项(?=：)")


def table(language: Language = "en") -> str:
    """Every column, whether it is needed, and how its cells are written; like ones once.

    The English page names each in both languages, the Chinese one in Chinese.
    """
    rows = {_name(column.name): column for column in COLUMNS.values()}
    head = (_HEAD.text(language), "| --- | --- | --- | --- |")
    return "\n".join((*head, *(_row(name, column, language) for name, column in rows.items())))


_HEAD = Words(
    "| column 列 | what it is 名称 | needed 必填 | how 写法 |", "| 列 | 名称 | 必填 | 写法 |"
)


def _row(name: str, column: Column, language: Language) -> str:
    en, zh = column.label.words
    if name != column.name:
        en, zh = _ENGLISH.sub("…", en), _CHINESE.sub("…", zh)
    what = zh if language == "zh" else f"{en} {zh}"
    needed = _needed(column).text(language) if column.required else ""
    words = [f"`{word}` {getattr(word, 'zh', '')}" for word in column.vocabulary]
    # Of districts there are many, and everybody knows them.
    listed = Words(", ", "、").text(language).join(words) if len(words) < 10 else ""
    return f"| `{name}` | {what} | {needed} | {listed or how(column).text(language)} |"


def _needed(column: Column) -> Words:
    if not column.group:
        return Words("yes", "是")
    group = _name(column.group + ".")[:-1]
    return Words(f"with `{group}`", f"填写 `{group}` 时")


def _name(name: str) -> str:
    for pattern, together in _ONE_OF_MANY:
        name = pattern.sub(together, name)
    return name
