"""Each module can be imported alone, whatever was imported before it."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from worker.documents import ROOT

FOLDERS = ("workflows", "activities", "db", "starter", "audit", "worker")
PATHS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
}


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """A way that leads from a module back to itself; empty when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imported(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """What is imported while a module is: not by its functions, and not for types only."""
    for one in statements:
        match one:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{name.name}" for name in names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.If(body=body) | ast.With(body=body) | ast.Try(body=body):
                yield from imported(body)


def imports_of(name: str, path: Path) -> set[str]:
    """The modules of ours that one imports; also the package it is in."""
    found = set(imported(ast.parse(path.read_text()).body)) | {name.rpartition(".")[0]}
    return (found & PATHS.keys()) - {name}


def test_no_module_imports_itself_by_way_of_others() -> None:
    """One that does can be imported only after the right other one."""
    imports = {name: imports_of(name, path) for name, path in PATHS.items()}
    assert sum(map(len, imports.values())) > len(imports)
    assert circle(imports) == []


def test_a_circle_is_found() -> None:
    """Also one through a package."""
    assert {"a", "a.b"} == set(circle({"a": {"a.b"}, "a.b": {"a", "c"}, "c": set()}))
