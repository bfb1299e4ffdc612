"""A dossier's verdict as people and programs read it, and the exit code that it comes to."""

from typing import Any

from rich.text import Text

from activities.harmless_text import harmless
from audit.claims import UNSEALED
from audit.commands import NOT_CHECKED, WRONG
from audit.dossier.verifying import Conclusion, Verdict
from audit.history_sources import source
from audit.problems import CHECKS, Check
from audit.reading.authorship import KeyUse
from starter.terminal.language import say
from starter.terminal.screen import facts, show
from starter.terminal.wording import moment
from workflows.words import Words, counted

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
        (Words("Not in it", "摘要未载"), verdict.coverage.uncovered or ""),
        (Words("Decisions", "决定"), verdict.authorship.words),
        *((Words("Signed by", "签名密钥"), _key(one)) for one in verdict.authorship.keys.values()),
    )
    show(facts(rows), "")
    for check in Check:
        _show_check(verdict, check)
    show(*(say(_NOTE) + say(note) for note in verdict.notes), "", _conclusion(verdict))


def _key(one: KeyUse) -> str:
    """A key, whose it is said to be, and how many decisions it signed, in a line of 80 columns."""
    (en, zh), number = one.names, len(one.entries)
    return f"{one.key.fingerprint()} · {say(f'{en} ({number})', f'{zh}（{number}）')}"


_NOTE = Words("Note: ", "注：")


def _conclusion(verdict: Verdict) -> Words:
    match verdict.conclusion:
        case Conclusion.WHOLE:
            en, zh = verdict.coverage.claim()
            return Words(f"✓ {en}.", f"✓ {zh}。")
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
        "authorship": verdict.authorship.plain(),
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
        "days": [
            {"day": str(day), "covered": held, "entries": whole}
            for day, (held, whole) in verdict.coverage.days.items()
        ],
    }
