"""What a decision rests on, as it is read: its words, findings, votes and documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from activities.added_fields import AddedField
from starter.plans.plan_sections import sections
from starter.terminal.language import language, say, word
from workflows.application import PlatformApplication
from workflows.case_changes import CHANGEABLE
from workflows.decisions import MODELS
from workflows.field_labels import label_at
from workflows.record import LogEntry
from workflows.stated_changes import stated_changes
from workflows.vocabulary import (
    AssessmentStage,
    Authorship,
    Condition,
    District,
    ExpertField,
    Field,
    Finding,
    GovernanceBody,
    Happening,
    IndicatorGroup,
    InspectionItem,
    Kind,
    LeadUnitKind,
    LegalForm,
    OpinionOutcome,
    Origin,
    PlanPart,
    Role,
    SecondSignature,
    Service,
    Stage,
    Support,
    TransferPractice,
    Vote,
)
from workflows.words import Words, listed

_WORDS: tuple[type[StrEnum], ...] = (
    Finding,
    IndicatorGroup,
    InspectionItem,
    ExpertField,
    OpinionOutcome,
    Vote,
    Support,
    LegalForm,
    GovernanceBody,
    TransferPractice,
    Condition,
    Field,
    AddedField,
    LeadUnitKind,
    Origin,
    PlanPart,
    Service,
    Stage,
    AssessmentStage,
    District,
    Role,
    Authorship,
    SecondSignature,
    Kind,
)
"""Every word that a message may have; those of its outcome are told with its name."""
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
        "case",
        "signatures",
        "roster",
        "roots",
    )
)
"""What is told at another place of the page, or above it."""
_OWN_WORDS: Mapping[str, type[StrEnum]] = {"second_signature": SecondSignature}
"""The words of fields that have them in common with others, which mean something else."""
_MOST = 5_000
"""No text that a message may hold is longer."""


@dataclass(frozen=True)
class Block:
    """One part of a basis: words, a list, findings with scores, votes, or documents."""

    kind: str
    label: str
    value: Any


_OF_THE_LOG = {
    "plan_sha256": Words("SHA-256 of the plan", "建设方案 SHA-256 值"),
    "application_id": Words("application id", "申请编号"),
    "application_sha256": Words("SHA-256 of the application", "申请 SHA-256 值"),
    "sets_aside": Words("first and last entry set aside", "撤销条目起止"),
    "entry": Words("entry of the platform's log", "平台记录条目"),
    "hash": Words("its hash", "该条目哈希值"),
    "at": Words("its moment", "该条目时间"),
    "closing": Words("entry of the platform's log, by its hash", "平台记录条目哈希值"),
}
"""What the log adds to what was sent."""


def basis(entry: LogEntry) -> list[Block]:
    """All that an entry says of why, in the order of its message's fields."""
    model = MODELS[Kind(entry.name)] if entry.name in tuple(Kind) else PlatformApplication
    # A register keeps the parts of an object in an order of its own.
    known_first = [name for name in model.model_fields if name in entry.said]
    order = dict.fromkeys((*known_first, *entry.said))
    blocks: list[Block] = []
    if entry.name in (Kind.FACTS_CHANGE, Happening.FACTS_CHANGED):
        changes = [say(one) for one in stated_changes(entry.said)]
        blocks.append(Block("list", say(Words("what changed", "变更内容")), changes))
        order = {name: None for name in order if name not in (*CHANGEABLE, "replaced")}
    blocks += [block for name in order for block in _block(model, name, entry.said[name])]
    documents = entry.said.get("documents")
    if isinstance(documents, list) and documents:
        blocks.append(Block("documents", label(model, "documents"), documents))
    return blocks


def label(model: type[BaseModel], path: str) -> str:
    """What a field of a message is called, by its dotted path; its own name where it has no label."""
    found = label_at(model, path)
    if found is None:
        return say(_OF_THE_LOG.get(path, Words(path.replace("_", " "), path)))
    return say(found.words).rpartition(say(": ", "："))[2]


def _block(model: type[BaseModel], name: str, value: Any) -> Iterator[Block]:
    if name in _ELSEWHERE or value in (None, "", [], {}):
        return
    called = label(model, name)
    match name, value:
        case "findings", {}:
            rows = [_finding(key, found) for key, found in in_order(value)]
            yield Block("findings", called, rows)
        case "panel", list():
            yield Block("panel", called, [_expert(one) for one in value])
        case "conditions", {}:
            rows = [_condition(key, answer) for key, answer in in_order(value)]
            yield Block("conditions", called, rows)
        case "groups", {}:
            pairs = [(known(key), plain(text)) for key, text in in_order(value)]
            yield Block("pairs", called, pairs)
        case "indicators", {}:  # by their ids, which are words of the platform's own catalogue
            yield Block("pairs", called, [(key, plain(figure)) for key, figure in value.items()])
        case "mechanisms", {}:
            pairs = [(say(one.heading), one.text) for one in sections({name: value}, language())]
            yield Block("pairs", called, pairs)
        case "sets_aside", [first, last]:
            yield Block("words", called, f"{first}" if first == last else f"{first} – {last}")
        case _, str() if name.endswith(("sha256", "_hash")):
            yield Block("hash", called, value)
        case _, list():
            parts = [plain(one, model, f"{name}.{place}") for place, one in enumerate(value)]
            yield Block("list", called, parts)
        case _:
            yield Block("words", called, plain(value, model, name))


def in_order(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The parts of an object in the guideline's own order; what it does not name comes last."""
    # Items of an inspection and groups of an assessment share words, and have them in another order.
    named = max(_WORDS, key=lambda words: (len({*words} & {*given}), -len(words)))
    places = {str(one): place for place, one in enumerate(named)}
    return sorted(given.items(), key=lambda item: places.get(item[0], len(places)))


def known(value: str) -> str:
    """A word of the field as it is read; other words stay as they are."""
    return word(value, *_WORDS)


def plain(value: Any, model: type[BaseModel] = PlatformApplication, path: str = "") -> str:
    """Any value in one line of words; very long ones are cut, and stand whole in the log.

    `path` is where it stands in a message of this model: what is in it is called by that.
    """
    match value:
        case bool():
            text = say("yes", "是") if value else say("no", "否")
        case {"source": source, "share": share}:
            text = f"{source} {share}%"
        case Mapping():
            parts = ((f"{path}.{key}", inner) for key, inner in value.items())
            text = say("; ", "；").join(
                f"{label(model, place)} {plain(inner, model, place)}" for place, inner in parts
            )
        case [part, whole] if path.endswith("majority_of"):
            text = f"{part}/{whole}"
        case list() | tuple():
            each = [plain(one, model, f"{path}.{place}") for place, one in enumerate(value)]
            text = say(listed(each))
        case str():
            text = word(value, _OWN_WORDS.get(path.partition(".")[0], ()), *_WORDS)
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
