"""`pingtai audit verify`: check a dossier, a proof or digests, with nothing but the file."""

from pathlib import Path
from typing import Any

import click

from audit.anchoring.offline import Roots, check_file
from audit.anchoring.published import published
from audit.commands.verdicts import WRONG, plain_verdict, show_verdict
from audit.dossier.verifying import verify
from audit.writing import read_bounded
from starter.commands.filters import json_option
from starter.commands.running import answering
from starter.errors import BadInput
from starter.language import say
from starter.screen import facts, show, show_json

LARGEST = 256 * 1024 * 1024
_ZIP = b"PK"


@click.command("verify", short_help="Check a dossier, a proof or digests, offline. 核验")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--digests",
    "known",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Digests that were published (`digest export`), to hold it against. 已公布的摘要",
)
@json_option
def verify_command(file: Path, known: Path | None, as_json: bool) -> None:
    """Check a file with nothing but the file and this program: no server, no database. 核验

    Of a dossier: the SHA-256 of every file, the hash chain of each log, how terms and assessments go on
    from each other, that every history is there, that this code replays each and comes to the same log
    and state. Also what `prove` and `digest export` write. What does not hold is named; exit code 1.

    \b
    Example:
      pingtai audit verify bj-riscv-soc.zip
      pingtai audit verify bj-riscv-soc.zip --digests digests.jsonl
    """
    _verify(file, known, as_json)


@answering
async def _verify(file: Path, known: Path | None, as_json: bool) -> None:
    roots = published(known) if known else None
    with _opened(file) as opened:
        begins = opened.read(2)
    if begins == _ZIP:
        verdict = await verify(file, roots)
        if as_json:
            show_json(plain_verdict(verdict))
        else:
            show_verdict(verdict)
        holds = verdict.holds
    else:
        holds = _other(file, roots, as_json)
    if not holds:
        raise click.exceptions.Exit(WRONG)


def _opened(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(
            f"{file} cannot be read: {error.strerror}", f"无法读取 {file}：{error.strerror}"
        ) from None


def _other(file: Path, roots: Roots | None, as_json: bool) -> bool:
    """A proof, digests, or the leaves of one."""
    found = check_file(read_bounded(file, LARGEST), roots)
    if found is None:
        raise BadInput(
            f"{file} is no dossier, proof or digest of ours",
            f"{file} 不是本系统的档案、证明或摘要",
        )
    rows, wrong = found
    if as_json:
        told = [{"name": name, "value": value} for name, value in rows]
        problems = [{"en": en, "zh": zh} for en, zh in wrong]
        show_json({"holds": not wrong, "facts": told, "problems": problems})
        return not wrong
    show(facts(rows))
    for en, zh in wrong:
        show(say(f"✗ {en}", f"✗ {zh}"))
    if not wrong:
        show(say("✓ It holds.", "✓ 核验通过。"))
    return not wrong
