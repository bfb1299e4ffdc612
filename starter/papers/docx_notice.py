"""DOCX from a template in which staff have written {{ }}: docxtpl, with text of others as text."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from starter.errors import BadInput


def docx_of(template: bytes, data: Mapping[str, Any], *, named: str = "") -> bytes:
    """Fill a template.

    Raises:
        BadInput: it is no DOCX, or names something that is not in `data`.
    """
    found = DocxTemplate(io.BytesIO(template))
    # A template comes from somebody's mail: it may name what is filled in, and run nothing.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    page = io.BytesIO()
    try:
        found.render(dict(data), environment, autoescape=True)
        found.save(page)
    except TemplateError as error:
        name = named or "template"
        raise BadInput(f"{name}: {error.message}", f"{name}：{error.message}") from None
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise BadInput(f"{named} is not a DOCX file", f"{named} 不是 DOCX 文件") from None
    return page.getvalue()
