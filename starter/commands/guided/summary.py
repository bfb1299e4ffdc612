"""A decision in words before it is sent: a line for each answer, by which it can be asked for again."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from rich.table import Table

from starter.commands.deciding_roles import outcome_of, spoken_model
from starter.commands.decision_form import DecisionForm, Part
from starter.commands.guided.nested_forms import called
from starter.commands.guided.prompts import named
from starter.commands.message_shapes import Shape
from starter.terminal import wording
from starter.terminal.language import say, sentence, word
from starter.terminal.screen import Said, facts
from workflows.decision import Filing
from workflows.field_labels import NONE, label_at
from workflows.states import Facts
from workflows.vocabulary import District, ExpertField, Finding, LeadUnitKind, Vote
from workflows.words import Words

_LETTERS = 300
"""A text that is longer is shown by its beginning."""
_MORE = Words("(add one)", "（可增加）")
ACTOR = "actor"
_TARGET = "target"


class Row(NamedTuple):
    """A line of the summary; `part` is what is asked for anew to change it, empty where it cannot be."""

    part: str
    name: Said
    value: Said


def rows_of(
    form: DecisionForm,
    raw: Mapping[str, Any],
    said: Mapping[str, Any],
    words: Mapping[str, str] | None = None,
) -> list[Row]:
    """What a decision says; `said` was not asked for, and can be changed only as a whole.

    `words`: what is shown of some fields, in place of what is sent.
    """
    words = words or {}
    outcome = outcome_of(form.kind, raw)
    model, common = spoken_model(form.kind, outcome), form.common_for(outcome)
    by = label_at(model, ACTOR)
    assert by  # noqa: S101 - it has one
    asked = {part.field: part for part in form.asked(outcome) if part.field != "outcome"}
    more = {p.field: p for p in (*form.parts, *common) if p.field in raw and p.field != "outcome"}
    found = [
        Row(
            "outcome" if any(p.field == "outcome" and not p.switch for p in form.parts) else "",
            Words("Submission", "提交事项")
            if issubclass(model, Filing)
            else Words("Decision", "决定"),
            wording.said(form.kind, str(outcome)) if outcome else wording.what(form.kind),
        ),
        Row(ACTOR, named(by), _actor(raw.get(ACTOR))),
    ]
    changeable_parts = asked | {part.field: part for part in common if part.field in _ASKED}
    for field, part in (changeable_parts | more).items():
        if field in words and field in raw:
            found.append(Row(field, named(part.label), words[field]))
        elif field in said or field not in changeable_parts:
            shown = _shown(part, raw[field]) if field in raw else NONE
            found.append(Row(field if field in changeable_parts else "", named(part.label), shown))
        else:
            found += _answers(part, raw.get(field))
    # What a setting aside is about comes first, as an outcome does.
    first, *rest = found
    return [first, *sorted(rest, key=lambda row: row.part != _TARGET)]


_ASKED = ("decided_on", "documents")


def summary(rows: list[Row], known: Facts | None, leads_to: str) -> Table:
    """The lines as a table, those that can be changed with their numbers."""
    numbers = {row: number for number, row in enumerate(changeable(rows), 1)}
    lines: list[tuple[Said, object]] = []
    if known:
        lines.append(
            (
                _line("", "Platform", "平台"),
                say(f"{known.name} ({known.platform_id})", f"{known.name}（{known.platform_id}）"),
            )
        )
    for row in rows:
        lines.append((_line(str(numbers.get(row, "")), *_both(row.name)), say(row.value)))
    if leads_to:
        lines.append((_line("", "Leads to", "将进入"), wording.stage_led_to(leads_to)))
    return facts(lines)


def changeable(rows: list[Row]) -> list[Row]:
    """The lines that can be asked for anew, in their order: numbered from 1."""
    return [row for row in rows if row.part]


def _both(name: Said) -> tuple[str, str]:
    return name if isinstance(name, Words) else (name, name)


def _line(number: str, en: str, zh: str) -> Words:
    return Words(f"{number:>2}  {en[:1].upper()}{en[1:]}", f"{number:>2}  {zh}")


def _answers(part: Part, value: Any) -> Iterator[Row]:
    """The answers of a part, each of which can be changed alone."""
    if isinstance(value, dict) and part.vocabulary:
        for item in part.vocabulary:
            yield Row(f"{part.field}.{item}", called(item), _item(value.get(str(item))))
    elif part.shape.listed:
        several = list(value or ())
        for number, one in enumerate(several, 1):
            name = Words(f"{part.label.en} {number}", f"{part.label.zh} {number}")
            yield Row(f"{part.field}.{number}", name, _one(part, one))
        more = f"{part.field}.{len(several) + 1}"
        yield Row(more, named(part.label), _MORE if several else NONE)
    else:
        shown = part.label.unset if value is None else _shown(part, value)
        yield Row(part.field, named(part.label), shown)


def _actor(actor: Any) -> str:
    return " · ".join(actor_words(actor)) if isinstance(actor, dict) else str(actor or "")


def actor_words(actor: Mapping[str, Any]) -> list[str]:
    """Who decides: the person, and for whom; the role; the organisation; the district. Nothing twice."""
    absence = actor.get("acting_for") or {}
    principal = absence.get("principal_id") if isinstance(absence, dict) else None
    who = str(actor.get("id", ""))
    if principal:
        who += say(f" for {principal}", f"（代 {principal}）")
    words = [who, wording.who(str(actor.get("role", ""))), str(actor.get("organisation", ""))]
    if actor.get("district"):
        words.append(word(str(actor["district"]), District))
    return list(dict.fromkeys(words))


def _shown(part: Part, value: Any) -> str:
    if part.shape.is_file:
        return say("as in the file", "见文件")
    if part.shape in (Shape.BODY, Shape.LEAD_UNIT) and isinstance(value, dict):
        kind = word(str(value.get("kind", "")), LeadUnitKind)
        more = [one for one in (kind, str(value.get("credit_code") or "")) if one]
        name = str(value.get("name", ""))
        if not more:
            return name
        return say(f"{name} ({', '.join(more)})", f"{name}（{'，'.join(more)}）")
    if isinstance(value, dict):
        return sentence(
            [
                word(item, part.vocabulary) + say(": ", "：") + _item(one)
                for item, one in _in_order(part, value)
            ]
        )
    if isinstance(value, list | tuple):
        return sentence([_one(part, one) for one in value])
    return _short(word(str(value), part.vocabulary))


def _in_order(part: Part, items: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The items of a part in the order in which its form asks for them."""
    # A register keeps the parts of an object in an order of its own.
    places = {str(one): place for place, one in enumerate(part.vocabulary)}
    return sorted(items.items(), key=lambda item: places.get(item[0], len(places)))


def _one(part: Part, value: Any) -> str:
    if not isinstance(value, dict):
        return _short(str(value))
    return _expert(value) if part.shape is Shape.PANEL else str(value.get("name", ""))


def _expert(expert: Mapping[str, Any]) -> str:
    field = word(str(expert.get("field", "")), ExpertField)
    vote = word(str(expert.get("vote", "")), Vote)
    who, organisation = expert.get("name", ""), expert.get("organisation", "")
    return say(
        f"{who} ({field}, {organisation}): {vote}", f"{who}（{field}，{organisation}）：{vote}"
    )


def _item(said: Any) -> str:
    if not isinstance(said, dict):
        return _short(str(said or ""))
    words = word(str(said.get("finding", "")), Finding)
    score, remark = said.get("score"), said.get("remark")
    more = [say(f"score {score}", f"{score}分")] if score is not None else []
    more += [str(remark)] if remark else []
    if more:
        words += say(f" ({', '.join(more)})", f"（{'，'.join(more)}）")
    return words


def _short(words: str) -> str:
    return words if len(words) <= _LETTERS else words[:_LETTERS] + " …"
