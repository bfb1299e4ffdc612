"""Decisions that wait for a second signature, as they are shown: in a list, one alone, and when one is left."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from db.countersign_queries import CountersignDraft
from starter.clock import today
from starter.commands.example_person import second_person
from starter.commands.forms_by_kind import FORMS
from starter.commands.guided.summary import rows_of, summary
from starter.desk.countersigning import what_comes_next, what_it_replaces
from starter.terminal import wording
from starter.terminal.days_left import days_left_words
from starter.terminal.language import say
from starter.terminal.screen import (
    ALWAYS,
    Column,
    Said,
    facts,
    heading,
    show,
    show_json,
    stacked,
    table_of,
)
from workflows.periods import last_day
from workflows.ssh_signatures import PublicKey
from workflows.vocabulary import Kind
from workflows.words import Words

WAITING = Words("Waiting for a second signature", "待会签")


def waiting_table(drafts: Sequence[CountersignDraft]) -> Table:
    """A list of them, the oldest first."""
    return table_of(drafts, _COLUMNS)


def decision_parts(
    draft: CountersignDraft, first: PublicKey, leads_to: str
) -> list[Table | Text | Said]:
    """One of them whole, the stage that it leads to, and who signed it first."""
    form = FORMS[Kind(draft.kind)]
    # Nothing of it can be changed: it is signed.
    rows = [row._replace(part="") for row in rows_of(form, draft.decision, draft.decision)]
    signed: list[tuple[Said, object]] = [
        (Words("signed first by", "第一签名人"), draft.person_id),
        (Words("key", "密钥"), first.fingerprint()),
        (Words("on", "签名时间"), wording.moment(draft.left_at)),
    ]
    return [
        heading(WAITING),
        summary(rows, None, leads_to),
        "",
        facts(signed),
    ]


def show_left(draft: CountersignDraft, *, as_json: bool) -> None:
    """Say that a decision was signed and not sent, and what another person does about it."""
    if as_json:
        show_json({"waits_for_second_signature": draft.model_dump(mode="json")})
        return
    rows: list[tuple[Said, object]] = [
        (Words("signed", "已签名"), _decided(draft)),
        (wording.PLATFORM_LABEL, draft.platform_id),
        *_set_aside(draft),
        (
            Words("not sent yet", "尚未提交"),
            Words("a second person signs it, too", "须由另一人会签"),
        ),
        (Words("replaces", "取代"), what_it_replaces(draft)),
        (wording.DECISION_ID, draft.decision_id),
        (
            Words("next", "下一步"),
            what_comes_next(draft),
        ),
        (Words("receipt", "回执"), receipt_comes(draft)),
    ]
    if other := second_person(draft):
        rows.append((Words("alone here", "独自试用"), other))
    show(facts(rows))


def _set_aside(draft: CountersignDraft) -> list[tuple[Said, object]]:
    """Which decision is to be set aside, and why."""
    if draft.kind != Kind.SET_ASIDE:
        return []
    return [(_TO_SET_ASIDE, _target(draft)), (_REASON, draft.decision["reason"])]


def _target(draft: CountersignDraft) -> str:
    """By its entry's number, where the register has it."""
    target, named = draft.target, str(draft.decision["target"])
    if target is None:
        return named
    return f"{target.number} {wording.said(target.name, target.outcome)}"


def receipt_comes(draft: CountersignDraft) -> Words:
    """Say that there is no receipt of a decision yet, and how it is kept."""
    return Words(
        f"comes with the countersignature: pingtai countersign {draft.number} --receipt FILE",
        f"会签后出具：pingtai countersign {draft.number} --receipt 文件",
    )


def _decided(draft: CountersignDraft) -> str:
    return wording.said(draft.kind, draft.outcome)


def _case(draft: CountersignDraft) -> str:
    if not draft.year:
        return draft.platform_id
    return say(f"{draft.platform_id}, year {draft.year}", f"{draft.platform_id} 第 {draft.year} 年")


def _named(draft: CountersignDraft) -> Text:
    return stacked(_case(draft), *([draft.name] if draft.name else []))


def _what(draft: CountersignDraft) -> Text:
    """What is decided; what a listing is known by, which decision is set aside, and why."""
    number = draft.decision.get("list_number")
    certificate = draft.decision.get("certificate_number")
    listed = (
        [say(f"list {number}, {certificate}", f"名单 {number}，{certificate}")] if number else []
    )
    aside = [f"{say(title)}{say(': ', '：')}{value}" for title, value in _set_aside(draft)]
    return stacked(_decided(draft), *listed, *aside)


def _until(draft: CountersignDraft) -> Text | None:
    """The last day of the step, and the working days that are left."""
    if draft.due is None:
        return None
    return stacked(str(last_day(draft.due)), say(days_left_words(draft.due, today())))


def _signed(draft: CountersignDraft) -> Text:
    return stacked(draft.person_id, wording.moment(draft.left_at))


_TO_SET_ASIDE = Words("sets aside", "拟撤销")
_REASON = Words("reason", "理由")
_COLUMNS: tuple[Column[CountersignDraft], ...] = (
    Column(Words("no.", "编号"), lambda draft: draft.number, whole=ALWAYS),
    Column(Words("platform", "平台"), _named),
    Column(Words("decision", "决定"), _what),
    Column(Words("until", "截止日期"), _until, whole=ALWAYS),
    Column(Words("signed by", "第一签名人"), _signed),
)
