"""A batch from its file to its summary: read, checked, sent, told, and what was not done set apart."""

import asyncio
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import click

from starter.clock import today
from starter.commands.actor_resolution import ActorResolver
from starter.commands.batch.batch_preview import CHECKED, preview_batch
from starter.commands.batch.confirmation import (
    LISTED,
    confirm,
    known_platforms,
    more,
    unusual_lines,
)
from starter.commands.batch.formats import Format
from starter.commands.batch.interruption import interruptible
from starter.commands.batch.lines import Entry, Line, Outcome, Result
from starter.commands.batch.preparation import BatchPreparation
from starter.commands.batch.progress import DECISIONS, ProgressReport
from starter.commands.batch.progress import counted as counted_results
from starter.commands.batch.rejected_lines import RejectedLines
from starter.commands.batch.sender import BatchSender
from starter.commands.batch.submit import LineCheck, LineSubmission
from starter.commands.list_contents import InList, tell_of_lists
from starter.commands.own_signature import OwnSignature
from starter.commands.unless_meant import is_dated_ahead, unless_meant
from starter.desk.countersigning import left_drafts
from starter.desk.reach import open_pingtai
from starter.doubts.decision_doubts import is_held_against_platform
from starter.errors import BadInput, PingtaiError
from starter.tables.file_content import read_many
from starter.terminal.command_runner import BAD_INPUT, INTERRUPTED, REFUSED, UNREACHABLE
from starter.terminal.screen import at_terminal, complain, show
from workflows.words import Words, counted

MOST_LINES = 100_000


@dataclass(frozen=True)
class Batch:
    """What a command was called with."""

    file: str
    form: Format
    day: str | None
    principal: str | None
    at_once: int
    dry_run: bool
    yes: bool
    as_json: bool
    full: bool
    refused: str | None
    in_list: InList | None = None

    @property
    def asks(self) -> bool:
        """Whether a person sits there who is asked before anything is sent."""
        quiet = self.yes or self.dry_run or self.as_json or self.file == "-"
        return not quiet and at_terminal()


class Prepared(NamedTuple):
    """A batch that has been read and checked."""

    lines: list[Line]
    """Those that can be sent."""
    telling: ProgressReport
    """It has told of those that cannot."""
    apart: RejectedLines


async def prepare_batch(batch: Batch, acting: ActorResolver) -> Prepared:
    """Read and check all lines of a batch, send none, and tell of those that cannot be sent.

    Raises:
        BadInput: the file cannot be read.
    """
    entries = _entries(batch)
    apart = RejectedLines.beside(batch.file, batch.form, batch.refused)
    prepared = await BatchPreparation(acting, batch.day, batch.principal).prepare(entries)
    telling = ProgressReport(DECISIONS, as_json=batch.as_json, full=batch.full)
    for one in prepared:
        if isinstance(one, Result):
            telling.tell(one)
    telling.tell_rest()
    return Prepared([one for one in prepared if isinstance(one, Line)], telling, apart)


def confirm_batch(batch: Batch, prepared: Prepared, runner: asyncio.Runner) -> Prepared:
    """Ask once whether to send it, where a person sits there; `runner` for what is looked up before.

    Returns what is to be sent: without what would be refused now or was taken before, which is told.

    Raises:
        click.Abort: it is not to be sent.
        BadInput: nobody can be asked, and its list has other platforms already.
        Unreachable: nothing answers.
    """
    lines, telling, _ = prepared
    others = (
        batch.in_list.others(line.platform for line in lines) if batch.in_list and lines else None
    )
    if batch.in_list is None:
        runner.run(tell_of_lists((line.platform, line.message) for line in lines))
    if not batch.asks or not lines:
        told = batch.in_list.told(line.platform for line in lines) if batch.in_list else None
        if batch.yes or not lines:
            if told:
                complain(told)
            return prepared
        if told:
            raise unless_meant([told])
        return _without_what_is_odd(prepared, runner)
    preview = runner.run(preview_batch(lines, batch.at_once, telling.note))
    for result in preview.held_back:
        telling.tell(result)
    telling.tell_rest()
    held_back = len(telling.results)
    for result in preview.done[:LISTED]:
        telling.tell(result)
    show(*more(len(preview.done) - LISTED))
    telling.results += preview.done[LISTED:]
    if preview.sendable:
        known = runner.run(known_platforms(preview.sendable))
        confirm(preview.sendable, known, held_back=held_back, done=len(preview.done), others=others)
    return prepared._replace(lines=preview.sendable)


def _without_what_is_odd(prepared: Prepared, runner: asyncio.Runner) -> Prepared:
    """Hold back the lines about which somebody at a terminal is asked: nobody can be asked here."""
    asked = [line for line in prepared.lines if not is_dated_ahead(line.message, today())]
    looked_up = [line for line in asked if is_held_against_platform(line.message, today())]
    known = runner.run(known_platforms(looked_up)) if looked_up else {}
    doubts: dict[int, list[Words]] = {}
    for line, doubt in unusual_lines(asked, known):
        doubts.setdefault(line.entry.number, []).append(doubt)
    refused = runner.run(_refused_anyway(prepared.lines, doubts)) if doubts else {}
    for line in asked:
        number = line.entry.number
        if found := doubts.get(number):
            odd = Result(line.entry, Outcome.BAD, line, problem=unless_meant(found).words)
            prepared.telling.tell(refused.get(number, odd))
    prepared.telling.tell_rest()
    sendable = [line for line in prepared.lines if line.entry.number not in doubts]
    return prepared._replace(lines=sendable)


