"""Headings of tables as people write them: by the name of a field, or by what that field is called.

The labels of fields are understood in both languages, with or without unit and article.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from starter.errors import BadInput
from starter.tables.table import Table
from starter.terminal.language import say
from workflows.field_labels import Label
from workflows.name_comparison import reading_key
from workflows.words import listed

PROBLEM = "problem"
"""The column that says why a line was not done; it is passed over on reading."""
PROBLEM_LABEL = Label("problem", "未办理的原因")


class Headings:
    """Which column a heading names."""

    def __init__(
        self,
        called: Iterable[tuple[str, Iterable[str]]],
        labels: Mapping[str, Label] | None = None,
    ) -> None:
        """Take the names of columns, each with what else it is called; a name may come several times.

        `labels`: those by which columns are called where a table is written.
        """
        self._labels = dict(labels or {})
        self._names: set[str] = set()
        self._called: dict[str, dict[str, None]] = {}
        for name, others in called:
            self._names.add(name)
            for other in others:
                self._called.setdefault(_key(other), {})[name] = None

    def name_of(self, heading: str) -> str:
        """Return the name of the column; a heading that names none, as it is.

        Raises:
            BadInput: it may name several.
        """
        if heading in self._names:
            return heading
        found = list(self._called.get(_key(heading), ()))
        if len(found) > 1:
            several = listed(found)
            raise BadInput(
                f'the heading "{heading}" may be any of {several.en}: use one of these names',
                f"表头“{heading}”可能指 {several.zh}：请使用其中一个字段名",
            )
        return found[0] if found else heading

    def heading_of(self, name: str, label: Label | None = None) -> str:
        """Return how a column is called in the language of the answers; by its name where it has no other."""
        if label is None:
            label = PROBLEM_LABEL if name == PROBLEM else self._labels.get(name)
        for words in (label.with_unit, label.words) if label else ():
            called = say(words)
            if list(self._called.get(_key(called), ())) == [name]:
                return called
        return name

    def knows(self, name: str) -> bool:
        """Whether it is the name of a column, or within one."""
        return name in self._names or name.partition(".")[0] in self._names

    def renamed(self, table: Table) -> Table:
        """Return a table with the names of its columns; it is written back with its own headings.

        Raises:
            BadInput: a heading may name several columns, or two of them name the same.
        """
        names = {heading: self.name_of(heading) for heading in table.heading if heading}
        called: dict[str, str] = {}
        for heading, name in names.items():
            first = called.setdefault(name, heading)
            if first != heading:
                raise BadInput(
                    f'two columns are the same ({name}): "{first}" and "{heading}"',
                    f"两列表示同一项（{name}）：“{first}”和“{heading}”",
                )
        return replace(
            table,
            heading=[names.get(heading, heading) for heading in table.heading],
            rows=[
                replace(row, cells={names[name]: cell for name, cell in row.cells.items()})
                for row in table.rows
            ],
            called=called,
            heading_of=self.heading_of if any(k != v for k, v in called.items()) else None,
        )


def ways_of(label: Label) -> tuple[str, ...]:
    """Return what a field is called: in both languages, alone and with unit and article."""
    return (*label.name, *label.with_unit, *label.words)


def labelled(columns: Mapping[str, Label]) -> Iterable[tuple[str, Iterable[str]]]:
    """Return columns with what they are called."""
    return ((name, ways_of(label)) for name, label in columns.items())


def _key(heading: str) -> str:
    return reading_key(heading)
