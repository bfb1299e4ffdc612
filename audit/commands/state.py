"""`pingtai audit state`: where a platform stood at a moment, or right after an entry."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from audit.archive.archive_opening import Source
from audit.commands.readings import read_for, showing, source_options
from audit.commands.when import EntryWord, MomentWord, standing_at, when_word
from audit.reading.entry_names import EntryName
from audit.reading.state_at import Case, Standing
from starter.commands.options import json_option, platform_argument
from starter.errors import BadInput, NoSuchPlatform
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say
from starter.terminal.screen import facts, show, show_json
from workflows.model import instant
from workflows.periods import last_day
from workflows.rules import awaited


@click.command("state")
@platform_argument
@click.option(
    "--at",
    type=MomentWord(),
    metavar="MOMENT",
    help="A moment in Beijing, as 2025-03-01T00:00; a day is its end. 时刻",
)
@click.option(
    "--seq",
    type=EntryWord(),
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
    """Where a platform stood: the fold of its log as far as a moment or an entry. 历史状态

    With its open assessment. What was set aside later counted then, and counts here.

    \b
    Example:
      pingtai audit state bj-riscv-soc --at 2027-03-01T00:00
      pingtai audit state bj-riscv-soc --seq 1.4 --json
    """
    if (at is None) == (seq is None):
        raise BadInput("say --at MOMENT or --seq ENTRY, one of them", "须给出 --at 或 --seq 之一")
    when = at or seq
    assert when is not None, "one of them was said"  # noqa: S101
    reading = await read_for(platform, source, files, what="state", details=when_word(when))
    with showing(reading):
        standing = standing_at(reading, when)
        if standing is None:
            raise NoSuchPlatform(
                f"{platform} had not been applied for then", f"{platform} 当时尚未提交申请"
            )
        if as_json:
            show_json(standing_plain(standing))
        else:
            show(facts(rows(standing)))


def standing_plain(standing: Standing) -> dict[str, Any]:
    """A standing as plain data."""
    return {
        "at": instant(standing.at),
        "platform": _case_plain(standing.platform),
        "assessment": _case_plain(standing.assessment) if standing.assessment else None,
    }


def _case_plain(case: Case) -> dict[str, Any]:
    return {
        "entry": case.last.name,
        "hash": case.last.entry.hash,
        "state": case.state.model_dump(mode="json"),
        "awaited": [one.model_dump(mode="json") for one in awaited(case.state)],
        "due": case.due.model_dump(mode="json")["due"] if case.due else None,
    }


def rows(standing: Standing) -> list[tuple[str, str]]:
    """A standing in words."""
    state = standing.state
    facts_of = state.facts
    return [
        (say("Platform", "平台"), facts_of.name),
        (say("Id", "编号"), facts_of.platform_id),
        (
            say("At", "时刻"),
            say(f"{wording.moment(standing.at)} Beijing", wording.moment(standing.at)),
        ),
        (say("Term", "期次"), str(facts_of.term)),
        *_case_rows(standing.platform),
        (say("Plan version", "方案版本"), str(state.plan_version)),
        (say("List number", "名单批次"), state.list_number or ""),
        (say("Certificate", "证书编号"), state.certificate_number or ""),
        (
            say("Valid until", "有效期至"),
            str(last_day(state.valid_until)) if state.valid_until else "",
        ),
        (
            say("Assessed", "已考核"),
            say("; ", "；").join(
                say(f"year {one.year}: ", f"第 {one.year} 年：") + wording.stage(one.result)
                for one in state.assessments
            ),
        ),
        *(_assessment_rows(standing.assessment) if standing.assessment else ()),
    ]


def _case_rows(case: Case) -> list[tuple[str, str]]:
    state = case.state
    since = wording.moment(state.since)
    due = case.due.due if case.due else getattr(state, "mend_by", None)
    provisional = bool(case.due and case.due.provisional_years)
    return [
        (
            say("Stage", "阶段"),
            f"{wording.stage(state.stage)} · " + say(f"since {since}", f"自 {since}"),
        ),
        (
            say("Awaited", "待办"),
            wording.awaited(awaited(state), due, overdue=state.overdue, provisional=provisional),
        ),
        (say("Last entry", "最后一条"), f"{case.last.name} {case.last.entry.hash}"),
    ]


def _assessment_rows(case: Case) -> list[tuple[str, str]]:
    year = getattr(case.state, "year", 0)
    named = say(f"year {year}", f"第 {year} 年")
    return [(say("Assessment", "年度考核"), named), *_case_rows(case)]
