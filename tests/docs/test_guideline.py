"""The index of the guideline: each article leads to files that cite it and have the names, none is missing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from worker.documents import ROOT

INDEX = ROOT / "docs" / "guideline.md"
ROWS: list[tuple[str, str]] = re.findall(
    r"^\| (§[^|]+) \|[^|]*\|([^|]*)\|[^|]*\|$", INDEX.read_text(), re.MULTILINE
)
_FILE = re.compile(r"\[(\w+\.py)\]\(([^)]+)\)((?:,? `[\w.]+`)*)")
PLACES = [(article, *place) for article, code in ROWS for place in _FILE.findall(code)]
NO_RULE = "§二"
"""Its principles contain nothing to decide."""

each_place = pytest.mark.parametrize(
    ("article", "file", "path", "names"), PLACES, ids=[one[1] for one in PLACES]
)


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return what a module defines, members as `Class.member`, and the members that it uses so."""
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8"))))


def _names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        for name in _defined(node):
            yield name
            if isinstance(node, ast.ClassDef):
                yield from (f"{name}.{one}" for inner in node.body for one in _defined(inner))
    for used in ast.walk(module):
        if isinstance(used, ast.Attribute) and isinstance(used.value, ast.Name):
            yield f"{used.value.id}.{used.attr}"


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.name
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign():
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@each_place
def test_each_file_cites_the_article_and_has_the_names(
    article: str, file: str, path: str, names: str
) -> None:
    """A reader who follows a link finds the article there, and what the index names, as it is written."""
    target = (INDEX.parent / path).resolve()
    assert file == target.name
    cited = target.read_text(encoding="utf-8")
    assert article == NO_RULE or all(one in cited for one in article.split(", "))
    named = re.findall(r"`([\w.]+)`", names)
    assert named
    assert [] == [name for name in named if name not in names_in(target)]


def test_each_row_leads_to_a_file() -> None:
    assert [] == [row for row in ROWS if not _FILE.search(row[1])]


def test_every_article_of_the_code_is_in_the_index() -> None:
    """Also those with a number in brackets, as in §四(二)."""
    cited = {
        article
        for folder in ("workflows", "db", "starter")
        for path in Path(ROOT / folder).rglob("*.py")
        for article in re.findall(r"§[一二三四五六七八九](?:\([一二三四五]\))?", path.read_text())
    }
    listed = {one for article, _ in ROWS for one in article.split(", ")}
    assert {article if article in listed else article[:2] for article in cited} <= listed
