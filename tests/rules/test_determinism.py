"""The workflows read no clock, no chance, no time-zone data and no file: checked in their source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflows

FOLDER = Path(workflows.__file__).parent
SOURCES = sorted(FOLDER.glob("*.py"))
MODULES = {
    "chinese_calendar",
    "logging",
    "os",
    "random",
    "secrets",
    "socket",
    "structlog",
    "subprocess",
    "threading",
    "time",
    "uuid",
    "zoneinfo",
}
CALLS = {
    "asyncio.sleep",
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.time",
    "uuid1",
    "uuid4",
}
"""Also when a module stands before them: `datetime.datetime.now`."""
BUILT_IN = {"breakpoint", "hash", "input", "open"}
"""Only by themselves: `Case.open` is another thing."""


def violations(source: str) -> list[str]:
    """What a source must not do, with the line it does it on."""
    tree = ast.parse(source)
    return [f"{line}: {what}" for line, what in sorted(_forbidden(tree))]


def _forbidden(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                if name.split(".")[0] in MODULES or name in CALLS:
                    yield node.lineno, f"import of {name}"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            module = called.split(".")[0] if "." in called else ""
            dotted = any(called == call or called.endswith(f".{call}") for call in CALLS)
            if called in BUILT_IN or dotted or module in MODULES:
                yield node.lineno, f"call of {called}"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def test_all_modules_are_looked_at() -> None:
    """The rules, both workflows and what they run on."""
    names = {path.stem for path in SOURCES}
    assert names >= {
        "platform_workflow",
        "assessment_workflow",
        "case_workflow",
        "case",
        "rules",
        "lifecycle",
        "periods",
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_module_is_deterministic(path: Path) -> None:
    """A replay years later must come to the same commands."""
    assert violations(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import random", "1: import of random"),
        ("import os.path", "1: import of os.path"),
        ("from uuid import uuid4", "1: import of uuid.uuid4"),
        ("from time import time", "1: import of time.time"),
        ("import zoneinfo as z", "1: import of zoneinfo"),
        ("def f():\n    import logging", "2: import of logging"),
        ("from chinese_calendar import is_workday", "1: import of chinese_calendar.is_workday"),
        ("from asyncio import sleep", "1: import of asyncio.sleep"),
        ("datetime.now()", "1: call of datetime.now"),
        ("import datetime\ndatetime.datetime.now(UTC)", "2: call of datetime.datetime.now"),
        ("x = datetime.utcnow()", "1: call of datetime.utcnow"),
        ("if date.today() > x: pass", "1: call of date.today"),
        ("random.choice(x)", "1: call of random.choice"),
        ("open('x').read()", "1: call of open"),
        ("async def f(): await asyncio.sleep(1)", "1: call of asyncio.sleep"),
        ("hash('x')", "1: call of hash"),
        ("breakpoint()", "1: call of breakpoint"),
        ("input()", "1: call of input"),
    ],
)
def test_a_planted_violation_is_caught(source: str, what: str) -> None:
    """The check itself can fail."""
    assert violations(source) == [what]


@pytest.mark.parametrize(
    "source",
    [
        "workflow.now()",
        "from datetime import datetime, timedelta",
        "workflow.sleep(1)",
        "asyncio.create_task(x())",
        "Case.open(content)",
        "entry.hash",
        "datetime.combine(day, time(), BEIJING)",
    ],
)
def test_what_is_allowed_is_let_through(source: str) -> None:
    """Workflow time, tasks, and words that only look alike."""
    assert violations(source) == []
