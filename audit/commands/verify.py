"""`pingtai audit verify`: check a dossier, a proof or digests, with nothing but the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from audit.anchoring.digest_checks import lines_of
from audit.anchoring.offline import Roots, check_file
from audit.anchoring.published import published
from audit.commands.verdicts import EXIT_CODES, WRONG, plain_verdict, show_verdict
from audit.dossier.verifying import Verdict, verify
from audit.report_files import read_bounded, write_new
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import language, say
from starter.terminal.screen import facts, show, show_json

LARGEST = 256 * 1024 * 1024
_ZIP = b"PK"


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--digests",
    "known",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Digests that were published (`digest export`), to hold it against. 已公布的摘要",
)
@click.option(
    "--leaves",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The leaves of its digest (`digest export --leaves`): no second life in it. 摘要的全部叶",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the report of a dossier anew, as this program renders it. 另行生成报告",
)
@json_option
def verify_command(
    *, file: Path, known: Path | None, leaves: Path | None, report: Path | None, as_json: bool
) -> None:
    """Check a file with nothing but the file and this program: no server, no database. 核验

    Of a dossier: the SHA-256 of every file, the hash chain of each log, how terms and assessments go on
    from each other, that every history is there, that this code replays each and comes to the same log
    and state. Also what `prove` and `digest export` write. What does not hold is named.

    Exit code 0: whole; 1: something does not hold; 5: NOT CHECKED, nothing wrong was found, and something
    could not be checked. The report in a dossier is its maker's; --report writes this program's own.

    \b
    Example:
      pingtai audit verify bj-riscv-soc.zip --report report.html
      pingtai audit verify bj-riscv-soc.zip --digests digests.jsonl
    """
    _verify(file, Known(known, leaves), report, as_json)


@dataclass(frozen=True)
class Known:
    """What a file is held against, beside itself."""

    digests: Path | None
    leaves: Path | None


@answering
async def _verify(file: Path, known: Known, report: Path | None, as_json: bool) -> None:
    roots = published(known.digests) if known.digests else None
    leaves = lines_of(read_bounded(known.leaves, LARGEST)) if known.leaves else None
    with _opened(file) as opened:
        begins = opened.read(2)
    if begins == _ZIP:
        verdict = await verify(file, roots, leaves)
        _write_report(report, verdict)
        if as_json:
            show_json(plain_verdict(verdict))
        else:
            show_verdict(verdict)
        code = EXIT_CODES[verdict.conclusion]
    else:
        if report:
            raise BadInput("--report: only a dossier has a report", "--report：只有档案附有报告")
        code = 0 if _other(file, roots, leaves, as_json) else WRONG
    if code:
        raise click.exceptions.Exit(code)


def _write_report(report: Path | None, verdict: Verdict) -> None:
    if report is None:
        return
    page = verdict.report(language())
    if page is None:
        raise BadInput(
            "--report: no report can be made of these histories, they are too broken",
            "--report：历史损坏过多，无法生成报告",
        )
    write_new(report, page)


def _opened(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise BadInput(
            f"{file} cannot be read: {error.strerror}", f"无法读取 {file}：{error.strerror}"
        ) from None


def _other(file: Path, roots: Roots | None, leaves: Sequence[bytes] | None, as_json: bool) -> bool:
    """A proof, digests, or the leaves of one."""
    found = check_file(read_bounded(file, LARGEST), roots, leaves)
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
