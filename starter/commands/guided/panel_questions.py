"""The panel of experts: one that was kept, or one by one; what the rules refuse is said when it is typed."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from starter.commands.decision_form import Part
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import CHOICE, Dialogue
from starter.commands.guided.nested_forms import ask_field, called, help_of, misfit
from starter.commands.panel_options import ABSENT
from starter.desk.panels import Panel, PanelExpert, keep_panel, read_panels
from starter.errors import BadInput
from starter.terminal.language import language, say
from starter.terminal.screen import heading, show
from workflows.circumstances import Circumstances
from workflows.decisions import Expert, ExpertOpinion
from workflows.field_labels import label_of
from workflows.model import InvalidMessage
from workflows.name_comparison import same_name
from workflows.panel_checks import belongs
from workflows.rules import CaseState
from workflows.vocabulary import ExpertField, Vote
from workflows.words import Words, counted, listed_zh

MOST = 50
NEW = "+"
"""In place of a panel's name: none of those."""
_NAME = "panel.name"
"""The part in which the name is asked for under which a new panel is kept."""
_TELL_APART = Words(
    "; another person of this name is told apart in it, as in 王伟 (Example Institute)",
    "；确为同名的另一人，请在姓名中区分，如“王伟（示例研究所）”",
)
_RECUSED_ONLY = Words(
    ". They can only be recused, or be left out (took no part).",
    "。只能记为“回避”，或选“未参加”不列入。",
)
_COMMA = re.compile("[,，]")
_PARTS_OF_A_NAME = 2
"""English has the family name first with a comma; more of them are those of `--expert`."""
_NAME_ALONE = Words(
    "the name alone: field, organisation and vote are asked for next",
    "此处只填姓名，方面、单位和意见随后填写",
)
_KEEP = Words("Keep this panel for next time, under the name", "保存本专家组以便下次使用，名称")


class PanelQuestions:
    """Asks for a panel, until there are enough experts of each field and an empty name."""

    def __init__(
        self, talk: Dialogue, state: CaseState, roster: Sequence[dict[str, str]] = ()
    ) -> None:
        """Of a case; `roster` is the panel that was named, some without their votes."""
        self._talk = talk
        self._state = state
        self._roster = roster

    def ask(self, part: Part) -> list[dict[str, str]]:
        """The experts with their votes.

        Raises:
            click.Abort: whoever was asked went away.
        """
        talk, field = self._talk, part.field
        found: list[dict[str, str]] = []
        with talk.part(field):
            talk.above(*help_of(part), heading(prompts.named(part.label)))
            kept = self._kept(field)
            while len(found) < MOST:
                place = len(found) + 1
                missing = _still_missing(found, self._state.facts.policy.experts_at_least)
                following = talk.has(f"{field}.{place + 1}")
                with talk.part(f"{field}.{place}"):
                    # Of one who is changed it is no news how many were named before.
                    lacks = [] if following else missing
                    talk.above("", *lacks, say(f"Expert {place}", f"专家 {place}"), level=1)
                    expert = self._expert(found, needed=bool(missing) and not following)
                absent = expert is not None and expert["vote"] == ABSENT
                if absent or (expert is None and following):
                    talk.remove(field, place)
                if expert is None:
                    break
                found.append(expert)
            if not kept and found:
                with talk.part(_NAME):
                    talk.above(level=1)
                    talk.ask(_KEEP, _panel_name, needed=False)
        return found

    def _kept(self, field: str) -> bool:
        """Whether a panel that was kept is taken: its members are answered, and their votes asked for."""
        talk = self._talk
        if self._roster:
            if not talk.has(f"{field}.1"):
                self._answer(field, self._roster)
            return True
        panels = _readable()
        if not panels or (talk.has(f"{field}.1") and not talk.has(field)):
            return False
        before = talk.has(field)
        choices = {panel.name: (panel.name, _size(panel)) for panel in panels}
        choices[NEW] = (say("another panel", "其他专家组"), "")
        name = talk.choose(Words("Kept panels", "已保存的专家组"), choices)
        if not before:
            talk.forget(field)
            chosen = next((panel for panel in panels if panel.name == name), None)
            if chosen:
                self._answer(field, [one.model_dump(mode="json") for one in chosen.experts])
        return name != NEW

    def _answer(self, field: str, experts: Sequence[dict[str, str]]) -> None:
        """Answer who the experts are; one who is on the panel already is left out, and told."""
        found: list[dict[str, str]] = []
        for one in experts:
            twice = _twice(one["name"], found)
            if twice:
                prompts.wrong(say(twice) + say(": left out", "，未列入"))
                continue
            found.append(one)
            answers = [(_question(part), one[part]) for part in ("name", "field", "organisation")]
            if "vote" in one:
                answers.append((CHOICE.en, one["vote"]))
            self._talk.answer(f"{field}.{len(found)}", *answers)

    def _expert(self, others: list[dict[str, str]], *, needed: bool) -> dict[str, str] | None:
        talk = self._talk

        def once(name: str) -> str:
            if len(_COMMA.split(name)) > _PARTS_OF_A_NAME:
                raise ValueError(say(_NAME_ALONE))
            twice = _twice(name, others)
            if twice:
                raise ValueError(say(twice) + say(_TELL_APART))
            return name

        name = ask_field(talk, Expert, "name", needed=needed, also=once)
        if name is None:
            return None
        field = ask_field(talk, Expert, "field")
        organisation = ask_field(talk, Expert, "organisation")
        of = called(ExpertField(field))
        question = Words(
            f"Vote: {name} ({of.en}, {organisation})", f"意见：{name}（{of.zh}，{organisation}）"
        )
        votes = prompts.choices_of(Vote)
        why = self._dependence(name, organisation)
        if why:
            talk.above(Text(f"  ! {say(why)}{say(_RECUSED_ONLY)}"), level=2)
            votes = {Vote.RECUSED: votes[Vote.RECUSED]}
        zh = language() == "zh"
        took_no_part = ("未参加", "", "took no part") if zh else ("took no part", "未参加")
        choices: prompts.Choices = {**votes, ABSENT: took_no_part}
        vote = talk.choose(question, choices)
        return {"name": name, "field": field, "organisation": organisation, "vote": vote}

    def _dependence(self, name: str, organisation: str) -> Words | None:
        """Return to which of the bodies that are judged somebody belongs; None: to none."""
        known: dict[str, Any] = {"name": name, "organisation": organisation}
        expert = Expert.model_construct(**known)
        return belongs(expert, self._state, Circumstances(datetime.now(UTC)))


