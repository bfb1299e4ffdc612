"""Several logs as one timeline: in the order in which things came, in words."""

from datetime import timedelta
from typing import Any

import pytest

from db.log_order import in_order
from starter.commands.timeline import timeline
from starter.terminal import language
from starter.terminal.entry_wording import entry_words
from starter.terminal.screen import show
from workflows.actors import Actor, Substitution
from workflows.log_id import LogId
from workflows.periods import beijing_date
from workflows.record import EntryKind
from workflows.vocabulary import Role

from .lines import ACTOR, AT, line

DAY = timedelta(days=1)
OPENED = ("assessment_opened", "opened", "valid")
ENDED = ("assessment_ended", "met", "valid")
SET_ASIDE = ("set_aside", "set_aside", "valid")


def order(*log: Any) -> list[tuple[int, int]]:
    """The years and numbers of the lines, as they are shown."""
    return [(one.year, one.entry.seq) for one in in_order(log)]


@pytest.mark.parametrize("lag", [timedelta(), -10 * DAY, 10 * DAY])
def test_an_assessment_that_was_opened_again(lag: timedelta) -> None:
    """What it says after its first end comes after the setting aside, whatever the clocks say."""
    log = (
        line(0, 1, AT, OPENED, said={"year": 1}),
        line(0, 2, AT + DAY, ENDED, said={"year": 1, "entries": 2}),
        line(0, 3, AT + 2 * DAY, SET_ASIDE, said={"year": 1}),
        line(0, 4, AT + 4 * DAY, ENDED, said={"year": 1, "entries": 4}),
        line(1, 1, AT, OPENED),
        line(1, 2, AT + DAY, ("evaluation", "effective", "effective")),
        line(1, 3, AT + 2 * DAY + lag, ("set_aside", "set_aside", "evaluation")),
        line(1, 4, AT + 3 * DAY + lag, ("evaluation", "effective", "effective")),
    )
    assert [(0, 1), (1, 1), (1, 2), (0, 2), (0, 3), (1, 3), (1, 4), (0, 4)] == order(*log)


def test_a_second_end_that_has_not_arrived() -> None:
    """Entries of an assessment that was opened again are shown also before its platform notes its end."""
    log = (
        line(0, 1, AT, OPENED, said={"year": 1}),
        line(0, 2, AT + DAY, ENDED, said={"year": 1, "entries": 1}),
        line(1, 1, AT, OPENED),
        line(1, 2, AT + 2 * DAY, ("set_aside", "set_aside", "evaluation")),
    )
    assert [(0, 1), (1, 1), (0, 2), (1, 2)] == order(*log)


def test_an_opening_that_says_its_number() -> None:
    """Where earlier openings were set aside the number is said, and leads to the right log."""
    log = (
        line(0, 1, AT, OPENED, said={"year": 1}),
        line(0, 2, AT + DAY, ("assessment_closed", "closed", "listing"), said={"year": 1}),
        line(0, 3, AT + 2 * DAY, OPENED, said={"year": 1, "opening": 3}),
        line(1, 1, AT, OPENED),
        line(1, 1, AT + 2 * DAY, OPENED, opening=3),
    )
    shown = [(one.year, one.opening, one.entry.seq) for one in in_order(log)]
    assert [(0, 0, 1), (1, 1, 1), (0, 0, 2), (0, 0, 3), (1, 3, 1)] == shown


@pytest.mark.parametrize(
    ("name", "outcome", "said", "words"),
    [
        ("reminded", "told", {}, ("reminded", "到期提醒")),
        ("escalated", "told", {}, ("escalated", "逾期督办")),
        ("clock_stopped", "stopped", {"of": "inspection", "since": "x"},
         ("clock stopped (inspection)", "计时停止（待现场核查）")),
        ("clock_started", "started", {"of": "inspection"},
         ("clock started (inspection)", "计时恢复（待现场核查）")),
        ("validity_nearing", "told", {"days": 180},
         ("validity nearing (180 days before its end)", "有效期将满（距届满 180 天）")),
        ("assessment_closed", "closed", {"year": 2},
         ("assessment closed (year 2)", "年度考核随更正终止（第 2 年）")),
        ("set_aside", "set_aside", {"sets_aside": [3, 5], "reason": "有误", "year": 1},
         ("set aside (year 1, entries 3-5: 有误)", "撤销更正（第 1 年，第 3-5 条：有误）")),
        ("set_aside", "set_aside", {"sets_aside": [3, 3], "reason": "有误"},
         ("set aside (entry 3: 有误)", "撤销更正（第 3 条：有误）")),
        ("support", "recorded", {"given_on": "2026-05-01", "support": "tax", "title": "加计扣除"},
         ("support (2026-05-01 tax 加计扣除)", "支持记录（2026-05-01 税收 加计扣除）")),
    ],
)  # fmt: skip
def test_what_an_entry_says(
    monkeypatch: pytest.MonkeyPatch, name: str, outcome: str, said: Any, words: tuple[str, str]
) -> None:
    """Each happening and decision in words, with what one must know of it, in both languages."""
    entry = line(0, 1, AT, (name, outcome, "valid"), said=said, kind=EntryKind.HAPPENING).entry
    english = entry_words(entry)
    monkeypatch.setattr(language, "language", lambda: "zh")
    assert words == (english, entry_words(entry))


