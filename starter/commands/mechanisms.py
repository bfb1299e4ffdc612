"""`pingtai mechanisms`: how platforms run themselves (§五), counted and listed."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from db.programme_rows import Counted, Mechanisms, PlatformMechanisms
from db.reading import LARGEST_PAGE
from starter.clock import today
from starter.commands.options import (
    after_option,
    district_option,
    field_option,
    json_option,
    limit_option,
    report_option,
    stage_option,
)
from starter.commands.word_choice import WordChoice, chinese_list
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.catalogue import made
from starter.terminal.command_runner import answering
from starter.terminal.language import say, word
from starter.terminal.pager import paged
from starter.terminal.screen import (
    ALWAYS,
    IF_SHORT,
    Column,
    Said,
    complain,
    complain_of_more,
    facts,
    heading,
    is_narrow,
    show,
    show_json,
    stacked,
    table_of,
)
from starter.terminal.this_command import with_option
from workflows.vocabulary import GovernanceBody, LegalForm, TransferPractice
from workflows.words import Words


@click.command("mechanisms")
@field_option
@district_option
@stage_option
@click.option(
    "--legal-form",
    type=WordChoice(LegalForm),
    metavar="FORM",
    help=made(
        Words(
            f"Only this legal form. 法人形式: {', '.join(LegalForm)}",
            f"只列该法人形式：{chinese_list(LegalForm)}",
        )
    ),
)
@click.option(
    "--past-date",
    is_flag=True,
    help="Only platforms past the day by which they promised to be independent. 逾期未独立法人化",
)
@limit_option(LARGEST_PAGE)
@after_option("PLATFORM")
@report_option
@json_option
@answering
async def mechanisms_command(
    *, limit: int, report: Path | None, as_json: bool, **asked: Any
) -> None:
    """Show the operating mechanisms of the platforms. 运行机制 §五

    Counts and lists the newest of each platform: those of the plan, or of a later yearly report.
    Platforms whose newest term has ended are left out, unless --stage asks for them. Counts are of all
    platforms that match, not only of the page. With --file all of them go to a workbook or CSV.

    \b
    Example:
      pingtai mechanisms --past-date
      pingtai mechanisms --file mechanisms.xlsx
    """
    if report:
        await _report(report, **asked)
        return
    async with open_reads(patient=True) as register:
        found = await register.mechanisms(today(), limit=limit, **asked)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    if not found.platforms:
        complain(wording.NO_PLATFORMS)
        return
    with paged():
        _show(found, limit)


async def _report(report: Path, *, after: str | None, **asked: Any) -> None:
    from starter.commands.reports.programme_reports import mechanisms_sheets  # noqa: PLC0415 - only files need it
    from starter.tables.report_sheets import check_report, write_report  # noqa: PLC0415

    check_report(report)
    rows: list[PlatformMechanisms] = []
    async with open_reads(patient=True) as register:
        while True:
            place = rows[-1].platform_id if rows else after
            found = await register.mechanisms(
                today(), limit=LARGEST_PAGE, after=place or "", **asked
            )
            rows += found.page
            if len(found.page) < LARGEST_PAGE:
                break
    write_report(report, mechanisms_sheets(found, rows))


def _show(found: Mechanisms, limit: int) -> None:
    show(_sum(found))
    for title, counts, named in (
        (Words("Funding", "资金来源"), found.funding, str),
        (Words("Governance", "治理"), found.governance, lambda one: word(one, GovernanceBody)),
        (
            Words("Transfer of results", "成果转化"),
            found.transfer,
            lambda one: word(one, TransferPractice),
        ),
    ):
        if counts:
            show(heading(title), table_of(counts, _counted(counts, named)))
    if found.page:
        show(
            heading(Words("Platforms", "平台")),
            table_of(found.page, _NARROW if is_narrow() else _PLATFORMS),
        )
    if len(found.page) == limit:
        complain_of_more(limit, with_option(after=found.page[-1].platform_id), found.platforms)


def _sum(found: Mechanisms) -> Table:
    average = found.average_lead_unit_funding_wan
    forms: list[tuple[Said, object]] = [
        (word(one.word, LegalForm), one.platforms) for one in found.legal_forms
    ]
    return facts(
        [
            (Words("platforms", "平台数"), found.platforms),
            *forms,
            (Words("promise past its date", "承诺日期已过"), found.past_date),
            (
                Words("lead unit's funding, average", "牵头单位平均投入"),
                None
                if average is None
                else Words(f"{average:,.0f} × 10,000 yuan", f"{average:,.0f} 万元"),
            ),
        ]
    )


def _counted(counts: Sequence[Counted], named: Callable[[str], str]) -> list[Column[Counted]]:
    columns: list[Column[Counted]] = [
        Column(Words("what", "名称"), lambda one: named(one.word)),
        Column(Words("platforms", "平台数"), lambda one: one.platforms),
    ]
    if any(one.average_share is not None for one in counts):
        columns.append(Column(Words("average share", "平均份额"), _share))
    return columns


def _share(one: Counted) -> object:
    return None if one.average_share is None else f"{one.average_share:.1f}%"


def _promise(one: PlatformMechanisms) -> object:
    if one.independent_by is None or one.legal_form == LegalForm.INDEPENDENT:
        return None
    return f"{one.independent_by}{say(Words(' PAST', '【已过】')) if one.past_date else ''}"


def _source(one: PlatformMechanisms) -> Words:
    return (
        Words(f"report {one.year}", f"第 {one.year} 年报告") if one.year else Words("plan", "方案")
    )


_SOURCE = Words("source", "信息来源")
_LEGAL_FORM = Words("legal form", "法人形式")
_PLATFORMS: tuple[Column[PlatformMechanisms], ...] = (
    Column(wording.PLATFORM_ID, lambda one: one.platform_id, whole=IF_SHORT),
    Column(wording.STAGE, lambda one: wording.stage(one.stage)),
    Column(_LEGAL_FORM, lambda one: word(one.legal_form, LegalForm)),
    Column(Words("independent by", "独立法人化承诺日期"), _promise, whole=ALWAYS),
    Column(_SOURCE, _source),
)
_NARROW: tuple[Column[PlatformMechanisms], ...] = (
    Column(
        Words("platform id, stage", "平台编号、阶段"),
        lambda one: stacked(one.platform_id, wording.stage(one.stage)),
    ),
    Column(
        Words("legal form, independent by", "法人形式、独立法人化承诺日期"),
        lambda one: stacked(word(one.legal_form, LegalForm), _promise(one)),
    ),
    Column(_SOURCE, _source),
)
