"""How workers read payloads: as temporalio's pydantic converter does, and never failing on a stranger's.

A payload that cannot be read (an unknown encoding, no JSON) fails the whole workflow task, again and
again: one such start or signal, and the case stands still. A worker reads it as a text that says so,
which every message refuses.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, EncodingPayloadConverter, SerializationContext


class WorkerPayloadConverter(PydanticPayloadConverter):
    """The contract's converter, for workers. What it writes, and what it can read, is the same."""

    _made: ClassVar[dict[bytes, EncodingPayloadConverter]] = {}

    def __init__(self) -> None:
        """Share the parts, which keep nothing but how types are read.

        The SDK makes a converter for each activation and for each answer to one.
        """
        if not self._made:
            super().__init__()
            self._made.update(self.converters)
        self.converters = self._made

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """Read payloads; one of no stated type that cannot be read becomes a text that says so."""
        try:
            return super().from_payloads(payloads, type_hints)
        except Exception:
            if type_hints is not None:
                raise
        return [self._readable(payload) for payload in payloads]

    def _readable(self, payload: Payload) -> Any:
        try:
            return super().from_payloads([payload])[0]
        except Exception:
            encoding = payload.metadata.get("encoding", b"")[:40].decode("ascii", "replace")
            return (
                f"(a payload that cannot be read: encoding {encoding!r}, {len(payload.data)} bytes)"
            )


class WorkerDataConverter(DataConverter):
    """A converter that the SDK asks several times a task for one that knows whose payload it is."""

    def with_context(self, context: SerializationContext) -> Self:
        """Return itself: nothing but a codec looks at a context."""
        return self if self.payload_codec is None else super().with_context(context)


WORKER_DATA_CONVERTER = WorkerDataConverter(payload_converter_class=WorkerPayloadConverter)
"""For workers and replays."""


def worker_converter(client: DataConverter) -> DataConverter:
    """Return the worker's converter beside a client's: it encrypts where that does."""
    if client.payload_codec is None:
        return WORKER_DATA_CONVERTER
    return replace(client, payload_converter_class=WorkerPayloadConverter)
