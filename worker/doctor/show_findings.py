"""Findings as people read them."""

from collections.abc import Iterable

from starter.terminal.language import say
from starter.terminal.screen import show
from worker.doctor.finding import Finding


def show_findings(findings: Iterable[Finding]) -> None:
    """Show each finding, and below it what to do."""
    for finding in findings:
        show(f"{finding.verdict} {say(finding.what)}")
        if finding.advice:
            show(f"    → {say(finding.advice)}")
