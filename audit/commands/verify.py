"""`pingtai audit verify`: verify a dossier, a proof or digests, offline."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from audit.anchoring.digest_file_checks import Answer, check_file
from audit.anchoring.digest_files import published, roots_of
from audit.anchoring.leaves import lines_of
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.audit_options import digests_option, file_option
from audit.commands.verdict_output import EXIT_CODES, plain_verdict, show_verdict
from audit.commands.vouchers import read_vouchers, voucher_options
from audit.dossier.verifying import Verdict, verify
from audit.erasing.erased_file import check_erased
from audit.evidence_files import cannot_read, read_bounded, write_new
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import language, say
from starter.terminal.screen import facts, show, show_json
from workflows.words import Words

LARGEST = 256 * 1024 * 1024
_ZIP = b"PK"


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@digests_option
@file_option(
    "--leaves",
    help="All leaves of its digest (`digest export --leaves`), to find a second log of a term. 摘要的明细",
)
@voucher_options
@file_option("--report", help="Write a new report of the dossier. 另行生成报告")
@json_option
@answering
async def verify_command(
    *,
    file: Path,
    known: Path | None,
    leaves: Path | None,
    report: Path | None,
    as_json: bool,
    **vouchers: Any,
) -> None:
    """Verify a dossier, a proof or digests, offline. 核验

    Needs only the file and this program: no server, no database. Of a dossier it checks the SHA-256 of
    every file, the hash chain of each log, how terms and assessments continue each other, that no
    history is missing, and that this code replays each history to the same log and state. It also
    checks the files of `prove` and `digest export`. Problems are listed.

    Exit code 0: no problem; 1: problems; 5: NOT CHECKED, no problem was found, but something could not
    be checked. The report inside a dossier is its maker's; --report writes one by this program.

    \b
    Example:
      pingtai audit verify bj-riscv-soc.zip --report report.html
      pingtai audit verify bj-riscv-soc.zip --digests digests.jsonl
      pingtai audit verify bj-riscv-soc.zip --cosigned seen --witnesses witnesses
    """
    digests = published(known) if known else None
    roots = roots_of(digests) if digests is not None else None
    whole = lines_of(read_bounded(leaves, LARGEST)) if leaves else None
    given = replace(read_vouchers(**vouchers), published=tuple((digests or {}).values()))
    with _opened(file) as opened:
        begins = opened.read(2)
    if begins == _ZIP:
        verdict = await verify(file, roots, whole, given)
        _write_report(report, verdict)
        if as_json:
            show_json(plain_verdict(verdict))
        else:
            show_verdict(verdict)
            if report:
                show(Words(f"Report: {report}", f"报告：{report}"))
        code = EXIT_CODES[verdict.conclusion]
    else:
        if report:
            raise BadInput("--report: only a dossier has a report.", "--report：只有档案附有报告")
        content = read_bounded(file, LARGEST)
        found = check_erased(content, roots, given) or check_file(content, roots, whole, given)
        code = _show_other(file, found, as_json)
    if code:
        raise click.exceptions.Exit(code)


def _write_report(report: Path | None, verdict: Verdict) -> None:
    if report is None:
        return
    page = verdict.report(language())
    if page is None:
        raise BadInput(
            "--report: these histories are too damaged for a report.",
            "--report：历史损坏过多，无法生成报告",
        )
    write_new(report, page)


def _opened(file: Path) -> Any:
    try:
        return file.open("rb")
    except OSError as error:
        raise cannot_read(file, error) from None


def _show_other(file: Path, found: Answer | None, as_json: bool) -> int:
    """Show what came of checking a proof, digests or leaves; returns the exit code."""
    if found is None:
        raise BadInput(
            f"{file} is not a dossier, proof or digest of ours.",
            f"{file} 不是本系统的档案、证明或摘要",
        )
    rows, wrong, sound, unchecked = found
    code = WRONG if wrong else NOT_CHECKED if unchecked else 0
    if as_json:
        named = [{"name": say(name), "value": say(value)} for name, value in rows]
        lists = {"problems": wrong, "unchecked": unchecked}
        plain = {name: [words._asdict() for words in them] for name, them in lists.items()}
        show_json({"holds": code == 0, "facts": named, **plain})
        return code
    show(facts(rows))
    show(*(f"✗ {say(words)}" for words in wrong), *(f"? {say(words)}" for words in unchecked))
    if code == 0:
        show(sound)
    return code
