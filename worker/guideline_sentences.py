"""The guideline sentence by sentence (逐句对照): what the system does about each, by which command.

The sentences, in docs/guideline-sentences.csv, are those of docs/guideline-2023-25.txt in simplified
characters. By whom, and in how many days, is read from the lifecycle tables.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.policy import Policy, policy_for_new_cases
from workflows.steps import AnyStage, Clock, Step
from workflows.words import listed_zh


class Sentence(NamedTuple):
    """A sentence of an article, and what becomes of it."""

    article: str
    text: str
    done: str
    commands: tuple[str, ...] = ()
    """Of `pingtai`; none: there is nothing to do."""
    stages: tuple[AnyStage, ...] = ()
    """The steps in which it is done."""


DATA = Path(__file__).parents[1] / "docs" / "guideline-sentences.csv"
_STAGES: dict[str, AnyStage] = {
    step.stage.value: step.stage for table in (PLATFORM, ASSESSMENT) for step in table.steps
}


def sentences() -> list[Sentence]:
    """Return the sentences of the guideline, in its order."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(
                row["article"],
                row["sentence"],
                row["done"],
                tuple(filter(None, row["commands"].split(";"))),
                tuple(_STAGES[stage] for stage in filter(None, row["stages"].split(";"))),
            )
            for row in csv.DictReader(file)
        ]


def sentence_table() -> str:
    """Return the table of all sentences in Markdown, in Chinese."""
    heads = ("条款", "原文", "在系统中", "命令", "办理主体", "期限")
    lines = [_row(heads), _row(("---",) * len(heads))]
    for one in sentences():
        steps = [_step(stage) for stage in one.stages]
        commands = listed_zh(f"`pingtai {command}`" for command in one.commands)
        whom = _joined(_by_whom(step) for step in steps)
        lines.append(
            _row((one.article, one.text, one.done, commands, whom, _joined(map(_until, steps))))
        )
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _joined(parts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(part for part in parts if part))


def _step(stage: AnyStage) -> Step:
    return next(
        step for table in (PLATFORM, ASSESSMENT) for step in table.steps if step.stage is stage
    )


def _by_whom(step: Step) -> str:
    """Who decides in a step, and who may do so only once it is overdue."""
    usual = dict.fromkeys(t.by.zh for t in step.triggers if t.by and not t.once_overdue)
    late = dict.fromkeys(
        t.by.zh for t in step.triggers if t.by and t.once_overdue and t.by.zh not in usual
    )
    said = listed_zh(usual)
    return f"{said}（逾期后：{listed_zh(late)}）" if late else said


def _until(step: Step) -> str:
    policy = policy_for_new_cases(Policy())
    if step.clock is Clock.WORKING_DAYS:
        return f"{getattr(policy, step.days)} 个工作日"
    if step.clock is Clock.RECTIFICATION:
        return f"{policy.rectification_months} 个月，或另定的日期"
    return "有效期内" if step.clock is Clock.VALIDITY else ""
