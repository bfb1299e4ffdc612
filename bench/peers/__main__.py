"""`python -m bench.peers [--quick] [--no-write]`: ours in full beside DBOS and Restate, and the bare workflow.

The engines are installed by `make peers`, each in an environment of its own. All take turns in one run, on one
disk, with the durability that each has by default. Writes its section of docs/performance.md, except with
`--quick`.
"""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack
from importlib.metadata import distributions
from pathlib import Path

import click

from bench.peers.contestants import OnTemporal
from bench.peers.dbos_peer import dbos_peer
from bench.peers.measure_peers import QUICK, WHOLE, Found, Size, measure_peers
from bench.peers.peer_section import section
from bench.peers.restate_peer import restate_peer, server_version
from bench.processes import ground
from bench.sections import leave, write
from bench.sides import BARE, OURS

_DISK = "/var/tmp"  # noqa: S108 - a disk, where /tmp may be memory; only a directory of its own is made
_INSTALLED = Path(sys.prefix) / "peers"


async def measured(peers: Path, size: Size) -> Found:
    """Start everything, and measure."""
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):  # or the servers would be left behind
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    async with AsyncExitStack() as parts:
        shared = await parts.enter_async_context(ground(_DISK))
        workers = await parts.enter_async_context(shared.workers(OURS, BARE))
        contestants = [
            OnTemporal("ours", OURS, shared, workers[OURS]),
            OnTemporal("bare Temporal", BARE, shared, workers[BARE]),
            await parts.enter_async_context(dbos_peer(shared, peers)),
            await parts.enter_async_context(restate_peer(shared, peers)),
        ]
        return await measure_peers(contestants, size, click.echo)


def versions(peers: Path) -> dict[str, str]:
    """The versions of the engines that are installed."""
    found = {}
    for environment, package in (("dbos", "dbos"), ("restate", "restate-sdk")):
        places = [str(one) for one in (peers / environment).glob("lib/python*/site-packages")]
        for one in distributions(name=package, path=places):
            found[package] = one.version
    return found | {"restate-server": server_version(peers)}


@click.command()
@click.option("--quick", is_flag=True, help="A minute, to see that all work; writes nothing.")
@click.option("--no-write", is_flag=True, help="Print the section only.")
@click.option("--at", "peers", type=click.Path(path_type=Path), default=_INSTALLED, hidden=True)
def main(*, quick: bool, no_write: bool, peers: Path) -> None:
    """Measure ours in full beside DBOS and Restate."""
    if not (peers / ".ready").is_file():  # not even begun, or broken off
        raise click.ClickException("DBOS and Restate are not installed: run `make peers`")
    size = QUICK if quick else WHOLE
    try:
        found = asyncio.run(measured(peers, size))
    except asyncio.CancelledError:
        raise click.Abort from None
    text = section(found, size, versions(peers))
    click.echo(text)
    if not (quick or no_write):
        write(text)
    leave()


if __name__ == "__main__":
    main()
