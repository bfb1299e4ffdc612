"""The four commands that read tables: how each is called, a good row of it, and what it took."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from db.layout_rows import Adoption, NewLayout
from db.programme_rows import Direction, layout_change
from starter.client.interface import Applied
from starter.commands.importing.application_cells import cell_of
from starter.commands.importing.columns import COLUMNS, at
from tests.rules.builders import application
from tests.starter.conftest import PretendClient
from tests.starter.odd_tables import Value
from workflows.application import PlatformApplication

Run = Callable[..., Result]
Rows = list[list[Value]]
Taken = Callable[[], list[dict[str, Any]]]

ACTOR = {"actor.id": "kw-1", "actor.role": "commission", "actor.organisation": "市科委"}
_FORM = application(platform_id="p-1", direction="x")
_APPLICATION: dict[str, Value] = {
    name: str(cell) if (cell := cell_of(column, _FORM)) is not None else None
    for name, column in COLUMNS.items()
    if at(_FORM, name) is not None or name == "plan.mechanisms.independent_by"
}


@dataclass(frozen=True)
class Command:
    """A command that reads tables: how it is called, a good row, and which column holds what."""

    args: tuple[str, ...]
    good: dict[str, Value]
    columns: dict[str, str]
    """The column of a kind of cell: `text`, `id`, `day`, `number`."""
    before: tuple[str, ...] = ("--file",)

    def rows(self, kind: str, cell: Value) -> Rows:
        """A heading and a row, with a cell of this kind."""
        row = {**self.good, self.columns[kind]: cell}
        return [[*row], [*row.values()]]


COMMANDS = {
    "import": Command(
        ("import", "--first-terms"),
        _APPLICATION,
        {
            "text": "direction",
            "id": "platform_id",
            "day": "plan.mechanisms.independent_by",
            "number": "plan.mechanisms.lead_unit_funding_wan",
        },
        (),
    ),
    "decide": Command(
        ("decide",),
        {
            **{"platform": "p-1", "kind": "support", "decided_on": "2026-11-24", "support": "tax"},
            **{"title": "x", "given_on": "2026-11-24", "amount_wan": "1", **ACTOR},
        },
        {"text": "title", "id": "platform", "day": "given_on", "number": "amount_wan"},
    ),
    "list": Command(
        ("list", "publish", "--number", "2026-1"),
        {
            **{"platform": "p-1", "certificate_number": "B-1", "note": "x"},
            **{"decided_on": "2026-11-24", **ACTOR},
        },
        {"text": "note", "id": "certificate_number", "day": "decided_on"},
    ),
    "layout": Command(
        (
            "layout",
            "import",
            "--adopted-on",
            "2026-12-01",
            "--document",
            f"布局通知={'0' * 64}",
            "--agreed",
            "haidian",
        ),
        {"field": "low_altitude", "direction": "x", "priority": "1", "districts": "海淀区"},
        {"text": "direction", "id": "field", "number": "priority"},
        (),
    ),
}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, dict[str, Any]]]) -> Taken:
    """What a command took out of its file, by the columns; nothing is sent to any server."""
    found: list[dict[str, Any]] = []

    async def apply(self: PretendClient, form: PlatformApplication, _: object = None) -> Applied:
        message = form.model_dump(mode="json")
        found.append({name: at(message, name) for name in COLUMNS})
        return Applied(
            platform_id=form.platform_id,
            application_id=form.application_id,
            term=1,
            workflow_id="w",
            repeated=False,
        )

    async def compare(engine: None, new: Sequence[Direction], adopted_on: date) -> NewLayout:
        return NewLayout(base=None, change=layout_change((), new))

    async def adopt(
        engine: None, new: Sequence[Direction], adoption: Adoption, **how: Any
    ) -> NewLayout:
        found.extend(one.model_dump(mode="json") for one in new)
        return NewLayout(base=None, change=layout_change((), new), version=1)

    @asynccontextmanager
    async def no_engine(**how: Any) -> AsyncIterator[None]:
        yield None

    monkeypatch.setattr(PretendClient, "apply", apply)
    monkeypatch.setattr("db.layout_rows.compare_layout", compare)
    monkeypatch.setattr("db.layout_rows.adopt_layout", adopt)
    monkeypatch.setattr("starter.client.register_access.open_engine", no_engine)
    return lambda: [*found, *({"platform": platform, **said} for platform, said in sent)]


def run(pingtai: Run, command: Command, name: str, content: bytes | str) -> Result:
    """Run a command with a file."""
    path = Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return pingtai(*command.args, *command.before, name)


def refused(result: Result, taken: Taken, *words: str) -> bool:
    """Whether a file was refused with one of these words, and nothing of it taken."""
    told = result.stdout + result.stderr
    in_words = any(word in told for word in words) and "Traceback" not in told
    return (2, [], True) == (result.exit_code, taken(), in_words)


BROKEN = "cannot be read as XLSX"
of_each = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


def rows_of(command: Command, cell: Value = "甲乙") -> Rows:
    """Good rows, with a Chinese text."""
    return command.rows("text", cell)


def more(command: Command) -> Rows:
    """Good rows, and a second one."""
    rows = rows_of(command)
    return [
        *rows,
        [
            f"{cell}2" if name in (command.columns["id"], "application_id") else cell
            for name, cell in zip(*rows, strict=True)
        ],
    ]


def item(command: Command, **changes: Any) -> dict[str, Any]:
    """A good row as a JSON object, with other values."""
    if command.args[0] == "import":
        return {**_FORM, **changes}
    flat = {name: value for name, value in command.good.items() if "." not in name}
    if "amount_wan" in flat:
        flat["amount_wan"] = 1
    actor = {"actor": {name.partition(".")[2]: one for name, one in ACTOR.items()}}
    return {**flat, **(actor if "actor.id" in command.good else {}), **changes}


def lines(*items: dict[str, Any]) -> str:
    """A JSON object a line."""
    return "".join(json.dumps(one) + "\n" for one in items)


def twice(command: Command) -> str:
    """An object that says one name twice."""
    name = command.columns["text"]
    return lines(item(command)).replace("{", f'{{"{name}": "y", ', 1)
