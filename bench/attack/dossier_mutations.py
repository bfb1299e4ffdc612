"""Changes of a dossier, from a flipped bit to a forger who knows the format and sums all up again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.attack.mutating import mutated, places, spoilt_bytes

MANIFEST = "manifest.json"
_NOT_SEALED = ("made_at", "made_by", "source", "register_differs")
"""What a dossier says about its making, and nobody vouches for: it may differ in a whole one."""
Files = dict[str, bytes]


@dataclass(frozen=True)
class Dossier:
    """A dossier's bytes and files."""

    content: bytes
    files: Files

    @classmethod
    def of(cls, content: bytes) -> "Dossier":
        """Open one."""
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return cls(content, {name: packed.read(name) for name in packed.namelist()})


@dataclass(frozen=True)
class Change:
    """A changed dossier."""

    way: str
    what: str
    content: bytes
    files: Files | None
    """None: the zip itself was spoilt."""


def any_change(random: Random, original: Dossier, other: Dossier) -> Change:
    """Change a dossier in some way."""
    if random.random() < 0.1:
        content = spoilt_bytes(random, original.content, most=2)
        return Change("bytes of the zip", "", content, None)
    way = random.choice(list(_WAYS))
    files = dict(original.files)
    what = _WAYS[way](random, files, other.files)
    naive = random.random()
    if naive < 0.65:
        _sum_up(files)
        what += "; sums made again"
    if naive < 0.25:
        _other_code(random, files)
        what += "; other code named"
    return Change(way, what, pack(random, files), files)


def pack(random: Random, files: Files) -> bytes:
    """A zip of the files, now and then in another order or form, which means nothing."""
    content = io.BytesIO()
    names = list(files)
    if random.random() < 0.1:
        random.shuffle(names)
    kind = zipfile.ZIP_DEFLATED if random.random() < 0.9 else zipfile.ZIP_STORED
    with zipfile.ZipFile(content, "w", kind) as packed:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = kind
            packed.writestr(info, files[name])
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
        return {k: v for k, v in data[0].items() if k not in (*_NOT_SEALED, "files")}
    return data


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    """An object; one with a name twice is none that could be compared."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else [["a name stands twice", *map(list, pairs)]]


# ---- what a forger does afterwards ----


def _sum_up(files: Files) -> None:
    """Write the sums of all files anew, as the manifest has them."""
    try:
        manifest = json.loads(files[MANIFEST])
        manifest["files"] = [
            {"name": name, "bytes": len(inner), "sha256": hashlib.sha256(inner).hexdigest()}
            for name, inner in sorted(files.items())
            if name != MANIFEST
        ]
        files[MANIFEST] = _json(manifest)
    except (KeyError, ValueError, TypeError):
        return


def _other_code(random: Random, files: Files) -> None:
    """Say that other code made it."""
    try:
        manifest = json.loads(files[MANIFEST])
        manifest["code"]["workflows_sha256"] = random.choice(("0" * 64, "ab" * 32))
        files[MANIFEST] = _json(manifest)
    except (KeyError, ValueError, TypeError):
        return


def _json(data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _sealed_again(lines: list[dict[str, Any]]) -> None:
    """Make a log's chain fit again, entry by entry."""
    previous = lines[0].get("previous") if lines else ""
    for line in lines:
        line["previous"] = previous
        sealed = {k: v for k, v in line.items() if k not in ("hash", "reason") and v is not None}
        text = json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        line["hash"] = previous


# ---- the changes ----


def _bytes_of_a_file(random: Random, files: Files, other: Files) -> str:
    name = random.choice(sorted(files))
    files[name] = spoilt_bytes(random, files[name], most=2)
    return name


def _value_of_a_file(random: Random, files: Files, other: Files) -> str:
    name = random.choice([one for one in sorted(files) if one.endswith(".json")])
    files[name] = _json(mutated(random, json.loads(files[name])))
    return name


def _word_of_a_history(random: Random, files: Files, other: Files) -> str:
    """One value of one event, as a careful forger would change it."""
    name = random.choice([one for one in sorted(files) if one.startswith("histories/")])
    data = json.loads(files[name])
    found = [place for place in places(data) if place and _at(data, place) is not None]
    place = random.choice([one for one in found if isinstance(_at(data, one), str | int)])
    inner = _at(data, place[:-1])
    value = inner[place[-1]]
    inner[place[-1]] = f"{value}x" if isinstance(value, str) else int(value) + 1
    files[name] = _json(data)
    return f"{name} {'.'.join(map(str, place))}"


def _at(data: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        data = data[step]
    return data


def _entry_of_a_log(random: Random, files: Files, other: Files) -> str:
    """An entry changed, left out, moved or doubled; the chain made to fit again, or not."""
    name = random.choice([one for one in sorted(files) if one.startswith("logs/")])
    lines = [json.loads(line) for line in files[name].splitlines()]
    at, kind = random.randrange(len(lines)), random.randrange(6)
    if kind == 0:
        del lines[at:]
    elif kind == 1:
        del lines[at]
    elif kind == 2:
        lines.insert(at, dict(lines[at]))
    elif kind == 3:
        random.shuffle(lines)
    elif kind == 4:
        lines[at] = mutated(random, lines[at])
    else:
        field = random.choice(("outcome", "reason", "at", "stage", "decision_id"))
        lines[at][field] = "effective" if field != "at" else "2020-01-01T00:00:00.000000Z"
    if random.random() < 0.5 and all(isinstance(line, dict) for line in lines):
        for number, line in enumerate(lines, start=1):
            line["seq"] = number
        _sealed_again(lines)
    files[name] = b"".join(
        json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "surrogatepass"
        )
        + b"\n"
        for line in lines
    )
    return f"{name}, entry {at + 1}, kind {kind}"


