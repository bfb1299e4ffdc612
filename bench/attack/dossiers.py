"""Attacker 7: true dossiers, changed in many ways; none that says something else is called whole."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from bench.attack.attacker import Attacker
from bench.attack.cases import decide, next_decision, state
from bench.attack.commands import Commands
from bench.attack.dossier_files import Dossier, says_the_same
from bench.attack.dossier_mutations import any_change
from bench.attack.payloads import plain
from bench.attack.valid_messages import application, brought_in, decision
from workflows import contract

_KEPT = "false-dossiers"
_ANEW_AFTER = 250
_NOT_WHOLE = 1
_HIGHEST_CODE = 9
"""Whatever says that it is not whole, or was not all checked, is an answer."""
_LIVES = ("listed", "declined", "brought-in", "half-way")
_SECONDS_EACH = 60.0


async def attack_dossiers(attacker: Attacker, commands: Commands, keep: Path) -> None:
    """Change dossiers and have them checked until the time is up."""
    folder = Path(tempfile.mkdtemp(prefix="pingtai-attack-dossiers-"))
    true: list[Dossier] = []
    try:
        async for step in attacker.turns():
            if step % _ANEW_AFTER == 1:
                true = await _true_dossiers(attacker, commands, folder) or true
            try:
                if true:
                    await _changed(attacker, commands, folder, keep, true)
            except Exception as error:  # of one change: the next ones go on
                attacker.broke(error)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _changed(
    attacker: Attacker, commands: Commands, folder: Path, keep: Path, true: list[Dossier]
) -> None:
    """One changed dossier: whole only where it says the same."""
    original, other = attacker.random.choice(true), attacker.random.choice(true)
    change = any_change(attacker.random, original, other)
    path = folder / "changed.zip"
    path.write_bytes(change.content)
    ended = await commands.run("audit", "verify", str(path), "--json")
    whole = ended.code in (0, original.code)
    same = whole and says_the_same(change, original)
    attacker.count(f"{change.way}: {'whole' if whole else f'exit code {ended.code}'}")
    fault = ended.fault
    if not fault and whole and not same:
        fault = "a false dossier is called whole"
    if not fault and not 0 <= ended.code <= _HIGHEST_CODE:
        fault = f"exit code {ended.code}"
    if fault:
        (keep / _KEPT).mkdir(exist_ok=True)
        kept = keep / _KEPT / f"{attacker.step}-{change.way.replace(' ', '-')}.zip"
        shutil.copy(path, kept)
        told = ended.traceback or ended.output
        detail = f"{change.way}: {change.what}: {ended.seconds:.1f} s: {told[-1_200:]}"
        attacker.fail(fault, detail, f"pingtai audit verify {kept}")


async def _true_dossiers(attacker: Attacker, commands: Commands, folder: Path) -> list[Dossier]:
    """Dossiers of lives that were lived for it, and that are whole."""
    found = []
    for life in _LIVES:
        platform_id = f"dossier-{attacker.findings.seed}-{attacker.step}-{life}"
        try:
            async with asyncio.timeout(_SECONDS_EACH):
                await _live(attacker, platform_id, life)
        except TimeoutError:
            attacker.fail("a life cannot be lived", platform_id)
            continue
        path = folder / f"{platform_id}.zip"
        made = await commands.run("audit", "dossier", platform_id, "-o", str(path), "--json")
        checked = await commands.run("audit", "verify", str(path), "--json")
        if _NOT_WHOLE in (made.code, checked.code) or made.fault or checked.fault:
            said = made.traceback + made.output + checked.traceback + checked.output
            attacker.fail("a true dossier is not whole", said[-1_500:], made.line)
        elif path.exists():
            found.append(Dossier.of(path.read_bytes(), checked.code))
        path.unlink(missing_ok=True)
    attacker.count("true dossiers made")
    return found


async def _live(attacker: Attacker, platform_id: str, life: str) -> None:
    """Start a platform and bring it to where its life ends for now; the register has all of it then."""
    form = (brought_in if life == "brought-in" else application)(platform_id)
    workflow_id = contract.platform_workflow_id(platform_id)
    await attacker.client.start_workflow(
        contract.PLATFORM_TYPE, plain(form), id=workflow_id, task_queue=contract.TASK_QUEUE
    )
    facts = form | {"term": form.get("brought_in", {}).get("term", 1)}
    if life == "declined":
        said = decision(attacker.random, "recommendation", "district", facts, f"{platform_id}-1")
        await decide(attacker.client, workflow_id, said | {"outcome": "declined"})
    elif life == "brought-in":
        child = contract.assessment_workflow_id(platform_id, facts["term"], 1)
        await _decisions(attacker, child, 2)
    else:
        await _decisions(attacker, workflow_id, 2 if life == "half-way" else 8, ends="valid")
    while True:  # until the register has it
        view = await state(attacker.client, workflow_id)
        if view is None or view["recorded"] == view["log_seq"]:
            return
        await asyncio.sleep(0.2)


async def _decisions(attacker: Attacker, workflow_id: str, number: int, ends: str = "") -> None:
    """So many valid decisions, or until a stage is reached."""
    done = 0
    while done < number:
        view = await state(attacker.client, workflow_id)
        if view and ends and (view.get("platform") or {}).get("stage") in (ends, "declined"):
            return
        said = view and next_decision(attacker.random, view, f"{workflow_id[-40:]}-{done}")
        if said:
            await decide(attacker.client, workflow_id, said)
            done += 1
        elif view and done:
            return
        else:
            await asyncio.sleep(0.3)  # the assessment opens by itself
