"""What an entry of a log says was decided or happened, in words that people read."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from starter.terminal import wording
from starter.terminal.language import say, sentence, word
from starter.terminal.official_wording import official
from workflows.log_id import LogId
from workflows.periods import beijing_date
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening, Kind, Support
from workflows.words import Words, listed_zh

_LETTERS = 160
"""Maximum letters of the reasons in a line of a timeline; `pingtai show --full` has all of them."""


def entry_words(
    entry: LogEntry,
    *,
    log: LogId | None = None,
    entries: Iterable[LogEntry] = (),
    named: bool = True,
) -> str:
    """What an entry says was decided or happened, with what one must know of it.

    `log`: whose it is, so that entries which it sets aside are called as the reader sees them. `entries`: those
    of that log, so that those between which stay are left out. `named`: also which kind of decision it is.
    """
    if entry.kind is EntryKind.REFUSED:
        # The log says the reason in both languages, English first.
        name = wording.what(entry.name)
        en, _, zh = (entry.reason or "").partition(" / ")
        en, zh = official(Words(en, zh or en))
        return say(Words(f"REFUSED {name}: {en}", f"【不予受理】{name}：{zh}"))
    more = say(_more(entry, log, entries))
    words = _said(entry, named=named)
    if not words:
        return more
    return words + (say(Words(f" ({more})", f"（{more}）")) if more else "")


def reason_words(entry: LogEntry, most: int = _LETTERS) -> str:
    """Why a decision was taken, in one line of at most so many letters; empty where it does not say."""
    if entry.name == Kind.SET_ASIDE:  # `entry_words` says it, because it says little without
        return ""
    # Only who tells of decisions needs all their models.
    from workflows.stated_reasons import stated_reasons  # noqa: PLC0415

    named = groupby(stated_reasons(entry), key=lambda reason: say(reason.name))
    words = " · ".join(
        name + say(Words(": ", "：")) + sentence(say(reason.text) for reason in reasons)
        for name, reasons in named
    )
    return shortened(words, most)


def decision_line(entry: LogEntry, *, named: bool = True) -> str:
    """What was decided, on which day and by whom, in one line; `named`: also which kind of decision it is."""
    actor = entry.actor
    parts = [
        _said(entry, named=named),
        str(entry.said.get("decided_on") or beijing_date(entry.at)),
    ]
    if actor:
        by = Words(f"{actor.organisation} ({actor.id})", f"{actor.organisation}（{actor.id}）")
        parts.append(say(by))
    return " · ".join(part for part in parts if part)


def _said(entry: LogEntry, *, named: bool) -> str:
    words = wording.said(entry.name, entry.outcome)
    return words if named else words.removeprefix(wording.what(entry.name)).lstrip(": ：")


def shortened(words: str, most: int) -> str:
    return words if not most or len(words) <= most else words[: most - 1] + "…"


def _more(entry: LogEntry, log: LogId | None, entries: Iterable[LogEntry]) -> str | Words:
    said: dict[str, Any] = entry.said
    words: str | Words = ""
    match entry.name:
        case Kind.SET_ASIDE:
            words = _set_aside(said, log, entries)
        case Kind.FACTS_CHANGE | Happening.FACTS_CHANGED:
            words = _changed(said)
        case Kind.BRINGING_IN:
            words = _brought_in(said)
        case Kind.SUPPORT:
            words = f"{said['given_on']} {word(said['support'], Support)} {said['title']}"
        case Kind.NEXT_TERM:
            words = said.get("application_id", "")
        case Happening.CLOCK_STOPPED | Happening.CLOCK_STARTED:
            words = wording.stage(said["of"])
        case Happening.ROSTER_LEARNED:
            version = said["roots"][-1]["root"]["version"]
            words = Words(f"version {version}", f"第 {version} 版")
        case Happening.RECOVERED:
            words = Words(f"by {said['by']}: {said['reason']}", f"{said['by']}：{said['reason']}")
        case Happening.VALIDITY_NEARING:
            words = Words(f"{said['days']} days before its end", f"距届满 {said['days']} 天")
        case Happening.ASSESSMENT_OPENED | Happening.ASSESSMENT_ENDED | Happening.ASSESSMENT_CLOSED:
            if "year" in said:
                words = Words(f"year {said['year']}", f"第 {said['year']} 年")
    return words


def _changed(said: dict[str, Any]) -> Words:
    from workflows.stated_changes import stated_changes  # noqa: PLC0415 - as the models of decisions

    changes = stated_changes(said)
    return Words("; ".join(one.en for one in changes), "；".join(one.zh for one in changes))


def _set_aside(said: dict[str, Any], log: LogId | None, entries: Iterable[LogEntry]) -> Words:
    year, reason = said.get("year"), said["reason"]
    first, last = said["sets_aside"]
    spans = _spans(first, last, entries)
    if log:
        named = [
            log.entry(one) if one == end else f"{log.entry(one)}–{log.entry(end)}"
            for one, end in spans
        ]
        en, zh = f"{', '.join(named)}: {reason}", f"{listed_zh(named)}：{reason}"
    else:
        named = [f"{one}" if one == end else f"{one}-{end}" for one, end in spans]
        alone = len(spans) == 1 and spans[0][0] == spans[0][1]
        en = f"{'entry' if alone else 'entries'} {', '.join(named)}: {reason}"
        zh = f"第 {listed_zh(named)} 条：{reason}"
    return Words(f"year {year}, {en}", f"第 {year} 年，{zh}") if year else Words(en, zh)


def _spans(first: int, last: int, entries: Iterable[LogEntry]) -> list[tuple[int, int]]:
    """The first and last numbers of what is set aside, without what stays, as far as entries are known."""
    if first == last:
        return [(first, last)]
    from workflows.lifecycle import STAYS  # noqa: PLC0415 - a correction is seldom

    stays = {one.seq for one in entries if one.name in STAYS}
    gone = {number for number in range(first, last + 1) if number not in stays}
    starts = [one for one in sorted(gone) if one - 1 not in gone]
    ends = [one for one in sorted(gone) if one + 1 not in gone]
    return list(zip(starts, ends, strict=True))


def _brought_in(said: dict[str, Any]) -> Words:
    """Nobody is to take for decided here what was decided elsewhere."""
    past = len(said.get("assessments", ()))
    listed_on, paper = said["listed_on"], said["documents"][0]["name"]
    held = "one assessment" if past == 1 else f"{past} assessments"
    return Words(
        f"not decided here: listed on {listed_on}, {held} held before; by {paper}",
        f"非本系统作出：{listed_on} 纳入，此前已考核 {past} 次，依据“{paper}”",
    )
