"""Run a campaign: python -m bench.campaign --minutes 60 --kills 110 --seed 7 [--out DIR]

Exit code 1: something that was promised does not hold; or a fault that was put in on purpose is not found.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from bench.campaign.campaign import campaign, default_kills, prepared
from bench.campaign.campaign_plan import Plan
from bench.campaign.fault_schedule import schedule
from bench.campaign.faults import Fault
from bench.campaign.trees import PLANTS


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.campaign")
    long = parser.add_mutually_exclusive_group()
    long.add_argument("--minutes", type=float, default=10.0, help="how long clients send")
    long.add_argument("--hours", type=float, help="the same, in hours")
    long.add_argument("--seconds", type=float, help="the same, in seconds")
    parser.add_argument("--kills", type=int, help="kills -9 in that time; by default two a minute")
    parser.add_argument("--seed", type=int, default=1, help="who is hit when, and what is sent")
    parser.add_argument("--platforms", type=int, default=24)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--out", type=Path, help="where logs, the history and the report are kept")
    words = [fault.replace(" ", "-") for fault in Fault]
    parser.add_argument(
        "--faults", nargs="+", choices=words, help="kinds of faults; by default all"
    )
    parser.add_argument("--targets", nargs="+", default=(), help="parts to hit, by default all")
    parser.add_argument(
        "--plant", choices=sorted(PLANTS), help="put a fault in, which must be found"
    )
    parser.add_argument("--before", default="0.4.0", help="the release that is upgraded")
    parser.add_argument("--pingtai", type=Path, help="another checkout's `pingtai`, to compare")
    parser.add_argument("--schedule", action="store_true", help="only print what a seed does when")
    return parser


def _plan(given: argparse.Namespace) -> Plan:
    seconds = given.seconds or 3600 * (given.hours or 0) or 60 * given.minutes
    kinds = [
        fault for fault in Fault if not given.faults or fault.replace(" ", "-") in given.faults
    ]
    return Plan(
        seconds=seconds,
        kills=default_kills(seconds) if given.kills is None else given.kills,
        seed=given.seed,
        platforms=given.platforms,
        clients=given.clients,
        out=prepared(given.out or Path(tempfile.mkdtemp(prefix="pingtai-campaign-"))),
        kinds=kinds,
        targets=tuple(given.targets),
        pingtai=given.pingtai,
        plant=given.plant,
        before=given.before,
    )


async def main() -> int:
    """Run it; Ctrl-C and SIGTERM end all parts before they end it."""
    given = _parser().parse_args()
    plan = _plan(given)
    if given.schedule:
        for act in schedule(plan.seed, plan.seconds, plan.kills, plan.kinds, plan.targets):
            print(f"{act.at:8.1f} s  {act.fault:15} {act.part:10} {act.seconds:5} {act.amount}")
        return 0
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    quiet = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    # Before the first client: else the SDK reports each call that a kill broke off.
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(quiet))))
    outcome = await campaign(plan, lambda line: print(line, flush=True))
    return int(not outcome.as_expected)


if __name__ == "__main__":
    try:
        code = asyncio.run(main())
    except asyncio.CancelledError:
        code = 130
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads may abort an ordinary exit (sdk-python#300)
