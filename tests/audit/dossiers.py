"""Dossiers for the tests: made of recorded histories, and changed by somebody who knows what they do."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from audit.anchoring.proofs import Proof
from audit.dossier.code import GUIDELINE, this_code
from audit.dossier.dossier_files import files_of, with_manifest
from audit.dossier.format import MANIFEST, Head, json_bytes, sum_of
from audit.dossier.lives import Life
from audit.dossier.package import pack
from audit.dossier.verifying import Verdict, verify
from workflows.record import LogEntry

MADE_AT = datetime(2033, 1, 2, 3, 4, tzinfo=UTC)
Files = dict[str, bytes]


def head(platform_id: str) -> Head:
    """What a dossier says of itself."""
    return Head(
        platform_id=platform_id,
        made_at=MADE_AT,
        made_by="auditor-1",
        source="files",
        code=this_code(),
        guideline=GUIDELINE,
    )


def made(life: Life, platform_id: str, proof: Proof | None = None) -> Files:
    """The files of a dossier."""
    about = head(platform_id)
    return with_manifest(files_of(life, about, proof), life, about)


async def verdict(files: Files, folder: Path) -> Verdict:
    """What is said of a dossier of these files."""
    path = folder / "dossier.zip"
    path.write_bytes(pack(files))
    return await verify(path)


def told(verdict: Verdict) -> list[str]:
    """What was found, each with its check and where."""
    return [f"{one.check} {one.where}: {one.words.en}" for one in verdict.problems]


def resealed(files: Files) -> Files:
    """The same files with a manifest that was rewritten to fit them."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = [
        sum_of(name, content).model_dump()
        for name, content in sorted(files.items())
        if name != MANIFEST
    ]
    manifest["runs"] = [run for run in manifest["runs"] if run["file"] in files]
    return files | {MANIFEST: json_bytes(manifest)}


def with_lines(files: Files, name: str, change: Callable[[list[Any]], list[Any]]) -> Files:
    """A log's entries changed, as plain data."""
    lines = [json.loads(line) for line in files[name].splitlines()]
    written = [_canonical(one) for one in change(deepcopy(lines))]
    return files | {name: b"".join(line + b"\n" for line in written)}


def rehashed(lines: list[Any]) -> list[Any]:
    """A chain whose hashes were worked out anew: whole in itself."""
    found: list[Any] = []
    for line in lines:
        previous = found[-1]["hash"] if found else line["previous"]
        entry = LogEntry.model_validate_json(
            json.dumps(line | {"seq": len(found) + 1, "previous": previous})
        )
        found.append(json.loads(entry.model_copy(update={"hash": entry.seal()}).model_dump_json()))
    return found


def _canonical(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@cache
def base(platform_id: str) -> str:
    """Where the platform's own histories are in a dossier."""
    return f"histories/platform--{platform_id}/"
