"""What is wrong with a file, told by line and field: some hundreds of problems, then only their number."""

from collections.abc import Sequence
from dataclasses import dataclass

from starter.commands.importing.columns import COLUMNS, column_of
from starter.terminal.language import say
from starter.terminal.named_fields import named
from starter.terminal.screen import complain, show, show_json_line
from workflows.words import Words

MOST_TOLD = 300


@dataclass(frozen=True)
class Problem:
    """Something that keeps a file from being imported."""

    line: int
    """The line of the file, or the row of the sheet; the first is 1."""
    field: str
    """The field, or the column; empty where the whole line is meant."""
    why: Words

    @property
    def name(self) -> Words:
        """What the field is called, with the name that it has in the file."""
        column = COLUMNS.get(column_of(self.field))
        return named(column.label if column else None, self.field)


def tell(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Tell them in the order of the file."""
    ordered = sorted(problems, key=lambda problem: problem.line)
    for problem in ordered[:MOST_TOLD]:
        if as_json:
            why = problem.why._asdict()
            show_json_line({"line": problem.line, "field": problem.field, "problem": why})
        else:
            show(_in_words(problem))
    if len(ordered) > MOST_TOLD:
        more = len(ordered) - MOST_TOLD
        complain(say(f"… and {more:,} more problems", f"……另有 {more:,} 处问题"))


def counted(problems: Sequence[Problem]) -> str:
    """How many there are, in how many lines."""
    lines = len({problem.line for problem in problems})
    en = f"{_several(len(problems), 'problem')} in {_several(lines, 'line')}"
    return say(en, f"{lines:,} 行共 {len(problems):,} 处问题")


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _in_words(problem: Problem) -> str:
    if not problem.field:
        return say(f"line {problem.line}: ", f"第 {problem.line} 行：") + say(problem.why)
    line = say(f"line {problem.line}, ", f"第 {problem.line} 行，")
    return line + say(problem.name) + say(": ", "：") + say(problem.why)
