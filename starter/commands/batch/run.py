"""A batch from its file to its summary: read, checked, sent, told, and what was not done set apart."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from starter.client import PingtaiClient
from starter.commands.acting import Acting
from starter.commands.batch.formats import Format
from starter.commands.batch.lines import NOT_DONE, Line, Outcome, Result
from starter.commands.batch.preparing import Preparing
from starter.commands.batch.sending import Sending
from starter.commands.batch.taking import Sent, Tried
from starter.commands.batch.telling import Telling, counted
from starter.commands.given import read_batch
from starter.commands.running import BAD_INPUT, INTERRUPTED, REFUSED, UNREACHABLE
from starter.ended_term import ended_term
from starter.errors import BadInput
from starter.language import say
from starter.screen import complain
from starter.substitutes import in_place_of

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


async def run_batch(batch: Batch, acting: Acting) -> None:
    """Carry a batch out.

    Raises:
        BadInput: the file cannot be read.
        Unreachable: nothing answers, before anything was sent.
        click.exceptions.Exit: with a code, unless every line was done.
    """
    entries = batch.form.read(read_batch(batch.file))
    if len(entries) > MOST_LINES:
        raise BadInput(
            f"more than {MOST_LINES:,} lines: split the file", f"超过 {MOST_LINES:,} 行：请拆分"
        )
    if not entries:
        raise BadInput(f"{batch.file} has no lines", f"{batch.file} 没有内容")
    target = _target(batch)
    in_place = partial(in_place_of, batch.principal) if batch.principal else None
    prepared = await Preparing(acting, batch.day, in_place).prepare(entries)
    lines = [one for one in prepared if isinstance(one, Line)]
    telling = Telling(as_json=batch.as_json)
    for one in prepared:
        if isinstance(one, Result):
            telling.tell(one)
    sending = None
    if lines:
        client = await PingtaiClient.connect(ended_term=ended_term)
        take = Tried(client) if batch.dry_run else Sent(client)
        sending = Sending(take, telling.hear, batch.at_once)
        with telling.watching([line.entry.number for line in lines]), _interruptible(sending):
            await sending.run(lines)
    _conclude(batch, target, telling.results, sending)


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


def _conclude(
    batch: Batch, target: Path | None, results: Sequence[Result], sending: Sending | None
) -> None:
    interrupted = sending is not None and sending.stopped and not sending.unreachable
    lines = "1 line" if len(results) == 1 else f"{len(results)} lines"
    complain(say(f"{lines}: ", f"共 {len(results)} 行：") + counted(results))
    left = sorted(
        (result for result in results if result.outcome in NOT_DONE),
        key=lambda result: result.entry.number,
    )
    if left and not batch.dry_run:
        _set_apart(batch, target, left)
    if interrupted or (sending and sending.unreachable):
        complain(_go_on(interrupted=interrupted))
    code = exit_code(results, interrupted=interrupted)
    if code:
        raise click.exceptions.Exit(code)


def _go_on(*, interrupted: bool) -> str:
    if interrupted:
        return say(
            "Interrupted. Run the same file again: what was done is not done twice.",
            "已中断。请重新运行同一文件：已受理的不会重复。",
        )
    return say(
        "Stopped, because nobody answers: is `pingtai up` or a worker running? Then run the same file"
        " again: what was done is not done twice.",
        "无人应答，已停止：请确认 pingtai up 或 worker 已启动，再重新运行同一文件：已受理的不会重复。",
    )


def _set_apart(batch: Batch, target: Path | None, left: Sequence[Result]) -> None:
    """Write what was not done to a file of its own."""
    if target is None:
        complain(
            say(
                "What was not done was not kept: --refused FILE keeps it.",
                "未受理的行没有另存：可用 --refused FILE 另存。",
            )
        )
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        if not batch.refused:
            target = _kept_for_us(target, batch)
        draft.write_text(batch.form.write(left), encoding="utf-8", newline="")
        os.replace(draft, target)  # noqa: PTH105 - the atomic one
    except OSError as error:
        complain(
            say(
                f"{target} cannot be written ({error.strerror}): the lines above say what was not done.",
                f"无法写入 {target}（{error.strerror}）：未受理的行见上。",
            )
        )
        return
    complain(
        say(
            f"What was not done is in {target}: mend it, and run it in the same way.",
            f"未受理的行在 {target}：改正后以同样方式再运行。",
        )
    )


def _target(batch: Batch) -> Path | None:
    """Where what is not done will be written; a file that is there, and may be half mended, is kept.

    Raises:
        BadInput: it would be the input itself, or there is no such folder.
    """
    if batch.refused:
        target = Path(batch.refused)
        if batch.file != "-" and target.absolute() == Path(batch.file).absolute():
            raise BadInput("--refused names the input itself", "--refused 不能是输入文件本身")
        if not target.absolute().parent.is_dir():
            raise BadInput(
                f"--refused: no folder {target.parent}", f"--refused：没有目录 {target.parent}"
            )
        return target
    if batch.file == "-":
        return None
    return _free(batch)


def _free(batch: Batch) -> Path | None:
    source = Path(batch.file)
    suffix = source.suffix or batch.form.suffix
    names = (f"{source.stem}.refused{f'-{n}' if n > 1 else ''}{suffix}" for n in range(1, 1_000))
    return next((path for name in names if not (path := source.with_name(name)).exists()), None)


def _kept_for_us(target: Path, batch: Batch) -> Path:
    """Take a free name, so that nobody who runs the same file meanwhile writes over what we write."""
    while True:
        try:
            target.touch(exist_ok=False)
        except FileExistsError:
            following = _free(batch)
            if following is None:
                raise
            target = following
        else:
            return target


@contextmanager
def _interruptible(sending: Sending) -> Iterator[None]:
    """Ctrl-C sends nothing more, and waits for what is under way; again, it does not wait."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not sending.stopped:
            complain(
                say(
                    "Stopping: waiting for those under way. Ctrl-C again: do not wait.",
                    "正在停止：等待办理中的行。再按 Ctrl-C 则不等待。",
                )
            )
        sending.stop()

    signals = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError, RuntimeError, ValueError):
        for one in signals:
            loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for one in signals:
                loop.remove_signal_handler(one)
