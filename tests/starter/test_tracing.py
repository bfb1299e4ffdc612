"""PINGTAI_TRACING: off by default, and refused in words where it cannot be used."""

import sys

import pytest

from starter.client.tracing import tracing
from starter.errors import BadInput
from worker.settings import load_settings


def test_it_is_off_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And loads nothing then."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    assert "off" == load_settings().tracing
    with tracing("test", on=False) as plugins:
        assert () == plugins


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINGTAI_TRACING", "jaeger")
    with pytest.raises(BadInput, match="write off or otlp"):
        load_settings()


def test_what_is_missing_and_what_would_leak_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra that is not installed, and encrypted payloads."""
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
        with pytest.raises(BadInput, match=r"pip install 'pingtai\[otel\]'"), tracing("t", on=True):
            pass
    monkeypatch.setenv("PINGTAI_PAYLOAD_KEYS", "/etc/pingtai/payload.keys")
    with pytest.raises(BadInput, match="reasons of refusals"), tracing("t", on=True):
        pass
