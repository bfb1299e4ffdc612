"""Run a campaign: python -m bench.campaign --minutes 60 --kills 100 --seed 7 [--out DIR]

Exit code 1: something that was acknowledged is lost, doubled or moved, or a case cannot go on.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from bench.campaign.campaign import Plan, campaign


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m bench.campaign")
    long = parser.add_mutually_exclusive_group()
    long.add_argument("--minutes", type=float, default=1.0, help="how long clients send")
    long.add_argument("--seconds", type=float, help="the same, in seconds")
    parser.add_argument("--kills", type=int, default=6, help="kills -9 in that time")
    parser.add_argument("--seed", type=int, default=1, help="who is hit when, and what is sent")
    parser.add_argument("--platforms", type=int, default=24)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--out", type=Path, help="where logs and the ledger are kept")
    parser.add_argument("--pingtai", type=Path, help="another checkout's `pingtai`, to compare")
    parser.add_argument("--targets", nargs="+", default=(), help="parts to hit, by default all")
    parser.add_argument("--both", type=float, default=0.15, help="how often two are hit at once")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="pingtai-campaign-"))
    out.mkdir(parents=True, exist_ok=True)
    return Plan(
        seconds=given.seconds or 60 * given.minutes,
        kills=given.kills,
        seed=given.seed,
        platforms=given.platforms,
        clients=given.clients,
        out=out.resolve(),
        pingtai=given.pingtai,
        targets=tuple(given.targets),
        both=given.both,
    )


async def main() -> int:
    """Run it; Ctrl-C and SIGTERM end all parts before they end it."""
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    quiet = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    # Before the first client: else the SDK reports each call that a kill broke off.
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(quiet))))
    found = await campaign(_plan(), lambda line: print(line, flush=True))
    return int(bool(found))


if __name__ == "__main__":
    try:
        code = asyncio.run(main())
    except asyncio.CancelledError:
        code = 130
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads may abort an ordinary exit (sdk-python#300)
