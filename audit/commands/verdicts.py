"""A verdict on a dossier, for people and for programs."""

from typing import Any

from rich.text import Text

from audit.claims import UNSEALED
from audit.dossier.dossier_problems import Check, Problem
from audit.dossier.verifying import Conclusion, Verdict
from starter.terminal.harmless_text import harmless
from starter.terminal.language import say
from starter.terminal.screen import facts, show
from starter.terminal.wording import moment

WRONG = 1
"""The exit code where something does not hold."""
NOT_CHECKED = 5
"""The exit code where nothing was found, and something could not be checked: that is not "whole"."""
MOST = 200
"""So many problems are shown at most; JSON has all."""


def show_verdict(verdict: Verdict) -> None:
    """What was checked, what was found, and what one should know."""
    manifest, unsealed = verdict.manifest, say(*UNSEALED)
    show(
        facts(
            (
                (say("Platform", "平台"), manifest.platform_id),
                (
                    say("Made", "编制"),
                    f"{moment(manifest.made_at)} · {manifest.made_by} · {manifest.source} ({unsealed})",
                ),
                (
                    say("Code", "代码"),
                    f"pingtai {manifest.code.pingtai} · temporalio {manifest.code.temporalio}"
                    f" ({unsealed})",
                ),
                (
                    say("Guideline", "指引"),
                    f"{manifest.guideline.number} · {manifest.guideline.issued_on}",
                ),
                (say("In a digest", "摘要所载"), say(*verdict.coverage.words())),
            )
        )
    )
    show("")
    for check in Check:
        _show_check(verdict, check)
    for en, zh in verdict.notes:
        show(say(f"Note: {en}", f"注：{zh}"))
    show("")
    show(_conclusion(verdict))


def _conclusion(verdict: Verdict) -> str:
    match verdict.conclusion:
        case Conclusion.WHOLE:
            return say("✓ The record is whole.", "✓ 记录完整。")
        case Conclusion.NOT_CHECKED:
            left = len(verdict.unchecked)
            return say(
                f"? NOT CHECKED: nothing wrong was found; what could not be checked: {left}.",
                f"? 未全部核验：未发现错误，无法核验 {left} 项。",
            )
        case _:
            return say(
                f"✗ The record is NOT whole: {len(verdict.problems)} found.",
                f"✗ 记录有误：发现 {len(verdict.problems)} 处。",
            )


EXIT_CODES = {Conclusion.WHOLE: 0, Conclusion.NOT_CHECKED: NOT_CHECKED, Conclusion.BROKEN: WRONG}
"""What a command ends with."""


def _show_check(verdict: Verdict, check: Check) -> None:
    found = [one for one in verdict.problems if one.check is check]
    name = say(check.en, check.zh)
    if found:
        show(Text(f"✗ {name}", style="bold red"))
        for one in found[:MOST]:
            show(Text(f"    {harmless(one.where)}", style="bold"))
            show(f"      {say(one.en, one.zh)}")
        if len(found) > MOST:
            show(
                say(
                    f"    and {len(found) - MOST} more: --json",
                    f"    另有 {len(found) - MOST} 处：--json",
                )
            )
    elif check in verdict.done:
        show(f"✓ {name} · {say(*verdict.done[check])}")
    elif check is Check.DERIVED:
        show(say(f"? {name} · not checked", f"? {name} · 未核验"))
    for one in verdict.unchecked:
        if one.check is check:
            show(f"    ? {harmless(one.where)}: {say(one.en, one.zh)}")


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    """The same for programs."""
    return {
        "conclusion": str(verdict.conclusion),
        "holds": verdict.holds,
        "platform_id": verdict.manifest.platform_id,
        "made_at": verdict.manifest.model_dump(mode="json")["made_at"],
        "code": verdict.manifest.code.model_dump(mode="json"),
        "checked": [str(check) for check in verdict.done],
        "coverage": _plain_coverage(verdict),
        "unsealed": ["made_at", "made_by", "source", "code", "register_differs"],
        "problems": [plain_problem(one) for one in verdict.problems],
        "unchecked": [plain_problem(one) for one in verdict.unchecked],
        "notes": [{"en": en, "zh": zh} for en, zh in verdict.notes],
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


def plain_problem(problem: Problem) -> dict[str, str]:
    """A problem for programs."""
    return {
        "check": str(problem.check),
        "where": problem.where,
        "en": problem.en,
        "zh": problem.zh,
    }
