"""Documents name only modules, files, classes and functions that exist."""

import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.docs.reading import documents
from worker.documents import ROOT

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_PACKAGES = "workflows|activities|db|starter|audit|worker|bench|tests"
_DOTTED = re.compile(rf"^(?:{_PACKAGES})(?:\.\w+)+$")
_PATH = re.compile(rf"^(?:{_PACKAGES}|docs|examples|schemas)/[\w./-]*$")
_FILE = re.compile(r"^\w+\.py$")
_NAME = re.compile(r"^(?:[A-Z][a-z]+){2,}$|^[a-z]+(?:_[a-z0-9]+)+$")

_IMPORT = re.compile(rf"^\s*from ((?:{_PACKAGES})[\w.]*) import (.+)$", re.MULTILINE)
_RUN = re.compile(rf"python -m ((?:{_PACKAGES})[\w.]*)")

OF_OTHERS = {
    "WorkflowTaskCompleted",
    "disable_payload_error_limit",
    "pingtai_http_refused_keys_total",
    "TemporalReportedProblems",
    "UnhandledCommand",
    "WorkflowExecutionAlreadyStarted",
    "WorkflowExecutionErrorWhenAlreadyStarted",
    "connect_timeout",
    "pool_mode",
    "prepared_statement_cache_size",
    "target_session_attrs",
    "temporal_activity_schedule_to_start_latency",
    "temporal_sticky_cache_size",
    "temporal_workflow_task_schedule_to_start_latency",
    "core_tests",
    "event_type",
    "last_processed_event",
    "query_supersession",
}
"""Names of Temporal, PostgreSQL and other programs; and one that a library puts together."""


def named(path: Path) -> set[str]:
    """Return what a document shows as code within its lines, and what its examples import or run.

    Of the changelog only the part that is not released."""
    text = path.read_text(encoding="utf-8")
    if path.name == "CHANGELOG.md":
        text = re.split(r"^## \[\d", text, maxsplit=1, flags=re.MULTILINE)[0]
    imported = {
        f"{module}.{name.strip()}"
        for module, names in _IMPORT.findall(text)
        for name in names.split(",")
    }
    return set(_CODE.findall(_FENCE.sub("", text))) | imported | set(_RUN.findall(text))


def resolves(dotted: str) -> bool:
    """Whether a dotted name leads to a module, or to something in one."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for name in parts[end:]:
            found = getattr(found, name, None)
        return found is not None
    return False


@cache
def code_files() -> tuple[Path, ...]:
    """Return the files that are under version control, without the documents."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py", "*.json", "*.toml", "*.sql"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(ROOT / name for name in listed.stdout.splitlines())


@cache
def code_words() -> frozenset[str]:
    """Return every identifier in them; this file names what is not there."""
    return frozenset(
        word
        for file in code_files()
        if file.exists() and "histories" not in file.parts and file.name != "test_names.py"
        for word in re.findall(r"\w+", file.read_text(encoding="utf-8"))
    )


@cache
def basenames() -> frozenset[str]:
    """Return the names of their modules."""
    return frozenset(file.name for file in code_files() if file.suffix == ".py")


def missing(names: set[str]) -> set[str]:
    """Return those names that nothing in the repository has."""
    known = code_words() | OF_OTHERS
    return (
        {name for name in names if _DOTTED.match(name) and not resolves(name)}
        | {name for name in names if _PATH.match(name) and not (ROOT / name).exists()}
        | {name for name in names if _FILE.match(name) and name not in basenames()}
        | {n for n in names if _NAME.match(n) and n not in known}
    )


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_names_exist(path: Path) -> None:
    """A reader who searches for a name finds it."""
    assert set() == missing(named(path))


def test_a_wrong_name_is_found() -> None:
    """Each kind of name is looked up."""
    wrong = {"workflows.record.broken", "db/troubles.py", "running.py", "HandIn", "brought_up_by"}
    right = {"workflows.record.find_chain_break", "db/tables.py", "lifecycle.py", "TaskMarks"}
    assert wrong == missing(wrong | right | {"log_entries"})
