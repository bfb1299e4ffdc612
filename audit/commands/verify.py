"""`pingtai audit verify`: verify a dossier, a proof or digests, offline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from activities.harmless_text import harmless
from audit.anchoring.digest_files import Roots, check_file, published
from audit.anchoring.leaves import lines_of
from audit.claims import UNSEALED
from audit.commands import NOT_CHECKED, WRONG
from audit.commands.access_wording import source
from audit.commands.audit_options import digests_option, file_option
from audit.dossier.verifying import Conclusion, Verdict, verify
from audit.evidence_files import cannot_read, read_bounded, write_new
from audit.problems import CHECKS, Check, counted
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal.command_runner import answering
from starter.terminal.language import language, say
from starter.terminal.screen import facts, show, show_json
from starter.terminal.wording import moment
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
@file_option("--report", help="Write a new report of the dossier. 另行生成报告")
@json_option
@answering
async def verify_command(
    *, file: Path, known: Path | None, leaves: Path | None, report: Path | None, as_json: bool
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
    """
    roots = published(known) if known else None
    whole = lines_of(read_bounded(leaves, LARGEST)) if leaves else None
    with _opened(file) as opened:
        begins = opened.read(2)
    if begins == _ZIP:
        verdict = await verify(file, roots, whole)
        _write_report(report, verdict)
        if as_json:
            show_json(plain_verdict(verdict))
        else:
            show_verdict(verdict)
        code = EXIT_CODES[verdict.conclusion]
    else:
        if report:
            raise BadInput("--report: only a dossier has a report.", "--report：只有档案附有报告")
        code = 0 if _other(file, roots, whole, as_json) else WRONG
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


def _other(file: Path, roots: Roots | None, leaves: Sequence[bytes] | None, as_json: bool) -> bool:
    found = check_file(read_bounded(file, LARGEST), roots, leaves)
    if found is None:
        raise BadInput(
            f"{file} is not a dossier, proof or digest of ours.",
            f"{file} 不是本系统的档案、证明或摘要",
        )
    rows, wrong, sound = found
    if as_json:
        named = [{"name": say(name), "value": say(value)} for name, value in rows]
        problems = [words._asdict() for words in wrong]
        show_json({"holds": not wrong, "facts": named, "problems": problems})
        return not wrong
    show(facts(rows))
    for words in wrong:
        show(f"✗ {say(words)}")
    if not wrong:
        show(sound)
    return not wrong


MOST = 200
"""Maximum problems that are shown; JSON has all."""


def show_verdict(verdict: Verdict) -> None:
    """Show what was checked, what was found, and what one should know."""
    manifest, unsealed = verdict.manifest, say(UNSEALED)
    code, guideline = manifest.code, manifest.guideline
    made = f"{moment(manifest.made_at)} · {manifest.made_by} · {source(manifest.source)}"
    rows = (
        (Words("Platform", "平台"), manifest.platform_id),
        (Words("Made", "编制"), f"{made} · {unsealed}"),
        (
            Words("Code", "代码"),
            f"pingtai {code.pingtai} · temporalio {code.temporalio} · {unsealed}",
        ),
        (Words("Guideline", "指引"), f"{guideline.number} · {guideline.issued_on}"),
        (Words("In a digest", "摘要所载"), verdict.coverage.words),
    )
    show(facts(rows), "")
    for check in Check:
        _show_check(verdict, check)
    show(*(say(_NOTE) + say(note) for note in verdict.notes), "", _conclusion(verdict))


_NOTE = Words("Note: ", "注：")


def _conclusion(verdict: Verdict) -> Words:
    match verdict.conclusion:
        case Conclusion.WHOLE:
            return Words("✓ The record is whole.", "✓ 记录完整。")
        case Conclusion.NOT_CHECKED:
            left = len(verdict.unchecked)
            return Words(
                f"? NOT CHECKED: nothing wrong was found; {left} could not be checked.",
                f"? 未全部核验：未发现错误，无法核验 {left} 项。",
            )
        case _:
            found = len(verdict.problems)
            return Words(
                f"✗ The record is NOT whole: {counted(found, 'problem')}.",
                f"✗ 记录有误：发现 {found} 处。",
            )


EXIT_CODES = {Conclusion.WHOLE: 0, Conclusion.NOT_CHECKED: NOT_CHECKED, Conclusion.BROKEN: WRONG}
"""What a command ends with."""


def _show_check(verdict: Verdict, check: Check) -> None:
    found, name = [one for one in verdict.problems if one.check is check], say(CHECKS[check])
    if found:
        show(Text(f"✗ {name}", style="bold red"))
        for one in found[:MOST]:
            show(Text(f"    {harmless(one.where)}", style="bold"), f"      {say(one.words)}")
        left = len(found) - MOST
        if left > 0:
            show(Words(f"    and {left} more: --json", f"    另有 {left} 处：--json"))
    elif check in verdict.done:
        show(f"✓ {name} · {say(verdict.done[check])}")
    elif check is Check.DERIVED:
        show(f"? {name} · {say('not checked', '未核验')}")
    show(*(f"    ? {say(one.line)}" for one in verdict.unchecked if one.check is check))


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "conclusion": str(verdict.conclusion),
        "holds": verdict.holds,
        "platform_id": verdict.manifest.platform_id,
        "made_at": verdict.manifest.model_dump(mode="json")["made_at"],
        "code": verdict.manifest.code.model_dump(mode="json"),
        "checked": [str(check) for check in verdict.done],
        "coverage": _plain_coverage(verdict),
        "unsealed": ["made_at", "made_by", "source", "code", "register_differs"],
        "problems": [one.plain() for one in verdict.problems],
        "unchecked": [one.plain() for one in verdict.unchecked],
        "notes": [note._asdict() for note in verdict.notes],
    }


def _plain_coverage(verdict: Verdict) -> dict[str, Any]:
    covered, of = verdict.coverage.entries
    return {
        "day": str(verdict.coverage.day) if verdict.coverage.day else None,
        "covered": covered,
        "entries": of,
        "logs": [
            {**place._asdict(), "covered": held, "entries": whole}
            for place, (held, whole) in verdict.coverage.logs.items()
        ],
    }
