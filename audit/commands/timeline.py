"""`pingtai audit timeline`: show all events of a platform, over all terms and assessments."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from audit.claims import REASON_UNSEALED
from audit.commands.access_wording import HASH
from audit.commands.audit_options import Source, source_options
from audit.commands.history_platform import history_argument
from audit.commands.history_source import read_for, showing
from audit.reading.authorship import signed_by
from audit.reading.case_logs import Line, Reading
from audit.reading.runs import Run
from audit.reading.timeline_entries import ENTRY, RUN, Moment, documents, moments
from starter.commands.options import json_option
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.entry_wording import entry_words, reason_words
from starter.terminal.language import say
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    Column,
    heading,
    is_narrow,
    show,
    show_json,
    stacked,
    table_of,
)
from starter.terminal.signature_wording import signature_words
from workflows.model import instant
from workflows.periods import beijing_date
from workflows.words import Words


@click.command("timeline")
@history_argument
@source_options
@json_option
@answering
async def timeline_command(
    platform: str, source: Source, files: tuple[Path, ...], as_json: bool
) -> None:
    """Show all events of a platform, in all terms and years. 时间线

    Each entry with its time in Beijing, the event of the history that it came from (2:17 is event 17 of
    the second run), who decided, the named documents, and its hash. Also the beginnings and ends of
    runs, and decisions without an entry.

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
            with paged():
                show(
                    heading(Words("Runs", "各次运行")),
                    table_of(enumerate(reading.runs, start=1), _RUN_COLUMNS),
                )
                show(heading(Words("Timeline (Beijing time)", "时间线（北京时间）")), rows)


def moments_table(reading: Reading, rows: list[Moment]) -> Table:
    """Return the moments as a table; a row that no longer counts says so in words."""
    stages: dict[Any, str] = {}
    what = Column[Moment](Words("what", "事项"), lambda one: _words(reading, one, stages))
    if is_narrow():
        place = Words("time, entry, event, hash", "时间、记录、事件、哈希")
        return table_of(rows, (Column(place, _place, ALWAYS), what))
    columns: tuple[Column[Moment], ...] = (
        Column(Words("time", "时间"), lambda one: wording.moment(one.at), ALWAYS),
        Column(Words("entry", "记录"), lambda one: one.line and one.line.name, ALWAYS),
        Column(Words("event", "事件"), lambda one: f"{one.run}:{one.event_id}", ALWAYS),
        what,
        Column(Words("hash", "哈希"), lambda one: one.line and one.line.entry.hash[:HASH], ALWAYS),
    )
    return table_of(rows, columns)


def _place(one: Moment) -> Text:
    """When, and where it stands in the logs and the histories: below each other, so that no id is broken."""
    entry = f"{one.line.name} · " if one.line else ""
    digest = one.line.entry.hash[:HASH] if one.line else None
    return stacked(wording.moment(one.at), f"{entry}{one.run}:{one.event_id}", digest)


def _words(reading: Reading, one: Moment, stages: dict[Any, str]) -> str:
    run = reading.runs[one.run - 1]
    if one.what == RUN:
        return _run_words(run, one.how)
    if one.line is None:
        return _message_words(one)
    line, entry = one.line, one.line.entry
    of_log = (one.entry for one in reading.logs.get(line.place, ()))  # read where one sets aside
    words = entry_words(entry, log=line.place, entries=of_log)
    if entry.reason:
        words += say(" ({})", "（{}）").format(say(REASON_UNSEALED))
    if stages.get(line.place) != entry.stage:
        words += f" → {wording.stage(entry.stage)}"
    stages[line.place] = entry.stage
    if one.set_aside_by:
        by = line.place.entry(one.set_aside_by)
        words = say(f"SET ASIDE by {by}: {words}", f"【已由 {by} 撤销】{words}")
    named = (
        f"{say(_PLAN) if digest == entry.said.get('plan_sha256') else name} {digest[:HASH]}"
        for name, digest in documents(entry.said)
    )
    sent = _sent_by(one)
    parts = (words, reason_words(entry), *_who(line), sent, signature_words(entry), *named)
    return " · ".join(part for part in parts if part)


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
    place, named = run.place, ""
    if place:
        named = say(f"term {place.term}", f"第 {place.term} 期")
    if place and place.year:
        named += say(f" assessment {place.year}", f" 第 {place.year} 年考核")
    if place and place.opening > 1:
        named += say(f", opening {place.opening}", f"（第 {place.opening} 次）")
    reason = run.reason if how != "began" else ""
    return " · ".join(part for part in (f"— {say(_RUN[how])}", named, reason) if part)


_PLAN = Words("plan", "建设方案")
_RUN = {
    "began": Words("run begins", "运行开始"),
    "completed": Words("run ends", "运行结束"),
    "continued": Words("run continues as a new one", "转入下一次运行"),
    "failed": Words("run FAILED", "运行失败"),
    "timed_out": Words("run TIMED OUT", "运行超时"),
    "canceled": Words("run was CANCELED from outside", "运行被外部取消"),
    "terminated": Words("run was TERMINATED from outside", "运行被外部终止"),
}
_MESSAGE = {
    "repeated": Words("{} was sent again and changed nothing", "重复发送“{}”，未生效"),
    "refused": Words("{} was refused, and only counted", "“{}”不予受理，仅计数"),
    "waiting": Words("{} was sent; no entry yet", "已收到“{}”，尚无记录"),
}


def _message_words(one: Moment) -> str:
    message = one.message
    kind = message.content.get("kind", "") if message and isinstance(message.content, dict) else ""
    name = wording.what(str(kind or (message.name if message else "")))
    decision_id = message.decision_id if message else None
    words = say(_MESSAGE[one.how]).replace("{}", name)
    return " · ".join(part for part in (f"— {words}", decision_id, _sent_by(one)) if part)


def _sent_by(one: Moment) -> str:
    return say(f"sent by {one.sent_by}", f"由 {one.sent_by} 发送") if one.sent_by else ""


_RUN_COLUMNS: tuple[Column[tuple[int, Run]], ...] = (
    Column(Words("run", "序号"), lambda row: row[0], ALWAYS),
    Column(Words("log", "记录"), lambda row: row[1].place and row[1].place.name, ALWAYS),
    Column(Words("run id", "运行编号"), lambda row: row[1].history.run_id, ALWAYS),
    Column(Words("began", "开始"), lambda row: _day(row[1].history.started_at), ALWAYS),
    Column(Words("ended", "结束"), lambda row: _day(row[1].history.closed_at), ALWAYS),
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
    row: dict[str, Any] = {
        "at": instant(one.at),
        "what": one.what,
        "run": one.run,
        "event": one.event_id,
    }
    if one.what != ENTRY or one.line is None:
        sent = {"decision_id": one.message.decision_id} if one.message else {}
        return row | {"how": one.how} | sent | _sender(one)
    entry = one.line.entry
    return row | {
        "entry": one.line.name,
        "handed_in": one.line.held_in,
        "set_aside_by": one.set_aside_by,
        "unsealed": ["reason"] if entry.reason else [],
        "signed_by": [one.key.fingerprint() for one in signed_by(entry)],
        "documents": [{"name": n, "sha256": d} for n, d in documents(entry.said)],
        **entry.model_dump(mode="json", exclude={"at"}),
        **_sender(one),
    }


def _sender(one: Moment) -> dict[str, str]:
    return {"sent_by": one.sent_by} if one.sent_by else {}