async def _refused_anyway(lines: Sequence[Line], odd: Container[int]) -> dict[int, Result]:
    """Of odd lines those that the rules refuse, meant or not, by their numbers.

    Only the first line of a platform can be judged now. Where nothing answers, none is known.
    """
    firsts = {line.platform: line for line in reversed(lines)}
    found: dict[int, Result] = {}
    with suppress(PingtaiError, OSError):
        async with open_pingtai(due=False) as client:
            check = LineCheck(client, OwnSignature(tells=False))
            for line in [one for one in firsts.values() if one.entry.number in odd][:CHECKED]:
                found[line.entry.number] = await check(line)
    return {n: one for n, one in found.items() if one.outcome is Outcome.REFUSED}


def own_signature(prepared: Prepared) -> OwnSignature:
    """Open the key of whoever runs a batch, if a line of theirs is to be sent: a passphrase is asked for now.

    Raises:
        BadInput, NotAllowed, NotSent: the key cannot be used; nothing was sent.
    """
    own = OwnSignature()
    unsigned = (line.message for line in prepared.lines if not line.message.get("signatures"))
    for person in {message["actor"]["id"] for message in unsigned}:
        own.signer_of(person)
    return own


async def send_batch(batch: Batch, prepared: Prepared, own: OwnSignature) -> None:
    """Send what can be sent, tell what became of it, and set apart what was not done.

    Raises:
        Unreachable: nothing answers, before anything was sent.
        click.exceptions.Exit: with a code, unless every line was done.
    """
    lines, telling, apart = prepared
    sending = await _send(batch, lines, telling, own) if lines else None
    telling.tell_rest()
    results = telling.results
    sums = counted_results(results, DECISIONS)
    summary = Words(f"{counted(len(results), 'line')}: {sums}", f"共 {len(results)} 行：{sums}")
    conclude(summary, results, sending, None if batch.dry_run else apart)


def _entries(batch: Batch) -> list[Entry]:
    entries = batch.form.read(read_many(batch.file))
    if len(entries) > MOST_LINES:
        raise BadInput(
            f"more than {MOST_LINES:,} lines: split the file", f"超过 {MOST_LINES:,} 行：请拆分"
        )
    if not entries:
        raise BadInput(f"{batch.file} has no lines", f"{batch.file} 没有内容")
    return entries


async def _send(
    batch: Batch, lines: Sequence[Line], telling: ProgressReport, own: OwnSignature
) -> BatchSender:
    async with open_pingtai(due=False) as client, left_drafts(client) as leave:
        take = LineCheck(client, own) if batch.dry_run else LineSubmission(client, own, leave)
        sending = BatchSender(take, telling.hear, batch.at_once)
        with (
            telling.watching([line.entry.number for line in lines]),
            interruptible(sending, telling.note),
        ):
            await sending.run(lines)
    return sending


def exit_code(results: Sequence[Result], *, interrupted: bool) -> int:
    """0 all done; 2 some lines are bad, and no more than that; 3 refused; 4 not answered; 130 interrupted."""
    outcomes = {result.outcome for result in results}
    if interrupted:
        return INTERRUPTED
    if outcomes & {Outcome.UNANSWERED, Outcome.UNSENT}:
        return UNREACHABLE
    if Outcome.REFUSED in outcomes:
        return REFUSED
    return BAD_INPUT if Outcome.BAD in outcomes else 0


def conclude(
    summary: Words,
    results: Sequence[Result],
    sending: BatchSender | None,
    rejected: RejectedLines | None,
) -> None:
    """Say what became of a batch, keep what was not done, and end with its exit code.

    Raises:
        click.exceptions.Exit: unless every line was done.
    """
    stopped = sending is not None and sending.stopped
    interrupted = stopped and not (sending and sending.unreachable)
    complain(summary)
    if rejected:
        rejected.keep(results)
    if stopped:
        complain(_why_stopped(interrupted=interrupted))
    code = exit_code(results, interrupted=interrupted)
    if code:
        raise click.exceptions.Exit(code)


def _why_stopped(*, interrupted: bool) -> Words:
    """Why a batch was broken off; what to do with the rest is said where that is kept."""
    if interrupted:
        return Words("Interrupted. What is done is not repeated.", "已中断。已办理的不会重复。")
    return Words(
        "Stopped: no answer. Check that `pingtai up` or a worker is running before you run it again. What is"
        " done is not repeated.",
        "无人应答，已停止：请确认 pingtai up 或工作进程已启动，再重新运行。已办理的不会重复。",
    )
