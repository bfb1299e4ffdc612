"""`pingtai mechanisms`: how platforms run themselves (§五), counted and listed."""

from collections.abc import Callable
from typing import Any

import click
from rich.table import Table

from db.programme_rows import Counted, Mechanisms, PlatformMechanisms
from db.queries import LARGEST_PAGE
from starter.commands.filters import (
    district_option,
    field_option,
    json_option,
    stage_option,
)
from starter.commands.notation import WordChoice
from starter.commands.today import today
from starter.desk.reach import open_reads
from starter.terminal import wording
from starter.terminal.command_runner import answering
from starter.terminal.language import say, word
from starter.terminal.screen import complain, facts, heading, short, show, show_json, table
from workflows.vocabulary import GovernanceBody, LegalForm, TransferPractice


@click.command("mechanisms")
@field_option
@district_option
@stage_option
@click.option(
    "--legal-form",
    type=WordChoice(LegalForm),
    metavar="FORM",
    help=f"Only those of this form. 法人形式: {', '.join(LegalForm)}",
)
@click.option(
    "--past-date",
    is_flag=True,
    help="Only those that promised to be independent by a day that has passed. 逾期未独立",
)
@click.option(
    "--limit",
    type=click.IntRange(1, LARGEST_PAGE),
    default=50,
    show_default=True,
    help="So many platforms are listed. 行数",
)
@click.option("--after", default="", metavar="PLATFORM", help="List those after this platform id.")
@json_option
def mechanisms_command(*, limit: int, as_json: bool, **asked: Any) -> None:
    """Show the newest operating mechanisms of the platforms, counted and listed. 运行机制 §五

    The newest are those of the plan, or of the last yearly report that came after it. Platforms whose
    newest term has ended are left out, unless --stage asks for them. Counts are of all that the
    filters leave, not only of the page.

    \b
    Example:
      pingtai mechanisms --past-date
    """
    _mechanisms(limit=limit, as_json=as_json, **asked)


@answering
async def _mechanisms(*, limit: int, as_json: bool, **asked: Any) -> None:
    async with open_reads() as register:
        found = await register.mechanisms(today(), limit=limit, **asked)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    if not found.platforms:
        complain(say("no platforms", "没有平台"))
        return
    show(_sum(found))
    _counts(say("Funding", "资金来源"), found.funding, lambda name: name)
    _counts(say("Governance", "治理"), found.governance, lambda name: word(name, GovernanceBody))
    _counts(
        say("Transfer of results", "成果转化"), found.transfer, lambda n: word(n, TransferPractice)
    )
    if found.page:
        show(heading(say("Platforms", "平台")), _table(found.page))
    if len(found.page) == limit:
        more = f"--after {found.page[-1].platform_id}"
        complain(say(f"There may be more: {more}", f"可能还有：{more}"))


def _sum(found: Mechanisms) -> Table:
    average = found.average_lead_unit_funding_wan
    return facts(
        [
            (say("Platforms", "平台数"), str(found.platforms)),
            *((word(one.word, LegalForm), str(one.platforms)) for one in found.legal_forms),
            (say("Promise past its date", "承诺日期已过"), str(found.past_date)),
            (
                say("Lead unit puts in, average", "牵头单位平均投入"),
                ""
                if average is None
                else say(f"{average:,.0f} × 10,000 yuan", f"{average:,.0f} 万元"),
            ),
        ]
    )


def _counts(title: str, counts: tuple[Counted, ...], named: Callable[[str], str]) -> None:
    if not counts:
        return
    shares = any(one.average_share is not None for one in counts)
    columns = (say("what", "名称"), say("platforms", "平台数"))
    more = (say("average share", "平均份额"),) if shares else ()
    rows = [
        (
            named(one.word),
            str(one.platforms),
            *((f"{one.average_share:.1f}%",) if one.average_share is not None else ()),
        )
        for one in counts
    ]
    show(heading(title), table(columns + more, rows))


def _table(page: tuple[PlatformMechanisms, ...]) -> Table:
    return table(
        (
            say("platform", "编号"),
            say("stage", "阶段"),
            say("legal form", "法人形式"),
            say("independent by", "承诺独立日期"),
            say("stated in", "见于"),
        ),
        [
            (
                one.platform_id,
                wording.stage(one.stage),
                word(one.legal_form, LegalForm),
                _promise(one),
                say(f"report {one.year}", f"第 {one.year} 年报告")
                if one.year
                else say("plan", "方案"),
            )
            for one in page
        ],
        whole=(0, 3) if short(one.platform_id for one in page) else (3,),
    )


def _promise(one: PlatformMechanisms) -> str:
    if one.independent_by is None or one.legal_form == LegalForm.INDEPENDENT:
        return ""
    past = say(" PAST", "【已过】") if one.past_date else ""
    return f"{one.independent_by}{past}"
