"""A decision that somebody takes at a terminal: by a form, or by flags with what is asked about them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from starter.commands.decision_calls import DecisionCalls
from starter.commands.guided.case_brief import NOT_THERE, ON_NOTHING, Brief, brief_parts
from starter.commands.guided.check_answers import Checks
from starter.commands.guided.dialogue import HOW
from starter.commands.guided.foresight import Foresight
from starter.commands.guided.plan_changes import changes_parts
from starter.commands.guided.prompts import sure, wrong
from starter.commands.guided.questions import show_case
from starter.commands.guided.session import Session
from starter.commands.guided.summary import rows_of, summary
from starter.commands.set_aside_preview import decision_named, set_aside_with
from starter.commands.timeline import timeline
from starter.terminal.command_runner import Declined
from starter.terminal.language import say
from starter.terminal.screen import complain, heading, show
from workflows.decision import Decision
from workflows.vocabulary import Kind
from workflows.words import Words


@contextmanager
def guided(
    calls: DecisionCalls,
    said: Mapping[str, Any],
    roster: Sequence[dict[str, str]] = (),
    *,
    asks: bool,
) -> Iterator[tuple[Session, dict[str, Any]]]:
    """The session of a form, and what it came to; `asks`: whether to let the answers be checked.

    `roster`: the experts of a panel that was named.

    Raises:
        click.Abort: it is not to be sent.
        Refused, InvalidMessage: it would be refused, and nothing of it is to be changed.
    """
    view = calls.view()
    show_case(calls.form, view, calls.beside(view))
    foresight = Foresight(calls.form.kind, view, calls.register_log(), signs=calls.has_key)
    session = Session(calls.form, said, foresight, roster, office=calls.principal is None)
    brief: Brief | None = None

    def leads_to(raw: dict[str, Any]) -> str:
        preview = calls.preview(calls.decision(raw))
        if calls.form.kind is Kind.SET_ASIDE:
            show_set_aside(calls, raw)
        show(*changes_parts(brief, raw))
        return preview.stage or ""

    def shown(raw: dict[str, Any]) -> dict[str, str]:
        named = decision_named(foresight.log, raw.get("target"), raw.get("entry"))
        return {"target": named} if named else {}

    checks = Checks(leads_to, calls.doubts, shown, foresight.is_its_turn)
    with session.kept():
        with _nothing_sent():
            session.begin()
            if calls.form.kind not in ON_NOTHING:
                brief = _show_brief(calls)
            show("", HOW)
            raw = session.checked(checks) if asks else session.fill_in()
        yield session, raw


def confirm(
    calls: DecisionCalls, decision: Decision, raw: Mapping[str, Any], doubtful: Sequence[Words]
) -> None:
    """Ask for a yes to what takes more with it than itself, and to `doubtful`, which is seldom meant.

    Raises:
        click.Abort: it is not to be sent.
        Refused: it would be refused.
    """
    if calls.form.kind is Kind.SET_ASIDE:
        leads_to = calls.preview(decision).stage or ""
        show_set_aside(calls, raw)
        named = decision_named(calls.register_log(), raw.get("target"), raw.get("entry"))
        rows = rows_of(calls.form, raw, raw, {"target": named} if named else {})
        show(heading(Words("Summary", "摘要")), summary(rows, None, leads_to), "")
    for doubt in doubtful:
        wrong(say(doubt))
    question = Words("Submit?", "确认提交？")
    if doubtful:
        question = Words("Submit all the same?", "仍要提交？")
    with _nothing_sent():
        if not sure(say(question)):
            raise Declined


def _show_brief(calls: DecisionCalls) -> Brief | None:
    """Show what it is about, and return it; whoever knows it may decide also while the register is away."""
    brief = calls.brief()
    if brief:
        show(*brief_parts(calls.form.kind, brief))
    else:
        complain(Words(*(words.format(calls.platform) for words in NOT_THERE)))
    return brief


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Say so when whoever was asked went away."""
    try:
        yield
    except click.Abort as error:
        error.add_note(say(Words("Nothing was sent.", "未提交任何内容。")))
        raise


def show_set_aside(calls: DecisionCalls, raw: Mapping[str, Any]) -> None:
    """Show the entries that a setting aside takes with it."""
    lines = set_aside_with(calls.register_log(), str(raw.get("target")))
    if lines:
        show(
            heading(Words("Will be set aside (Beijing time)", "将被撤销的记录（北京时间）")),
            timeline(lines),
        )
    else:
        complain(
            Words(
                "The register does not know what will be set aside.", "名册中查不到将被撤销的记录。"
            )
        )
