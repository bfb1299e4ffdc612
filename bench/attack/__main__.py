"""`python -m bench.attack --minutes M --seed S [--out DIR]`: attack a system of its own, and check it.

Everything runs on loopback under a throw-away home, is bounded in number and time, and stops by itself.
Exit code 0: nothing failed; 1: something did, and `failures-S.jsonl` in DIR says what.
"""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

import click

from bench.attack.campaign import PER_SECOND, campaign
from bench.attack.findings import Findings, open_findings
from bench.attack.report import report
from starter.client.temporal_connection import quietly

_INTERRUPTED = 130


@click.command()
@click.option("--minutes", default=5.0, show_default=True, type=click.FloatRange(0.1, 240))
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="By default new.")
@click.option(
    "--only", multiple=True, type=click.Choice(list(PER_SECOND)), help="These attackers only."
)
def main(minutes: float, seed: int, out: Path | None, only: tuple[str, ...]) -> None:
    """Attack a system of its own for so many minutes."""
    folder = out or Path(tempfile.mkdtemp(prefix="pingtai-attack-out-"))
    quietly()
    findings = open_findings(seed, folder)
    code = _INTERRUPTED
    try:
        asyncio.run(_until_stopped(findings, minutes, folder, frozenset(only)))
        code = int(findings.failed)
    except asyncio.CancelledError:
        click.echo("Interrupted.")
    finally:
        text = report(findings)
        (folder / f"report-{seed}.txt").write_text(text + "\n", encoding="utf-8")
        click.echo(text.encode("utf-8", "backslashreplace").decode())
        click.echo(f"Written: {folder}")
        sys.stdout.flush()
    os._exit(code)  # the SDK's threads may abort an ordinary exit (sdk-python#300)


async def _until_stopped(
    findings: Findings, minutes: float, folder: Path, only: frozenset[str]
) -> None:
    """Attack; Ctrl-C and SIGTERM stop it in order, or the servers would be left behind."""
    running = asyncio.current_task()
    assert running
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    await campaign(findings, minutes, folder, only, click.echo)


if __name__ == "__main__":
    main()
