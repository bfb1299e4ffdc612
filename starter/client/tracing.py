"""Traces by OpenTelemetry, where PINGTAI_TRACING asks for them: from a call to tasks and activities.

Spans have names and ids of workflows and activities and the reasons of refusals, and no payloads. Where they go
is said by OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS, ….
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import Plugin

from starter.errors import BadInput


@contextmanager
def tracing(service: str, *, on: bool) -> Iterator[tuple[Plugin, ...]]:
    """Yield the plugin for clients and workers of this process, or none; at the end all spans are sent.

    Raises:
        BadInput: OpenTelemetry is not installed, or payloads are encrypted.
    """
    if not on:
        yield ()
        return
    if os.environ.get("PINGTAI_PAYLOAD_KEYS"):
        raise BadInput(
            "PINGTAI_TRACING cannot be used with PINGTAI_PAYLOAD_KEYS: spans tell reasons of refusals",
            "PINGTAI_TRACING 不能与 PINGTAI_PAYLOAD_KEYS 同时使用：追踪数据含未加密的不予受理原因",
        )
    try:
        from opentelemetry import trace  # noqa: PLC0415 - an extra
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from temporalio.contrib.opentelemetry import (  # noqa: PLC0415
            OpenTelemetryPlugin,
            create_tracer_provider,
        )
    except ImportError:
        raise BadInput(
            "PINGTAI_TRACING needs OpenTelemetry: pip install 'pingtai[otel]'",
            "PINGTAI_TRACING 需要 OpenTelemetry：pip install 'pingtai[otel]'",
        ) from None
    # OTEL_SERVICE_NAME, where it is set, says it better.
    named = Resource.create({} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: service})
    provider = create_tracer_provider(resource=named, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield (OpenTelemetryPlugin(add_temporal_spans=True),)
    finally:
        provider.shutdown()
