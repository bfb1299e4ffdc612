"""Files for commands: true ones of every kind that a command reads, and how they are spoilt."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from openpyxl import Workbook

from bench.attack import odd_values
from bench.attack.mutating import mutated, spoilt_bytes
from bench.attack.system import ROOT
from bench.attack.valid_messages import application, decision

_LAYOUT = ROOT / "examples" / "layout.csv"
_BOMB_BYTES = 30_000_000
Words = tuple[str, ...]
PLACE = "FILE"
"""Where a command's words name the file."""


@dataclass(frozen=True)
class CommandFile:
    """A command, and the file that it reads."""

    words: tuple[str, ...]
    suffix: str
    content: bytes


def any_file(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """A file of some command, usually spoilt; `templates` are files that the system wrote itself."""
    maker = random.choices(list(_MAKERS), list(_MAKERS.values()))[0]
    made = maker(random, number, templates)
    if random.random() < 0.3:
        return CommandFile(made.words, made.suffix, _spoilt(random, made.content))
    return made


def _spoilt(random: Random, content: bytes) -> bytes:
    """Bytes, or the bytes within a zip, spoilt; or written in another encoding."""
    if content[:2] == b"PK" and random.random() < 0.7:
        return _spoilt_member(random, content)
    if random.random() < 0.2:
        text = content.decode("utf-8", "replace")
        return text.encode(random.choice(("gb18030", "utf-16", "utf-32", "utf-8-sig")), "replace")
    return spoilt_bytes(random, content)


def _spoilt_member(random: Random, content: bytes) -> bytes:
    """A zip with one of its members spoilt, left out, doubled, or blown up."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            members = {name: source.read(name) for name in source.namelist()}
    except Exception:  # what was spoilt before cannot be opened any more
        return spoilt_bytes(random, content)
    if not members:
        return content
    name = random.choice(sorted(members))
    kind = random.randrange(4)
    if kind == 0:
        members[name] = spoilt_bytes(random, members[name])
    elif kind == 1:
        del members[name]
    elif kind == 2:
        members["../" + name] = members[name]
    else:
        members[name] = members[name] + b" " * _BOMB_BYTES
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for member, inner in members.items():
            target.writestr(member, inner)
    return packed.getvalue()


def _import_lines(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """`pingtai import` of JSON lines."""
    lines = [
        json.dumps(_maybe(random, application(f"file-{number}-{row}")))
        for row in range(random.choice((1, 2, 4)))
    ]
    if random.random() < 0.03:
        lines.append("[" * 200_000)
    if random.random() < 0.03:
        lines.append("[" + "0," * 5_000_000 + "0]")
    return CommandFile(_import_words(random), ".jsonl", "\n".join(lines).encode())


def _import_words(random: Random) -> tuple[str, ...]:
    words: Words = ("import", PLACE, "--patience", "5")
    return words if random.random() < 0.25 else (*words, "--check")


def _import_table(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """`pingtai import` of a table that was filled in, as CSV or as XLSX."""
    suffix = random.choice((".csv", ".xlsx"))
    content = templates.get(suffix, b"")
    if suffix == ".csv" and content:
        content = _odd_cells(random, content)
    return CommandFile(_import_words(random), suffix, content)


def _odd_cells(random: Random, content: bytes) -> bytes:
    """CSV with odd cells in it."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for _ in range(random.randint(1, 4)):
        row = random.choice(rows)
        if row:
            row[random.randrange(len(row))] = odd_values.text(random)
    if random.random() < 0.2:
        rows.append([odd_values.text(random) for _ in range(random.randint(1, 200))])
    return _csv(rows)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _decide(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """`pingtai decide --file`."""
    who = ("--actor", "c-01", "--role", "commission", "--organisation", "市科委")
    words: Words = ("decide", "--file", PLACE, "--date", "2026-11-29", *who)
    if random.random() < 0.7:
        words = (*words, "--dry-run")
    facts = application("nobody") | {"term": 1}
    rows: list[Any] = []
    for row in range(random.randint(1, 5)):
        kind, role = random.choice(_DECIDED)
        said = decision(random, kind, role, facts, f"f-{number}-{row}")
        rows.append({"platform": random.choice(("nobody", f"file-{number}-0")), **said})
    if random.random() < 0.5:
        lines = [json.dumps(_maybe(random, row)) for row in rows]
        return CommandFile(words, ".jsonl", "\n".join(lines).encode())
    table = [["platform", "kind", "outcome", "opinion", "note"]]
    table += [
        [row["platform"], row["kind"], str(row.get("outcome", "")), "同意", ""] for row in rows
    ]
    return CommandFile(words, ".csv", _odd_cells(random, _csv(table)))


_DECIDED = (
    ("recommendation", "district"),
    ("inspection", "commission"),
    ("listing", "commission"),
    ("expert_opinion", "commission"),
    ("set_aside", "commission"),
)


def _layout(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """`pingtai layout import`, as CSV, JSON or XLSX."""
    words: Words = ("layout", "import", PLACE, "--actor", "c-01")
    if random.random() < 0.6:
        words = (*words, "--dry-run")
    else:
        words = (*words, "--adopted-on", "2026-12-01", "--document", f"x={'0' * 64}", "--yes")
    content = _LAYOUT.read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode())))
    kind = random.randrange(3)
    if kind == 0:
        return CommandFile(words, ".csv", _odd_cells(random, content))
    if kind == 1:
        plain = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        return CommandFile(words, ".json", json.dumps(_maybe(random, plain)).encode())
    book, packed = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet
    for row in rows[: random.randint(1, len(rows))]:
        sheet.append([_cell(random, cell) for cell in row])
    book.save(packed)
    return CommandFile(words, ".xlsx", packed.getvalue())


def _cell(random: Random, cell: str) -> Any:
    """A cell of a workbook, now and then one of another type."""
    if random.random() < 0.9:
        return cell
    return random.choice((1e308, -1, True, "=1+1", "x" * 30_000, "区\u200b", None))


def _publish(random: Random, number: int, templates: dict[str, bytes]) -> CommandFile:
    """`pingtai list publish`."""
    who = ("--actor", "c-01", "--role", "commission", "--organisation", "市科委")
    words: Words = ("list", "publish", "--number", "2026-1", "--file", PLACE, *who)
    if random.random() < 0.6:
        words = (*words, "--dry-run")
    rows = [["platform", "certificate_number"], ["nobody", "C-1"], [f"file-{number}-0", "C-2"]]
    if random.random() < 0.5:
        return CommandFile(words, ".csv", _odd_cells(random, _csv(rows)))
    lines = "\n".join(" ".join(row) for row in rows[1:])
    return CommandFile(
        words,
        ".txt",
        (lines + "\n" + odd_values.text(random)[:500]).encode("utf-8", "surrogatepass"),
    )


def _maybe(random: Random, data: Any) -> Any:
    return mutated(random, data) if random.random() < 0.6 else data


Maker = Callable[[Random, int, dict[str, bytes]], CommandFile]
_MAKERS: dict[Maker, int] = {
    _import_lines: 3,
    _import_table: 4,
    _decide: 3,
    _layout: 3,
    _publish: 2,
}
