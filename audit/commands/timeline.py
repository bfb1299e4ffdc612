"""`pingtai audit timeline`: all that happened to a platform, with the events of the histories that say so."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from audit.archive.archive_opening import Source
from audit.claims import REASON_UNSEALED
from audit.commands.readings import read_for, showing, source_options
from audit.reading.case_logs import Line, Reading
from audit.reading.runs import Run
from audit.reading.timeline_entries import ENTRY, RUN, Moment, documents, moments
from starter.commands.options import json_option, platform_argument
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.entry_wording import entry_words
from starter.terminal.language import say
from starter.terminal.screen import heading, show, show_json, table
from workflows.model import instant
from workflows.periods import beijing_date

HASH = 12
"""So many letters of a hash are shown in a table; `--json` has it whole."""


@click.command("timeline")
@platform_argument
@source_options
@json_option
@answering
async def timeline_command(
    platform: str, source: Source, files: tuple[Path, ...], as_json: bool
) -> None:
    """All that happened to a platform: over all terms, runs and assessments. 时间线

    Each entry stands with its moment in Beijing time, the event of the history that it came of
    (2:17 is event 17 of the second run), who decided, the documents that were named, and its hash.
    Beside the entries stand the beginnings and ends of runs, and decisions of which no entry came.

    \b
    Example:
      pingtai audit timeline bj-riscv-soc
      pingtai audit timeline bj-riscv-soc --files histories/ --json
    """
    reading = await read_for(platform, source, files, what="timeline")
    with showing(reading) as problems:
        if as_json:
            show_json(_plain(reading, problems))
        else:
            rows = moments_table(reading, moments(reading))
            show(heading(say("Runs", "各次运行")), _runs(reading))
            show(heading(say("Timeline (Beijing time)", "时间线（北京时间）")), rows)


def moments_table(reading: Reading, rows: list[Moment]) -> Table:
    """The moments as a table; a row that does not count any more says so in words."""
    stages: dict[Any, str] = {}
    return table(
        (
            say("time", "时间"),
            say("entry", "记录"),
            say("event", "事件"),
            say("what", "事项"),
            say("hash", "哈希"),
        ),
        [
            (
                wording.moment(one.at),
                one.line.name if one.line else "",
                f"{one.run}:{one.event_id}",
                _words(reading, one, stages),
                one.line.entry.hash[:HASH] if one.line else "",
            )
            for one in rows
        ],
        whole=(0, 1, 2, 4),
    )


def _words(reading: Reading, one: Moment, stages: dict[Any, str]) -> str:
    run = reading.runs[one.run - 1]
    if one.what == RUN:
        return _run_words(run, one.how)
    if one.line is None:
        return _message_words(one)
    line, entry = one.line, one.line.entry
    words = entry_words(entry)
    if entry.reason:
        words += say(" ({})", "（{}）").format(say(*REASON_UNSEALED))
    if stages.get(line.place) != entry.stage:
        words += f" → {wording.stage(entry.stage)}"
    stages[line.place] = entry.stage
    if one.set_aside_by:
        by = line.place.entry(one.set_aside_by)
        words = say(f"SET ASIDE by {by}: {words}", f"【已由 {by} 撤销】{words}")
    return " · ".join((words, *_who(line), *(f"{n} {d[:HASH]}" for n, d in documents(entry.said))))


def _who(line: Line) -> list[str]:
    actor, entry = line.entry.actor, line.entry
    parts = [f"{actor.id} {actor.organisation}"] if actor else []
    if actor and actor.acting_for:
        principal = actor.acting_for.principal_id
        parts[0] += say(f" (for {principal})", f"（代 {principal}）")
    if entry.decision_id:
        parts.append(f"{entry.decision_id}")
    return parts


def _run_words(run: Run, how: str) -> str:
    named = _case_words(run)
    words = {
        "began": say("run begins", "运行开始"),
        "completed": say("run ends", "运行结束"),
        "continued": say("run goes on as a new one", "转入下一次运行"),
        "failed": say("run FAILED", "运行失败"),
        "timed_out": say("run TIMED OUT", "运行超时"),
        "canceled": say("run was CANCELED from outside", "运行被外部取消"),
        "terminated": say("run was TERMINATED from outside", "运行被外部终止"),
    }[how]
    reason = f"{run.reason}" if run.reason and how != "began" else ""
    return " · ".join(part for part in (f"— {words}", named, reason) if part)


def _case_words(run: Run) -> str:
    if run.place is None:
        return ""
    term = say(f"term {run.place.term}", f"第 {run.place.term} 期")
    if not run.place.year:
        return term
    year = say(f"assessment {run.place.year}", f"第 {run.place.year} 年考核")
    again = run.place.opening
    return f"{term} {year}" + (say(f", opening {again}", f"（第 {again} 次）") if again > 1 else "")


def _message_words(one: Moment) -> str:
    message = one.message
    kind = message.content.get("kind", "") if message and isinstance(message.content, dict) else ""
    name = wording.what(str(kind or (message.name if message else "")))
    said_id = (message.decision_id or "") if message else ""
    words = {
        "repeated": say(f"{name} was sent again, and changed nothing", f"重复发送“{name}”，未生效"),
        "refused": say(f"{name} was refused, and only counted", f"“{name}”不予受理，仅计数"),
        "waiting": say(f"{name} was sent; no entry of it yet", f"已收到“{name}”，尚无记录"),
    }[one.how]
    return f"— {words}" + (f" · {said_id}" if said_id else "")


def _runs(reading: Reading) -> Table:
    return table(
        (
            say("run", "序号"),
            say("log", "记录"),
            say("run id", "运行编号"),
            say("began", "开始"),
            say("ended", "结束"),
        ),
        [
            (
                str(number),
                run.place.name if run.place else "",
                run.history.run_id,
                _day(run.history.started_at),
                _day(run.history.closed_at),
            )
            for number, run in enumerate(reading.runs, start=1)
        ],
        whole=(0, 1, 2, 3, 4),
    )


def _day(at: datetime | None) -> str:
    return str(beijing_date(at)) if at else ""


def _plain(reading: Reading, problems: int) -> dict[str, Any]:
    return {
        "platform_id": reading.platform_id,
        "problems": problems,
        "runs": [
            {
                "run": number,
                "workflow_id": run.history.workflow_id,
                "run_id": run.history.run_id,
                "began_at": instant(run.history.started_at),
                "ended_at": instant(run.history.closed_at) if run.history.closed_at else None,
                "ended": run.ended,
                "events": run.last_event,
                "sdk": run.history.sdk,
            }
            for number, run in enumerate(reading.runs, start=1)
        ],
        "timeline": [moment_plain(one) for one in moments(reading)],
    }


def moment_plain(one: Moment) -> dict[str, Any]:
    """A moment as plain data."""
    row: dict[str, Any] = {
        "at": instant(one.at),
        "what": one.what,
        "run": one.run,
        "event": one.event_id,
    }
    if one.what != ENTRY or one.line is None:
        sent = {"decision_id": one.message.decision_id} if one.message else {}
        return row | {"how": one.how} | sent
    entry = one.line.entry
    return row | {
        "entry": one.line.name,
        "handed_in": one.line.told_in,
        "set_aside_by": one.set_aside_by,
        "unsealed": ["reason"] if entry.reason else [],
        "documents": [{"name": n, "sha256": d} for n, d in documents(entry.said)],
        **entry.model_dump(mode="json", exclude={"at"}),
    }
