"""Lose signals on purpose: python -m bench.query_race [--isolated] [--workflows N] [--server PATH]

No worker runs. A query waits, then an update that its validator will refuse. Two workers start: where
one answers the query and the other refuses the update, the first has counted an event that the server
drops. The other goes away; the next signal gets that event's number, and the first worker skips it.
"""

import argparse
import asyncio
import os
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

from bench.query_race.race import lagging_clocks, race
from bench.query_race.server import dev_server
from bench.query_race.split_tasks import split_tasks


async def main() -> int:
    """Run the race; the exit code is 1 where a signal was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.query_race")
    parser.add_argument("--isolated", action="store_true", help="with Pingtai's cure")
    parser.add_argument("--workflows", type=int, default=20)
    parser.add_argument("--server", type=Path, help="another `temporal`, to compare versions")
    arguments = parser.parse_args()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pingtai-query-race-"))
        address = await stack.enter_async_context(dev_server(Path(folder), arguments.server))
        found = await race(address, arguments.workflows, isolated=arguments.isolated)
        found["clock differs in replay"] = await lagging_clocks(
            address, arguments.workflows, isolated=arguments.isolated
        )
        split = await split_tasks(address, arguments.workflows, isolated=arguments.isolated)
    found += Counter({f"split: {name}": number for name, number in split.items()})
    split_wrong = split.total() - split["as it was"]
    wrong = found["lost"] + found["stuck"] + found["not replayable"] + split_wrong
    print(", ".join(f"{name}: {found[name]}" for name in sorted(found)), flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    # The SDK's threads may abort a process that ends right after its last call.
    os._exit(asyncio.run(main()))
