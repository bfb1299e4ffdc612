"""`pingtai audit state`: show a platform as it was at a moment or after an entry."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from audit.commands.audit_options import Source, WhenType, source_options
from audit.commands.history_platform import history_argument
from audit.commands.history_source import (
    not_applied_yet,
    note_future,
    read_for,
    showing,
    snapshot,
    when_word,
)
from audit.reading.snapshots import CaseSnapshot, EntryName, Snapshot
from starter.commands.options import json_option
from starter.errors import BadInput
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say, sentence
from starter.terminal.pager import paged
from starter.terminal.screen import facts, show, show_json
from workflows.model import instant
from workflows.periods import last_day
from workflows.rules import awaited
from workflows.words import Words


@click.command("state")
@history_argument
@click.option(
    "--at",
    type=WhenType("moment"),
    metavar="MOMENT",
    help="A moment in Beijing, as 2025-03-01T00:00; a day is its end. 时刻",
)
@click.option(
    "--seq",
    type=WhenType("entry"),
    metavar="ENTRY",
    help="Right after an entry: 7 of the newest term, 1.7, 1-y2.3. 记录编号",
)
@source_options
@json_option
@answering
async def state_command(
    *,
    platform: str,
    at: datetime | None,
    seq: EntryName | None,
    source: Source,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Show a platform as it was at a moment or after an entry. 历史状态

    Recomputed from its log, with the open assessment. Decisions that were set aside later are included,
    because they were in force at that time.

    \b
    Example:
      pingtai audit state bj-riscv-soc --at 2027-03-01T00:00
      pingtai audit state bj-riscv-soc --seq 1.4 --json
    """
    if (at is None) == (seq is None):
        raise BadInput("Give either --at MOMENT or --seq ENTRY.", "须给出 --at 或 --seq 之一")
    when = at or seq
    assert when is not None, "one of them was said"  # noqa: S101
    reading = await read_for(platform, source, files, what="state", details=when_word(when))
    with showing(reading):
        found = snapshot(reading, when)
        if found is None:
            raise not_applied_yet(reading)
        if as_json:
            show_json(snapshot_plain(found))
        else:
            with paged():
                show(facts(rows(found)))
        note_future(reading, when)


def snapshot_plain(found: Snapshot) -> dict[str, Any]:
    return {
        "at": instant(found.at),
        "platform": _case_plain(found.platform),
        "assessment": _case_plain(found.assessment) if found.assessment else None,
    }


def _case_plain(case: CaseSnapshot) -> dict[str, Any]:
    return {
        "entry": case.last.name,
        "hash": case.last.entry.hash,
        "state": case.state.model_dump(mode="json"),
        "awaited": [one.model_dump(mode="json") for one in awaited(case.state)],
        "due": case.due.model_dump(mode="json")["due"] if case.due else None,
    }


def rows(found: Snapshot) -> list[tuple[Words, object]]:
    state, at = found.state, wording.moment(found.at)
    assessed = [
        say(f"year {one.year}: ", f"第 {one.year} 年：") + wording.stage(one.result)
        for one in state.assessments
    ]
    rows: list[tuple[Words, object]] = [
        (Words("Platform", "平台"), state.facts.name),
        (Words("Id", "编号"), state.facts.platform_id),
        (Words("At", "时刻"), Words(f"{at} Beijing time", f"{at}（北京时间）")),
        (Words("Term", "期次"), str(state.facts.term)),
        *_case_rows(found.platform),
        (Words("Plan version", "方案版本"), str(state.plan_version)),
        (Words("List number", "名单批次"), state.list_number or ""),
        (Words("Certificate", "证书编号"), state.certificate_number or ""),
        (
            Words("Valid until", "有效期至"),
            str(last_day(state.valid_until)) if state.valid_until else "",
        ),
        (Words("Assessed", "已考核"), sentence(assessed)),
    ]
    if found.assessment:
        year = getattr(found.assessment.state, "year", 0)
        rows.append((Words("Assessment", "年度考核"), Words(f"year {year}", f"第 {year} 年")))
        rows += _case_rows(found.assessment)
    return rows


def _case_rows(case: CaseSnapshot) -> list[tuple[Words, object]]:
    state = case.state
    since, stage = wording.moment(state.since), wording.stage(state.stage)
    due = case.due.due if case.due else getattr(state, "mend_by", None)
    provisional = bool(case.due and case.due.provisional_years)
    return [
        (Words("Stage", "阶段"), Words(f"{stage} · since {since}", f"{stage} · {since} 起")),
        (
            Words("Awaited", "待办"),
            wording.awaited(awaited(state), due, overdue=state.overdue, provisional=provisional),
        ),
        (Words("Last entry", "最后一条"), f"{case.last.name} {case.last.entry.hash}"),
    ]
