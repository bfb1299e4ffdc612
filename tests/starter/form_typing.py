"""What the tests of forms share: somebody at a terminal, and what is typed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.rules.cases import at_stage, moment
from workflows.periods import beijing_date
from workflows.vocabulary import Stage

Run = Callable[..., Result]
Sent = list[tuple[str, dict[str, Any]]]

EXPERTS = [
    answer
    for number in range(1, 6)
    for answer in (f"专家{number}", str(number % 4 + 1), f"第{number}研究所", "1")
]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody sits there."""
    monkeypatch.setattr("starter.commands.decision_command.at_terminal", lambda: True)


def typed(*lines: str) -> str:
    """Lines as somebody types them."""
    return "\n".join([*lines, ""])


def day_of(stage: Stage) -> str:
    """The day of a case in a stage."""
    return str(beijing_date(moment(at_stage(stage))))


def drafts() -> list[Path]:
    """The files of drafts."""
    return list((Path(os.environ["PINGTAI_HOME"]) / "drafts").glob("*"))
