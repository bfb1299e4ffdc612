"""Which decision is to be set aside: chosen by its number from the list of those in force."""

from collections.abc import Sequence
from typing import Any

from db.row_types import LogLine
from starter.commands.decision_form import Part
from starter.commands.guided.dialogue import Dialogue
from starter.commands.guided.nested_forms import misfit
from starter.commands.set_aside_preview import chosen, decisions_table, in_force
from starter.desk.entry_numbers import target_of
from starter.terminal.language import say
from starter.terminal.screen import heading
from workflows.decisions import SetAside
from workflows.words import Words

_QUESTION = Words("Number of the wrong decision, or its id", "拟撤销决定的序号或编号")


def ask_target(talk: Dialogue, part: Part, log: Sequence[LogLine]) -> dict[str, Any]:
    """The fields that name a decision to be set aside.

    Raises:
        click.Abort: whoever was asked went away.
    """
    decisions = in_force(log)

    def read(given: str) -> str:
        line = chosen(decisions, given)
        if line is not None:
            return line.number  # by which it is known for ever
        many = len(decisions)
        if given.isdecimal():
            raise ValueError(
                say(f"a number from 1 to {many}, or an id", f"请输入 1 至 {many} 或编号")
            )
        problem = misfit(SetAside, part.field, given)
        if problem:
            raise ValueError(problem)
        return given

    with talk.part(part.field):
        talk.above(
            heading(Words("Decisions in force", "有效的决定")), decisions_table(decisions), ""
        )
        given = talk.ask(_QUESTION, read, shown=lambda given: _id_of(decisions, given))
    line = chosen(decisions, given)
    return target_of(decisions, line) if line else {part.field: given}


def _id_of(decisions: Sequence[LogLine], given: str) -> str:
    line = chosen(decisions, given)
    return (line.entry.decision_id or given) if line else given
