"""The commands of decisions: complete one, prompt, check or send it, show the receipt."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from starter.clock import today
from starter.commands.actor_resolution import ActorResolver
from starter.commands.decision_calls import DecisionCalls
from starter.commands.decision_form import ACTOR, DecisionForm, completed
from starter.commands.document_files import folder_of, with_documents
from starter.commands.form_options import AS, DRY_RUN, FOR, RECEIPT, YES, option, preset
from starter.commands.forms_by_kind import FORMS
from starter.commands.input_files import read_object
from starter.commands.notation import platform_id
from starter.commands.options import BY_NAME, PlatformId
from starter.commands.panel_options import (
    PANEL_OPTIONS,
    called_panel,
    complain_of_votes,
    without_whom,
)
from starter.commands.receipt_view import show_preview, show_receipt
from starter.commands.unless_meant import is_dated_ahead, unless_meant
from starter.desk.platform_names import Holder
from starter.terminal.command_runner import answered
from starter.terminal.screen import at_terminal, complain, show_json
from workflows.decision import Decision
from workflows.states import Receipt
from workflows.vocabulary import Kind
from workflows.words import Words


@dataclass(frozen=True)
class Call:
    """What a command was called with."""

    platform: str
    called: str | None
    principal: str | None
    file: str | None
    dry_run: bool
    yes: bool
    as_json: bool
    given: Mapping[str, Any]
    preset: frozenset[str]
    roster: str | None = None
    votes: tuple[str, ...] = ()
    receipt: Path | None = None
    by_name: bool = False
    """Whether the platform was called by a name: a person is asked whether it is the one."""

    @property
    def talks(self) -> bool:
        """Whether a person sits there who can be asked."""
        return at_terminal() and not self.as_json and self.file != "-"


_HOW = (
    AS,
    FOR,
    click.Option(["--file", "file"], metavar="FILE", help="The decision as JSON; - is stdin. 文件"),
    DRY_RUN,
    YES,
    RECEIPT,
    click.Option(
        ["--json", "as_json"], is_flag=True, help="Print the receipt as JSON. 以 JSON 输出"
    ),
)


def form_command(name: str) -> click.Command:
    """The command of this name, for the entry point.

    Raises:
        StopIteration: no form is called so.
    """
    return command_of(next(form for form in FORMS.values() if form.name == name))


def command_of(form: DecisionForm) -> click.Command:
    """The command of a form."""

    def callback(**said: Any) -> None:
        given = {name: value for name, value in said.items() if name.startswith("given_")}
        rest = {name: value for name, value in said.items() if name not in given}
        with answered():
            by_name = BY_NAME in click.get_current_context().meta
            decide(form, Call(given=given, preset=preset(), by_name=by_name, **rest))

    return click.Command(
        form.name,
        params=[
            click.Argument(["platform"], type=PlatformId(Holder.WORKFLOW)),
            *(option(part) for part in (*form.parts, *ACTOR, *form.common)),
            *(PANEL_OPTIONS if form.kind is Kind.EXPERT_OPINION else ()),
            *_HOW,
        ],
        callback=callback,
        help=help_of(form),
    )


def help_of(form: DecisionForm) -> str:
    """What a form's command says of itself, with its example."""
    return (
        f"{form.does}\n\nPrompts for missing values at a terminal. In scripts: flags, or --file with"
        " the whole decision as JSON. Flags override the file; your profile (`pingtai login`) says"
        f" who you are.\n\n\b\nExample:\n  {form.example}"
    )


def _of_file(file: str) -> dict[str, Any]:
    """The decision in a file, or in a receipt's; documents that it names stand beside it. Raises BadInput."""
    from starter.client.receipt_file import sent_before  # noqa: PLC0415 - few send by file

    said: dict[str, Any] = with_documents(sent_before(read_object(file)), folder_of(file))
    return said


