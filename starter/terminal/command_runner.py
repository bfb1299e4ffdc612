"""The one place that runs a command's work and turns what went wrong into words and an exit code.

0 done; 2 wrong usage or bad input; 3 the rules refuse it; 4 Temporal, a worker or PostgreSQL does
not answer. Anything else is a mistake of ours, and shows itself whole.
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
from starter.errors import PingtaiError, Unreachable, rpc_error
from starter.terminal.screen import Said, complain
from workflows.model import InvalidMessage
from workflows.refusal import Refused
from workflows.words import Words

BAD_INPUT = 2
REFUSED = 3
UNREACHABLE = Unreachable.exit_code
INTERRUPTED = 130

P = ParamSpec("P")

_HTTP = "starter.client.http_client"
"""It is loaded by whatever reaches the system by HTTP."""
_NOT_BY_HTTP = Words(
    f"{URL} is set, but this command does not work by HTTP. Run it beside Temporal and PostgreSQL.",
    f"已设置 {URL}，但此命令不能通过 HTTP 办理。请在 Temporal 和 PostgreSQL 所在环境中运行。",
)


def answering(work: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Make a command's callback of its work: run it, and answer for what goes wrong.

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
    """Answer for what goes wrong inside, as `answering` does: for work that also asks questions.

    Questions must be asked outside of an event loop, which would keep Ctrl-C from them.

    Raises:
        click.exceptions.Exit: with the code, when something went wrong.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        answer = _answer(error)
        if answer is None:
            raise
        code, words = answer
        complain(words, *getattr(error, "__notes__", ()))
        if isinstance(error, Unreachable) and os.environ.get(URL) and _HTTP not in sys.modules:
            complain(_NOT_BY_HTTP)
        raise click.exceptions.Exit(code) from None


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _answer(error: BaseException) -> tuple[int, Said] | None:
    rpc = rpc_error(error)
    answer: tuple[int, Said] | None = None
    match error:
        case Refused():
            en, zh = error.words
            answer = REFUSED, Words(f"refused: {en}", f"不予受理：{zh}")
        case InvalidMessage():
            answer = BAD_INPUT, error.words
        case PingtaiError():
            answer = error.exit_code, error.words
        case OSError():
            answer = UNREACHABLE, Words(f"not reachable: {error}", f"无法访问：{error}")
        case KeyboardInterrupt() | click.Abort():
            answer = INTERRUPTED, Words("interrupted", "已中断")
        case _ if rpc:  # `starter.client.rpc_errors` has no better words for it
            status, told = rpc.status.name, rpc.message
            answer = (
                UNREACHABLE,
                Words(f"Temporal answered {status}: {told}", f"Temporal 应答 {status}：{told}"),
            )
    return answer
