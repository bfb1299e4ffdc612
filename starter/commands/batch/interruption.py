"""Ctrl-C during a batch: it ends in order, and nothing that was under way is lost from sight."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from starter.commands.batch.sender import BatchSender
from starter.terminal.language import say


@contextmanager
def interruptible(sending: BatchSender, tell: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C sends nothing more, and waits for what is under way; again, it does not wait."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not sending.stopped:
            tell(
                say(
                    "Stopping: waiting for those under way. Ctrl-C again: do not wait.",
                    "正在停止：等待办理中的行。再按 Ctrl-C 则不等待。",
                )
            )
        sending.stop()

    # SIGHUP, too, unless it is ignored, as `nohup` has it: the terminal went away.
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    with suppress(NotImplementedError, RuntimeError, ValueError):
        for one in signals:
            loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            for one in signals:
                loop.remove_signal_handler(one)
