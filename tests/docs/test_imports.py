"""Each module can be imported alone, whatever was imported before it."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp

FOLDERS = ("workflows", "activities", "db", "starter", "audit", "worker")


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """A way that leads from a module back to itself; empty when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_by_way_of_others() -> None:
    """One that does can be imported only after the right other one; it also imports the package it is in."""
    graph = grimp.build_graph(*FOLDERS, exclude_type_checking_imports=True, cache_dir=None)
    imports = {
        name: graph.find_modules_directly_imported_by(name)
        | {name.rpartition(".")[0]} & graph.modules
        for name in graph.modules
    }
    assert circle(imports) == []


def test_a_circle_is_found() -> None:
    """Also one through a package."""
    assert {"a", "a.b"} == set(circle({"a": {"a.b"}, "a.b": {"a", "c"}, "c": set()}))
