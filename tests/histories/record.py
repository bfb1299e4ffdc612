"""`make record-histories`: add the histories of the demo's platforms under this release's name.

Adds, never replaces: a file that is there already is what some release really did.
"""

import asyncio
import gzip
import json
import shutil
import sys
import tempfile
from contextlib import nullcontext
from functools import partial
from importlib.metadata import version
from pathlib import Path

from temporalio.client import Client

from db.engine import create_engine
from db.queries import RegisterQueries
from starter.client.register_lookups import RegisterLookups
from tests.histories.baseline import write
from worker.demo.clockwork import Clockwork
from worker.demo.example_lives import load_examples
from worker.demo.player import Player
from worker.settings import Settings
from worker.stack import local_stack
from worker.temporal_server import TIME_SKIPPING

FOLDER = Path(__file__).parent


async def record(folder: Path) -> int:
    """Play all examples and write each run's history with what a replay needs to know of it."""
    home = Path(tempfile.mkdtemp(prefix="pingtai-record-"))
    try:
        settings = Settings(log_level="ERROR")
        async with local_stack(
            home, settings, dynamic_config=TIME_SKIPPING, throw_away=True
        ) as stack:
            engine = create_engine(stack.where.database_url)
            register = RegisterLookups(lambda: nullcontext(RegisterQueries(engine)))
            clockwork = Clockwork(stack.client)
            players = [
                Player(example, clockwork, lambda: None, register)
                for example in load_examples(None)
            ]
            await asyncio.gather(*(player.play() for player in players))
            await engine.dispose()
            return await _write_all(stack.client, folder)
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _write_all(client: Client, folder: Path) -> int:
    written = 0
    seen: dict[str, int] = {}
    runs = [run async for run in client.list_workflows("")]
    for run in sorted(runs, key=lambda run: (run.id, run.start_time, run.run_id)):
        seen[run.id] = seen.get(run.id, 0) + 1
        handle = client.get_workflow_handle(run.id, run_id=run.run_id)
        history = await handle.fetch_history()
        target = folder / f"{run.id.replace(':', '--')}--{seen[run.id]:02}.json.gz"
        if target.exists():
            continue
        record = {
            # The true workflow id: a replay under another one reports false divergences.
            "workflow_id": run.id,
            "run_id": run.run_id,
            "sdk": version("temporalio"),
            "codec": None,
            "history": json.loads(history.to_json()),
        }
        # mtime 0, so that the same history gives the same bytes
        target.write_bytes(gzip.compress(json.dumps(record).encode(), mtime=0))
        written += 1
    return written


def main() -> None:
    """Record under the version that is installed."""
    folder = FOLDER / version("pingtai")
    if folder.exists() and any(folder.iterdir()):
        sys.exit(
            f"{folder} holds histories already. They are kept as they are: raise the version in"
            " pyproject.toml (a new release), install it, and record again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{asyncio.run(record(folder))} histories written to {folder}")
    write(folder)


if __name__ == "__main__":
    main()
