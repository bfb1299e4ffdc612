"""The panel of experts, asked for one by one; what the rules would refuse is said when it is typed."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from starter.commands.decision_form import Part
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import Dialogue
from starter.commands.guided.nested_forms import ask_field, help_of
from starter.terminal.language import say
from starter.terminal.screen import heading
from workflows.circumstances import Circumstances
from workflows.content_checks import independent
from workflows.decisions import Expert, ExpertOpinion
from workflows.name_comparison import same_name
from workflows.rules import CaseState
from workflows.vocabulary import ExpertField
from workflows.words import Words

MOST = 50


def ask_panel(talk: Dialogue, part: Part, state: CaseState | None) -> list[dict[str, str]]:
    """The experts with their votes, until there are enough of each field, and an empty name."""
    least = state.facts.policy.experts_at_least if state else 1
    found: list[dict[str, str]] = []
    with talk.part(part.field):
        talk.above(*help_of(part), heading(prompts.named(part.label)))
        while len(found) < MOST:
            place = len(found) + 1
            missing = _still_missing(found, least)
            following = talk.has(f"{part.field}.{place + 1}")
            with talk.part(f"{part.field}.{place}"):
                talk.above(*missing, say(f"Expert {place}", f"专家 {place}"), level=1)
                expert = _expert(talk, found, state, needed=bool(missing) and not following)
            if expert is None:
                if following:
                    talk.remove(part.field, place)
                break
            found.append(expert)
    return found


def _expert(
    talk: Dialogue, others: list[dict[str, str]], state: CaseState | None, *, needed: bool
) -> dict[str, str] | None:
    name = ask_field(talk, Expert, "name", needed=needed)
    if name is None:
        return None

    def outside(organisation: str) -> str:
        objection = _objection(name, organisation, others, state)
        if objection:
            raise ValueError(say(objection))
        return organisation

    field = ask_field(talk, Expert, "field")
    organisation = ask_field(talk, Expert, "organisation", also=outside)
    vote = ask_field(talk, Expert, "vote")
    return {"name": name, "field": field, "organisation": organisation, "vote": vote}


def _objection(
    name: str, organisation: str, others: list[dict[str, str]], state: CaseState | None
) -> Words | None:
    """Why somebody cannot be on this panel: named twice, or from the bodies that are judged."""
    for other in others:
        if same_name(other["name"], name) and same_name(other["organisation"], organisation):
            return Words(f"{name} is on the panel already", f"{name}已在专家组中")
    if state is None:
        return None
    known: dict[str, Any] = {"name": name, "organisation": organisation}
    panel: dict[str, Any] = {"panel": (Expert.model_construct(**known),)}
    opinion = ExpertOpinion.model_construct(**panel)
    return independent(opinion, state, Circumstances(datetime.now(UTC)))


def _still_missing(panel: list[dict[str, Any]], least: int) -> list[str]:
    """How many and which experts a panel lacks, in a line; none when it is enough."""
    present = Counter(expert["field"] for expert in panel)
    fields = [field for field in ExpertField if field not in present]
    if len(panel) >= least and not fields:
        return []
    en, zh = f"{len(panel)} of at least {least} experts", f"已有 {len(panel)} 人，至少 {least} 人"
    if fields:
        en += f"; none yet from {', '.join(fields)}"
        zh += f"；尚缺{'、'.join(field.zh for field in fields)}方面"
    return [say(en, zh)]
