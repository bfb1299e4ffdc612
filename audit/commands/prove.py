"""`pingtai audit prove`: prove that a platform's logs are part of a day's digest."""

from datetime import date
from pathlib import Path

import click

from audit.access_log import note
from audit.anchoring.digests import known_digest
from audit.anchoring.proofs import prove, proven_logs
from audit.commands.audit_options import output_option
from audit.dossier.format import json_bytes
from audit.evidence_files import write_new
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import DAY, platform_argument
from starter.terminal.command_runner import answering
from starter.terminal.screen import complain, write
from workflows.words import Words, counted


@click.command("prove")
@platform_argument
@click.option("--day", type=DAY, required=True, metavar="DAY", help="The digest's day. 日期")
@output_option
@answering
async def prove_command(platform: str, day: date, output: Path | None) -> None:
    """Prove that a platform's logs are part of a day's digest. 存证证明

    The proof is a small file that leads from the logs' last hashes to the root of the day. Whoever has
    the printed or published root can check it offline with `pingtai audit verify`.

    \b
    Example:
      pingtai audit prove bj-riscv-soc --day 2026-05-01 -o proof.json
    """
    platform_id(platform)
    async with open_engine(patient=True) as engine:
        found = await known_digest(engine, day)
        await note(engine, "proof", platform, str(day))
    proof = prove(*found, platform)
    content = json_bytes(proof.model_dump(mode="json"))
    if output is None:
        write(content.decode())
        return
    write_new(output, content)
    logs = len(proven_logs(proof))
    root = proof.digest.root
    complain(
        Words(
            f"{output}: {counted(logs, 'log')}, root {root}", f"{output}：{logs} 份记录，根 {root}"
        )
    )
