"""The report of an attack: counts by attacker and outcome, failures by kind with how to repeat them."""

from itertools import groupby

from bench.attack.findings import Findings

_OF_A_KIND = 3


def report(findings: Findings) -> str:
    """The report as lines of text."""
    lines = [f"Seed {findings.seed}", ""]
    for attacker, rows in groupby(sorted(findings.counts.items()), key=lambda row: row[0][0]):
        outcomes = [f"  {number:>7,}  {outcome}" for (_, outcome), number in rows]
        lines += [f"{attacker}:", *outcomes]
    lines.append("")
    if not findings.failed:
        return "\n".join([*lines, "0 failures"])
    lines.append(f"{findings.kinds.total():,} FAILURES of {len(findings.kinds)} kinds:")
    for (attacker, what), number in sorted(findings.kinds.items(), key=lambda row: -row[1]):
        lines.append(f"  {number:>5,} × {attacker}: {what}")
        kept = [one for one in findings.failures if (one.attacker, one.what) == (attacker, what)]
        for one in kept[:_OF_A_KIND]:
            lines.append(f"          step {one.step}: {one.detail[:300]}")
            lines.append(f"          with {one.reproduce[:300]}")
    return "\n".join(lines)
