"""`python -m bench`: measure beside a bare workflow, print the figures, write docs/performance.md."""

import asyncio
import os
import signal
import sys

from rich.console import Console
from rich.table import Table

from bench.document import document
from bench.figures import Figure, figures
from bench.findings import measure
from bench.processes import ground
from bench.reasons import reason
from bench.sections import DOCUMENT, write_all

_MARKS = {True: "reached", False: "missed", None: ""}


def _table(lines: list[Figure]) -> Table:
    table = Table("", "unit", "ours", "bare", "ratio", "to reach", "")
    for line in lines:
        numbers = (f"{line.ours:.1f}", f"{line.bare:.1f}", f"{line.ratio:.2f}")
        target = str(line.target) if line.target else ""
        table.add_row(line.what, line.unit, *numbers, target, _MARKS[line.reached])
    return table


async def main() -> None:
    """Measure, print, write."""
    screen = Console(highlight=False)
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):  # or the servers would be left behind
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    async with ground() as shared:
        found = await measure(shared, screen.print)
    lines = figures(found)
    screen.print(_table(lines))
    missed = [line for line in lines if line.reached is False]
    for why in dict.fromkeys(reason(line, found) for line in missed):  # each reason once
        screen.print(f"Missed: {why}\n", markup=False)
    write_all(document(found))
    screen.print(f"Written: {DOCUMENT}")


if __name__ == "__main__":
    try:
        asyncio.run(main())
        code = 0
    except asyncio.CancelledError:
        code = 130
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads may abort an ordinary exit (sdk-python#300)
