"""How people of the roster are shown."""

from collections.abc import Sequence

from starter.clock import today
from starter.roster.roster_edits import fingerprint_of
from starter.terminal import wording
from starter.terminal.screen import ALWAYS, Column, Said, complain, show, table_of
from starter.terminal.table_words import district_cell
from workflows.roster_decisions import RosterItem
from workflows.roster_entries import RosterEntry, RosterKey
from workflows.words import Words, listed


def standing(entry: RosterEntry) -> Words:
    """Return whether a person can sign today, and if not, why."""
    day = today()
    if day < entry.first_day:
        return Words(f"from {entry.first_day}", f"自 {entry.first_day} 起")
    if entry.last_day and day > entry.last_day:
        return Words(f"ended {entry.last_day}", f"已于 {entry.last_day} 终止")
    good = [k for k in entry.keys if k.revoked is None and not (k.last and k.last < day)]
    if not good:
        return Words("no key", "无可用密钥")
    return Words("can sign", "可签名")


def body(entry: RosterEntry) -> Words:
    """Return where a person belongs: the organisation, with its district or platform."""
    more = district_cell(entry.district) if entry.district else entry.platform_id
    if not more:
        return Words.same(entry.organisation)
    return Words(f"{entry.organisation} ({more})", f"{entry.organisation}（{more}）")


PEOPLE: tuple[Column[RosterEntry], ...] = (
    Column(Words("id", "编号"), lambda one: one.id, whole=ALWAYS),
    Column(Words("name", "姓名"), lambda one: one.name),
    Column(Words("role", "身份"), lambda one: wording.who(one.role)),
    Column(Words("organisation", "单位"), body),
    Column(Words("today", "今日"), standing, whole=ALWAYS),
)


def what_changes(item: RosterItem) -> Words:
    """Return in words what an entry of a change does."""
    entry, before = item.entry, item.before
    if before is None:
        keys = listed(fingerprint_of(key) for key in entry.keys)
        return Words(f"new; keys: {keys.en or 'none'}", f"新登记；密钥：{keys.zh or '无'}")
    had = {key.public: key for key in before.keys}
    en: list[str] = []
    zh: list[str] = []
    for key in entry.keys:
        print_ = fingerprint_of(key)
        if key.public not in had:
            en.append(f"new key {print_}")
            zh.append(f"新增密钥 {print_}")
        elif key.revoked and not had[key.public].revoked:
            since = wording.moment(key.revoked)
            en.append(f"key {print_} revoked since {since}")
            zh.append(f"密钥 {print_} 自 {since} 起吊销")
    if entry.last_day != before.last_day:
        en.append(f"last day {entry.last_day or 'none'}")
        zh.append(f"末日 {entry.last_day or '无'}")
    for name in ("name", "organisation", "credit_code", "appointed_by"):
        if getattr(entry, name) != getattr(before, name):
            en.append(f"{name} {getattr(entry, name)}")
            zh.append(f"{name} {getattr(entry, name)}")
    return Words("; ".join(en) or "nothing", "；".join(zh) or "无变化")


_ITEMS: tuple[Column[RosterItem], ...] = (
    Column(Words("id", "编号"), lambda one: one.entry.id, whole=ALWAYS),
    Column(Words("name", "姓名"), lambda one: one.entry.name),
    Column(Words("role", "身份"), lambda one: wording.who(one.entry.role)),
    Column(Words("organisation", "单位"), lambda one: body(one.entry)),
    Column(Words("change", "变更"), what_changes),
)


def show_items(items: Sequence[RosterItem]) -> None:
    """Show entries that wait to be confirmed."""
    show(table_of(items, _ITEMS))


def complain_items(items: Sequence[RosterItem]) -> None:
    """Name entries that wait on standard error, a line each, where standard output is a program's."""
    for item in items:
        id_, name = item.entry.id, item.entry.name
        complain(what_changes(item).at(Words(f"{id_} ({name})", f"{id_}（{name}）")))


def key_state(key: RosterKey) -> Said:
    """Return since when and until when a key is good."""
    if key.revoked:
        since = wording.moment(key.revoked)
        return Words(f"revoked since {since}", f"自 {since} 起吊销")
    if key.last:
        return Words(f"{key.first} to {key.last}", f"{key.first} 至 {key.last}")
    return Words(f"from {key.first}", f"自 {key.first} 起")
