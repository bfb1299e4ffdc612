"""What the columns of a table of decisions are called: the labels of all kinds, and `platform` and `kind`."""

from collections.abc import Iterable
from functools import cache

from starter.commands.importing.columns import columns_of
from starter.tables.headings import Headings, ways_of
from workflows.decisions import MODELS

_PLATFORM = ("platform", ("platform id", "平台", "平台编号"))
_KIND = ("kind", ("kind of decision", "决定种类", "决定事项", "事项"))


@cache
def decision_headings() -> Headings:
    """The columns that any kind of decision may have. A certificate of a list is one of them."""
    return Headings(_called())


def _called() -> Iterable[tuple[str, Iterable[str]]]:
    yield _PLATFORM
    yield _KIND
    for model in MODELS.values():
        for name, column in columns_of(model).items():
            whole, _, _ = name.partition(".")
            yield name, ways_of(column.label)
            yield whole, ()
