"""Changes of a dossier, from a flipped bit to a forger who knows the format and sums all up again."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from bench.attack.dossier_files import MANIFEST, Change, Dossier, Files, json_file, pack
from bench.attack.dossier_forging import name_other_code, seal_again, sum_up
from bench.attack.mutating import mutated, places, spoilt_bytes

_LARGE_SHARE = 0.1


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
        sum_up(files)
        what += "; sums made again"
    if naive < 0.25:
        name_other_code(random, files)
        what += "; other code named"
    return Change(way, what, pack(random, files), files)


def _bytes_of_a_file(random: Random, files: Files, other: Files) -> str:
    name = random.choice(sorted(files))
    files[name] = spoilt_bytes(random, files[name], most=2)
    return name


def _value_of_a_file(random: Random, files: Files, other: Files) -> str:
    name = random.choice([one for one in sorted(files) if one.endswith(".json")])
    files[name] = json_file(mutated(random, json.loads(files[name])))
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
    files[name] = json_file(data)
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
        seal_again(lines)
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
    files[MANIFEST] = json_file(manifest)


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
    files[name] = json_file(data)
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
    files[name] = json_file(mutated(random, json.loads(files[name])))
    return name


def _head_rewritten(random: Random, files: Files, other: Files) -> str:
    """Another platform, guideline, code, or run in the manifest."""
    manifest = json.loads(files[MANIFEST])
    name = random.choice(("platform_id", "guideline", "code", "format", "runs"))
    manifest[name] = mutated(random, [manifest[name]])
    if isinstance(manifest[name], list) and len(manifest[name]) == 1:
        manifest[name] = manifest[name][0]
    files[MANIFEST] = json_file(manifest)
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


def _blown_up(random: Random, files: Files, other: Files) -> str:
    """JSON that is small as a zip and large, or deep, when it is read."""
    name = random.choice([one for one in sorted(files) if one.endswith((".json", ".jsonl"))])
    if random.random() < _LARGE_SHARE:
        files[name] = b"[" + b"0," * 10_000_000 + b"0]"
    else:
        files[name] = random.choice((b"[" * 200_000, b'{"a":' * 100_000, b"[[],[" * 50_000))
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
    "blown up": _blown_up,
}
