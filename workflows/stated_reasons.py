"""Why something was decided, as its log entry says it: what must be corrected, the opinion, the findings.

Each kind of decision has fields of its own for that; whoever shows a reason asks here, and shows it of all.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from workflows.field_labels import label_of
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Finding, IndicatorGroup, InspectionItem, Kind
from workflows.words import Words

REASON_FIELDS = (
    "corrections",
    "to_mend",
    "mend_by",
    "reason",
    "opinion",
    "view",
    "changes",
    "mended",
    "findings",
)
"""What must be done comes first, then why, then what was found."""


class Reason(NamedTuple):
    """One thing that was said: what it is, such as 修改意见, and the words of whoever decided."""

    field: str
    label: Words
    """Of the field."""
    name: Words
    """The label; of a finding, what was found so."""
    text: Words

    @property
    def words(self) -> Words:
        return self.text.at(self.name)


def stated_reasons(entry: LogEntry) -> tuple[Reason, ...]:
    """Return the reasons that a decision states; none of a refusal and of what happened by itself."""
    if entry.kind is not EntryKind.DECISION:
        return ()
    return reasons_in(entry.name, entry.said)


def reasons_in(kind: str, said: Mapping[str, Any]) -> tuple[Reason, ...]:
    """Return the reasons in what a decision of this kind said."""
    if kind not in tuple(Kind):
        return ()
    return tuple(_reasons(Kind(kind), said))


ASKED_FIELDS = ("corrections", "to_mend", "reason", "opinion")
"""What whoever must correct something reads first."""


def asked_for(said: Mapping[str, Any], most: int) -> str:
    """Return what must be corrected, in at most so many letters, without saying which field it stands in."""
    texts = [
        " ".join(str(text).split())
        for value in (said.get(name) for name in ASKED_FIELDS)
        if value
        for text in (value if isinstance(value, list | tuple) else (value,))
    ]
    words = "；".join(texts)
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _reasons(kind: Kind, said: Mapping[str, Any]) -> Iterator[Reason]:
    # Lists of what is waiting ask for words alone, and need no model of a decision.
    from workflows.decisions import MODELS  # noqa: PLC0415

    for name in REASON_FIELDS:
        field, value = MODELS[kind].model_fields.get(name), said.get(name)
        label = label_of(field) if field else None
        if label is None or not value:
            continue
        if isinstance(value, Mapping):
            yield from _faults(name, label.name, value)
        else:
            texts = value if isinstance(value, list | tuple) else (value,)
            called = label.name
            yield from (Reason(name, called, called, Words.same(str(text))) for text in texts)


def _faults(field: str, label: Words, findings: Mapping[str, Any]) -> Iterator[Reason]:
    """Return what was not found satisfactory, in the guideline's order."""
    for item in (*InspectionItem, *IndicatorGroup):
        found = findings.get(item) or {}
        given = found.get("finding")
        if given not in (Finding.TO_IMPROVE, Finding.UNSATISFACTORY):
            continue
        words, remark = Finding(given).words, found.get("remark")
        if remark:
            words = Words(f"{words.en}, {remark}", f"{words.zh}，{remark}")
        yield Reason(field, label, item.words, words)
