"""The commands as the entry point composes them, with a client that answers without any server."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from starter.client.interface import Applied, ToSign
from starter.client.register_lookups import NoRegister
from starter.client.temporal_client import PingtaiClient
from starter.clock import today
from starter.commands import COMMANDS
from starter.commands.roster import (
    roster_changing,
    roster_confirming,
    roster_opening,
    roster_reading,
)
from starter.doubts.message_doubts import LONG_AGO
from starter.terminal.chosen_language import speaking
from starter.terminal.lazy_group import LazyGroup
from tests.nobody import be_nobody
from tests.starter.memory_roster import MemoryRoster
from tests.starter.roster_office import Office, Run
from workflows.application import PlatformApplication
from workflows.awaited import Awaited
from workflows.decision import Decision
from workflows.model import as_sent
from workflows.run_io import DecisionPreview
from workflows.states import Receipt
from workflows.vocabulary import Role


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on who runs it: no settings, an empty home, English."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    # The decisions of these tests are of late 2026: that is not long ago, whenever they run.
    long_ago = max(LONG_AGO, (today() - date(2026, 8, 26)).days)
    monkeypatch.setattr("starter.doubts.message_doubts.LONG_AGO", long_ago)


@pytest.fixture
def receipt() -> Receipt:
    """What a recommendation is answered with."""
    return Receipt(
        decision_id="d-1",
        platform_id="p-1",
        term=1,
        seq=2,
        at=datetime(2026, 11, 23, 18, 30, tzinfo=UTC),
        kind="recommendation",
        outcome="recommended",
        stage="inspection",
        awaited=(Awaited(kind="inspection", role=Role.COMMISSION, rule="§四(二)"),),
        due=datetime(2027, 1, 5, 16, tzinfo=UTC),
        said_sha256="0" * 64,
    )


@pytest.fixture
def answers(receipt: Receipt) -> dict[str, Any]:
    """What the client answers, by method; an exception is raised. Tests change it."""
    case = {"platform_id": "p-1", "term": 1, "answers": "a" * 64}
    preview = DecisionPreview(stage="inspection")
    return {"connect": None, "decide": receipt, "log": [], "to_sign": case, "check": preview}


@pytest.fixture
def sent() -> list[tuple[str, dict[str, Any]]]:
    """The decisions that the client was asked to send, with their platforms."""
    return []


class PretendClient:
    """Answers as it was told to."""

    def __init__(
        self, answers: dict[str, Any], sent: list[tuple[str, dict[str, Any]]], register: NoRegister
    ) -> None:
        self._answers = answers
        self._sent = sent
        self._register = register

    async def decide(self, platform_id: str, decision: Decision | dict[str, Any]) -> Any:
        raw = as_sent(decision) if isinstance(decision, Decision) else decision
        self._sent.append((platform_id, raw))
        return self._answer("decide")

    async def apply(self, application: PlatformApplication, sign: Any = None) -> Any:
        previous = await self._register.last_term(application.platform_id)
        if "apply" in self._answers:
            return self._answer("apply")
        return Applied(
            platform_id=application.platform_id,
            application_id=application.application_id,
            term=previous.term + 1 if previous else 1,
            workflow_id=f"platform:{application.platform_id}",
        )

    async def taken_up(self, applied: Applied, within: float) -> bool:
        return True

    async def roster_proof(self, person: str) -> Any:
        proofs = self._answers.get("proofs", {})
        if isinstance(proofs, BaseException):
            raise proofs
        return proofs.get(person)

    async def roster_holder(self, public: str) -> str | None:
        return dict[str, str].get(
            self._answers.get("holders", {}), public, self._answers.get("no_holder")
        )

    async def check(self, platform_id: str, decision: Decision | dict[str, Any]) -> Any:
        return self._answer("check")

    async def to_sign(self, platform_id: str, decision: Decision | dict[str, Any]) -> Any:
        raw = as_sent(decision) if isinstance(decision, Decision) else decision
        case = self._answer("to_sign")
        if case is None:
            return None
        needed = self._answers.get("signatures_needed", 0)
        named = case | (raw.get("case") or {})
        return ToSign(decision=raw | {"case": named}, signatures_needed=needed)

    async def log(self, platform_id: str) -> Any:
        return self._answers.get("case_log", [])

    async def state(self, platform_id: str) -> Any:
        return self._answer("state")

    async def assessment_state(self, platform_id: str, term: int, year: int) -> Any:
        return self._answer("assessment_state")

    def _answer(self, name: str) -> Any:
        answer = self._answers[name]
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def pingtai(
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, Any],
    sent: list[tuple[str, dict[str, Any]]],
) -> Callable[..., Result]:
    """Run `pingtai` with these arguments; `lang` and `input` by name."""

    async def connect(register: NoRegister, **_: Any) -> Any:
        if isinstance(answers["connect"], BaseException):
            raise answers["connect"]
        return PretendClient(answers, sent, register)

    class PretendRegister:
        async def log(self, platform: str) -> Any:
            return answers["log"]

        async def platform(self, platform: str) -> Any:
            """No card, unless a test has one: what a decision is about is not shown."""
            return answers.get("card")

    @asynccontextmanager
    async def reads(**_: Any) -> AsyncIterator[Any]:
        if isinstance(answers["log"], BaseException):
            raise answers["log"]
        yield PretendRegister()

    monkeypatch.setattr(PingtaiClient, "connect", connect)
    monkeypatch.setattr("starter.commands.decision_calls.open_reads", reads)

    @click.group(cls=LazyGroup, listed=COMMANDS)
    @click.option("--lang")
    @click.pass_context
    def group(context: click.Context, lang: str | None) -> None:
        context.with_resource(speaking(lang))

    def run(*args: str, lang: str | None = None, stdin: str | bytes | None = None) -> Result:
        before = ("--lang", lang) if lang else ()
        return CliRunner().invoke(group, (*before, *args), input=stdin)

    return run


@pytest.fixture
def roster(monkeypatch: pytest.MonkeyPatch) -> MemoryRoster:
    """The commands reach this one."""
    memory = MemoryRoster()

    @asynccontextmanager
    async def opened() -> AsyncIterator[MemoryRoster]:
        yield memory

    for module in (roster_changing, roster_confirming, roster_opening, roster_reading):
        monkeypatch.setattr(module, "open_roster", opened)
    return memory


@pytest.fixture
def office(pingtai: Run, tmp_path: Path, roster: MemoryRoster) -> Office:
    """kw-01 sits at the desk."""
    office = Office(pingtai, tmp_path)
    office.sit_down("kw-01")
    return office


@pytest.fixture
def opened(office: Office) -> Office:
    """The roster is set up."""
    office.run("init", office.officers(), "--sign", office.key("kw-02"))
    return office
