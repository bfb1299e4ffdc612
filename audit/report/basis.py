"""What a decision rests on, as it is read: its words, findings, votes and documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.report.field_labels import label
from starter.terminal.language import say, word
from workflows.record import LogEntry
from workflows.vocabulary import (
    AssessmentStage,
    Condition,
    ExpertField,
    Field,
    Finding,
    GovernanceBody,
    IndicatorGroup,
    InspectionItem,
    LeadUnitKind,
    LegalForm,
    OpinionOutcome,
    Service,
    Stage,
    Support,
    TransferPractice,
)

_WORDS: tuple[type[StrEnum], ...] = (
    Finding,
    IndicatorGroup,
    InspectionItem,
    ExpertField,
    OpinionOutcome,
    Support,
    LegalForm,
    GovernanceBody,
    TransferPractice,
    Condition,
    Field,
    LeadUnitKind,
    Service,
    Stage,
    AssessmentStage,
)
_ELSEWHERE = frozenset(
    (
        "kind",
        "actor",
        "decision_id",
        "decided_on",
        "outcome",
        "documents",
        "facts",
        "policy",
        "platform_id",
        "name",
        "operator",
        "lead_unit",
        "district",
        "field",
        "services",
        "term",
        "previous",
        "valid_until",
        "submitted_by",
    )
)
"""What is told at another place of the page, or above it."""
_MOST = 4_000


@dataclass(frozen=True)
class Block:
    """One part of a basis: words, a list, findings with scores, votes, or documents."""

    kind: str
    label: str
    value: Any


def basis(entry: LogEntry) -> list[Block]:
    """All that an entry says of why, in the order in which it says it."""
    blocks = [block for name, value in entry.said.items() for block in _block(name, value)]
    documents = entry.said.get("documents")
    if isinstance(documents, list) and documents:
        blocks.append(Block("documents", say("documents", "文件"), documents))
    return blocks


def _block(name: str, value: Any) -> Iterator[Block]:
    if name in _ELSEWHERE or value in (None, "", [], {}):
        return
    match name, value:
        case "findings", {}:
            rows = [_finding(key, found) for key, found in in_order(value)]
            yield Block("findings", say("findings", "核查与考核意见"), rows)
        case "panel", list():
            yield Block("panel", say("panel", "专家组"), [_expert(one) for one in value])
        case "conditions", {}:
            rows = [_condition(key, answer) for key, answer in in_order(value)]
            yield Block("conditions", say("the five conditions §三", "五项条件 §三"), rows)
        case "groups", {}:
            pairs = [(known(key), plain(text)) for key, text in in_order(value)]
            yield Block("pairs", say("report by groups", "分组报告"), pairs)
        case "mechanisms", {}:
            pairs = [(label(key), plain(part)) for key, part in value.items() if part]
            yield Block("pairs", say("mechanisms §五", "运行机制 §五"), pairs)
        case "sets_aside", [first, last]:
            yield Block("words", label(name), f"{first}" if first == last else f"{first} – {last}")
        case _, str() if name.endswith(("sha256", "_hash")):
            yield Block("hash", label(name), value)
        case _, list():
            yield Block("list", label(name), [plain(one) for one in value])
        case _:
            yield Block("words", label(name), plain(value))


def in_order(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parts of an object in the guideline's own order; what it does not name comes last."""
    places = {str(one): place for place, one in enumerate(w for v in _WORDS for w in v)}
    return sorted(given.items(), key=lambda item: places.get(item[0], len(places)))


def known(value: str) -> str:
    """A word of the field as it is read; other words stay as they are."""
    return word(value, *_WORDS)


def plain(value: Any) -> str:
    """Any value in one line of words; very long ones are cut, and stand whole in the log."""
    match value:
        case bool():
            text = say("yes", "是") if value else say("no", "否")
        case {"source": source, "share": share}:
            text = f"{source} {share}%"
        case Mapping():
            text = say("; ", "；").join(f"{label(str(k))} {plain(v)}" for k, v in value.items())
        case list() | tuple():
            text = say(", ", "、").join(plain(one) for one in value)
        case str():
            text = known(value)
        case _:
            text = str(value)
    return text if len(text) <= _MOST else text[:_MOST] + "…"


def _finding(key: str, found: Any) -> dict[str, Any]:
    given = found if isinstance(found, dict) else {}
    return {
        "item": known(key),
        "word": str(given.get("finding", "")),
        "finding": known(str(given.get("finding", ""))),
        "remark": given.get("remark") or "",
        "score": given.get("score"),
    }


def _expert(one: Any) -> dict[str, str]:
    given = one if isinstance(one, dict) else {}
    names = ("name", "field", "organisation", "vote")
    return {name: known(str(given.get(name, ""))) for name in names} | {
        "word": str(given.get("vote", ""))
    }


def _condition(key: str, answer: Any) -> dict[str, Any]:
    given = answer if isinstance(answer, dict) else {}
    return {
        "item": known(key),
        "statement": plain(given.get("statement", "")),
        "documents": given.get("documents", []),
    }
