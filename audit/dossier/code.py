"""Which code runs here, and which guideline it follows."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import workflows.contract
from audit.dossier.parts import Code, Guideline

GUIDELINE = Guideline(
    number="京科发〔2023〕25号",
    title="北京市共性技术平台建设工作指引",
    issued_on=date(2023, 12, 30),
)


@lru_cache(maxsize=1)
def this_code() -> Code:
    """The code that is installed here."""
    return Code(
        pingtai=version("pingtai"),
        temporalio=version("temporalio"),
        workflows_sha256=_of_folder(Path(workflows.contract.__file__).parent),
    )


def _of_folder(folder: Path) -> str:
    """One number for all Python files of a folder; the ends of lines are as git keeps them."""
    whole = sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        whole.update(f"{path.name}\n{sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()
