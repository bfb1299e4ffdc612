"""The words of notices, in Chinese and English: what happened, what is to be done by whom until when.

Templates lie beside, a file for each language and in it a block for each event: its first line is the
title. They get plain data in the words of the guideline, and what others wrote on one line.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from activities.added_fields import AddedField
from activities.harmless_text import harmless
from workflows.decisions import MODELS
from workflows.lifecycle import ASSESSMENT, PLATFORM
from workflows.notice_messages import Notice
from workflows.periods import BEIJING, last_day
from workflows.stated_changes import stated_changes
from workflows.stated_reasons import reasons_in
from workflows.steps import Trigger
from workflows.vocabulary import (
    AssessmentStage,
    District,
    Field,
    FilingOutcome,
    Happening,
    Kind,
    Role,
    Stage,
    Support,
)
from workflows.words import BilingualEnum, Language, Words

BOTH: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """A notice in one language."""

    title: str
    body: str


def text_of(notice: Notice, language: Language) -> Text:
    """A notice in a language; an event that has no words of its own gets plain ones."""
    template = _template(language)
    facts = _facts(notice, language)
    event = notice.event if notice.event in template.blocks else "other"
    title, _, what = _block(template, event, facts).partition("\n")
    why = _block(template, "reasons", facts)
    parts = (
        f"{what.strip()}\n{why}".strip(),
        _block(template, "to_do", facts),
        _block(template, "about", facts),
    )
    return Text(title.strip(), "\n\n".join(part for part in parts if part))


def _block(template: Template, name: str, facts: Mapping[str, Any]) -> str:
    lines = "".join(template.blocks[name](template.new_context(dict(facts)))).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip()).strip()


@cache
def _template(language: Language) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("activities"),
        undefined=StrictUndefined,
        autoescape=False,  # plain text, never HTML
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(f"{language}.txt.j2")


def _one_line(value: Any) -> Any:
    """What others wrote adds no line to a message and turns no direction of reading."""
    return harmless(value) if isinstance(value, str) else value


def _facts(notice: Notice, language: Language) -> dict[str, Any]:
    """What the templates may say: the content, in words."""
    content = notice.content
    said = content.get("said") or {}
    year = content.get("year") or said.get("year") or 0
    return {
        "event": _word(notice.event, language, Kind, Happening),
        "outcome": content.get("outcome") or "",
        "result": _outcome(notice.event, content.get("outcome") or "", language),
        "platform": content.get("name") or notice.platform_id,
        "platform_id": notice.platform_id,
        "district": _word(notice.district, language, District),
        "field": _word(content.get("field") or "", language, Field, AddedField).replace("_", " "),
        "operator": content.get("operator") or "",
        "term": notice.term,
        "year": year,
        "stage": _word(content.get("stage") or "", language, Stage, AssessmentStage),
        "ended": any(one.ended(content.get("stage") or "") for one in (PLATFORM, ASSESSMENT)),
        "to_do": _awaited(notice, language),
        "due": _day(content.get("due") or said.get("due")),
        "valid_until": _day(content.get("valid_until")),
        "next_term": content.get("next_term") or "",
        "next_term_days": content.get("next_term_days") or 0,
        "at": notice.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M"),
        "by": content.get("organisation") or "",
        "actor": content.get("actor_id") or "",
        "decision": content.get("decision_id") or "",
        "notice": notice.id,
        "support": _word(str(said.get("support", "")), language, Support),
        "said": _Said(said),
        **_reasons(notice.event, said, language),
    }


MOST_REASONS, MOST_LETTERS = 12, 500
"""Maximum reasons of a decision in a notice, and maximum letters of each."""


def _reasons(event: str, said: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Why a decision was taken and what must be corrected, a line each, and how many do not stand here."""
    changes = stated_changes(said) if event == Kind.FACTS_CHANGE else ()
    lines = [
        words.text(language)
        for words in (*changes, *(reason.words for reason in reasons_in(event, said)))
    ]
    shown = [_cut(line[:1].upper() + line[1:]) for line in lines[:MOST_REASONS]]
    return {
        "reasons": shown,
        "reasons_left": len(lines) - len(shown),
        "reasons_cut": shown != [line[:1].upper() + line[1:] for line in lines],
    }


def _cut(line: str) -> str:
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"


class _Said(dict[str, Any]):
    """What was said: a fact that was left out is empty, and never an error in a notice."""

    def __missing__(self, name: str) -> str:
        return ""


def _awaited(notice: Notice, language: Language) -> list[dict[str, str]]:
    """What is awaited now: the roles stand in the content, what is asked of them in the table."""
    roles = notice.content.get("awaited") or ()
    lifecycle = ASSESSMENT if notice.year else PLATFORM
    triggers: dict[tuple[str, str], Trigger] = {
        (str(trigger.by), trigger.name): trigger
        for step in lifecycle.steps
        if step.stage == notice.content.get("stage")
        for trigger in step.decisions
        if trigger.by in roles
    }
    return [
        {
            "who": _word(role, language, Role),
            "kind": name,
            "what": _word(name, language, Kind),
            "rule": trigger.rule,
        }
        for (role, name), trigger in triggers.items()
    ]


def _outcome(event: str, outcome: str, language: Language) -> str:
    """The outcome of a decision; those of happenings have their words in the templates."""
    if event in tuple(Kind) and "outcome" in MODELS[Kind(event)].model_fields:
        words = MODELS[Kind(event)].model_fields["outcome"].annotation
        if isinstance(words, type) and issubclass(words, StrEnum):
            return _word(outcome, language, words)
    return _word(outcome, language, FilingOutcome, AssessmentStage)


def _word(value: str, language: Language, *vocabularies: type[StrEnum]) -> str:
    for vocabulary in vocabularies:
        known = next((one for one in vocabulary if one == value), None)
        if known is not None:
            words: Words = known.words if isinstance(known, BilingualEnum) else Words.same(known)
            return words.text(language)
    return value


def _day(moment: Any) -> str:
    """The last day of a period that ends at a moment, in Beijing; a day that is one already stays."""
    if not isinstance(moment, str) or not moment:
        return ""
    try:
        return str(last_day(datetime.fromisoformat(moment))) if "T" in moment else moment
    except ValueError:
        return ""
