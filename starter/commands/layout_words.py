"""The layout 总体建设布局 in words: its versions, its directions, and what one version changes of another."""

from collections.abc import Iterable

from db.programme_rows import Direction, DirectionChange, LayoutChange, LayoutVersion
from starter.terminal import wording
from starter.terminal.language import say, sentence
from starter.terminal.screen import show
from workflows.words import Words

PRIORITY = Words("priority", "优先级")
UNKNOWN = Words("unknown", "不详")
NO_LAYOUT = Words(
    "There is no layout yet. Run: pingtai layout import FILE",
    "尚无布局。请运行：pingtai layout import 文件",
)
AGREED = Words("agreed", "已会同的区")


def version_line(version: LayoutVersion) -> Words:
    """Return a version with its day, its document and the districts that have agreed."""
    day = say((version.adopted_on and str(version.adopted_on)) or UNKNOWN)
    en = f"Version {version.number}, adopted on {day}"
    zh = f"第 {version.number} 版，{day} 印发"
    if version.document:
        en, zh = f"{en} by {version.document.name}", f"{zh}（{version.document.name}）"
    if version.agreed:
        named = districts_of(version.agreed)
        en, zh = f"{en}; agreed: {named}", f"{zh}；已会同：{named}"
    return Words(en, zh)


def districts_of(given: tuple[str, ...]) -> str:
    """Return the districts of a direction; none: any."""
    return wording.joined(map(wording.district, given)) or say(Words("any", "不限"))


def direction_line(one: Direction) -> str:
    """Return a direction on one line."""
    named = say(PRIORITY)
    return f"{_name(one)} · {named} {one.priority} · {districts_of(one.districts)}"


def show_change(change: LayoutChange) -> None:
    """Show what is added, changed and dropped, a direction on each line, and how many of each."""
    for mark, lines in (
        (Words("added  ", "新增"), map(direction_line, change.added)),
        (Words("changed", "变更"), map(_changed, change.changed)),
        (Words("dropped", "取消"), map(direction_line, change.removed)),
    ):
        show(*(f"{say(mark)} {line}" for line in lines))
    added, changed, removed = map(len, (change.added, change.changed, change.removed))
    show(
        Words(
            f"{added} added, {changed} changed, {removed} dropped, {change.same} unchanged",
            f"新增 {added}，变更 {changed}，取消 {removed}，不变 {change.same}",
        )
    )


def not_agreed(directions: Iterable[Direction], agreed: Iterable[str]) -> Words | None:
    """Return which districts a layout names that are not recorded as agreed; None: all are."""
    named = dict.fromkeys(name for one in directions for name in one.districts)
    missing = [name for name in named if name not in tuple(agreed)]
    if not missing:
        return None
    listed = wording.joined(map(wording.district, missing))
    return Words(
        f"not recorded as agreed (--agreed): {listed}", f"尚未登记会同意见（--agreed）：{listed}"
    )


def _name(one: Direction) -> str:
    return f"{wording.field(one.field)} · {one.direction}"


def _changed(change: DirectionChange) -> str:
    old, new = change.old, change.new
    parts = []
    if old.priority != new.priority:
        parts.append(f"{say(PRIORITY)} {old.priority} → {new.priority}")
    if old.districts != new.districts:
        parts.append(f"{districts_of(old.districts)} → {districts_of(new.districts)}")
    return f"{_name(new)} · {sentence(parts)}"
