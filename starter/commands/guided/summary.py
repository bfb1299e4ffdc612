"""A decision in words, before it is sent."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from starter.commands.decision_form import DecisionForm
from starter.commands.guided.vocabulary_prompts import name
from starter.terminal import wording
from starter.terminal.language import say, sentence, word
from starter.terminal.screen import facts
from workflows.states import Facts
from workflows.vocabulary import (
    District,
    ExpertField,
    Finding,
    IndicatorGroup,
    InspectionItem,
    OpinionOutcome,
    Support,
)

_ITEMS = (InspectionItem, IndicatorGroup)
_LETTERS = 300
"""A text that is longer is shown by its beginning."""


def summary(
    form: DecisionForm, raw: Mapping[str, Any], known: Facts | None, leads_to: str
) -> Table:
    """What a decision says, a field a line, and where it leads."""
    outcome = raw.get("outcome")
    decided = wording.said(form.kind, str(outcome)) if outcome else wording.what(form.kind)
    rows = [(say("Decision", "决定"), decided)]
    if known:
        rows.insert(0, (say("Platform", "平台"), f"{known.name} ({known.platform_id})"))
    rows += [
        (name(part.field), _shown(part.field, raw[part.field]))
        for part in form.parts
        if part.field != "outcome" and part.field in raw
    ]
    rows += [
        (
            say("Documents", "文件"),
            sentence([one.get("name", "") for one in raw.get("documents", ())]),
        ),
        (name("note"), str(raw.get("note", ""))),
        (name("actor"), _actor(raw.get("actor"))),
        (name("decided_on"), str(raw.get("decided_on", ""))),
        (name("decision_id"), str(raw.get("decision_id", ""))),
        (say("Leads to", "将进入"), wording.stage(leads_to) if leads_to else ""),
    ]
    return facts(rows)


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


def _shown(field: str, value: Any) -> str:
    if field == "panel" and isinstance(value, list):
        return sentence([_expert(one) for one in value if isinstance(one, dict)])
    if field in ("plan", "mechanisms"):
        return say("as in the file", "见文件")
    if isinstance(value, dict):
        return sentence([_item(item, said) for item, said in value.items()])
    if isinstance(value, list | tuple):
        return sentence([_short(str(one)) for one in value])
    return _short(word(str(value), Support))


def _expert(expert: Mapping[str, Any]) -> str:
    field = word(str(expert.get("field", "")), ExpertField)
    vote = word(str(expert.get("vote", "")), OpinionOutcome)
    who, organisation = expert.get("name", ""), expert.get("organisation", "")
    return say(
        f"{who} ({field}, {organisation}): {vote}", f"{who}（{field}，{organisation}）：{vote}"
    )


def _item(item: str, said: Any) -> str:
    named = word(item, *_ITEMS) + say(": ", "：")
    if not isinstance(said, dict):
        return named + _short(str(said))
    words = word(str(said.get("finding", "")), Finding)
    more = [str(said[key]) for key in ("score", "remark") if said.get(key) not in (None, "")]
    if more:
        words += say(f" ({', '.join(more)})", f"（{'，'.join(more)}）")
    return named + words


def _short(words: str) -> str:
    return words if len(words) <= _LETTERS else words[:_LETTERS] + " …"
