"""Keeps the catalogue of Chinese help (`starter.terminal.catalogue`) up to date with the commands.

The texts come from the commands and from click's own code. What is new is added without Chinese, what is
gone is removed; of a text that was changed a little, the Chinese is kept and marked `fuzzy`, to be checked.
"""

import ast
import difflib
import json
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from starter.terminal.catalogue import AS_WRITTEN, DOMAIN, EXAMPLES, LOCALE, is_made, key
from starter.terminal.chinese_help import texts
from starter.terminal.chosen_language import speaking
from worker.manual import commands

_ROOT = Path(__file__).parents[1]
SOURCE = LOCALE / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
COMPILED = SOURCE.with_suffix(".mo")
_HEADER = (
    "Language: zh\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\nPlural-Forms: nplurals=1; plural=0;\n"
)
_CAPITALS = re.compile(r"[A-Z]+")
_LETTERS = re.compile(r"[A-Za-z]")
_ALIKE = 0.75
"""From how like a text that is gone it is, a new one gets its Chinese, to be checked."""
_BY_VARIABLE = ("required",)
"""Texts that click looks up without naming them in the call."""
_NOT_SHOWN = {"_winconsole.py", "__init__.py"}
"""Files of click whose texts nobody sees here."""


@dataclass
class Entry:
    """A text in English and Chinese."""

    en: str
    plural: str = ""
    zh: str = ""
    where: str = ""
    """The first command that says it."""
    fuzzy: bool = False

    @property
    def done(self) -> bool:
        """Whether it is in Chinese."""
        return bool(self.zh) and not self.fuzzy


def bring_up_to_date(root: click.Group, *, write: bool) -> tuple[list[str], list[Entry]]:
    """Write the catalogue anew, or only look; return the files that were stale, and what lacks Chinese."""
    entries = merged(needed(root), read(SOURCE.read_text(encoding="utf-8")))
    stale = []
    for path, new in ((SOURCE, written(entries).encode()), (COMPILED, compiled(entries))):
        if not path.exists() or path.read_bytes() != new:
            stale.append(path.name)
            if write:
                path.write_bytes(new)
    return stale, [entry for entry in entries if not entry.done]


def needed(root: click.Group) -> list[Entry]:
    """Every text that needs Chinese: of our commands, then of click."""
    found: dict[str, Entry] = {}
    written_out = set(literals())
    with speaking("en"):
        for context in list(commands(root)):  # all are loaded before it is asked what is made
            for text in texts(context.command):
                if key(text) in written_out or not _needs_none(text):
                    found.setdefault(key(text), Entry(key(text), where=context.command_path))
    for entry in _of_click():
        found.setdefault(entry.en, entry)
    return list(found.values())


def _needs_none(text: str) -> bool:
    """Whether no entry of the catalogue is needed: it has no words, or they are made from data.

    A word in capitals always has one: several commands use it, not only those that make it.
    """
    if EXAMPLES.match(text.removeprefix(AS_WRITTEN)) or not _LETTERS.search(text):
        return True
    return is_made(text) and not _CAPITALS.fullmatch(text)


def literals() -> Iterator[str]:
    """Texts that a command has in its own code: who shows them may not have loaded what makes the same."""
    for folder in ("starter", "audit", "worker"):
        for path in (_ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.keyword(arg="help" | "metavar", value=ast.Constant(str(text))) if (
                        _LETTERS.search(text)
                    ):
                        yield key(text)


def _of_click() -> Iterator[Entry]:
    yield from (Entry(en, where="click") for en in _BY_VARIABLE)
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        if path.name in _NOT_SHOWN:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("_" | "ngettext"), args=[ast.Constant(str(en)), *more]):
                    plural = more[0].value if more and isinstance(more[0], ast.Constant) else ""
                    yield Entry(en, plural=str(plural), where="click")


def merged(needed: Iterable[Entry], known: Iterable[Entry]) -> list[Entry]:
    """Return what is needed, with the Chinese that is known."""
    before = {entry.en: entry for entry in known}
    entries = list(needed)
    gone = {en: entry for en, entry in before.items() if entry.zh}
    for entry in entries:
        gone.pop(entry.en, None)
    for entry in entries:
        old = before.get(entry.en)
        if old is None:
            like = difflib.get_close_matches(entry.en, gone, 1, _ALIKE)
            if like:
                entry.zh, entry.fuzzy = gone.pop(like[0]).zh, True
        else:
            entry.zh, entry.fuzzy = old.zh, old.fuzzy
    return entries


def read(text: str) -> list[Entry]:
    """Return the entries of a PO file, but for its header."""
    entries = []
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            keyword, quote, rest = line.partition('"')
            name = keyword.strip() or name
            fields[name] = fields.get(name, "") + json.loads(quote + rest)
        if fields.get("msgid"):
            zh = fields.get("msgstr") or fields.get("msgstr[0]", "")
            plural = fields.get("msgid_plural", "")
            entries.append(Entry(fields["msgid"], plural, zh, fuzzy="#, fuzzy" in block))
    return entries


def written(entries: Iterable[Entry]) -> str:
    """Return a PO file of the entries."""
    return "\n".join(
        ('msgid ""\nmsgstr ' + _quoted(_HEADER) + "\n", *(_block(entry) for entry in entries))
    )


def _block(entry: Entry) -> str:
    lines = [f"#. {entry.where}", "#, fuzzy" if entry.fuzzy else "", f"msgid {_quoted(entry.en)}"]
    if entry.plural:
        lines += [f"msgid_plural {_quoted(entry.plural)}", f"msgstr[0] {_quoted(entry.zh)}"]
    else:
        lines.append(f"msgstr {_quoted(entry.zh)}")
    return "\n".join(filter(None, lines)) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def compiled(entries: Iterable[Entry]) -> bytes:
    """Return what gettext reads: both tables of offsets, then the texts, the English ones in order."""
    said = {b"": _HEADER.encode()}
    for entry in entries:
        if entry.done:
            en = f"{entry.en}\0{entry.plural}" if entry.plural else entry.en
            said[en.encode()] = entry.zh.encode()
    texts = [*sorted(said), *(said[en] for en in sorted(said))]
    place = 7 * 4 + len(texts) * 8
    table = b""
    for text in texts:
        table += struct.pack("<II", len(text), place)
        place += len(text) + 1
    half = 7 * 4 + len(said) * 8
    head = struct.pack("<7I", 0x950412DE, 0, len(said), 7 * 4, half, 0, 0)
    return head + table + b"".join(text + b"\0" for text in texts)
