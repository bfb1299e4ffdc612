"""A batch from its file to its summary: read, checked, sent, told, and what was not done set apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from starter.commands.actor_resolution import ActorResolver
from starter.commands.batch.formats import Format
from starter.commands.batch.interruption import interruptible
from starter.commands.batch.lines import Line, Outcome, Result
from starter.commands.batch.preparation import BatchPreparation
from starter.commands.batch.progress import DECISIONS, ProgressReport, counted
from starter.commands.batch.rejected_lines import RejectedLines
from starter.commands.batch.sender import BatchSender
from starter.commands.batch.submit import LineCheck, LineSubmission
from starter.desk.reach import open_pingtai
from starter.errors import BadInput
from starter.tables.file_content import read_many
from starter.terminal.command_runner import BAD_INPUT, INTERRUPTED, REFUSED, UNREACHABLE
from starter.terminal.screen import complain
from workflows.words import Words

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
    as_json: bool
    refused: str | None


async def run_batch(batch: Batch, acting: ActorResolver) -> None:
    """Carry a batch out.

    Raises:
        BadInput: the file cannot be read.
        Unreachable: nothing answers, before anything was sent.
        click.exceptions.Exit: with a code, unless every line was done.
    """
    entries = batch.form.read(read_many(batch.file))
    if len(entries) > MOST_LINES:
        raise BadInput(
            f"more than {MOST_LINES:,} lines: split the file", f"超过 {MOST_LINES:,} 行：请拆分"
        )
    if not entries:
        raise BadInput(f"{batch.file} has no lines", f"{batch.file} 没有内容")
    apart = RejectedLines.beside(batch.file, batch.form, batch.refused)
    prepared = await BatchPreparation(acting, batch.day, batch.principal).prepare(entries)
    lines = [one for one in prepared if isinstance(one, Line)]
    telling = ProgressReport(DECISIONS, as_json=batch.as_json)
    for one in prepared:
        if isinstance(one, Result):
            telling.tell(one)
    sending = None
    if lines:
        async with open_pingtai(due=False) as client:
            take = LineCheck(client) if batch.dry_run else LineSubmission(client)
            sending = BatchSender(take, telling.hear, batch.at_once)
            with (
                telling.watching([line.entry.number for line in lines]),
                interruptible(sending, telling.note),
            ):
                await sending.run(lines)
    results = telling.results
    lines_in_all = "1 line" if len(results) == 1 else f"{len(results)} lines"
    sums = counted(results, DECISIONS)
    summary = Words(f"{lines_in_all}: {sums}", f"共 {len(results)} 行：{sums}")
    conclude(summary, results, sending, None if batch.dry_run else apart)


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
        complain(_go_on(interrupted=interrupted))
    code = exit_code(results, interrupted=interrupted)
    if code:
        raise click.exceptions.Exit(code)


def _go_on(*, interrupted: bool) -> Words:
    """What to do about a batch that was broken off."""
    if interrupted:
        return Words(
            "Interrupted. Run the same file again: finished lines are not repeated.",
            "已中断。请重新运行同一文件：已办理的不会重复。",
        )
    return Words(
        "Stopped: no answer. Check that `pingtai up` or a worker is running, then run the same file"
        " again: finished lines are not repeated.",
        "无人应答，已停止：请确认 pingtai up 或 worker 已启动，再重新运行同一文件：已办理的不会重复。",
    )
