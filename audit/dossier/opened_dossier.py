"""A dossier, opened: its manifest, logs and histories, and what is wrong with the files themselves."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from audit.anchoring.proofs import Proof
from audit.anchoring.stamp_rows import KeptStamp
from audit.archive.event_json import history_of
from audit.dossier.dossier_files import log_bytes
from audit.dossier.erased_terms import read_erased_terms
from audit.dossier.format import (
    CERTIFICATES,
    MANIFEST,
    PROOF,
    STAMP,
    Manifest,
    RunFile,
    is_name,
)
from audit.dossier.lives import erased_logs
from audit.erasing.erased_file import ErasedFile
from audit.evidence_files import cannot_read
from audit.histories import NoHistory, StoredHistory
from audit.problems import Check, Problem
from audit.reading.log_links import Logs
from starter.errors import BadInput
from starter.tables.strict_json import strict_loads
from starter.value_names import with_terms
from workflows.log_id import LogId
from workflows.model import problem_in
from workflows.record import LogEntry
from workflows.words import Words


@dataclass
class OpenedDossier:
    """What is in a dossier, as far as it could be read."""

    files: dict[str, bytes]
    manifest: Manifest
    logs: Logs = field(default_factory=dict)
    histories: list[StoredHistory] = field(default_factory=list)
    erased: tuple[ErasedFile, ...] = ()
    """What is left of erased terms."""
    proof: Proof | None = None
    stamp: KeptStamp | None = None
    """The time stamp of the proof's digest."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def all_logs(self) -> Logs:
        """All logs: those that can be read, and those of erased terms."""
        return {**erased_logs(self.erased), **self.logs}

    @property
    def history_files(self) -> dict[tuple[str, str], str]:
        """The files of the histories, by workflow id and run id."""
        return {(run.workflow_id, run.run_id): run.file for run in self.manifest.runs}


def open_dossier(files: dict[str, bytes]) -> OpenedDossier:
    """Read the files of a dossier.

    Raises:
        BadInput: there is no manifest that can be read: it is no dossier, or of a newer program.
    """
    content = files.get(MANIFEST)
    if content is None:
        raise BadInput(f"no dossier: {MANIFEST} is missing", f"不是档案：缺少 {MANIFEST}")
    try:
        strict_loads(content)
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        field, words = problem_in(error.errors()[0])
        why = Words(words.en, with_terms(words.zh)).at(field)
        raise BadInput(
            f"{MANIFEST} cannot be read: {why.en}. Was the dossier made by a newer program?",
            f"无法读取 {MANIFEST}：{why.zh}。档案是否由更新的程序编制？",
        ) from None
    except (ValueError, RecursionError) as error:
        raise cannot_read(MANIFEST, error) from None
    dossier = OpenedDossier(files, manifest)
    dossier.problems += _sums(files, manifest)
    dossier.logs = {place: log for place, log in _logs(files, dossier.problems) if log}
    dossier.erased = tuple(read_erased_terms(files, manifest.platform_id, dossier.problems))
    for run in manifest.runs:
        history = _history(files, run, dossier.problems)
        if history:
            dossier.histories.append(history)
    dossier.histories.sort(key=lambda one: (one.workflow_id, one.started_at, one.run_id))
    dossier.proof = _proof(files, dossier.problems)
    if STAMP in files:
        dossier.stamp = KeptStamp(files[STAMP], files.get(CERTIFICATES, b""))
    return dossier


def _sums(files: dict[str, bytes], manifest: Manifest) -> Iterator[Problem]:
    """Every file is as the manifest says, all are there, and no other."""
    listed = {one.name: one for one in manifest.files}
    if len(listed) != len(manifest.files):
        yield Problem(MANIFEST, Words("a file is listed twice", "有文件重复列出"), Check.FILES)
    for name in sorted({*listed, *files} - {MANIFEST}):
        if not is_name(name):
            words = Words(
                "no dossier has a file of this name: it was added", "档案中不应有此文件：系后加"
            )
        elif name not in files:
            words = Words("missing: the manifest lists it", "缺失：清单中列有此文件")
        elif name not in listed:
            words = Words("not in the manifest: it was added", "不在清单中：系后加")
        elif sha256(files[name]).hexdigest() != listed[name].sha256:
            words = Words(
                "changed: its SHA-256 is not the manifest's", "被改动：SHA-256 与清单不符"
            )
        elif len(files[name]) != listed[name].bytes:
            words = Words(
                f"it has {len(files[name])} bytes, by the manifest {listed[name].bytes}",
                f"{len(files[name])} 字节，而清单载 {listed[name].bytes} 字节",
            )
        else:
            continue
        yield Problem(name, words, Check.FILES)
    runs = {run.file for run in manifest.runs}
    for name in sorted(name for name in listed if name.startswith("histories/")):
        if name not in runs:
            words = Words("the manifest names no run for it", "清单未列其运行")
            yield Problem(name, words, Check.FILES)


