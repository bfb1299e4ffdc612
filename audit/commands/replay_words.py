"""What a replay came to, as people read it: a line for each platform, and what does not agree below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.replay.divergence import WHAT_TO_DO
from audit.replay.findings import Finding
from audit.replay.together import PlatformReplay, ReplayedRun
from starter.terminal.language import language, say


@dataclass
class Totals:
    """What all platforms together came to."""

    platforms: int = 0
    runs: int = 0
    events: int = 0
    diverged: int = 0
    """Runs that this code does not replay."""
    disagree: int = 0
    """Runs that were replayed, and in which something does not agree."""
    register_differs: int = 0
    """Platforms of which the register says something else."""
    unchecked: int = 0
    """Runs of which something was not checked, since another run is not here."""
    by_code: bool = False

    @property
    def sound(self) -> bool:
        """Whether everything agrees."""
        return not (self.diverged or self.disagree or self.register_differs)

    def count(self, found: PlatformReplay, differs: Sequence[Finding] | None) -> None:
        """Take a platform in."""
        self.platforms += 1
        self.runs += len(found.runs)
        self.events += sum(run.events for run in found.runs)
        self.diverged += sum(run.divergence is not None for run in found.runs)
        self.disagree += sum(run.divergence is None and not run.sound for run in found.runs)
        self.unchecked += sum(run.sound and not run.checked for run in found.runs)
        self.register_differs += not _agrees(differs)
        self.by_code |= any(run.divergence and run.divergence.by_code for run in found.runs)


def lines(found: PlatformReplay, differs: Sequence[Finding] | None) -> Iterator[str]:
    """A platform: its line, then what does not agree."""
    sound = found.sound and _agrees(differs)
    events = sum(run.events for run in found.runs)
    entries = sum(len(log.hashes) for log in found.logs)
    parts = [
        say(_counted(len(found.runs), "run"), f"{len(found.runs)} 次运行"),
        say(f"{events:,} events", f"{events:,} 个事件"),
        say(_counted(entries, "entry", "entries"), f"{entries} 条记录"),
    ]
    if differs is not None and _agrees(differs):
        parts.append(say("the register agrees", "与登记库一致"))
    mark = ("✓" if found.checked else "?") if sound else "✗"
    yield f"{mark} {found.platform_id}  {' · '.join(parts)}"
    for run in found.runs:
        if run.divergence:
            yield f"  ✗ {_name(run)}: {run.divergence.text(language())}"
        for finding in run.findings:
            yield f"  {_mark(finding)} {_name(run)}: {finding.text(language())}"
    for finding in differs or ():
        yield f"  {_mark(finding)} {finding.text(language())}"


def summary(totals: Totals) -> Iterator[str]:
    """All together, and what to do where the code is at fault."""
    of = say(
        f"{_counted(totals.platforms, 'platform')}, {_counted(totals.runs, 'run')},"
        f" {totals.events:,} events replayed",
        f"已重放 {totals.platforms:,} 个平台、{totals.runs:,} 次运行、{totals.events:,} 个事件",
    )
    unchecked = _counted(totals.unchecked, "run")
    if totals.sound and not totals.unchecked:
        yield "✓ " + say(f"{of}: everything agrees.", f"{of}，全部一致。")
        return
    if totals.sound:
        yield "? " + say(
            f"{of}: NOT CHECKED is something of {unchecked}, since histories are missing here; the rest"
            " agrees.",
            f"{of}：因缺少历史，{totals.unchecked:,} 次运行有未核验内容；其余一致。",
        )
        return
    yield "✗ " + say(f"{of}.", f"{of}。")
    diverged, disagree, differ = totals.diverged, totals.disagree, totals.register_differs
    if diverged:
        yield "  " + say(
            f"{_counted(diverged, 'run')} cannot be replayed by this code",
            f"{diverged:,} 次运行无法用当前代码重放",
        )
    if disagree:
        yield "  " + say(
            f"{_counted(disagree, 'run')} with something that does not agree",
            f"{disagree:,} 次运行内容不一致",
        )
    if differ:
        yield "  " + say(
            _counted(differ, "platform differs", "platforms differ") + " from the register",
            f"{differ:,} 个平台与登记库不一致",
        )
    if totals.by_code:
        yield ""
        yield WHAT_TO_DO.text(language())


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _agrees(differs: Sequence[Finding] | None) -> bool:
    return not any(one.wrong for one in differs or ())


def _mark(finding: Finding) -> str:
    return "?" if finding.unchecked else "·" if finding.remark else "✗"


def _name(run: ReplayedRun) -> str:
    return f"{run.workflow_id} {run.run_id[:8]}"
