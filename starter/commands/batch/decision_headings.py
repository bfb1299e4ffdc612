"""What the columns of a table of decisions are called: the labels of all kinds, and `platform` and `kind`."""

from collections.abc import Iterable
from functools import cache

from starter.commands.batch.decision_columns import (
    KIND,
    PLATFORM,
    columns_of_kind,
    columns_of_kinds,
)
from starter.commands.importing.columns import columns_of
from starter.commands.notation import REST_WORDS
from starter.tables.headings import PROBLEM, PROBLEM_LABEL, Headings, ways_of
from workflows.decisions import MODELS
from workflows.vocabulary import Kind

OTHERS = "findings.all"
"""The finding of each item that has no column of its own."""
_ALSO = (
    (PLATFORM, ("平台",)),
    (KIND, ("决定种类", "决定事项")),
    (PROBLEM, ways_of(PROBLEM_LABEL)),
    *(
        (OTHERS, tuple(before + rest for rest in REST_WORDS))
        for before in ("核查意见：", "考核意见：", "findings: ")
    ),
    (OTHERS, ("核查意见.all", "考核意见.all")),
)


@cache
def decision_headings() -> Headings:
    """The columns that any kind of decision may have. A certificate of a list is one of them."""
    return Headings(_called())


def _called() -> Iterable[tuple[str, Iterable[str]]]:
    yield from _ALSO
    for kind, model in MODELS.items():
        for column in columns_of_kind(Kind(kind)):
            yield column.name, ways_of(column.label)
        for name, column in columns_of(model).items():
            whole, _, _ = name.partition(".")
            yield name, ways_of(column.label)
            yield whole, ()
    for column in columns_of_kinds(tuple(Kind)):
        yield column.name, ways_of(column.label)
