"""PINGTAI_TRACING: off by default, and refused in words where it cannot be used."""

import sys

import pytest

from starter.client.tracing import tracing
from starter.errors import BadInput


@pytest.mark.parametrize("value", ["", "off"])
def test_it_is_off_unless_it_is_asked_for(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGTAI_TRACING", value)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with tracing("test") as plugins:
        assert () == plugins


def test_what_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another word, an extra that is not installed, and encrypted payloads."""
    monkeypatch.setenv("PINGTAI_TRACING", "jaeger")
    with pytest.raises(BadInput, match="write off or otlp"), tracing("test"):
        pass
    monkeypatch.setenv("PINGTAI_TRACING", "otlp")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
        with pytest.raises(BadInput, match=r"pip install 'pingtai\[otel\]'"), tracing("test"):
            pass
    monkeypatch.setenv("PINGTAI_PAYLOAD_KEYS", "/etc/pingtai/payload.keys")
    with pytest.raises(BadInput, match="reasons of refusals"), tracing("test"):
        pass
