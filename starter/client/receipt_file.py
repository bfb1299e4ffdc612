"""A receipt kept as a file: a witness of what was acknowledged, for whoever sent it.

It says which entry of which log, with the hash that seals the entry and all before it. The decision as it was
sent stands beside it, so that it can be sent again with its id should the record have lost it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from starter.secret_files import write_secret
from starter.tables.file_content import read_bytes, text_of_file
from starter.tables.strict_json import as_object, parsed
from workflows.errors import BadInput
from workflows.model import Instant, Record, Sha256
from workflows.record import LogEntry
from workflows.states import Receipt

RECEIPT, DECISION = "receipt", "decision"
_LARGEST = 64 * 1024 * 1024
"""Far more than all receipts of the largest batch (bytes)."""


class Acknowledged(Record):
    """What a receipt says was acknowledged, of a decision or of an application."""

    platform_id: str
    term: int
    year: int | None = None
    seq: int
    at: Instant | None = None
    kind: str | None = None
    outcome: str | None = None
    stage: str | None = None
    decision_id: str | None = None
    sender: str | None = None
    application_id: str | None = None
    said_sha256: Sha256 | None = None
    entry_hash: Sha256 | None = None
    """None in receipts of releases before 0.5.0."""
    repeated: bool = False
    sent: dict[str, Any] | None = Field(default=None, exclude=True)
    """The decision that stands beside it in its file."""

    @property
    def sealed(self) -> bool:
        """Whether it names the hash of an entry: no entry has a hash of zeros alone."""
        return self.entry_hash is not None and bool(self.entry_hash.strip("0"))


def receipt_content(receipt: Receipt, decision: dict[str, Any]) -> dict[str, Any]:
    """Return what a decision's file holds: its receipt, and itself as it was sent, with its signatures."""
    return {RECEIPT: receipt.model_dump(mode="json", exclude_none=True), DECISION: decision}


def application_content(
    platform_id: str, application_id: str, log: Sequence[LogEntry], term: int
) -> dict[str, Any] | None:
    """Return what an application's file holds: the newest entry that says it; None where no entry does yet."""
    said = (e for e in reversed(log) if e.said.get("application_id") == application_id)
    entry = next(said, None)
    if entry is None:
        return None
    about = Acknowledged(
        platform_id=platform_id,
        term=term,
        seq=entry.seq,
        at=entry.at,
        kind=entry.name,
        outcome=entry.outcome,
        stage=entry.stage,
        decision_id=entry.decision_id,
        application_id=application_id,
        entry_hash=entry.hash,
    )
    return {RECEIPT: about.model_dump(mode="json", exclude_none=True)}


def expect_new(path: Path) -> None:
    """See, before anything is sent, that a receipt can be kept in a new file.

    Raises:
        BadInput: the file is there already, or its folder is not.
    """
    if path.exists():
        raise BadInput(
            f"--receipt: {path} already exists and is not overwritten",
            f"--receipt：{path} 已存在，不予覆盖",
        )
    if not path.parent.is_dir():
        raise BadInput(
            f"--receipt: there is no folder {path.parent}", f"--receipt：没有目录 {path.parent}"
        )


def keep_receipt(path: Path, content: dict[str, Any]) -> None:
    """Write a receipt to a new file that only its owner may read; it is there whole or not at all.

    Raises:
        BadInput: it cannot be written. What was acknowledged is so all the same.
    """
    written = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    try:
        write_secret(path, written.encode(), new=True)
    except FileExistsError:
        expect_new(path)


def read_receipts(path: Path) -> list[tuple[str, Acknowledged]]:
    """Read receipts, each with its place: a file of ours, or the plain answer of a command or of HTTP.

    Or the JSON lines of a batch, of which those that were not taken have no receipt; or the list of
    `countersign --json`.

    Raises:
        BadInput: it cannot be read, or has no receipt.
    """
    content = read_bytes(str(path), _LARGEST, ("it is too large", "文件过大"))
    try:
        text = text_of_file(content, of_one=True)
    except BadInput as error:
        raise BadInput(error.words.at(str(path))) from None
    if text.lstrip().startswith("["):
        found = [
            (f"{path}[{n}]", _receipt(_object_in(one, f"{path}[{n}]"), f"{path}[{n}]"))
            for n, one in enumerate(parsed(text, str(path)))
        ]
        return _taken(found, path)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    # The one object of a file begins on a line that is no object itself.
    several = len(lines) > 1 and all(line.rstrip().endswith("}") for _, line in lines)
    given = [(f"{path}:{n}", line) for n, line in lines] if several else [(str(path), text)]
    return _taken([(place, _receipt(as_object(one, place), place)) for place, one in given], path)


def _object_in(one: Any, place: str) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise BadInput(f"{place} is not a JSON object", f"{place} 不是 JSON 对象")
    return one


def _taken(
    found: Sequence[tuple[str, Acknowledged | None]], path: Path
) -> list[tuple[str, Acknowledged]]:
    taken = [(place, receipt) for place, receipt in found if receipt]
    if not taken:
        raise BadInput(f"{path} has no receipt", f"{path} 中没有回执")
    return taken


def _receipt(given: dict[str, Any], place: str) -> Acknowledged | None:
    about = given.get(RECEIPT, given)
    if about is None:
        return None
    sent = given.get(DECISION) if RECEIPT in given else None
    if not (sent is None or isinstance(sent, dict)):
        raise BadInput(
            f"{place} is no receipt: its decision is no object",
            f"{place} 不是回执：其中的 decision 不是对象",
        )
    try:
        return Acknowledged.model_validate_json(json.dumps(about)).model_copy(update={"sent": sent})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "(all)"
        raise BadInput(
            f"{place} is no receipt: {field}: {first['msg']}",
            f"{place} 不是回执：{field}：{first['msg']}",
        ) from None


def sent_before(given: dict[str, Any]) -> dict[str, Any]:
    """Return the decision of a receipt's file, to be sent again; anything else is itself the decision."""
    decision = given.get(DECISION)
    return decision if RECEIPT in given and isinstance(decision, dict) else given
