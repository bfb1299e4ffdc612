"""Documents as messages name them: hashed from the files, which stay where they are."""

import hashlib
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from starter.bounds import DOCUMENT_BYTES
from starter.error_reasons import reason_of
from starter.errors import BadInput
from workflows.words import Words

Document = dict[str, str]
HERE = Path()
HOW = Words(
    "FILE, FILE=TITLE, TITLE=FILE or TITLE=SHA256",
    "“文件路径”、“文件路径=名称”、“名称=文件路径”或“名称=SHA256”",
)
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_BETWEEN = re.compile(r"[;；\n]")
_HASHED = re.compile(r"\s*(.+?)\s*[=＝]\s*([0-9a-fA-F]{64})\s*(?:[;；\n]\s*|$)", re.DOTALL)
"""The hash has its length: what is named may hold a semicolon itself."""
_PIECE = 1 << 20


def document(given: str, folder: Path | None = HERE) -> Document:
    """Return a document: `FILE`, `FILE=TITLE`, `TITLE=FILE` or `TITLE=SHA256`; untitled: the file's name.

    The file is in a folder, that of the table that names it; None: the table has none.

    Raises:
        BadInput: there is no such file, or it cannot be hashed; says why.
    """
    text = given.strip()
    first, equals, rest = (part.strip() for part in _parted(text))
    if first and _SHA256.fullmatch(rest):
        return {"name": first, "sha256": rest.lower()}
    if folder is None:
        raise BadInput(
            f"{text!r}: what is read from standard input has no folder beside it: write TITLE=SHA256",
            f"“{text}”：标准输入没有所在文件夹，请写作 名称=SHA256",
        )
    # A file may have = in its name.
    choices = ((text, ""), (rest, first), (first, rest)) if equals else ((text, ""),)
    for name, title in choices:
        if name and _is_there(folder / name):
            return {"name": title or Path(name).name, "sha256": sha256_of(folder / name)}
    raise BadInput(
        f"document {text!r}: there is no such file. Write {HOW.en}",
        f"文件“{text}”不存在。应写作{HOW.zh}",
    )


def folder_of(file: str) -> Path | None:
    """Return the folder in which a table stands; None: it is read from standard input."""
    return None if file == "-" else Path(file).parent


def beside(folder: Path | None, name: str) -> Path:
    """Return a file that a table names: in the table's folder, or in one within it.

    Raises:
        BadInput: it is elsewhere: who sends a table must not learn of other files; or it has no folder.
    """
    if folder is None:
        raise BadInput(
            f"{name}: what is read from standard input has no folder beside it",
            f"{name}：标准输入没有所在文件夹",
        )
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise BadInput(
            f"{name}: only files in the folder of the table are read",
            f"{name}：只读取表格所在文件夹内的文件",
        )
    return folder / name


def document_beside(given: str, folder: Path | None) -> Document:
    """Return a document that a table names; see `document` and `beside`. Raises BadInput."""
    first, equals, rest = (part.strip() for part in _parted(given.strip()))
    if folder is not None and not (equals and _SHA256.fullmatch(rest)):
        for name in filter(None, (given.strip(), first, rest)):
            if _is_there(folder / name):
                beside(folder, name)
    return document(given, folder)


def documents_in(cell: str, folder: Path | None) -> list[Document]:
    """Return the documents of a cell, separated by `;` or line ends; a title before a hash may hold these.

    Raises:
        BadInput: some of them are not there, or cannot be hashed; names each.
    """
    found: list[Document] = []
    wrong: list[BadInput] = []
    place = 0
    while place < len(cell):
        first, *others = _BETWEEN.split(cell[place:], maxsplit=1)
        hashed = _HASHED.match(cell, place)
        if hashed and (hashed[1].strip() in first or not _alone(first.strip(), folder)):
            found.append({"name": hashed[1], "sha256": hashed[2].lower()})
            place = hashed.end()
            continue
        if first.strip():
            try:
                found.append(document_beside(first, folder))
            except BadInput as error:
                wrong.append(error)
        place += len(first) + (1 if others else 0)
    if wrong:
        raise together(wrong)
    return found


def with_documents(message: Any, folder: Path | None) -> Any:
    """Return a message of JSON in which each document that is text is hashed: files beside it, as in a cell.

    Raises:
        BadInput: some of them are not there, or cannot be hashed; names each.
    """
    wrong: list[BadInput] = []
    hashed = _hashed_within(message, folder, wrong)
    if wrong:
        raise together(wrong)
    return hashed


def _hashed_within(part: Any, folder: Path | None, wrong: list[BadInput]) -> Any:
    if isinstance(part, list):
        return [_hashed_within(item, folder, wrong) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _named_documents(value, folder, wrong)
        if name == "documents"
        else _hashed_within(value, folder, wrong)
        for name, value in part.items()
    }


def _named_documents(value: Any, folder: Path | None, wrong: list[BadInput]) -> Any:
    found: list[Any] = []
    for item in [value] if isinstance(value, str) else value if isinstance(value, list) else ():
        try:
            found += documents_in(item, folder) if isinstance(item, str) else [item]
        except BadInput as error:
            wrong.append(error)
    return found if isinstance(value, str | list) else value


def together(errors: Sequence[BadInput]) -> BadInput:
    """All that is wrong with one cell, as one error."""
    texts = zip(*(error.words for error in errors), strict=True)
    return BadInput(
        *(sign.join(dict.fromkeys(text)) for sign, text in zip(("; ", "；"), texts, strict=True))
    )


def _alone(item: str, folder: Path | None) -> bool:
    """Whether an item before a separator is a document by itself, and no part of the title that follows."""
    names_two = "=" in item or "＝" in item
    return not item or names_two or (folder is not None and _is_there(folder / item))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        BadInput: it is a folder, too large, or changed meanwhile, or it cannot be read.
    """
    if path.is_dir():
        raise _unusable(path, Words("is a folder: name each file", "是文件夹，请逐个写明文件"))
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            _check(path, before)
            digest, size = _hashed(file, path)
            after = os.fstat(file.fileno())
    except (OSError, ValueError) as error:
        why = reason_of(error)
        raise _unusable(path, Words(f"cannot be read: {why.en}", f"无法读取：{why.zh}")) from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        size != after.st_size
    ):
        raise _unusable(
            path, Words("changed while it was read: try again", "读取期间被改动，请重试")
        )
    return digest


def _hashed(file: IO[bytes], path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE):
        size += len(piece)
        if size > DOCUMENT_BYTES:  # it grew meanwhile
            raise _too_large(path)
        digest.update(piece)
    return digest.hexdigest(), size


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise _unusable(path, Words("is not a file", "不是文件"))
    if found.st_size > DOCUMENT_BYTES:
        raise _too_large(path)


def _without_waiting(path: str, flags: int) -> int:
    """Open it; a pipe without a writer must not keep the command waiting."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _too_large(path: Path) -> BadInput:
    most = f"{DOCUMENT_BYTES:,}"
    return _unusable(path, Words(f"is larger than {most} bytes", f"超过 {most} 字节"))


def _unusable(path: Path, why: Words) -> BadInput:
    return BadInput(f"{path} {why.en}", f"{path} {why.zh}")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _parted(text: str) -> tuple[str, str, str]:
    """A text at its last `=`, the full-width one too, since a title may have some."""
    place = max(text.rfind("="), text.rfind("＝"))
    return (text[:place], "=", text[place + 1 :]) if place >= 0 else (text, "", "")
