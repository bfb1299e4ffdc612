"""What a dossier consists of: its files' names (no others are part of it), its manifest, how each is written.

All but the histories and the manifest follows from the histories and a few words in the manifest. So
whoever checks a dossier makes it again and compares.
"""

import json
import re
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.log_id import LogId
from workflows.model import Instant, Record, Sha256
from workflows.words import Language

MANIFEST = "manifest.json"
STATES = "states.json"
REPLAY = "replay.json"
DEADLINES = "deadlines.json"
PROOF = "proof.json"
STATEMENT = "digest.txt"
DIGEST_SIGNATURE = "digest.sig"
STAMP = "digest.tsr"
CERTIFICATES = "authority.pem"
READ_ME = "README.txt"
CONTENT_HASHES = "decisions/content-hashes.txt"
"""What signed decisions answer, entry by entry."""
ALLOWED_SIGNERS = "allowed_signers"
"""The keys of those who signed decisions, as `ssh-keygen -Y verify` takes them."""
REPORTS: dict[Language, str] = {"zh": "report.zh.html", "en": "report.en.html"}


Release = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+!_-]{1,64}$")]
"""A release's number as PEP 440 writes it: no letter in it that nobody sees."""


class Code(Record):
    """The code that made a dossier: releases, and the SHA-256 of what decides."""

    pingtai: Release
    temporalio: Release
    workflows_sha256: Sha256
    """Over all files of workflows/: their names and bytes, in order."""
    program_sha256: Sha256 | None = None
    """The same over all that made the dossier's files; those of before 0.4.0 do not name it."""


class Guideline(Record):
    """The guideline that the code follows."""

    number: str
    title: str
    issued_on: date
    text_sha256: Sha256 | None = None
    """Of its text; dossiers of before 0.4.0 do not name it."""


class RunFile(Record):
    """The history of a run, and the file that it is in."""

    file: str
    workflow_id: str
    run_id: str
    started_at: Instant
    closed_at: Instant | None
    sdk: str
    codec: str | None = None


class FileSum(Record):
    """A file of the dossier."""

    name: str
    bytes: int
    sha256: Sha256


class Head(Record):
    """What a dossier says of itself, and what does not follow from its histories."""

    format: Literal["pingtai-dossier/1"] = "pingtai-dossier/1"
    platform_id: str
    made_at: Instant
    made_by: str
    source: str
    """Where the histories came from: server, archive, files."""
    code: Code
    guideline: Guideline
    register_differs: tuple[str, ...] | None = None
    """How the register differed from the histories; empty: it agreed; None: it was not asked."""


class Manifest(Head):
    """The head, the runs, and all files with their SHA-256."""

    runs: tuple[RunFile, ...]
    files: tuple[FileSum, ...]


class RunReplay(Record):
    """What came of replaying a run."""

    workflow_id: str
    run_id: str
    events: int
    entries: int
    log_hash: Sha256 | None
    divergence: str | None
    findings: tuple[str, ...] = ()


class Deadline(Record):
    """When a step that began at `since` was due, as an activity answered then."""

    term: int
    year: int
    opening: int
    since: Instant
    due: Instant
    provisional_years: tuple[int, ...] = ()

    @property
    def log(self) -> LogId:
        return LogId(self.term, self.year, self.opening)


def history_file(workflow_id: str, number: int, run_id: str) -> str:
    """The name of a history's file; `number` counts the runs of a workflow."""
    return f"histories/{workflow_id.replace(':', '--')}/{number:03}--{run_id}.json"


def plan_file(term: int, version: int) -> str:
    return f"plans/term-{term}-version-{version}.json"


def erased_term_file(term: int) -> str:
    """The name of the file with what is left of an erased term."""
    return f"erased/term-{term}.json"


def signed_file(log: LogId, seq: int) -> str:
    """The name of the file with what was signed of a decision: `decisions/1-y2-7.json`."""
    return f"decisions/{log.name}-{seq}.json"


def signature_file(log: LogId, seq: int, number: int) -> str:
    """The name of the file with a signature; `number` counts those of a decision from 1."""
    return f"decisions/{log.name}-{seq}{f'.{number}' if number > 1 else ''}.sig"


def json_bytes(data: Any) -> bytes:
    """Plain data as a file that people can read too; always the same bytes for the same data."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def sum_of(name: str, content: bytes) -> FileSum:
    return FileSum(name=name, bytes=len(content), sha256=sha256(content).hexdigest())


STAMPED = (STATEMENT, STAMP, CERTIFICATES)
"""Where the proof's digest has a time stamp: what was stamped, the stamp, the authority's certificates."""
_SINGLE = frozenset(
    (
        MANIFEST,
        STATES,
        REPLAY,
        DEADLINES,
        PROOF,
        *STAMPED,
        DIGEST_SIGNATURE,
        READ_ME,
        ALLOWED_SIGNERS,
        CONTENT_HASHES,
        *REPORTS.values(),
    )
)
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"erased/term-[1-9]\d{0,3}\.json",
        r"plans/term-[1-9]\d{0,3}-version-[1-9]\d{0,5}\.json",
        r"decisions/[1-9]\d{0,3}(-y[1-9]\d{0,2}(-[1-9]\d{0,3})?)?-[1-9]\d{0,5}(\.json|(\.2)?\.sig)",
        r"histories/platform--[A-Za-z0-9._-]{1,200}/\d{3,6}--[A-Za-z0-9-]{1,64}\.json",
    )
)


def is_name(name: str) -> bool:
    """Whether a file of this name may be in a dossier."""
    return name in _SINGLE or _is_log(name) or any(one.fullmatch(name) for one in _PATTERNS)


def _is_log(name: str) -> bool:
    try:
        LogId.of_file(name)
    except ValueError:
        return False
    return True


def is_harmful(name: str) -> bool:
    """Whether unpacking a file of this name may write elsewhere, or show another name than it has."""
    parts = re.split(r"[/\\]", name)
    return (
        not name.isprintable()
        or "\\" in name
        or ":" in name
        or name.endswith("/")
        or any(part in ("", ".", "..") for part in parts)
    )
