"""Log lines that quote nothing of what was sent: for who encrypts what Temporal keeps.

A line of the SDK, of a workflow or of a call by HTTP keeps its form, and of what was filled in the numbers, the
ids of workflows and runs, and single words of the vocabulary. Of an exception its type and its place are left.
"""

import logging
import re
import traceback
from collections.abc import Mapping
from copy import copy
from typing import Any

_SPEAKERS = ("temporalio", "pingtai.http")
_HARMLESS = re.compile(r"(?:platform|pingtai):[A-Za-z0-9._:-]{1,120}|[0-9a-f-]{32,36}|[a-z_]{1,40}")
_LEFT_OUT = "…"
_OF_KEYS = ("MissingKey", "ErasedKey")
"""Their words name a key, and nothing that was sent (`starter.encryption.key_errors`)."""


def without_contents(record: logging.LogRecord) -> logging.LogRecord:
    """Return a record as it may be written, where it may quote what people sent."""
    if not record.name.startswith(_SPEAKERS):
        return record
    record = copy(record)
    given = record.args
    if isinstance(given, Mapping):
        record.args = {name: _harmless(one) for name, one in given.items()}
    elif given:
        record.args = tuple(_harmless(one) for one in given)
    if record.exc_info and (error := record.exc_info[1]) is not None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        said = f": {error}" if type(error).__name__ in _OF_KEYS else ""
        words = f"{record.getMessage()}: {type(error).__name__}{said}{where}"
        record.msg, record.args, record.exc_info = words, None, None
    record.exc_text = record.stack_info = None
    return record


def _harmless(given: Any) -> Any:
    if isinstance(given, int | float):
        return given
    return given if isinstance(given, str) and _HARMLESS.fullmatch(given) else _LEFT_OUT
