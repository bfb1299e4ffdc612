"""Run a command's work, and show an error as a message with an exit code (the table in docs/cli.md).

0 done; 2 wrong usage or bad input; 3 refused by the rules, or not allowed; 4 Temporal, a worker,
PostgreSQL or the HTTP service does not answer; 130 interrupted. A command itself ends with 1 (the answer
is no) or 5 (not checked). Any other error is a defect of the program, and keeps its traceback.
"""

import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec

import click

from starter.desk.service_address import URL
from starter.error_reasons import reason_of
from starter.errors import NoSuchPlatform, PingtaiError, Unreachable, rpc_error
from starter.remarks import listening
from starter.terminal.official_wording import official
from starter.terminal.screen import Said, complain, nobody_reads
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.words import Words

BAD_INPUT = 2
REFUSED = 3
UNREACHABLE = Unreachable.exit_code
INTERRUPTED = 130


class Declined(click.Abort):
    """Whoever was asked said no: that is no interruption, and ends with the same code."""


NEAR_PLATFORMS = "starter.near_platforms"
"""In click's `meta`: the question which platform was meant, where no platform has the id that was given."""

_REMARKS = "starter.remarks"
"""In click's `meta`: what was said of what clients noticed."""

P = ParamSpec("P")

_HTTP = "starter.client.http_client"
"""Loaded whenever a command works by HTTP."""
_NOT_BY_HTTP = Words(
    f"{URL} is set, but this command does not work by HTTP. Run it beside Temporal and PostgreSQL.",
    f"已设置 {URL}，但此命令不能通过 HTTP 办理。请在 Temporal 和 PostgreSQL 所在环境中运行。",
)


def answering(work: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Turn a command's work into its callback, which also shows errors.

    Notes that were added to an error (`add_note`) are written below it.

    Raises:
        click.exceptions.Exit: with the code, when something went wrong.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with answered():
            asyncio.run(_awaited(work(*args, **kwargs)))

    return run


@contextmanager
def answered() -> Iterator[None]:
    """Show errors of the block, as `answering` does: for work that also prompts.

    Prompts must not run inside an event loop, which would not let Ctrl-C end them.

    Raises:
        click.exceptions.Exit: with the code, when something went wrong.
    """
    try:
        with listening(_say_once):
            yield
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, BrokenPipeError) and nobody_reads():
            raise click.exceptions.Exit(0) from None  # whoever reads has seen enough (`| head`)
        answer = _answer(error)
        if answer is None:
            raise
        code, words = answer
        complain(words, *getattr(error, "__notes__", ()))
        near = _near() if isinstance(error, NoSuchPlatform) else None
        if near and not any(text in str(words) for text in near):  # a service has said it itself
            complain(near)
        if isinstance(error, Unreachable) and os.environ.get(URL) and _HTTP not in sys.modules:
            complain(_NOT_BY_HTTP)
        raise click.exceptions.Exit(code) from None


def _say_once(words: Words) -> None:
    """Say what a client noticed, once in a command, which may ask it several times."""
    context = click.get_current_context(silent=True)
    said = context.meta.setdefault(_REMARKS, set()) if context else set()
    if words not in said:
        said.add(words)
        complain(words)


def _near() -> Words | None:
    """What somebody may have meant who named a platform that is not there."""
    context = click.get_current_context(silent=True)
    near: Words | None = context.meta.get(NEAR_PLATFORMS) if context else None
    return near


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _named(error: OSError) -> str:
    """What went wrong, with the file that it names; without the number of the error."""
    named = f": {error.filename}" if error.filename else ""
    return f"{reason_of(error).en}{named}"


def _answer(error: BaseException) -> tuple[int, Said] | None:
    rpc = rpc_error(error)
    answer: tuple[int, Said] | None = None
    match error:
        case Refused():
            en, zh = official(error.words)
            answer = REFUSED, Words(f"refused: {en}", f"不予受理：{zh}")
        case InvalidMessage():
            answer = BAD_INPUT, error.words
        case PingtaiError():
            answer = error.exit_code, error.words
        case OSError():
            answer = (
                UNREACHABLE,
                Words(f"not reachable: {_named(error)}", f"无法访问：{reason_of(error).zh}"),
            )
        case Declined():
            answer = INTERRUPTED, Words("Stopped, as you answered.", "已按您的选择退出。")
        case KeyboardInterrupt() | click.Abort():
            answer = INTERRUPTED, Words("interrupted", "已中断")
        case _ if rpc:  # `starter.client.rpc_errors` has no better words for it
            status, told = rpc.status.name, rpc.message
            answer = (
                UNREACHABLE,
                Words(f"Temporal answered {status}: {told}", f"Temporal 应答 {status}：{told}"),
            )
    return answer
