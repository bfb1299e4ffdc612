"""The receipt of a decision: what was taken, where the case stands now, who acts next until when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starter.client.interface import Pingtai
from starter.errors import PingtaiError
from starter.terminal.language import say
from starter.terminal.screen import facts, show
from starter.terminal.wording import awaited, has_ended, moment, said, stage, what
from workflows.periods import last_day
from workflows.run_io import DecisionPreview
from workflows.states import Receipt
from workflows.vocabulary import AssessmentStage, Stage


def show_receipt(receipt: Receipt, end: datetime | None) -> None:
    """Show a receipt; `end` is the end of the stage it led to, where that is no due date."""
    case = say(
        f"{receipt.platform_id}, term {receipt.term}", f"{receipt.platform_id} 第 {receipt.term} 期"
    )
    if receipt.year:
        case += say(f", assessment of year {receipt.year}", f"，第 {receipt.year} 年考核")
    show(
        facts(
            (
                (say("Repeated", "重复提交"), _repeated(receipt)),
                (say("Set aside", "已撤销"), _set_aside(receipt)),
                (say("Taken", "已受理"), said(receipt.kind, receipt.outcome)),
                (say("Case", "事项"), case),
                (say("Entry", "记录"), f"{receipt.seq} · {moment(receipt.at)}"),
                (say("Stage", "阶段"), stage(receipt.stage)),
                (say("Next", "下一步"), _next(receipt, end)),
                (say("Decision id", "决定编号"), receipt.decision_id),
            )
        )
    )


def _repeated(receipt: Receipt) -> str:
    if not receipt.repeated:
        return ""
    return say("this is the first answer; nothing has changed", "这是首次答复，未作任何改变")


def _set_aside(receipt: Receipt) -> str:
    if not receipt.set_aside_by:
        return ""
    return say(
        f"it counts no longer: set aside by decision {receipt.set_aside_by}",
        f"该决定不再有效：已由决定 {receipt.set_aside_by} 撤销",
    )


def _next(receipt: Receipt, end: datetime | None) -> str:
    if receipt.set_aside_by:
        return say("look at `pingtai show`", "请用 pingtai show 查看")  # what followed then is over
    named = awaited(receipt.awaited, receipt.due or end)
    if named:
        return named
    if receipt.stage == Stage.VALID:
        day = last_day(end) if end else None
        return say(
            "the yearly assessments open by themselves (§六)",
            "年度考核按期自动开始（§六）",
        ) + (say(f"; valid until {day}", f"；有效期至 {day}") if day else "")
    if has_ended(receipt.stage):
        return say("nothing: this has ended", "无：已结束")
    return say("nothing is awaited", "无")


def show_opinion(platform: str, raw: Mapping[str, Any], opinion: DecisionPreview) -> None:
    """Show that a decision would be taken, and where it would lead; nothing has changed."""
    outcome = raw.get("outcome")
    decided = said(str(raw["kind"]), str(outcome)) if outcome else what(str(raw["kind"]))
    show(
        facts(
            (
                (say("Dry run", "试办"), say("nothing has changed", "未作任何改变")),
                (say("Would be taken", "将予受理"), decided),
                (say("Platform", "平台"), platform),
                (say("Leads to", "将进入"), stage(opinion.stage) if opinion.stage else ""),
            )
        )
    )


async def end_of_stage(client: Pingtai, receipt: Receipt) -> datetime | None:
    """The end of a stage that no due date ends: of a rectification, and of validity.

    The decision was taken in any case: when this cannot be asked, the receipt does without it.
    """
    try:
        if receipt.stage == AssessmentStage.RECTIFICATION and receipt.year:
            year = await client.assessment_state(receipt.platform_id, receipt.term, receipt.year)
            return year.assessment.mend_by if year.assessment else None
        if receipt.stage == Stage.VALID:
            view = await client.state(receipt.platform_id)
            return view.platform.valid_until if view.platform else None
    except PingtaiError:
        return None
    return None