def _logs(
    files: dict[str, bytes], problems: list[Problem]
) -> Iterator[tuple[LogId, tuple[LogEntry, ...]]]:
    for name in sorted(name for name in files if name.startswith("logs/")):
        lines = files[name].removesuffix(b"\n").split(b"\n")
        try:
            log = tuple(LogEntry.model_validate_json(line) for line in lines)
            place = LogId.of_file(name)
        except (ValueError, RecursionError):
            number = next((n for n, line in enumerate(lines, 1) if not _readable(line)), 0)
            words = Words(f"line {number} is no entry of a log", f"第 {number} 行不是记录条目")
            problems.append(Problem(name, words, Check.CHAIN))
            continue
        if log_bytes(log) != files[name]:
            words = Words(
                "it holds more than its entries, or holds them in another form",
                "含有条目以外的内容，或形式不符",
            )
            problems.append(Problem(name, words, Check.CHAIN))
        yield place, log


def _readable(line: bytes) -> bool:
    try:
        LogEntry.model_validate_json(line)
    except (ValueError, RecursionError):
        return False
    return True


def reset_to(events: list[dict[str, Any]]) -> list[str]:
    """The runs that came of it by a reset: their history begins as that of the run before."""
    failed = (event.get("workflowTaskFailedEventAttributes") or {} for event in events)
    return [one["newRunId"] for one in failed if one.get("newRunId")]


def _history(
    files: dict[str, bytes], run: RunFile, problems: list[Problem]
) -> StoredHistory | None:
    """The history of a run, of which the events themselves must say what the manifest says."""

    def wrong(en: str, zh: str) -> None:
        problems.append(Problem(run.file, Words(en, zh), Check.RUNS))

    content = files.get(run.file)
    if content is None:
        wrong("missing: the history of a run", "缺失：一次运行的历史")
        return None
    try:
        history = history_of(content, workflow_id=run.workflow_id, run_id=run.run_id, sdk=run.sdk)
        history.platform_id  # noqa: B018 - raises where it is no workflow of ours
        first = history.data["events"][0]["workflowExecutionStartedEventAttributes"]
    except (NoHistory, KeyError, TypeError, RecursionError) as error:
        wrong(f"no history of a run: {error}", f"不是运行的历史：{error}")
        return None
    if run.codec is not None:
        wrong(
            f"it names a payload codec, {run.codec!r}, and no codec is known",
            f"标注了载荷编码“{run.codec}”，而此处没有任何编码",
        )
    if history.closed_at and history.closed_at != run.closed_at:
        wrong(
            f"it was closed at {history.closed_at}, not at {run.closed_at}",
            f"其结束时间为 {history.closed_at}，不是 {run.closed_at}",
        )
    named = first.get("workflowId", run.workflow_id)
    if named != run.workflow_id:
        wrong(
            f"it is of {named}, not of {run.workflow_id}", f"属于 {named}，不是 {run.workflow_id}"
        )
    own = run.run_id in (first.get("firstExecutionRunId"), *reset_to(history.data["events"]))
    if not own and not first.get("continuedExecutionRunId"):
        wrong(
            f"it is of the run {first.get('firstExecutionRunId')}, not of {run.run_id}",
            f"属于运行 {first.get('firstExecutionRunId')}，不是 {run.run_id}",
        )
    # What the manifest says: a history that was cut off does not say itself that it was closed.
    return replace(history, closed_at=run.closed_at, sdk=run.sdk)


def _proof(files: dict[str, bytes], problems: list[Problem]) -> Proof | None:
    if PROOF not in files:
        return None
    try:
        strict_loads(files[PROOF])
        return Proof.model_validate_json(files[PROOF])
    except (ValueError, RecursionError):
        problems.append(
            Problem(PROOF, Words("the proof cannot be read", "证明无法读取"), Check.ANCHOR)
        )
        return None


def plain(files: dict[str, bytes], name: str) -> object:
    """A JSON file as plain data; None when it is none."""
    try:
        data: object = strict_loads(files[name])
    except (KeyError, ValueError, RecursionError):
        return None
    return data
