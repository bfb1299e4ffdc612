"""The objects of a JSON file of many: one on each line, a list, or a single one on several lines."""

from collections.abc import Iterator
from typing import Any

from starter.bounds import JSON_DEPTH
from starter.errors import BadInput
from starter.tables.file_content import Form, text_of_file
from starter.tables.strict_json import as_object, parsed
from starter.terminal.language import say

Item = dict[str, Any] | BadInput
"""An object, or what is wrong with what should be one."""


def json_items(content: str | bytes, form: Form = "jsonl") -> Iterator[tuple[int, str, Item]]:
    """The number of each line that says something, as it is written, and its object; empty lines count.

    In the form `json` it may be a list: then the number of each item, and no line. One object alone may
    stand on several lines, as an editor or `jq` writes it.

    Raises:
        BadInput: it is no text, or begins as a list and is no list of objects.
    """
    text = text_of_file(content)
    if form == "json" and text.lstrip().startswith("["):
        for number, item in enumerate(parsed(text, say("the file", "文件"), JSON_DEPTH + 1), 1):
            if not isinstance(item, dict):
                raise BadInput(
                    f"item {number} is not a JSON object", f"第 {number} 项不是 JSON 对象"
                )
            yield number, "", item
        return
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and lines[0][1].strip() == "{" and not lines[1][1].startswith("{"):
        yield lines[0][0], text, _object(text, say("the file", "文件"))
        return
    for number, line in lines:
        yield number, line, _object(line, say("the line", "该行"))


def _object(text: str, name: str) -> Item:
    try:
        return as_object(text, name)
    except BadInput as error:
        return error