def decide(form: DecisionForm, call: Call) -> None:
    """Take a decision as a command says it; what is missing is asked for at a terminal.

    Questions are asked between the calls to the system, never within one: Ctrl-C must end them.

    Raises:
        Refused, InvalidMessage, PingtaiError, click.Abort: see `starter.terminal.command_runner`.
    """
    platform_id(call.platform)
    if call.receipt:
        from starter.client.receipt_file import expect_new  # noqa: PLC0415 - few keep one

        expect_new(call.receipt)
    said = form.decision(call.given, _of_file(call.file) if call.file else {})
    said["actor"] = ActorResolver(call.given, call.preset, call.called).actor(said, form.kind)
    roster = called_panel(call.roster, call.votes) if call.roster or call.votes else []
    if roster and ("panel" in said or not call.talks):
        complain_of_votes(roster)
    if roster and all("vote" in expert for expert in roster):
        said["panel"] = [*roster, *said.get("panel", ())]
    with without_whom(roster), closing(DecisionCalls(form, call.platform, call.principal)) as calls:
        calls.name_target(said)
        if call.talks and (form.unanswered(said) or _who_is_open(said, call)):
            _take_by_form(call, calls, said, roster)
            return
        raw = completed(said)
        decision = calls.decision(raw)
        asks = call.talks and not (call.yes or call.dry_run)
        if not (asks or call.yes):
            _refuse_what_is_odd(calls, decision, raw)
        if call.dry_run:
            _try(call, calls, decision, raw)
            return
        doubtful = calls.doubts(raw) if asks else []
        if doubtful:
            calls.judge(decision)
        if doubtful or (asks and (call.by_name or form.kind is Kind.SET_ASIDE)):
            from starter.commands.guided.guided_decision import confirm  # noqa: PLC0415 - only who asks needs it

            confirm(calls, decision, raw, doubtful)
        _send(call, calls, decision)


def _refuse_what_is_odd(calls: DecisionCalls, decision: Decision, raw: Mapping[str, Any]) -> None:
    """Refuse what is asked about at a terminal, where nobody can be asked.

    Raises:
        BadInput: with what to add if it is meant.
        Refused: the rules refuse it, whether it is meant or not.
    """
    doubts = [] if is_dated_ahead(raw, today()) else calls.doubts(raw)
    if doubts:
        calls.judge(decision)
        raise unless_meant(doubts)


def _take_by_form(
    call: Call, calls: DecisionCalls, said: dict[str, Any], roster: list[dict[str, str]]
) -> None:
    from starter.commands.guided.guided_decision import guided  # noqa: PLC0415 - as above

    asks = not (call.yes or call.dry_run)
    with guided(calls, said, roster, asks=asks) as (session, raw):
        decision = calls.decision(raw)
        if call.dry_run:
            _try(call, calls, decision, raw)
            return
        session.sending()
        _send(call, calls, decision, _NOT_TWICE)
        session.sent(decision)


def _who_is_open(said: Mapping[str, Any], call: Call) -> bool:
    actor = said["actor"]
    needed = {"id"} if call.principal else {"id", "organisation"}
    return isinstance(actor, dict) and not needed <= actor.keys()


def _try(call: Call, calls: DecisionCalls, decision: Decision, raw: dict[str, Any]) -> None:
    preview = calls.preview(decision)
    if call.as_json:
        show_json({"would_be_taken": True, "stage": preview.stage, "decision": raw})
    else:
        show_preview(call.platform, decision, preview)


def _send(call: Call, calls: DecisionCalls, decision: Decision, again: Words | None = None) -> None:
    sent = calls.send(decision, again)
    if not isinstance(sent, Receipt):
        from starter.commands.waiting_decisions import receipt_comes, show_left  # noqa: PLC0415 - few need it

        show_left(sent, as_json=call.as_json)
        if call.receipt and call.as_json:
            complain(receipt_comes(sent).at(str(call.receipt)))
        return
    end = calls.end_of_stage(sent)
    if call.as_json:
        show_json(sent.model_dump(mode="json"))
    else:
        show_receipt(sent, end, _signers(calls.sent))
    if call.receipt:
        from starter.client.receipt_file import keep_receipt, receipt_content  # noqa: PLC0415 - as above

        keep_receipt(call.receipt, receipt_content(sent, calls.sent))


def _signers(sent: dict[str, Any]) -> tuple[str, ...]:
    if not sent.get("signatures"):
        return ()
    from starter.client.signed_decisions import signers_of  # noqa: PLC0415 - as above

    return signers_of(sent)


_NOT_TWICE = Words(
    "It may have been accepted. Sent again, it is not accepted twice.",
    "可能已办理。再次提交不会重复办理。",
)
