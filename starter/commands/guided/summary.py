"""A decision in words, before it is sent."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from starter.commands.decision_form import COMMON, DecisionForm, Part
from starter.commands.guided.prompts import named
from starter.commands.message_shapes import Shape
from starter.terminal import wording
from starter.terminal.language import say, sentence, word
from starter.terminal.screen import facts
from workflows.decision import Decision
from workflows.field_labels import label_at
from workflows.states import Facts
from workflows.vocabulary import District, ExpertField, Finding, OpinionOutcome

_LETTERS = 300
"""A text that is longer is shown by its beginning."""


def summary(
    form: DecisionForm, raw: Mapping[str, Any], known: Facts | None, leads_to: str
) -> Table:
    """What a decision says, a field a line, and where it leads."""
    outcome = raw.get("outcome")
    decided = wording.said(form.kind, str(outcome)) if outcome else wording.what(form.kind)
    by = label_at(Decision, "actor")
    assert by  # noqa: S101 - it has one
    said = [
        (named(part.label), _shown(part, raw[part.field]))
        for part in (*form.parts, *COMMON)
        if part.field != "outcome" and part.field in raw
    ]
    return facts(
        [
            *([(say("Platform", "平台"), f"{known.name} ({known.platform_id})")] if known else []),
            (say("Decision", "决定"), decided),
            *said,
            (named(by), _actor(raw.get("actor"))),
            (say("Leads to", "将进入"), wording.stage(leads_to) if leads_to else ""),
        ]
    )


def _actor(actor: Any) -> str:
    if not isinstance(actor, dict):
        return str(actor or "")
    absence = actor.get("acting_for") or {}
    principal = absence.get("principal_id") if isinstance(absence, dict) else None
    who = str(actor.get("id", ""))
    if principal:
        who += say(f" for {principal}", f"（代 {principal}）")
    words = [who, wording.who(str(actor.get("role", ""))), str(actor.get("organisation", ""))]
    if actor.get("district"):
        words.append(word(str(actor["district"]), District))
    return " · ".join(words)


def _shown(part: Part, value: Any) -> str:
    match part.shape:
        case Shape.OBJECT | Shape.OBJECTS:
            return say("as in the file", "见文件")
        case Shape.PANEL:
            return sentence([_expert(one) for one in value if isinstance(one, dict)])
        case Shape.DOCUMENTS:
            return sentence([str(one.get("name", "")) for one in value if isinstance(one, dict)])
    if isinstance(value, dict):
        return sentence([_item(part, item, said) for item, said in value.items()])
    if isinstance(value, list | tuple):
        return sentence([_short(str(one)) for one in value])
    return _short(word(str(value), part.vocabulary))


def _expert(expert: Mapping[str, Any]) -> str:
    field = word(str(expert.get("field", "")), ExpertField)
    vote = word(str(expert.get("vote", "")), OpinionOutcome)
    who, organisation = expert.get("name", ""), expert.get("organisation", "")
    return say(
        f"{who} ({field}, {organisation}): {vote}", f"{who}（{field}，{organisation}）：{vote}"
    )


def _item(part: Part, item: str, said: Any) -> str:
    called = word(item, part.vocabulary) + say(": ", "：")
    if not isinstance(said, dict):
        return called + _short(str(said))
    words = word(str(said.get("finding", "")), Finding)
    more = [str(said[key]) for key in ("score", "remark") if said.get(key) not in (None, "")]
    if more:
        words += say(f" ({', '.join(more)})", f"（{'，'.join(more)}）")
    return called + words


def _short(words: str) -> str:
    return words if len(words) <= _LETTERS else words[:_LETTERS] + " …"
