"""The commands by which people decide: how a decision is made up, asked for, checked and sent."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import click

from starter.client.interface import ASSESSMENT_KINDS, Pingtai
from starter.commands.actor_resolution import ActorResolver
from starter.commands.decision_form import (
    ACTOR,
    COMMON,
    DecisionForm,
    completed,
    outcome_of,
    roles_for,
)
from starter.commands.form_options import AS, DRY_RUN, FOR, option, preset
from starter.commands.forms_by_kind import FORMS
from starter.commands.guided.questions import confirm, fill_in, keep, show_case
from starter.commands.input_files import read_object
from starter.commands.notation import platform_id
from starter.commands.options import PlatformId
from starter.commands.receipt_view import end_of_stage, show_preview, show_receipt
from starter.desk.reach import open_pingtai, open_reads
from starter.desk.substitutes import in_place_of
from starter.errors import BadInput, NoSuchPlatform, NotAllowed
from starter.terminal.command_runner import answered
from starter.terminal.language import say
from starter.terminal.screen import at_terminal, complain, heading, show, show_json
from workflows.case import decision_of
from workflows.decision import Decision
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.run_io import CaseView
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

    @property
    def talks(self) -> bool:
        """Whether a person sits there who can be asked."""
        return at_terminal() and not self.as_json and self.file != "-"


class _Calls(NamedTuple):
    """The calls of one command, between which a person is asked: one event loop, one connection."""

    runner: asyncio.Runner
    client: Callable[[], Pingtai]
    """The client, connected when it is first asked for."""


@contextmanager
def _calls() -> Iterator[_Calls]:
    opened = AsyncExitStack()
    with asyncio.Runner() as runner:

        @cache
        def client() -> Pingtai:
            return runner.run(opened.enter_async_context(open_pingtai()))

        try:
            yield _Calls(runner, client)
        finally:
            runner.run(opened.aclose())


_HOW = (
    AS,
    FOR,
    click.Option(["--file", "file"], metavar="FILE", help="The decision as JSON; - is stdin. 文件"),
    DRY_RUN,
    click.Option(
        ["--yes", "yes"], is_flag=True, help="At a terminal: submit without confirmation. 不再确认"
    ),
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
            decide(form, Call(given=given, preset=preset(), **rest))

    return click.Command(
        form.name,
        params=[
            click.Argument(["platform"], type=PlatformId()),
            *(option(part) for part in (*form.parts, *ACTOR, *COMMON)),
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


def decide(form: DecisionForm, call: Call) -> None:
    """Take a decision as a command says it; what is missing is asked for at a terminal.

    Questions are asked between the calls to the system, never within one: Ctrl-C must end them.

    Raises:
        Refused, InvalidMessage, PingtaiError, click.Abort: see `starter.terminal.command_runner`.
    """
    platform_id(call.platform)
    raw = form.decision(call.given, read_object(call.file) if call.file else {})
    raw["actor"] = ActorResolver(call.given, call.preset, call.called).actor(raw, form.kind)
    with _calls() as calls:
        with _nothing_sent():
            view = _asked(form, call, raw, calls)
        completed(raw)
        if call.principal:
            raw["actor"] = calls.runner.run(_in_place(form.kind, call.principal, raw))
        try:
            decision = decision_of(raw, form.kind)
        except InvalidMessage as error:
            raise _explained(form, error) from None
        if call.dry_run:
            preview = calls.runner.run(calls.client().check(call.platform, decision))
            if call.as_json:
                show_json({"would_be_taken": True, "stage": preview.stage, "decision": raw})
            else:
                show_preview(call.platform, decision, preview)
            return
        with _nothing_sent():
            _confirmed(form, call, raw, view, calls)
        _send(call, decision, calls)


def _asked(form: DecisionForm, call: Call, raw: dict[str, Any], calls: _Calls) -> CaseView | None:
    """Fill in what is missing by asking; the case it is about, None where nothing was asked."""
    if not call.talks or not (form.unanswered(raw) or _who_is_open(raw, call)):
        return None
    view = calls.runner.run(_case(calls.client(), form.kind, call.platform))
    show_case(form, view)
    if form.kind is Kind.SET_ASIDE and "target" not in raw:
        from starter.commands.set_aside_preview import decisions_table  # noqa: PLC0415 - one kind needs it

        log = calls.runner.run(_log(call.platform))
        show(heading(Words("Decisions in force", "有效的决定")), decisions_table(log))
    fill_in(form, raw, view, office=call.principal is None)
    return view


def _confirmed(
    form: DecisionForm, call: Call, raw: dict[str, Any], view: CaseView | None, calls: _Calls
) -> None:
    """Ask for a yes to what was asked for, and to what takes more with it than itself."""
    sets_aside = form.kind is Kind.SET_ASIDE and call.talks
    if call.yes or not (view or sets_aside):
        return
    try:
        preview = calls.runner.run(calls.client().check(call.platform, raw))
    except (Refused, InvalidMessage) as error:
        if view is None:
            raise
        try:
            with answered():
                raise error from None
        finally:
            keep(form, call.platform, raw)
    if sets_aside:
        _show_set_aside(call.platform, raw, calls)
    case = (view.assessment or view.platform) if view else None
    confirm(form, raw, case.facts if case else None, preview.stage or "")


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """Say so when whoever was asked went away."""
    try:
        yield
    except click.Abort as error:
        error.add_note(say(Words("Nothing was sent.", "未提交任何内容。")))
        raise


def _who_is_open(raw: Mapping[str, Any], call: Call) -> bool:
    actor = raw["actor"]
    needed = {"id"} if call.principal else {"id", "organisation"}
    return isinstance(actor, dict) and not needed <= actor.keys()


def _explained(form: DecisionForm, error: InvalidMessage) -> InvalidMessage:
    explained = form.explained(error)
    if any(field == "actor.id" for field, *_ in error.problems):
        hint = Words(
            "To set who you are once, run: pingtai login", "可运行 pingtai login 登记本人身份。"
        )
        explained.add_note(say(hint))
    return explained


def _send(call: Call, decision: Decision, calls: _Calls) -> None:
    client = calls.client()
    try:
        receipt = calls.runner.run(client.decide(call.platform, decision))
    except (Refused, InvalidMessage, NoSuchPlatform, NotAllowed, BadInput):
        raise
    except BaseException as error:
        # Whatever it was, an interruption by the keyboard too: it may have been taken.
        error.add_note(_how_to_repeat(decision))
        raise
    end = None if receipt.due else calls.runner.run(end_of_stage(client, receipt))
    if call.as_json:
        show_json(receipt.model_dump(mode="json"))
    else:
        show_receipt(receipt, end)


async def _case(client: Pingtai, kind: Kind, platform: str) -> CaseView:
    """Where the case of a kind stands: the open assessment, or the platform itself."""
    view = await client.state(platform)
    state = view.platform
    if kind in ASSESSMENT_KINDS and state and state.open_assessment:
        year = state.open_assessment
        with suppress(NoSuchPlatform):  # it is noted as open a moment before it is there
            return await client.assessment_state(platform, state.facts.term, year)
    return view


async def _in_place(kind: Kind, principal: str, raw: Mapping[str, Any]) -> Any:
    actor = raw["actor"]
    if not isinstance(actor, dict) or not isinstance(actor.get("id"), str):
        return actor  # the model says what is missing
    try:
        day = date.fromisoformat(raw["decided_on"])
    except (TypeError, ValueError):
        return actor
    roles = roles_for(kind, outcome_of(kind, raw))
    return await in_place_of(principal, actor["id"], day, kind, roles)


def _show_set_aside(platform: str, raw: Mapping[str, Any], calls: _Calls) -> None:
    from starter.commands.set_aside_preview import set_aside_with  # noqa: PLC0415 - as above
    from starter.commands.timeline import timeline  # noqa: PLC0415

    lines = set_aside_with(calls.runner.run(_log(platform)), str(raw.get("target")))
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


async def _log(platform: str) -> Any:
    async with open_reads() as register:
        return await register.log(platform)


def _how_to_repeat(decision: Decision) -> str:
    # With the date, because the day may end before it is repeated, and then it would be another.
    same = f"--id {decision.decision_id} --date {decision.decided_on}"
    return say(
        Words(
            f"The decision may have been accepted. Repeat the same command with {same}",
            f"该决定可能已办理。请在同一命令后加 {same} 重新提交",
        )
    )
