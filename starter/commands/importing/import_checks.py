"""The whole file checked before anything is started: every problem, with its line and its field."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starter.commands.batch.lines import Entry, Line
from starter.commands.importing.columns import LEFT_TO_US, column_of, field_of, lacking
from starter.commands.importing.example import EXAMPLE_IDS
from starter.commands.importing.import_report import Problem
from starter.desk.did_you_mean import id_key
from workflows.application import PlatformApplication
from workflows.case_opening import open_platform
from workflows.model import WHOLE, InvalidMessage, parse
from workflows.words import Words

MOST_OF_A_LINE = 100
"""Maximum problems of one application that are reported."""
_MISSING = Words("required", "缺少此项")
_ONCE = ("application_id", "platform_id")


def _as_it_is(name: str) -> str:
    return name


@dataclass
class Checked:
    """What a file came to."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class ImportChecks:
    """Checks applications one by one, and each against those before it."""

    def __init__(self, at: datetime, *, table: bool, told: Collection[str] = ()) -> None:
        """`at` is when they would be started.

        `table`: fields are named as columns are. `told`: columns of which it is told already that they
        are missing.
        """
        self._at = at
        self._of_message: Callable[[str], str] = column_of if table else _as_it_is
        self._of_column: Callable[[str], str] = _as_it_is if table else field_of
        self._told = frozenset(told)
        self._seen: dict[tuple[str, str], tuple[int, str]] = {}
        """The line in which each id stands first, and how it is written there."""

    def check(self, entries: Iterable[Entry]) -> Checked:
        """Check the lines of a file."""
        checked = Checked()
        for entry in entries:
            problems = self._problems(entry)
            checked.problems.extend(problems)
            if not (problems or self._told):
                message = dict(entry.fields)
                checked.lines.append(Line(entry, message["platform_id"].strip(), message))
        return checked

    def _problems(self, entry: Entry) -> list[Problem]:
        number = entry.number

        def problem(name: str, why: Words) -> Problem:
            return Problem(number, name, why, entry.headings)

        if entry.problem:
            return [problem("", entry.problem)]
        found = [problem(name, why) for name, why in entry.bad_cells]
        unread = {problem.field for problem in found}
        needed = (self._of_column(column.name) for column in lacking(entry.fields))
        lacks = [name for name in needed if name not in unread]
        found += [problem(name, _MISSING) for name in lacks if name not in self._told]
        told = unread | set(lacks)
        misfits = [(self._of_message(name), why) for name, why in self._misfits(entry.fields)]
        within = told | {name for name, _ in misfits}
        for name, why in misfits:
            of_parts = why.en.startswith(_OF_PARTS) and _any_inside(within, name)
            if name not in told and not of_parts:
                found.append(problem(name, why))
        return [*found, *self._repeats(entry)]

    def _misfits(self, raw: Any) -> Iterable[tuple[str, Words]]:
        try:
            form = parse(PlatformApplication, raw, most=MOST_OF_A_LINE)
            if form.brought_in and not set(LEFT_TO_US) & form.model_fields_set:
                form = form.model_copy(update={"term": form.brought_in.term})
            open_platform(form, self._at)
        except InvalidMessage as error:
            for name, why in error.problems:
                yield "" if name == WHOLE else name, why

    def _repeats(self, entry: Entry) -> Iterable[Problem]:
        for name in _ONCE:
            given = entry.fields.get(name)
            if not isinstance(given, str):
                continue
            given = given.strip()
            first, written = self._seen.setdefault((name, id_key(given)), (entry.number, given))
            if first != entry.number and written != given:
                alike = Words(
                    f"{given} differs only in writing from {written} in line {first}",
                    f"{given} 与第 {first} 行的 {written} 仅写法不同",
                )
                yield Problem(entry.number, name, alike, entry.headings)
            elif first != entry.number:
                again = Words(f"{given} is already in line {first}", f"{given} 已见于第 {first} 行")
                yield Problem(entry.number, name, again, entry.headings)
            if given in EXAMPLE_IDS:
                yield Problem(entry.number, name, _EXAMPLE, entry.headings)


_OF_PARTS = ("Field required", "missing: ", "Tuple should have at least")
"""How the complaint about a whole begins. It is left out when the missing parts themselves are reported."""


def _any_inside(names: Collection[str], name: str) -> bool:
    return any(one.startswith(f"{name}." if name else "") and one != name for one in names)


_EXAMPLE = Words(
    "this is the example of the template: write over it, or delete the row",
    "这是模板中的示例：请改写或删除该行",
)
