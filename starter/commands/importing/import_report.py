"""How an import reports: what is wrong with its file, by line and field, and what became of each line."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starter.commands.batch.lines import Outcome, Result
from starter.commands.batch.progress import Wording
from starter.commands.batch.same_faults import SameFaults
from starter.commands.importing.columns import COLUMNS, column_of
from starter.terminal.language import say
from starter.terminal.named_fields import in_table, named
from starter.terminal.screen import complain, show, show_json_line, watched
from workflows.words import Words, counted

MOST_TOLD = 300


@dataclass(frozen=True)
class Problem:
    """Something that keeps a file from being imported."""

    line: int
    """The line of the file, or the row of the sheet; the first is 1."""
    field: str
    """The field, or the column; empty where the whole line is meant."""
    why: Words
    headings: Mapping[str, str] | None = None
    """How the columns are called in the file; None: it is no table."""

    @property
    def name(self) -> Words:
        """What the field is called in the file: a column by its heading, a field of JSON with its name."""
        column = COLUMNS.get(column_of(self.field))
        label = column.label if column else None
        if self.headings is None:
            return named(label, self.field)
        return in_table(label, self.field, self.headings)


def tell(problems: Sequence[Problem], *, as_json: bool, full: bool = False) -> None:
    """Tell them in the order of the file; at a terminal the same fault of many lines once, unless in `full`."""
    faults = SameFaults() if watched(sys.stdout) and not (full or as_json) else None
    ordered = sorted(problems, key=lambda problem: problem.line)
    if faults:
        ordered = [
            one for one in ordered if not faults.hides(one.line, f"{one.field} {one.why.en}")
        ]
    for problem in ordered[:MOST_TOLD]:
        if as_json:
            why = problem.why._asdict()
            show_json_line({"line": problem.line, "field": problem.field, "problem": why})
        else:
            show(_in_words(problem))
    if len(ordered) > MOST_TOLD:
        more = len(ordered) - MOST_TOLD
        complain(Words(f"… and {more:,} more problems", f"……另有 {more:,} 处问题"))
    if faults:
        show(*faults.rest())


def counted_problems(problems: Sequence[Problem]) -> str:
    """How many there are, in how many lines."""
    lines = len({problem.line for problem in problems})
    en = f"{counted(len(problems), 'problem')} in {counted(lines, 'line')}"
    return say(en, f"{lines:,} 行共 {len(problems):,} 处问题")


def _in_words(problem: Problem) -> str:
    if not problem.field:
        return say(f"line {problem.line}: ", f"第 {problem.line} 行：") + say(problem.why)
    line = say(f"line {problem.line}, ", f"第 {problem.line} 行，")
    return line + say(problem.name) + say(": ", "：") + say(problem.why)


_WORDS: dict[Outcome, Words] = {
    Outcome.DONE: Words("started", "已启动"),
    Outcome.ALREADY: Words("already started", "此前已启动"),
    Outcome.BAD: Words("BAD", "【有误】"),
    Outcome.REFUSED: Words("REFUSED", "【未通过】"),
    Outcome.UNANSWERED: Words("NOT ANSWERED", "【未应答】"),
    Outcome.UNSENT: Words("not started", "未启动"),
}


def _result_in_words(result: Result) -> str:
    term = (
        say(f"term {result.applied.term}", f"第 {result.applied.term} 期") if result.applied else ""
    )
    why = say(result.problem) if result.problem else ""
    became = say(_WORDS[result.outcome])
    words = (str(result.entry.number), _platform(result), became, term, why)
    return "  ".join(one for one in words if one)


def _as_data(result: Result) -> dict[str, Any]:
    message = result.line.message if result.line else result.entry.fields
    return {
        "line": result.entry.number,
        "platform": _platform(result),
        "application_id": message.get("application_id"),
        "result": _RESULTS[result.outcome],
        "term": result.applied.term if result.applied else None,
        "workflow_id": result.applied.workflow_id if result.applied else None,
        "problem": result.problem._asdict() if result.problem else None,
    }


_RESULTS = {
    Outcome.DONE: "started",
    Outcome.ALREADY: "already_started",
    Outcome.BAD: "bad",
    Outcome.REFUSED: "refused",
    Outcome.UNANSWERED: "not_answered",
    Outcome.UNSENT: "not_started",
}
"""As programs read them (docs/import.md): they stay, however the words for people change."""


def _platform(result: Result) -> str:
    return result.line.platform if result.line else str(result.entry.fields.get("platform_id", ""))


APPLICATIONS = Wording(
    _WORDS, _result_in_words, _as_data, frozenset((Outcome.DONE, Outcome.ALREADY, Outcome.UNSENT))
)
"""At a terminal a thousand that were started are a number; those that were not are listed."""