def _twice(name: str, others: Sequence[dict[str, str]]) -> Words | None:
    if any(same_name(other["name"], name) for other in others):
        return Words(f"{name} is on the panel already", f"{name}已在专家组中")
    return None


def keep_for_next_time(talk: Dialogue, opinion: ExpertOpinion) -> None:
    """Keep the panel of an opinion that was sent, where a name was given for it.

    Raises:
        BadInput, InvalidMessage: see `starter.desk.panels.keep_panel`.
    """
    name = next((line for _, line in talk.answers.get(_NAME, ())), "")
    if not name:
        return
    experts = tuple(
        PanelExpert(name=one.name, field=one.field, organisation=one.organisation)
        for one in opinion.panel
    )
    path = keep_panel(Panel(name=name, experts=experts))
    show(Words(f"Panel {name} is kept in {path}.", f"专家组“{name}”已保存至 {path}。"))


def _readable() -> tuple[Panel, ...]:
    """The panels that are kept; none, and why, where their file cannot be read."""
    try:
        return read_panels()
    except (BadInput, InvalidMessage) as error:
        prompts.wrong(say(error.words))
        return ()


def _panel_name(given: str) -> str:
    problem = misfit(Panel, "name", given)
    if problem:
        raise ValueError(problem)
    return given


def _size(panel: Panel) -> str:
    many = len(panel.experts)
    return say(counted(many, "expert"), f"{many} 人")


def _question(field: str) -> str:
    """By which words an answer about an expert is known."""
    if field == "field":
        return CHOICE.en
    label = label_of(Expert.model_fields[field])
    assert label, field  # noqa: S101 - each of them has one
    return prompts.named(label).en


def _still_missing(panel: list[dict[str, str]], least: int) -> list[str]:
    """How many and which experts a panel lacks, in a line; none when it is enough."""
    present = Counter(expert["field"] for expert in panel if expert["vote"] != Vote.RECUSED)
    fields = [field for field in ExpertField if field not in present]
    if present.total() >= least and not fields:
        return []
    en = f"{present.total()} of at least {least} experts"
    zh = f"已有 {present.total()} 人，至少 {least} 人"
    if fields:
        en += f"; none yet from {', '.join(fields)}"
        zh += f"；尚缺{listed_zh(field.zh for field in fields)}方面"
    return [say(en, zh)]
