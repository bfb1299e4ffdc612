"""Which code runs here, which guideline it follows, and which of both this program knows."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import workflows.contract
from audit.dossier.format import Code, Guideline
from workflows.words import Words

GUIDELINE = Guideline(
    number="京科发〔2023〕25号",
    title="北京市共性技术平台建设工作指引",
    issued_on=date(2023, 12, 30),
    text_sha256="e16c95b488f435781effdc4e06aee08583ee8d1b6c7865fa7d2e94ef457757d8",
)
"""The text is docs/guideline-2023-25.txt, as it was published."""

RELEASES = {
    "3ccca9c2c5bd6a6e62a20c2d7e35f65b8905e9a739bad2b871f0741dea68bf17": "0.2.0",
    "18f9ae4591e549949bb40221b16126c1b9b0f876a881c47b105c6975386687c8": "0.3.0",
    "814dcdb64b4df63b264cedb94de77ce628fc9a8a912f5fcb742fb161a224e3aa": "0.3.0",  # as last merged
    "5fbd7633e3bfabc22b41390b59525aab55d454f7783c19f3698d8383795d3dc1": "0.4.0",
}
"""The SHA-256 of `workflows/` of each release that made dossiers."""
_PROGRAM = ("audit", "db", "starter", "workflows")
"""Whatever a dossier's files are made by."""
_KINDS = ("*.py", "*.j2", "*.css")


@lru_cache(maxsize=1)
def this_code() -> Code:
    folder = Path(workflows.contract.__file__).parent
    return Code(
        pingtai=version("pingtai"),
        temporalio=version("temporalio"),
        workflows_sha256=_of_folder(folder),
        program_sha256=_of_program(folder.parent),
    )


def is_release(code: Code) -> bool:
    """Return whether code is that of a release before this one; its name and its sum must fit."""
    return RELEASES.get(code.workflows_sha256) == code.pingtai


def unknown_code(code: Code) -> Iterator[Words]:
    """Say so where code is neither this one nor that of a release."""
    if code.workflows_sha256 != this_code().workflows_sha256 and not is_release(code):
        named = f"pingtai {code.pingtai}, workflows {code.workflows_sha256[:12]}…"
        yield Words(
            f"This program does not know the code that it names: {named}",
            f"所载代码不为本程序所知：{named}",
        )


def unknown_guideline(guideline: Guideline) -> Iterator[Words]:
    """Say so where a guideline is another, or its text; dossiers before 0.4.0 do not name the text."""
    ours = GUIDELINE
    if guideline.text_sha256 is None:
        ours = ours.model_copy(update={"text_sha256": None})
    if guideline != ours:
        named = f"{guideline.number} {guideline.title}"
        yield Words(
            f"this program does not follow the guideline, or the text of it, that it names: {named}",
            f"所载指引或其文本不是本程序所依据的：{named}",
        )


def _of_folder(folder: Path) -> str:
    """One number for all Python files of a folder; the ends of lines are as git keeps them."""
    whole = sha256()
    for path in sorted(folder.glob("*.py")):
        whole.update(f"{path.name}\n{_of_file(path)}\n".encode())
    return whole.hexdigest()


def _of_program(root: Path) -> str:
    """One number for all that the program consists of here: code, templates and styles."""
    whole = sha256()
    files = (f for name in _PROGRAM for kind in _KINDS for f in (root / name).rglob(kind))
    for path in sorted(files, key=lambda one: one.relative_to(root).as_posix()):
        whole.update(f"{path.relative_to(root).as_posix()}\n{_of_file(path)}\n".encode())
    return whole.hexdigest()


def _of_file(path: Path) -> str:
    return sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
