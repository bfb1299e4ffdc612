"""`pingtai audit prove`: that a platform's logs stand in the digest of a day."""

from datetime import date
from pathlib import Path

import click

from audit.access_log import note
from audit.anchoring.digests import digest_of
from audit.anchoring.proofs import prove, proven_logs
from audit.dossier.format import json_bytes
from audit.report_files import write_new
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import DAY, platform_argument
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import complain, write


@click.command("prove")
@platform_argument
@click.option("--day", type=DAY, required=True, metavar="DAY", help="Of which digest. 日期")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file that is not there yet. 输出文件",
)
@answering
async def prove_command(platform: str, day: date, output: Path | None) -> None:
    """Prove that a platform's logs stand in the digest of a day. 存证证明

    The proof is small, and leads from the logs' last hashes to the root of the day. Whoever has the root,
    printed or published, checks it by `pingtai audit verify`, without us.

    \b
    Example:
      pingtai audit prove bj-riscv-soc --day 2026-05-01 -o proof.json
    """
    platform_id(platform)
    async with open_engine(patient=True) as engine:
        found = await digest_of(engine, day)
        if found is None:
            raise BadInput(
                f"there is no digest of {day}: `pingtai audit digest list` says which there are",
                f"没有 {day} 的摘要：可用 pingtai audit digest list 查看",
            )
        await note(engine, "proof", platform, str(day))
    proof = prove(*found, platform)
    content = json_bytes(proof.model_dump(mode="json"))
    if output is None:
        write(content.decode())
        return
    write_new(output, content)
    logs = len(proven_logs(proof))
    complain(
        say(
            f"{output}: {logs} logs, root {proof.digest.root}",
            f"{output}：{logs} 份记录，根 {proof.digest.root}",
        )
    )
