"""The files of a dossier, made from a life: the same life and head give the same bytes, anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.anchoring.proofs import Proof
from audit.dossier.format import (
    DEADLINES,
    MANIFEST,
    PROOF,
    READ_ME,
    REPLAY,
    REPORTS,
    STATES,
    Head,
    Manifest,
    RunFile,
    history_file,
    json_bytes,
    plan_file,
    sum_of,
)
from audit.dossier.lives import Life, report_of
from audit.dossier.read_me import read_me
from audit.histories import StoredHistory
from audit.report.rendering import render
from workflows.log_id import LogId
from workflows.model import canonical
from workflows.record import LogEntry
from workflows.rules import CaseState


def files_of(life: Life, head: Head, proof: Proof | None) -> dict[str, bytes]:
    """All files but the manifest, by name."""
    files = {
        file: history.content
        for file, history in zip(names_of(life.histories), life.histories, strict=True)
    }
    files |= {place.file: log_bytes(log) for place, log in life.logs.items()}
    files |= {
        plan_file(*key): json_bytes(plan.model_dump(mode="json"))
        for key, plan in life.plans.items()
    }
    files[STATES] = states_bytes(life.states)
    files[REPLAY] = json_bytes([report_of(one).model_dump(mode="json") for one in life.replays])
    files[DEADLINES] = json_bytes([due.model_dump(mode="json") for due in life.deadlines])
    if proof:
        files[PROOF] = json_bytes(proof.model_dump(mode="json"))
    files[READ_ME] = read_me(head).encode()
    for language, name in REPORTS.items():
        files[name] = render(life, head, proof, language).encode()
    return files


def with_manifest(files: Mapping[str, bytes], life: Life, head: Head) -> dict[str, bytes]:
    """The files with their manifest."""
    manifest = Manifest(
        **head.model_dump(),
        runs=tuple(
            RunFile(
                file=file,
                workflow_id=history.workflow_id,
                run_id=history.run_id,
                started_at=history.started_at,
                closed_at=history.closed_at,
                sdk=history.sdk,
                codec=history.codec,
            )
            for file, history in zip(names_of(life.histories), life.histories, strict=True)
        ),
        files=tuple(sum_of(name, content) for name, content in sorted(files.items())),
    )
    return {MANIFEST: json_bytes(manifest.model_dump(mode="json")), **files}


def names_of(histories: Iterable[StoredHistory]) -> list[str]:
    """The files' names of histories, which come by workflow and as they were started."""
    names, number, before = [], 0, ""
    for history in histories:
        number = number + 1 if history.workflow_id == before else 1
        names.append(history_file(history.workflow_id, number, history.run_id))
        before = history.workflow_id
    return names


def log_bytes(log: Sequence[LogEntry]) -> bytes:
    """A log as JSON Lines: what an entry's hash seals, with the hash."""
    return b"".join(canonical(entry.model_dump(mode="json")) + b"\n" for entry in log)


def states_bytes(states: Mapping[LogId, CaseState]) -> bytes:
    """The states to which logs lead."""
    rows: list[dict[str, Any]] = [
        {**place._asdict(), "state": state.model_dump(mode="json")}
        for place, state in sorted(states.items())
    ]
    return json_bytes(rows)
