"""All that an entry says, as it is shown: short parts in rows, long ones under headings."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from rich.text import Text

from db.row_types import LogLine
from starter.terminal import wording
from starter.terminal.entry_basis import Block, basis
from starter.terminal.entry_wording import decision_line
from starter.terminal.language import say
from starter.terminal.reason_rows import numbered
from starter.terminal.screen import Said, facts, heading, stacked
from starter.terminal.signature_wording import signature_words
from workflows.words import Words

HASH = 12
"""Letters of a document's SHA-256 that are shown; `--json` has all."""
_SHORT = 60
"""Letters of a text that has room in a row."""


def entry_parts(line: LogLine) -> list[Table | Text]:
    """Return an entry to be shown whole: what was decided, by whom, and all that it rests on."""
    entry = line.entry
    blocks = [block for block in basis(entry) if block.kind != "hash"]
    rows: list[tuple[Said, object]] = [
        (Words("entry", "记录"), f"{line.number} · {wording.moment(entry.at)}")
    ]
    rows += [(block.label, _row(block)) for block in blocks if not _is_long(block)]
    rows.append((Words("signature", "签名"), signature_words(entry)))
    shown: list[Table | Text] = [heading(_capital(decision_line(entry))), facts(rows)]
    for block in blocks:
        if _is_long(block):
            shown += _by_headings(block)
    return shown


def condition_parts(line: LogLine) -> list[Table | Text]:
    """Return how an application meets the conditions of §三: each under its heading, with its documents."""
    blocks = [block for block in basis(line.entry) if block.kind == "conditions"]
    return [part for block in blocks for part in _by_headings(block)]


def origin_parts(line: LogLine) -> list[Table | Text]:
    """Return what an application says of where a platform comes from: address, partners, other services."""
    blocks = [block for block in basis(line.entry) if block.kind in ("words", "list")]
    return [facts([(block.label, _row(block)) for block in blocks])]


def _is_long(block: Block) -> bool:
    pairs = block.value if block.kind == "pairs" else ()
    return block.kind == "conditions" or any(len(words) > _SHORT for _, words in pairs)


def _row(block: Block) -> Text:
    match block.kind:
        case "findings":
            return stacked(*map(finding_words, block.value))
        case "panel":
            return stacked(*map(_expert, block.value))
        case "pairs":
            return stacked(*(name + say(Words(": ", "：")) + words for name, words in block.value))
        case "documents":
            return documents_text(block.value)
        case "list":
            return numbered(block.value)
        case _:
            return stacked(*str(block.value).splitlines())


def finding_words(found: dict[str, Any]) -> str:
    """What was found of one item: the word, the score, the remark."""
    said = (found["finding"], found["score"], found["remark"])
    words = say(Words(", ", "，")).join(str(one) for one in said if one not in (None, ""))
    return str(found["item"]) + say(Words(": ", "：")) + words


def documents_text(documents: list[dict[str, str]]) -> Text:
    """Documents by name, each with the beginning of its SHA-256."""
    return stacked(*(f"{one.get('name', '')}  {one.get('sha256', '')[:HASH]}" for one in documents))


def _expert(one: dict[str, str]) -> str:
    name, field, organisation, vote = one["name"], one["field"], one["organisation"], one["vote"]
    return say(
        Words(
            f"{name} ({field}, {organisation}): {vote}",
            f"{name}（{field}，{organisation}）：{vote}",
        )
    )


def _by_headings(block: Block) -> Iterator[Table | Text]:
    if block.kind == "conditions":
        for one in block.value:
            yield heading(_capital(one["item"]))
            yield stacked(*one["statement"].splitlines())
            yield facts([(Words("documents", "证明文件"), documents_text(one["documents"]))])
        return
    yield heading(_capital(block.label))
    for name, words in block.value:
        yield Text(say(Words(f"{name}:", f"{name}：")), style="bold")
        yield stacked(*words.splitlines())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
