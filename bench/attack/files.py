"""Attacker 6: files that commands read; no traceback, no other exit code, not too much, not too long."""

import shutil
import tempfile
from pathlib import Path

from bench.attack.attacker import Attacker
from bench.attack.command_files import PLACE, any_file
from bench.attack.commands import Commands

EXIT_CODES = frozenset((0, 1, 2, 3, 4, 5))
"""Those that docs/cli.md names, and one for what could not be checked."""
_KEPT = "failed-files"


async def attack_by_files(attacker: Attacker, commands: Commands, keep: Path) -> None:
    """Give files to commands until the time is up; those that failed are kept."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-attack-files-"))
    try:
        templates = await _templates(attacker, commands, folder)
        async for step in attacker.turns():
            made = any_file(attacker.random, step, templates)
            path = folder / f"{step}{made.suffix}"
            path.write_bytes(made.content)
            words = [str(path) if word == PLACE else word for word in made.words]
            ended = await commands.run(*words)
            attacker.count(f"{made.words[0]}: exit code {ended.code}")
            fault = ended.fault
            if not fault and ended.code not in EXIT_CODES:
                fault = f"exit code {ended.code}"
            if fault:
                (keep / _KEPT).mkdir(exist_ok=True)
                kept = shutil.copy(path, keep / _KEPT)
                told = ended.traceback or ended.output
                detail = f"{ended.seconds:.1f} s, {ended.most_bytes / 1e6:.0f} MB: {told[-1_500:]}"
                attacker.fail(fault, detail, ended.line.replace(str(path), str(kept)))
            _remove(folder, step)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove(folder: Path, step: int) -> None:
    """Remove a file, and what a command set apart beside it."""
    for left in folder.glob(f"{step}*"):
        left.unlink()


async def _templates(attacker: Attacker, commands: Commands, folder: Path) -> dict[str, bytes]:
    """Tables as the system itself writes them, with its examples."""
    found = {}
    for suffix in (".csv", ".xlsx"):
        path = folder / f"template{suffix}"
        ended = await commands.run("import", "--template", str(path))
        if path.exists():
            found[suffix] = path.read_bytes()
        else:
            attacker.fail("no template is written", ended.output or ended.traceback, ended.line)
    return found
