"""The receipt of a decision: what was decided, where the case stands now, who acts next until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from starter.client.interface import Pingtai
from starter.clock import today
from starter.errors import PingtaiError
from starter.terminal.language import say
from starter.terminal.screen import Said, facts, show
from starter.terminal.wording import (
    DECISION_ID,
    NOTHING_CHANGED,
    PLATFORM_LABEL,
    STAGE,
    awaited,
    has_ended,
    moment,
    said,
    stage_led_to,
    what,
)
from workflows.decision import Decision
from workflows.field_labels import label_at
from workflows.log_id import LogId
from workflows.periods import last_day
from workflows.states import Receipt
from workflows.vocabulary import AssessmentStage, Kind, Stage
from workflows.words import Words, listed

if TYPE_CHECKING:
    from workflows.run_io import DecisionPreview

REPEATED = Words("repeated", "重复提交")
FIRST_ANSWER = Words(
    "this is the first answer; nothing has changed", "以下为首次答复，未作任何改变"
)
NEXT = Words("next", "下一步")


def show_receipt(receipt: Receipt, end: datetime | None, signed_by: Sequence[str] = ()) -> None:
    """Show a receipt; `end` is the end of the stage it led to, where that is no due date.

    `signed_by`: by which keys the decision was signed, and by whom. Of a repeat the first signatures count.
    """
    platform, term, year = receipt.platform_id, receipt.term, receipt.year
    case = Words(f"{platform}, term {term}", f"{platform} 第 {term} 期")
    if year:
        case = Words(f"{case.en}, assessment of year {year}", f"{case.zh}，第 {year} 年考核")
    by = receipt.set_aside_by
    set_aside = Words(
        f"no longer valid: set aside by decision {by}", f"该决定已由决定 {by} 撤销，不再有效"
    )
    keys = say(listed(signed_by))
    rows: tuple[tuple[Said, object], ...] = (
        (REPEATED, FIRST_ANSWER if receipt.repeated else None),
        (Words("set aside", "已撤销"), set_aside if by else None),
        (Words("accepted", "已办理"), said(receipt.kind, receipt.outcome)),
        (Words("signed by", "签名密钥"), None if receipt.repeated else keys),
        (Words("case", "事项"), case),
        (
            Words("entry", "记录"),
            f"{LogId(term, year or 0).entry(receipt.seq)} · {moment(receipt.at)}",
        ),
        (STAGE, stage_led_to(receipt.stage)),
        (NEXT, _next(receipt, end)),
        (_number_of(receipt), receipt.decision_id),
    )
    show(facts(rows))


def _number_of(receipt: Receipt) -> Words:
    """What its id is called: of what was submitted, or of a decision."""
    from starter.commands.deciding_roles import spoken_model  # noqa: PLC0415 - reads need no forms

    kind = next((one for one in Kind if one == receipt.kind), None)
    model = spoken_model(kind, receipt.outcome) if kind else Decision
    label = label_at(model, "decision_id")
    return label.name if label else DECISION_ID


def _next(receipt: Receipt, end: datetime | None) -> Said:
    if receipt.set_aside_by:  # what followed then is over
        return Words("see `pingtai show`", "请用 pingtai show 查看")
    # The first answer is that of another day.
    day = None if receipt.repeated else today()
    named = awaited(receipt.awaited, receipt.due or end, today=day)
    return named or nothing_awaited(receipt.stage, receipt.year, end)


def nothing_awaited(stage: str, year: int | None, end: datetime | None) -> Words:
    """Say of a case that awaits nobody what comes next; `end` is that of its validity, where it is known."""
    if stage == Stage.VALID:
        day = last_day(end) if end else None
        valid = Words(f"; valid until {day}", f"；有效期至 {day}") if day else Words("", "")
        return Words(
            f"yearly assessments start automatically (§六){valid.en}",
            f"年度考核按期自动开始（《指引》第六部分）{valid.zh}",
        )
    if year and stage in (AssessmentStage.EFFECTIVE, AssessmentStage.MET):
        return Words(
            "none: this assessment has ended, and the platform stays valid",
            "无：本年度考核已结束，平台继续有效",
        )
    if has_ended(stage):
        return Words("none: this has ended", "无：已结束")
    return Words("none", "无")


def show_preview(platform: str, decision: Decision, preview: "DecisionPreview") -> None:
    """Show that a decision would be accepted, and where it would lead; nothing has changed."""
    kind, outcome = str(decision.kind), getattr(decision, "outcome", None)
    rows: tuple[tuple[Said, object], ...] = (
        (Words("dry run", "预检（不提交）"), NOTHING_CHANGED),
        (
            Words("would be accepted", "可以提交"),
            said(kind, str(outcome)) if outcome else what(kind),
        ),
        (PLATFORM_LABEL, platform),
        (Words("leads to", "将进入"), stage_led_to(preview.stage) if preview.stage else None),
    )
    show(facts(rows))


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