def _file_left_out(random: Random, files: Files, other: Files) -> str:
    name = random.choice([one for one in sorted(files) if one != MANIFEST])
    del files[name]
    _drop_run(files, name)
    return name


def _drop_run(files: Files, name: str) -> None:
    """The manifest names no run for a history that is left out."""
    manifest = json.loads(files[MANIFEST])
    manifest["runs"] = [run for run in manifest["runs"] if run["file"] != name]
    files[MANIFEST] = _json(manifest)


def _last_run_left_out(random: Random, files: Files, other: Files) -> str:
    """The last history and the log of the assessment, as if they had never been."""
    names = [one for one in sorted(files) if one.startswith("histories/")]
    name = random.choice(names[-2:])
    del files[name]
    _drop_run(files, name)
    years = [one for one in sorted(files) if one.startswith("logs/") and "year" in one]
    if years and random.random() < 0.5:
        del files[years[-1]]
    return name


def _history_cut(random: Random, files: Files, other: Files) -> str:
    """The end of a history cut off, as if it had not come that far."""
    name = random.choice([one for one in sorted(files) if one.startswith("histories/")])
    data = json.loads(files[name])
    events = data["events"]
    left = random.randint(1, max(1, len(events) - 1))
    data["events"] = events[:left]
    if left == len(events):
        data["events"] = [*events, events[-1]]
    files[name] = _json(data)
    return f"{name}: {left} of {len(events)} events"


def _file_of_another(random: Random, files: Files, other: Files) -> str:
    """A file of another platform's dossier in the place of ours."""
    name = random.choice(sorted(files))
    begins = name.split("/")[0]
    alike = [one for one in sorted(other) if one.split("/")[0] == begins]
    if alike:
        files[name] = other[random.choice(alike)]
    return name


def _file_added(random: Random, files: Files, other: Files) -> str:
    name = random.choice(
        (
            "logs/term-9.jsonl",
            "evil.html",
            "../x",
            "logs/term-1.jsonl.bak",
            "report.fr.html",
            "中.txt",
        )
    )
    files[name] = random.choice((b"", b"<script>alert(1)</script>", b"{}"))
    return name


def _file_renamed(random: Random, files: Files, other: Files) -> str:
    name = random.choice(sorted(files))
    new = random.choice((name + "x", name.upper(), "x/" + name, "./" + name, name + "/"))
    files[new] = files.pop(name)
    return f"{name} as {new}"


def _report_rewritten(random: Random, files: Files, other: Files) -> str:
    names = [one for one in sorted(files) if one.endswith((".html", ".txt"))]
    name = random.choice(names)
    files[name] = files[name].replace(
        random.choice((b"declined", b"valid", "有效".encode(), b"</body>", b"2026")),
        random.choice((b"valid", b"<script>alert(1)</script></body>", b"2020")),
        1,
    )
    files[name] += b"" if random.random() < 0.5 else b"<p>whole</p>"
    return name


def _derived_rewritten(random: Random, files: Files, other: Files) -> str:
    """States, due dates or the replay's report say something else."""
    names = ("states.json", "deadlines.json", "replay.json")
    name = random.choice([one for one in names if one in files])
    files[name] = _json(mutated(random, json.loads(files[name])))
    return name


def _head_rewritten(random: Random, files: Files, other: Files) -> str:
    """Another platform, guideline, code, or run in the manifest."""
    manifest = json.loads(files[MANIFEST])
    name = random.choice(("platform_id", "guideline", "code", "format", "runs"))
    manifest[name] = mutated(random, [manifest[name]])
    if isinstance(manifest[name], list) and len(manifest[name]) == 1:
        manifest[name] = manifest[name][0]
    files[MANIFEST] = _json(manifest)
    return name


def _name_twice(random: Random, files: Files, other: Files) -> str:
    """An object with a name twice: readers differ in which of the two they believe."""
    name = random.choice([one for one in sorted(files) if one.endswith((".json", ".jsonl"))])
    text = files[name].decode("utf-8", "surrogatepass")
    at = [number for number, letter in enumerate(text) if letter == "{"]
    where = random.choice(at) + 1 if at else 0
    after = text[where:].lstrip()
    if after.startswith('"'):
        key = after[1:].split('"', 1)[0]
        text = text[:where] + f'"{key}": "forged", ' + text[where:]
    files[name] = text.encode("utf-8", "surrogatepass")
    return name


def _nothing(random: Random, files: Files, other: Files) -> str:
    """Other white space only."""
    name = random.choice([one for one in sorted(files) if one.endswith(".json")])
    files[name] = json.dumps(json.loads(files[name]), ensure_ascii=True).encode()
    return name


_WAYS: dict[str, Callable[[Random, Files, Files], str]] = {
    "bytes of a file": _bytes_of_a_file,
    "value of a file": _value_of_a_file,
    "word of a history": _word_of_a_history,
    "entry of a log": _entry_of_a_log,
    "file left out": _file_left_out,
    "last run left out": _last_run_left_out,
    "history cut": _history_cut,
    "file of another": _file_of_another,
    "file added": _file_added,
    "file renamed": _file_renamed,
    "report rewritten": _report_rewritten,
    "derived rewritten": _derived_rewritten,
    "head rewritten": _head_rewritten,
    "name twice": _name_twice,
    "white space": _nothing,
}
