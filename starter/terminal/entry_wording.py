"""What an entry of a log says was decided or happened, in words that people read."""

from typing import Any

from starter.terminal import wording
from starter.terminal.language import say, word
from workflows.record import EntryKind, LogEntry
from workflows.vocabulary import Happening, Kind, Support


def entry_words(entry: LogEntry) -> str:
    """What an entry says was decided or happened, with what one must know of it."""
    if entry.kind is EntryKind.REFUSED:
        # The log says the reason in both languages, English first.
        name = wording.what(entry.name)
        en, _, zh = (entry.reason or "").partition(" / ")
        return say(f"REFUSED {name}: {en}", f"【不予受理】{name}：{zh or en}")
    more = _more(entry)
    words = wording.said(entry.name, entry.outcome)
    return words + (say(f" ({more})", f"（{more}）") if more else "")


def _more(entry: LogEntry) -> str:
    said, words = entry.said, ""
    match entry.name:
        case Kind.SET_ASIDE:
            words = _fell(said)
        case Kind.BRINGING_IN:
            words = _brought_in(said)
        case Kind.SUPPORT:
            words = f"{said['given_on']} {word(said['support'], Support)} {said['title']}"
        case Happening.CLOCK_STOPPED | Happening.CLOCK_STARTED:
            words = wording.stage(said["of"])
        case Happening.VALIDITY_NEARING:
            words = say(f"{said['days']} days before its end", f"距届满 {said['days']} 天")
        case Happening.ASSESSMENT_OPENED | Happening.ASSESSMENT_ENDED | Happening.ASSESSMENT_CLOSED:
            words = say(f"year {said['year']}", f"第 {said['year']} 年") if "year" in said else ""
    return words


def _fell(said: dict[str, Any]) -> str:
    first, last = said["sets_aside"]
    one = first == last
    which = f"{first}" if one else f"{first}-{last}"
    entries = "entry" if one else "entries"
    year = say(f"year {said['year']}, ", f"第 {said['year']} 年，") if "year" in said else ""
    return year + say(f"{entries} {which}: {said['reason']}", f"第 {which} 条：{said['reason']}")


def _brought_in(said: dict[str, Any]) -> str:
    """Nobody is to take for decided here what was decided elsewhere."""
    past = len(said.get("assessments", ()))
    listed_on, paper = said["listed_on"], said["documents"][0]["name"]
    held = "one assessment" if past == 1 else f"{past} assessments"
    return say(
        f"not decided here: listed on {listed_on}, {held} held before; by {paper}",
        f"非本系统作出：{listed_on} 纳入，此前已考核 {past} 次，依据“{paper}”",
    )
