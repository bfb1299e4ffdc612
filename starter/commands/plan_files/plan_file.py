"""A plan read from a file, and written to one that reads back as it was; the name says the form."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starter.bounds import MESSAGE_FILE_BYTES
from starter.commands.new_file import write_new
from starter.errors import BadInput
from starter.plans.plan_sections import INDICATORS, MECHANISMS, PARTS
from starter.tables.file_content import ZIPPED, read_bytes, text_of_file
from starter.tables.strict_json import as_object, encodable
from workflows.words import Words

JSON, MARKDOWN, BOOK = ".json", ".md", ".xlsx"
FORMS = (JSON, MARKDOWN, BOOK)
_ALSO = {".markdown": MARKDOWN, ".txt": MARKDOWN}
_COMMENT = re.compile(rb"[^<]*<!--.*?-->", re.DOTALL)
_HANDED_IN = re.compile(rb"pingtai revise ([A-Za-z0-9][A-Za-z0-9._-]*) --plan ")
"""The command in the comment that `pingtai plan --file` writes."""
_LARGE = ("no plan is that large", "不会是建设方案")


class PlanOfPlatform(dict[str, Any]):
    """What a file says of a plan, with the platform that the file's own comment names."""

    platform: str | None = None


def read_plan(path: str) -> dict[str, Any]:
    """Return the plan in a file, `-` being standard input: JSON, Markdown or a workbook, as it is written.

    Raises:
        BadInput: it cannot be read; names the line, or the heading, that is wrong.
    """
    content = read_bytes(path, MESSAGE_FILE_BYTES, _LARGE)
    try:
        return _of_platform(_read(content, path), content)
    except BadInput as error:
        raise BadInput(error.words.at(path)) from None


def read_mechanisms(path: str) -> dict[str, Any]:
    """Return the operating mechanisms in a file: of a plan, or these alone. Raises BadInput as `read_plan`."""
    content = read_bytes(path, MESSAGE_FILE_BYTES, _LARGE)
    try:
        said: dict[str, Any] = _read(content, path, (MECHANISMS,))
    except BadInput as error:
        raise BadInput(error.words.at(path)) from None
    inner = said.get(MECHANISMS)
    return _of_platform(inner if isinstance(inner, dict) else said, content)


def _of_platform(said: Mapping[str, Any], content: bytes) -> PlanOfPlatform:
    found = PlanOfPlatform(said)
    comment = _COMMENT.match(content.removeprefix(b"\xef\xbb\xbf"))
    named = _HANDED_IN.search(comment[0]) if comment else None
    found.platform = named[1].decode() if named else None
    return found


def write_plan(plan: Mapping[str, Any], target: Path, remarks: tuple[str, ...] = ()) -> None:
    """Write a plan to a new file. `remarks` say in Markdown what it is, and how it is handed in.

    Raises:
        BadInput: the name says no form, there is such a file, or the form cannot hold the plan as it is.
    """
    form = _ALSO.get(target.suffix.lower(), target.suffix.lower())
    if form not in FORMS:
        raise BadInput(
            f"{target}: a plan is a .json, .md or .xlsx file",
            f"{target}：建设方案文件应为 .json、.md 或 .xlsx",
        )
    content = written_plan(plan, form, remarks)
    write_new(target, content)


def written_plan(plan: Mapping[str, Any], form: str, remarks: tuple[str, ...] = ()) -> bytes:
    """Return a plan as the content of a file.

    Raises:
        BadInput: the form cannot hold it as it is.
    """
    if form == JSON:
        return encodable(json.dumps(plan, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    # Only these two forms need the columns of the import.
    from starter.commands.plan_files.plan_markdown import markdown_of  # noqa: PLC0415
    from starter.commands.plan_files.plan_workbook import workbook_of  # noqa: PLC0415

    content = markdown_of(plan, remarks).encode("utf-8") if form == MARKDOWN else workbook_of(plan)
    try:
        whole = _read(content, f"plan{form}") == _said(plan)
    except BadInput:
        whole = False
    if not whole:
        why = Words(
            f"{form} cannot hold this plan as it is: use .json",
            f"{form} 无法原样保存该方案：请用 .json",
        )
        raise BadInput(why)
    return content


def _read(
    content: bytes, path: str, groups: tuple[str, ...] = (PARTS, MECHANISMS, INDICATORS)
) -> Any:
    if content.startswith(ZIPPED):
        from starter.commands.plan_files.plan_workbook import sections_in_table  # noqa: PLC0415 - as above

        found = sections_in_table(content)
    else:
        text = text_of_file(content)
        if Path(path).suffix.lower() == JSON or text.lstrip().startswith("{"):
            return as_object(text, Path(path).name)
        from starter.commands.plan_files.plan_markdown import sections_in  # noqa: PLC0415 - as above

        found = sections_in(text)
    from starter.commands.plan_files.plan_headings import plan_from  # noqa: PLC0415 - as above

    return plan_from(found, groups=groups)


def _said(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan without what it leaves empty."""
    return {
        group: {name: value for name, value in said.items() if value not in (None, [], ())}
        for group, said in plan.items()
        if said
    }
