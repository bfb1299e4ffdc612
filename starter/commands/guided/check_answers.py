"""*Check your answers*: all of them at once, each to be changed by its number, before anything is sent."""

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from starter.commands.decision_form import DecisionForm
from starter.commands.guided import prompts
from starter.commands.guided.dialogue import BACK, CHOICE, Dialogue
from starter.commands.guided.summary import ACTOR, Row, changeable, rows_of, summary
from starter.commands.message_shapes import Shape, shape_of
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.official_wording import official
from starter.terminal.screen import heading, show
from workflows.actors import Actor
from workflows.decisions import MODELS
from workflows.field_labels import label_of
from workflows.model import InvalidMessage, Message
from workflows.refusal import Refused
from workflows.states import Facts
from workflows.words import Words

TITLE = Words("Check your answers", "请核对所填内容")


class Questions(NamedTuple):
    """What a form asks for, and what was said before."""

    said: dict[str, Any]
    fill_in: Callable[[], dict[str, Any]]


class Checks(NamedTuple):
    """What is asked about a decision before it is sent."""

    leads_to: Callable[[dict[str, Any]], str]
    """The stage that it leads to. Raises Refused, InvalidMessage."""
    doubts: Callable[[dict[str, Any]], list[Words]]
    shown: Callable[[dict[str, Any]], dict[str, str]]
    """Answers by their fields that are shown otherwise than they are sent."""
    due: bool
    """Whether it is the decision's turn: otherwise no other answer helps."""


def checked_answers(
    talk: Dialogue, form: DecisionForm, questions: Questions, known: Facts, checks: Checks
) -> dict[str, Any]:
    """Ask until whoever is asked says yes to a decision that would be accepted.

    Raises:
        click.Abort: it is not to be sent.
        Refused, InvalidMessage: it would be refused, and nothing of it is to be changed.
    """
    said = questions.said
    while True:
        raw = talk.run(questions.fill_in)
        refusal: Refused | InvalidMessage | None = None
        leads_to = ""
        try:
            leads_to = checks.leads_to(raw)
        except (Refused, InvalidMessage) as error:
            refusal = error
        rows = rows_of(form, raw, said, _files(talk, form) | checks.shown(raw))
        show(heading(TITLE), summary(rows, known, leads_to), "")
        if refusal:
            prompts.wrong(say(_would_be_refused(refusal)))
        doubts = checks.doubts(raw)
        for one in doubts:
            prompts.wrong(say(one))
        question = _question(refused=bool(refusal), doubtful=bool(doubts), due=checks.due)
        if _answer(talk, form, said, changeable(rows), question=question, refusal=refusal):
            return raw


def _answer(
    talk: Dialogue,
    form: DecisionForm,
    said: dict[str, Any],
    rows: list[Row],
    *,
    question: Words,
    refusal: Exception | None,
) -> bool:
    """Whether to send it; False when an answer is to be given anew."""
    while True:
        given = prompts.ask(say(question))
        if prompts.plain(given) in BACK:
            if talk.back():
                return False
            continue
        if given.isdecimal() and 0 < int(given[:3]) <= len(rows):
            _reopen(talk, form, said, rows[int(given) - 1])
            return False
        answer = prompts.yes_or_no(given, default=False) if given else None
        if answer is False:
            raise refusal or Declined
        if answer and not refusal:
            return True
        prompts.wrong(
            say(
                f"a number from 1 to {len(rows)}, or n" if refusal else f"y, n or 1 to {len(rows)}",
                f"请输入 1 至 {len(rows)} 或 n" if refusal else f"请输入 y、n 或 1 至 {len(rows)}",
            )
        )


def _files(talk: Dialogue, form: DecisionForm) -> dict[str, str]:
    """The files that were named for parts, in the form or by flags."""
    context = click.get_current_context(silent=True)
    flags = context.params if context else {}
    found: dict[str, str] = {}
    for part in form.parts:
        typed = [line for _, line in talk.answers.get(part.field, ()) if line]
        name = typed[-1] if typed else flags.get(part.name)
        if part.shape.is_file and isinstance(name, str):
            found[part.field] = name
    return found


def _question(*, refused: bool, doubtful: bool, due: bool) -> Words:
    if refused and not due:
        return Words(
            "This decision is not due now, and no other answer changes that. n to stop",
            "当前环节不办理该决定，修改所填内容无效。请输入 n 退出",
        )
    if refused:
        return Words(
            "Number of an answer to change, or n to stop", "请输入序号修改该项，或输入 n 退出"
        )
    if doubtful:
        return Words(
            "Submit all the same? y, n, or a number to change that answer",
            "仍要提交？y 提交，n 退出，或输入序号修改该项",
        )
    return Words(
        "Submit? y, n, or a number to change that answer",
        "确认提交？y 提交，n 退出，或输入序号修改该项",
    )


def _reopen(talk: Dialogue, form: DecisionForm, said: dict[str, Any], row: Row) -> None:
    """Let an answer be given anew; what flags, files or the profile said is offered, too."""
    before = said.get(row.part)

    def undo() -> None:
        if before is not None:
            said[row.part] = before

    talk.reopen(row.part, undo)
    if row.part == ACTOR and isinstance(said.get(ACTOR), dict):
        actor = said[ACTOR]
        said[ACTOR] = {key: value for key, value in actor.items() if key == "role"}
        for field in ("id", "organisation", "district"):
            _offer(talk, Actor, f"{ACTOR}.{field}", actor.get(field))
    elif row.part in said:
        _offer(talk, MODELS[form.kind], row.part, said.pop(row.part))


def _offer(talk: Dialogue, model: type[Message], part: str, value: Any) -> None:
    field = part.rpartition(".")[2]
    info = model.model_fields[field]
    label, word = label_of(info), shape_of(info)[0] is Shape.WORD
    if label and isinstance(value, str | int):
        talk.offer(part, CHOICE if word else prompts.named(label), str(value))


def _would_be_refused(error: Refused | InvalidMessage) -> Words:
    en, zh = official(error.words) if isinstance(error, Refused) else error.words
    return Words(f"It would be refused: {en}", f"提交将不予受理：{zh}")
