"""A lost connection is said once in words of ours: the SDK's core writes nothing of its retries."""

from typing import Any

import pytest
from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig

from starter.client import temporal_connection
from starter.errors import Unreachable


@pytest.mark.parametrize("own", [False, True], ids=["a command", "a worker"])
async def test_the_core_of_a_command_s_connection_is_quiet(
    monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    """Before it connects, also when nothing answers; a worker's own runtime logs as it is told to."""
    became: list[Any] = []

    async def nobody_answers(*_: Any, **__: Any) -> Client:
        assert own == (became == [])
        raise RuntimeError("connection refused")

    def runtime(*, telemetry: TelemetryConfig) -> TelemetryConfig:
        return telemetry

    def set_default(chosen: Any, **_: Any) -> None:
        became.append(chosen)

    temporal_connection.quietly.cache_clear()
    monkeypatch.setenv("TEMPORAL_ADDRESS", "localhost:1")
    monkeypatch.setattr(temporal_connection, "Runtime", runtime)
    monkeypatch.setattr(runtime, "set_default", set_default, raising=False)
    monkeypatch.setattr(Client, "connect", nobody_answers)
    given = Runtime(telemetry=TelemetryConfig()) if own else None
    with pytest.raises(Unreachable):
        await temporal_connection.connect(runtime=given)
    temporal_connection.quietly.cache_clear()
    assert all(telemetry.logging is None for telemetry in became)
