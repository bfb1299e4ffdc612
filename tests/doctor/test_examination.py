"""What the examination says where a whole server is missing: once, and with what to do."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio.service import RPCError, RPCStatusCode

from db.engine import create_engine
from starter.client.connection_errors import connection_reason
from worker.doctor import check_installation, check_temporal
from worker.doctor.check_register import register_complete
from worker.doctor.examination import _points, examine
from worker.doctor.finding import Finding, Verdict
from worker.register_owner import warn_of_another_temporal


class NoNamespace:
    """A Temporal that has no namespace of this name, or does not answer."""

    namespace = "nope"

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status
        self.workflow_service = self
        self.asked = 0

    async def describe_namespace(self, _: object) -> None:
        self.asked += 1
        raise RPCError("Namespace nope is not found.", self._status, b"")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was asked of a Temporal that is not there")


class AwayEngine:
    """A register that nobody can reach."""

    url = SimpleNamespace(host="db.internal", database="pingtai", query={})

    def connect(self) -> None:
        raise ConnectionRefusedError(111, "Connect call failed")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.internal:7233")


async def findings(client: Any) -> list[Finding]:
    return [one async for one in examine(client, AwayEngine())]  # type: ignore[arg-type]


def test_each_point_has_a_name_of_its_own() -> None:
    """One that cannot be examined is called by it."""
    nobody: Any = None
    names = [point.name for point in _points(nobody, nobody, at_work=True)]
    assert len(set(names)) == len(names)


async def test_a_missing_namespace_and_register_are_said_once() -> None:
    """Not nine times, and not after a tick: the rest is about what is on this machine."""
    first, *rest = await findings(NoNamespace(RPCStatusCode.NOT_FOUND))
    assert Verdict.BAD is first.verdict
    assert not first.unreachable
    assert 'has no namespace "nope"' in first.what.en
    assert first.advice
    assert "temporal operator namespace create --namespace nope --retention 3650d" in (
        first.advice.en
    )
    away = [one for one in rest if one.unreachable]
    assert ["PostgreSQL cannot be reached; the points that need it were not examined"] == [
        one.what.en for one in away
    ]
    assert (await check_installation.packages()) in rest


async def test_a_temporal_that_does_not_answer_is_said_once() -> None:
    found = await findings(NoNamespace(RPCStatusCode.UNAVAILABLE))
    assert ["Temporal", "PostgreSQL"] == [
        one.what.en.split()[0] for one in found if one.unreachable
    ]


async def test_retention_is_that_of_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day is a day; what is recommended is what docs/deployment.md says."""

    async def a_day(_: object) -> Any:
        return timedelta(days=1)

    monkeypatch.setattr(check_temporal, "kept_after_the_end", a_day)
    found = await check_temporal.retention(SimpleNamespace(namespace="x"))  # type: ignore[arg-type]
    assert "deleted 1 day after" in found.what.en
    assert found.advice
    assert found.advice.en.endswith("--retention 3650d")


async def test_another_system_s_register_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open terms in the register, and a namespace that never had a platform."""

    async def twenty(*_: object) -> int:
        return 20

    count = 0

    async def platforms(_: str) -> Any:
        return SimpleNamespace(count=count)

    monkeypatch.setattr("worker.register_owner.open_terms", twenty)
    client: Any = SimpleNamespace(namespace="other", count_workflows=platforms)
    nobody: Any = None
    found = await register_complete(client, nobody)
    assert Verdict.BAD is found.verdict
    assert "belongs to another Temporal or namespace" in found.what.en
    with capture_logs() as logs:
        await warn_of_another_temporal(client, nobody)  # as a worker does that starts
        count = 1
        await warn_of_another_temporal(client, nobody)
    [told] = logs
    assert ("error", True) == (told["log_level"], found.what.en in told["event"])
    assert "DATABASE_URL" in told["event"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ('Error(Os { code: 111, kind: ConnectionRefused, message: "…" })', "connection refused"),
        ("InvalidData, error: InvalidMessage(InvalidContentType)", "does not use TLS"),
        ("Error(Io, Kind(ConnectionReset))", "set TEMPORAL_TLS=true"),
        ('ConnectError("dns error", Custom {})', "host name is unknown"),
        ("word " * 100, "word …"),
    ],
)
def test_the_core_s_text_becomes_a_reason(told: str, reason: str) -> None:
    """No nested error, and no word cut in two."""
    assert reason in connection_reason(told).en


async def test_missing_tables_are_said_once(empty_database_url: str) -> None:
    """A fresh database: the point about tables says so, and those that need them are left out."""
    engine = create_engine(empty_database_url, pooled=False)
    client: Any = NoNamespace(RPCStatusCode.NOT_FOUND)
    found = [one async for one in examine(client, engine)]
    wrong = [one.what for one in found if one.verdict is Verdict.BAD]
    _, *of_register = wrong  # the namespace comes first
    assert ["the register's tables are out of date: no tables"] == [
        one.en.partition(" ->")[0] for one in of_register
    ]
    assert not [one for one in found if "cannot be examined" in one.what.en]
    assert not [one for one in found if "无法检查" in one.what.zh]
    await engine.dispose()
