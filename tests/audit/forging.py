"""Forgeries for the audit's tests: histories as somebody makes them who starts workflows themselves.

What they start runs on the true code, so its commands and all that it hands over are what the code gives.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from audit.histories import StoredHistory
from workflows.decision import digest_of_content
from workflows.record import LogEntry

STARTED = "workflowExecutionStartedEventAttributes"
NEW_RUN = "01b00000-0000-7000-8000-00000000000"


def started_raw(history: StoredHistory, number: int = 1) -> StoredHistory:
    """A run with all that it took up, begun by nobody's run: as a client starts it, with a second argument."""
    run_id = f"{NEW_RUN}{number}"

    def change(data: Any) -> None:
        begun = data["events"][0][STARTED]
        for name in (
            "continuedExecutionRunId",
            "initiator",
            "prevAutoResetPoints",
            "parentWorkflowExecution",
            "parentInitiatedEventId",
        ):
            begun.pop(name, None)
        begun["firstExecutionRunId"] = begun["originalExecutionRunId"] = run_id

    return replace(_changed(history, change), run_id=run_id)


def of_another(history: StoredHistory, platform_id: str, run_id: str) -> StoredHistory:
    """The same life under another platform's id, sealed anew: each hash is worked out again."""
    text = history.content.decode().replace(history.platform_id, platform_id)
    data = json.loads(text.replace(history.run_id, run_id))
    own = history.platform_id
    workflow_id = history.workflow_id.replace(own, platform_id)
    content = _sealed_anew(data, own, platform_id)
    return replace(history, workflow_id=workflow_id, run_id=run_id, content=content)


def said_otherwise(history: StoredHistory, old: str, new: str) -> StoredHistory:
    """A run in which people said something else, wherever that stands, sealed anew: nothing contradicts it."""
    return replace(history, content=_sealed_anew(history.data, old, new))


def _sealed_anew(data: Any, old: str, new: str) -> bytes:
    """A history with other words in its payloads, in which each hash of its log is worked out again."""
    payloads = [p for p in _payloads(data) if old.encode() in _of(p) or b'"hash"' in _of(p)]
    for payload in payloads:
        _put(payload, _of(payload).replace(old.encode(), new.encode()))
    hashes: dict[str, str] = {}
    for entry in _entries([json.loads(_of(p)) for p in payloads]):
        previous = hashes.get(entry.previous, entry.previous)
        sealed = entry.model_copy(update={"previous": previous})
        hashes[entry.hash] = sealed.seal()
        said = json.loads(json.dumps(entry.said, ensure_ascii=False).replace(new, old))
        hashes[digest_of_content(said)] = digest_of_content(entry.said)  # in receipts
    for payload in _payloads(data):
        content = _of(payload)
        for before, after in hashes.items():
            content = content.replace(before.encode(), after.encode())
        _put(payload, content)
    return json.dumps(data, ensure_ascii=False).encode()


def input_changed(
    history: StoredHistory, which: int, change: Callable[[Any], None]
) -> StoredHistory:
    """A run that was begun with another input: its argument number `which`, changed as plain data."""

    def changed(data: Any) -> None:
        payload = data["events"][0][STARTED]["input"]["payloads"][which]
        given = json.loads(_of(payload))
        change(given)
        _put(payload, json.dumps(given, ensure_ascii=False).encode())

    return _changed(history, changed)


def payloads_changed(history: StoredHistory, change: Callable[[str], str]) -> StoredHistory:
    """A run in whose payloads something else stands, wherever `change` makes another text of one."""

    def changed(data: Any) -> None:
        for payload in _payloads(data):
            given = _of(payload).decode()
            if (said := change(given)) != given:
                _put(payload, said.encode())

    return _changed(history, changed)


def _changed(history: StoredHistory, change: Callable[[Any], None]) -> StoredHistory:
    data = json.loads(history.content)
    change(data)
    return replace(history, content=json.dumps(data, ensure_ascii=False).encode())


def _payloads(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if isinstance(data.get("data"), str) and "metadata" in data:
            yield data
        for part in data.values():
            yield from _payloads(part)
    elif isinstance(data, list):
        for part in data:
            yield from _payloads(part)


def _of(payload: dict[str, Any]) -> bytes:
    return base64.b64decode(payload["data"])


def _put(payload: dict[str, Any], content: bytes) -> None:
    payload["data"] = base64.b64encode(content).decode()


def _entries(data: Any) -> list[LogEntry]:
    """All log entries in plain data, once each, by their numbers."""
    found: dict[str, LogEntry] = {}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if {"seq", "previous", "hash", "said"} <= part.keys():
                entry = LogEntry.model_validate_json(json.dumps(part))
                found.setdefault(entry.hash, entry)
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(data)
    return sorted(found.values(), key=lambda entry: entry.seq)