@pytest.mark.parametrize(
    ("log", "which"),
    [
        (LogId(2), "2.3–2.5"),
        (LogId(1, 1, 1), "1-y1.3–1-y1.5"),
        (LogId(1, 2, 3), "1-y2-3.3–1-y2-3.5"),
    ],
)
def test_what_is_set_aside_is_called_as_the_timeline_calls_it(log: LogId, which: str) -> None:
    """In a yearly assessment it is an entry of that, not the platform's own of the same number."""
    said = {
        "sets_aside": [3, 5],
        "reason": "有误",
        "case": {"term": log.term, "year": log.year or None},
    }
    entry = line(log.year, 6, AT, ("set_aside", "set_aside", "evaluation"), said=said).entry
    assert f"set aside ({which}: 有误)" == entry_words(entry, log=log)


def test_what_no_longer_counts_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """An entry that was set aside is marked in words, with the entry that did it."""
    log = (
        line(0, 1, AT, ("applied", "opened", "recommendation")),
        line(0, 2, AT, ("recommendation", "declined", "declined"), set_aside_by=3),
        line(0, 3, AT, ("set_aside", "set_aside", "recommendation"),
             said={"sets_aside": [2, 2], "reason": "有误"}),
    )  # fmt: skip
    show(timeline(log))
    first, second, third = capsys.readouterr().out.splitlines()[1:]
    assert "SET ASIDE by 1.3: recommendation: declined → declined" in second
    assert "SET ASIDE" not in first + third


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("what", "said", "words"),
    [
        (("recommendation", "returned", "correction"), {"opinion": "请写明机时"}, "请写明机时"),
        (("inspection", "returned", "correction"), {"corrections": ["补通风", "补清单"]},
         "补通风"),
        (("withdrawal", "withdrawn", "withdrawn"), {"reason": "计划调整"}, "计划调整"),
        (("reassessment", "not_met", "not_met"),
         {"findings": {"teams": {"finding": "unsatisfactory", "remark": "人少"}}}, "人少"),
    ],
)  # fmt: skip
def test_the_reason_stands_in_the_timeline(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    lang: str,
    what: tuple[str, str, str],
    said: Any,
    words: str,
) -> None:
    """What was returned, refused or withdrawn says why; a reason of a page is cut."""
    monkeypatch.setattr(language, "language", lambda: lang)
    show(timeline([line(0, 1, AT, what, said=said)]))
    assert words in capsys.readouterr().out
    show(timeline([line(0, 1, AT, what, said={"opinion": "长" * 5_000, "reason": "长" * 5_000})]))
    assert capsys.readouterr().out.count("长") < 200


def test_a_substitute_names_the_principal(capsys: pytest.CaptureFixture[str]) -> None:
    """Who acted for another is shown with whom they acted for."""
    day = beijing_date(AT)
    absence = Substitution(principal_id="kw-01", first_day=day, last_day=day)
    actor = Actor(id="kw-02", role=Role.COMMISSION, organisation="市科委", acting_for=absence)
    show(timeline([line(0, 1, AT, ("listing", "included", "valid"), actor=actor)]))
    show(timeline([line(0, 1, AT, ("listing", "included", "valid"), actor=ACTOR)]))
    shown = capsys.readouterr().out
    assert "kw-02 · 市科委 (for kw-01)" in shown
    assert 1 == shown.count("(for ")


@pytest.mark.parametrize(
    ("names", "en", "zh"),
    [
        (("inspection", "roster_learned"), "1.2", "1.2"),
        (("inspection", "roster_learned", "listing"), "1.2, 1.4", "1.2、1.4"),
        (("inspection", "correction", "roster_learned", "listing"), "1.2–1.3, 1.5", "1.2–1.3、1.5"),
        (("inspection", "correction"), "1.2–1.3", "1.2–1.3"),
    ],
)
def test_what_stays_is_not_among_what_was_set_aside(
    names: tuple[str, ...], en: str, zh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a case noted by itself in between counts on: no reader looks for it among the others."""
    last = 1 + len(names)
    log = [line(0, seq, AT, (name, "", "x")).entry for seq, name in enumerate(names, 2)]
    said = {"sets_aside": [2, last], "reason": "有误"}
    aside = line(0, last + 1, AT, SET_ASIDE, said=said).entry
    for spoken, told in (("en", f"set aside ({en}: 有误)"), ("zh", f"撤销更正（{zh}：有误）")):
        monkeypatch.setenv("PINGTAI_LANG", spoken)
        assert told == entry_words(aside, log=LogId(1), entries=log)
