"""What a decision is about, in short, before the questions of its form: what was said, what is asked for."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from db.decisions_in_force import application_of, decisions_in_force, what_it_rests_on
from db.row_types import AssessmentRow, LogLine, PlatformCard
from starter.commands.card import why_rows
from starter.errors import PingtaiError
from starter.plans.plan_sections import sections
from starter.plans.plan_view import PlanView, text_of
from starter.terminal import wording
from starter.terminal.entry_basis import basis, in_order, known
from starter.terminal.entry_wording import decision_line, entry_words, reason_words
from starter.terminal.language import language, say, word
from starter.terminal.plan_text import changed_parts
from starter.terminal.screen import Said, facts, heading, stacked
from workflows.lifecycle import ASSESSMENT, LASTING
from workflows.vocabulary import AssessmentStage, Kind, Vote
from workflows.words import Words, counted

TITLE = Words("What it is about", "事由和依据")
ON_CONDITIONS = frozenset((Kind.RECOMMENDATION, Kind.INSPECTION, Kind.BRINGING_IN))
ON_PLAN = ON_CONDITIONS | {Kind.PLAN_REVISION, Kind.EXPERT_OPINION, Kind.LISTING}
ON_NOTHING = frozenset((Kind.SUPPORT, Kind.SET_ASIDE, Kind.NEXT_TERM)) | LASTING
"""Support and the next application rest on validity alone, what lasts on a document; a setting aside lists
the decisions itself."""
_LETTERS = 240
"""Of each reason."""
_CELLS = 60
"""Columns of a line of text that has more behind it."""
NOT_THERE = Words(
    "The register does not say what this is about. Ask again with: pingtai show {} --full",
    "名册暂不能提供依据材料。请稍后运行：pingtai show {} --full",
)

Row = tuple[Said, object]


class Brief(NamedTuple):
    """What the register holds of the case."""

    card: PlatformCard
    plan: PlanView | None


def brief_parts(kind: Kind, brief: Brief) -> list[Table | Text]:
    """Return what a decision of a kind is about: why something came back, what was said, what was filed."""
    card, plan = brief
    rows: list[Row] = why_rows(card, _LETTERS)
    rows += _said_before(kind, card)
    if kind in ON_PLAN:
        rows += _previous_term(card)
    if kind in ON_CONDITIONS:
        rows += _conditions(card)
    if kind in ON_PLAN and plan:
        rows += _plan(plan)
    rows += _where_more_is(kind, card, plan)
    return [heading(TITLE), facts(rows)]


def _said_before(kind: Kind, card: PlatformCard) -> Iterator[Row]:
    """What was decided and reported before, but for what sent it back, which stands above."""
    back = card.sent_back
    above = [back.decision, back.answer] if back else []
    in_assessment = kind in ASSESSMENT.kinds
    for line in what_it_rests_on(card.log, card.platform.term):
        if line.entry.name == Kind.BRINGING_IN:
            told = entry_words(line.entry, named=False)
            yield wording.what(line.entry.name), told[:1].upper() + told[1:]
        elif line not in above and bool(line.year) is in_assessment:
            year = say(Words(f"Year {line.year} · ", f"第 {line.year} 年 · ")) if line.year else ""
            decided = year + decision_line(line.entry, named=False)
            why = reason_words(line.entry, _LETTERS)
            more = [one for one in (why, *_votes(line), *_groups(line)) if one]
            yield wording.what(line.entry.name), stacked(decided, *more)


def _votes(line: LogLine) -> Iterator[str]:
    """How the experts of a panel voted."""
    votes = Counter(one.get("vote") for one in line.entry.said.get("panel", ()))
    if votes:
        words = (f"{word(vote, Vote)} {votes[vote]}" for vote in Vote if votes[vote])
        yield say(Words("votes: ", "专家意见：")) + wording.joined(words)


def _groups(line: LogLine) -> Iterator[str]:
    """The beginnings of a yearly report."""
    for group, text in in_order(line.entry.said.get("groups", {})):
        yield beginning(known(group), str(text))


def _previous_term(card: PlatformCard) -> Iterator[Row]:
    """How the years of the term before were assessed; of one that fell short also what was asked for."""
    term = card.platform.term - 1
    lines: list[str] = []
    for before in (one for one in card.terms if one.term == term):
        for year in before.assessments:
            if year.result and year.set_aside_by is None:
                number = say(Words(f"year {year.year}", f"第 {year.year} 年"))
                lines.append(f"{number} · {word(year.result, AssessmentStage)}")
                lines += _asked_for(card, term, year)
    if lines:
        yield Words("years of the previous term", "上一期考核"), stacked(*lines)


def _asked_for(card: PlatformCard, term: int, year: AssessmentRow) -> Iterator[str]:
    """What was to be rectified in a year that ended with it undone."""
    if year.result not in (AssessmentStage.UNMENDED, AssessmentStage.NOT_MET):
        return
    for line in decisions_in_force(card.log, term):
        if line.year == year.year and line.entry.name == Kind.EVALUATION:
            yield reason_words(line.entry, _LETTERS)


def _conditions(card: PlatformCard) -> Iterator[Row]:
    application = application_of(card.log, card.platform.term)
    blocks = basis(application.entry) if application else []
    for block in blocks:
        if block.kind == "conditions":
            yield Words("conditions", "建设条件"), stacked(*map(_condition, block.value))


def _condition(one: dict[str, Any]) -> str:
    count = len(one["documents"])
    files = say(Words(f" [{counted(count, 'file')}]", f" [文件 {count} 份]"))
    return beginning(one["item"], one["statement"], _CELLS - cell_len(files)) + files


def _plan(plan: PlanView) -> Iterator[Row]:
    number = plan.shown.version
    lines = [say(Words(f"version {number}", f"第 {number} 版"))]
    if plan.before and plan.difference is not None:
        changed, before = changed_parts(plan.difference), plan.before.version
        lines.append(
            say(
                Words(
                    f"changed since version {before}: {changed or 'nothing'}",
                    f"与第 {before} 版相比修改：{changed or '无'}",
                )
            )
        )
    try:
        parts = sections(text_of(plan.shown), language())
        lines += [beginning(say(one.heading), one.text) for one in parts if not one.is_mechanism]
    except PingtaiError as error:  # its text is not there, or not the one that the log binds
        lines.append(say(error.words))
    yield Words("plan", "建设方案"), stacked(*lines)


def _where_more_is(kind: Kind, card: PlatformCard, plan: PlanView | None) -> Iterator[Row]:
    platform = card.platform.platform_id
    lines = [f"pingtai show {platform} --full"]
    if kind in ON_PLAN and plan:
        lines.append(f"pingtai plan {platform}")
        if plan.before:
            lines[-1] += f" --diff {plan.before.version} {plan.shown.version}"
    yield Words("in full", "查看全文"), stacked(*lines)
    fetched = f"pingtai plan {platform} --file plan.md"
    if kind is Kind.PLAN_REVISION:
        yield Words("to edit it", "取回修改"), fetched
    if kind is Kind.SELF_REPORT:  # which hands in the mechanisms, and no plan
        yield Words("mechanisms", "运作机制"), stacked(fetched, "… --mechanisms plan.md")


def beginning(name: str, text: str, cells: int = _CELLS) -> str:
    """A name and the beginning of its text, in one line of so many columns."""
    line = name + say(Words(": ", "：")) + " ".join(text.split())
    if cell_len(line) <= cells:
        return line
    while cell_len(line) > cells - 1:
        line = line[: -max(1, (cell_len(line) - cells) // 2)]
    return f"{line}…"
