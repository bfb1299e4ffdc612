"""`pingtai audit dossier`: export a platform's complete record as one verifiable file."""

import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from audit.access_log import note
from audit.commands.audit_options import Source, file_option, source_options
from audit.commands.history_platform import history_argument
from audit.commands.history_source import opened
from audit.commands.verdict_output import EXIT_CODES, plain_verdict, show_verdict
from audit.dossier.making import make
from audit.dossier.verifying import Verdict, verify
from audit.evidence_files import write_new
from starter.client.register_access import open_engine
from starter.commands.notation import platform_id
from starter.commands.options import json_option
from starter.desk.user_name import who
from starter.terminal.command_runner import answering
from starter.terminal.screen import show, show_json
from workflows.words import Words


@click.command("dossier")
@history_argument
@file_option("-o", "--output", help="The file to write. 输出文件 [default: PLATFORM.zip]")
@source_options
@json_option
@answering
async def dossier_command(
    platform: str, output: Path | None, source: Source, files: tuple[Path, ...], as_json: bool
) -> None:
    """Export a platform's whole record as one verifiable file. 平台档案

    A zip file with histories, logs, plans, the replay, and a report in Chinese and English; anyone can
    check it offline. It is verified before it is written. If something is wrong, the file is written
    all the same, the problems are listed, and the exit code is 1; 5 if something could not be checked.
    The export is recorded (`pingtai audit access list`). Existing files are never overwritten.

    With --files the register is not needed, and nothing is recorded.

    \b
    Example:
      pingtai audit dossier bj-riscv-soc -o bj-riscv-soc.zip
      pingtai audit verify bj-riscv-soc.zip
    """
    output = output or Path(f"{platform}.zip")
    platform_id(platform)
    async with AsyncExitStack() as stack:
        engine = None
        if not files:
            engine = await stack.enter_async_context(open_engine(patient=True))
            await note(engine, "dossier", platform, f"from {source}")
        place = await stack.enter_async_context(opened(source, files))
        where = "files" if files else source
        content = await make(
            engine, place, platform, source=where, made_by=who(), at=datetime.now(UTC)
        )
        verdict = await _checked(content)
        write_new(output, content)
        digest = sha256(content).hexdigest()
        if engine:
            await note(engine, "dossier written", platform, f"sha256 {digest}")
    if as_json:
        show_json({"file": str(output), "sha256": digest, **plain_verdict(verdict)})
    else:
        show_verdict(verdict)
        size = f"{len(content):,}"
        show(Words(f"{output} · {size} bytes", f"{output} · {size} 字节"), f"SHA-256 {digest}")
    if not verdict.holds:
        raise click.exceptions.Exit(EXIT_CODES[verdict.conclusion])


async def _checked(content: bytes) -> Verdict:
    """The dossier as whoever gets it will see it."""
    with tempfile.TemporaryDirectory(prefix="pingtai-dossier-") as folder:
        path = Path(folder) / "dossier.zip"
        path.write_bytes(content)
        return await verify(path)
