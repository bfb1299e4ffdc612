"""A dossier as files, and whether a changed one still says what the true one does."""

import io
import json
import zipfile
from dataclasses import dataclass
from random import Random
from typing import Any

from audit.dossier.package import pack as pack_as_ours

MANIFEST = "manifest.json"
_NOT_SEALED = ("made_at", "made_by", "source", "register_differs")
"""What a dossier says about its making, and nobody vouches for: it may differ in a whole one."""
_TOLD = ("input", "acceptedRequest", "result", "signalName", "activityType", "workflowType")
_TWICE = "a name stands twice"
_AS_OURS = 0.9
"""A forger who has the program packs as it does."""
Files = dict[str, bytes]


@dataclass(frozen=True)
class Dossier:
    """A dossier's bytes and files."""

    content: bytes
    files: Files
    code: int = 0
    """The exit code by which a true one is said to be whole."""

    @classmethod
    def of(cls, content: bytes, code: int = 0) -> "Dossier":
        """Open one."""
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        return cls(content, files, code)


@dataclass(frozen=True)
class Change:
    """A changed dossier."""

    way: str
    what: str
    content: bytes
    files: Files | None
    """None: the zip itself was spoilt."""


def pack(random: Random, files: Files) -> bytes:
    """A zip of the files: as the system packs them, or now and then in another order or form."""
    if random.random() < _AS_OURS:
        return pack_as_ours(files)
    content = io.BytesIO()
    names = list(files)
    random.shuffle(names)
    kind = zipfile.ZIP_DEFLATED if random.random() < 0.5 else zipfile.ZIP_STORED
    with zipfile.ZipFile(content, "w", kind) as packed:
        for name in names:
            packed.writestr(zipfile.ZipInfo(name), files[name], kind)
    return content.getvalue()


def says_the_same(change: Change, original: Dossier) -> bool:
    """Whether a changed dossier says what the original does, however it is written."""
    files = change.files
    if files is None:
        try:
            files = Dossier.of(change.content).files
        except Exception:  # it cannot be opened at all: then it says nothing
            return False
    if set(files) != set(original.files):
        return False
    return all(
        _meaning(name, files[name]) == _meaning(name, original.files[name]) for name in files
    )


def _meaning(name: str, content: bytes) -> Any:
    """What a file says: JSON as data; sums are left out, since they follow from the files."""
    if not name.endswith((".json", ".jsonl")):
        return content
    try:
        lines = content.split(b"\n") if name.endswith(".jsonl") else [content]
        data = [json.loads(line, object_pairs_hook=_pairs) for line in lines if line.strip()]
    except (ValueError, RecursionError):
        return content
    if name == MANIFEST and isinstance(data[0], dict):
        told = {k: v for k, v in data[0].items() if k not in (*_NOT_SEALED, "files")}
        code = told.get("code")
        return told | {"code": _known(code)} if isinstance(code, dict) else told
    if name.startswith("histories/"):
        return _told(data[0])
    return data


def _known(code: dict[str, Any]) -> dict[str, Any]:
    """What a verifier can know of the code: of which release it is; the rest is marked as not sealed.

    A release's number is told as it is: with a letter that nobody sees it is none.
    """
    told = {k: v for k, v in code.items() if k != "program_sha256"}
    return told | {"temporalio": str(code.get("temporalio", "")).isascii()}


def _told(history: Any) -> Any:
    """What a history tells of people's words and of answers from outside.

    Who polled, on which queue, in what event of the engine's own: no log seals that, and no digest.
    """
    if (
        _twice(history)
        or not isinstance(history, dict)
        or not isinstance(history.get("events"), list)
    ):
        return history
    told = []
    for event in history["events"]:
        if not isinstance(event, dict):
            return history
        parts = [inner for inner in event.values() if isinstance(inner, dict)]
        words = {k: v for part in parts for k, v in part.items() if k in _TOLD}
        asked = words.pop("acceptedRequest", None)
        said = asked.get("input") if isinstance(asked, dict) else asked
        told.append((event.get("eventType"), words, said))
    return told


def _twice(data: Any) -> bool:
    """Whether a name stands twice in an object somewhere."""
    if isinstance(data, dict):
        return any(_twice(inner) for inner in data.values())
    if isinstance(data, list):
        return data[:1] == [_TWICE] or any(_twice(inner) for inner in data)
    return False


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    """An object; one with a name twice is none that could be compared."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else [_TWICE, *map(list, pairs)]


def json_file(data: Any) -> bytes:
    """Plain data as a dossier writes it."""
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "surrogatepass") + b"\n"
