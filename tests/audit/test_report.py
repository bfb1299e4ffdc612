"""The report: everything that the logs hold is told, in both languages, and nothing that was written runs."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from audit.dossier.lives import Life, live
from audit.report import terms
from audit.report.rendering import render
from audit.report.report_rows import lines_of
from audit.report.term_chart import LEFT
from tests.audit.dossiers import head
from tests.audit.everything import PLATFORM, everything
from tests.audit.lives import BROUGHT_IN, recorded
from tests.rules.cases import at_stage, decide
from tests.rules.test_for_the_record import ended, raw_of
from workflows.log_id import LogId
from workflows.model import sha256
from workflows.vocabulary import AssessmentStage, Kind, Stage
from workflows.words import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")


class _Page(HTMLParser):
    """A page's elements, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.links += [v or "" for name, v in attrs if name in ("src", "href", "srcset", "action")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest) -> str:
    """The page of a platform to which everything happened."""
    return render(everything(), head(PLATFORM), None, request.param)


def test_every_entry_is_told_with_its_hash(page: str) -> None:
    """Whoever compares a printed report with a log finds each entry in it."""
    entries = [entry for log in everything().logs.values() for entry in log]
    assert len(entries) > 70
    assert [entry.hash for entry in entries if entry.hash not in page] == []
    assert len(re.findall(r"<article ", page)) == len(entries)


def test_what_others_wrote_is_only_words(page: str) -> None:
    """No script, no picture, no link, nothing that turns the direction of reading."""
    read = _Page(page)
    assert {"script", "img", "iframe", "object", "a", "form"}.isdisjoint(read.elements)
    assert read.links == ["data:,"]
    assert "\u202e" not in page
    words = "".join(read.words)
    assert '<script>alert("x")</script>' in words
    assert "签到表 <b>&amp;</b>.xlsx" in words


def test_it_says_what_must_be_seen(page: str) -> None:
    """Overdue spans, what was set aside, who acted for whom, refusals: in drawings and in words."""
    for drawn in ('class="late"', 'class="bar fell"', 'class="bar valid"', 'class="flag"'):
        assert drawn in page
    for number in ("1.1", "1-y2-2.14", "2.6"):
        assert f"<b>{number}</b>" in page
    assert "kw-1 2024-01-01 – 2030-12-31" in page
    assert ("REFUSED" in page) != ("【不予受理】" in page)


def texts(page: str, element: str) -> list[str]:
    return [
        re.sub(r"<br>", "\n", one)
        for one in re.findall(f"<{element}>(.*?)</{element}>", page, re.S)
    ]


def test_plans_are_told_whole_and_by_what_changed(page: str) -> None:
    """The first version and the newest that counts whole, and of each what it changed, part by part."""
    life = everything()
    first, newest = life.plans[1, 1].plan, life.plans[1, 3].plan
    whole = re.split(r'<h4 class="">', page.partition('class="story"')[0])
    shown = [re.sub(r"<[^>]+>", "", part) for part in whole]
    for text in first["parts"].values():
        assert text in shown[-3]
    for text in newest["parts"].values():
        assert text in shown[-1]
    assert "以产业需求为牵引" in texts(page, "del")
    assert "补充场地证明后的第二版" in texts(page, "ins")


@pytest.mark.parametrize(
    ("lang", "why"),
    [("zh", "两个版本内容相同而 SHA-256 不同"), ("en", "The SHA-256 differ though the content is")],
)
def test_equal_plans_with_other_hashes_are_explained(lang: Language, why: str) -> None:
    """What is empty was named in one of them: whoever compares the hashes is told, and nobody else."""
    life = everything()
    assert why not in render(life, head(PLATFORM), None, lang)
    plan = life.plans[1, 1].plan
    named = plan | {"mechanisms": plan["mechanisms"] | {"fees": plan["mechanisms"].get("fees")}}
    named["mechanisms"].setdefault("membership", None)
    named["mechanisms"]["independent_by"] = None
    digests = {sha256(life.plans[1, 2].plan): sha256(named)}
    log = [
        entry.model_copy(update={"said": entry.said | {"plan_sha256": digests[said]}})
        if (said := entry.said.get("plan_sha256")) in digests
        else entry
        for entry in life.logs[LogId(1)]
    ]
    second = life.plans[1, 2].model_copy(update={"plan": named})
    other = replace(
        life, logs=life.logs | {LogId(1): tuple(log)}, plans=life.plans | {(1, 2): second}
    )
    assert 1 == render(other, head(PLATFORM), None, lang).count(why)


def test_a_plan_that_the_log_does_not_bind_is_not_told() -> None:
    """It says so in its place, and tells neither the text nor a difference from it."""
    life = everything()
    bad = dict(life.plans)
    changed = bad[1, 2].plan | {"parts": {"approach": "后来改过的思路"}}
    bad[1, 2] = bad[1, 2].model_copy(update={"plan": changed})
    page = render(replace(life, plans=bad), head(PLATFORM), None, "en")
    assert "后来改过的思路" not in page
    assert 1 == page.count("is not in the histories")
    assert "What changed since version 2" not in page
    del bad[1, 2]
    missing = render(replace(life, plans=bad), head(PLATFORM), None, "zh")
    assert 1 == missing.count("没有与日志所载 SHA-256 相符的方案文本")


def test_a_year_that_was_corrected_for_the_record_has_no_conclusion() -> None:
    """Its own log says how it ended; the platform's, that this was set aside."""
    case, target, at = ended("not_met")
    year = at_stage(AssessmentStage.NOT_MET)
    case.decide(raw_of(case, target, at), at)
    logs = {LogId(1): tuple(case.log), LogId(1, 1, 1): tuple(year.log)}
    states = {LogId(1): case.state, LogId(1, 1, 1): year.state}
    page = render(Life(logs=logs, states=states), head("bj-test"), None, "zh")
    assert "已撤销（整改后仍不符合要求）" in page


def test_why_a_term_ended_stands_at_its_beginning() -> None:
    """Whoever reads that it was withdrawn need not look for the reason."""
    page = render(everything(), head(PLATFORM), None, "zh")
    second = page.partition("第 2 期</span>")[2]
    above, _, rest = second.partition("<figure>")
    assert "撤回" in above
    reason = everything().logs[LogId(2)][-1].said["reason"]
    assert reason in above
    assert reason in rest


def test_several_corrections_have_one_heading() -> None:
    """On a phone, where names stand above their texts, it stood above each."""
    case = at_stage(Stage.INSPECTION)
    decide(case, Kind.INSPECTION, "returned", corrections=["补充设备清单", "补充通风方案"])
    told = terms._why(lines_of("p-1", [(LogId(1), case.log)]), 1)
    assert "补充设备清单\n补充通风方案" in [words for _, words in told]
    assert len(told) == len({name for name, _ in told})


def test_lines_of_a_plan_stay_lines() -> None:
    """A text of several paragraphs is told as it was written."""
    life = everything()
    plans = dict(life.plans)
    log = list(life.logs[LogId(1)])
    plan = plans[1, 1].plan | {"parts": {"approach": "第一段。\n<b>第二段</b>。"}}
    log[0] = log[0].model_copy(update={"said": log[0].said | {"plan_sha256": sha256(plan)}})
    plans[1, 1] = plans[1, 1].model_copy(update={"plan": plan})
    logs = life.logs | {LogId(1): tuple(log)}
    page = render(replace(life, plans=plans, logs=logs), head(PLATFORM), None, "zh")
    assert "第一段。<br>&lt;b&gt;第二段&lt;/b&gt;。" in page


def test_both_languages_speak_their_own() -> None:
    """The same life: in each language its own words, whatever the locale of who makes it."""
    chinese, english = (render(everything(), head(PLATFORM), None, one) for one in LANGUAGES)
    for words in ("决定及其依据", "整改后符合要求", "牵头单位实力", "已由 1.18 撤销"):
        assert words in chinese
        assert words not in english
    for words in (
        "Decisions and their basis",
        "Haidian District",
        "set aside by 1.18",
        "Yearly assessments",
    ):
        assert words in english
        assert words not in chinese


def test_the_same_life_gives_the_same_page(page: str) -> None:
    """So whoever checks a dossier makes the report again and compares."""
    language: Language = "zh" if 'lang="zh-CN"' in page else "en"
    assert render(everything(), head(PLATFORM), None, language) == page


def test_a_register_that_differs_is_told_on_the_first_page() -> None:
    """What is wrong stands where nobody can miss it."""
    about = head(PLATFORM).model_copy(update={"register_differs": ("terms 1: changed (stage)",)})
    text = render(everything(), about, None, "en")
    assert "NOT WHOLE" in text
    assert "something is wrong: see the first page" in text
    assert " agree; no digest" not in text
    assert text.index("the register differs: terms 1: changed (stage)") < text.index("<section")
    agrees = head(PLATFORM).model_copy(update={"register_differs": ()})
    whole = render(everything(), agrees, None, "en")
    assert "NOT WHOLE" not in whole
    assert "the register agrees" in whole


async def test_a_platform_that_was_brought_in_is_drawn_from_its_listing() -> None:
    """Its years before it came here stand in the drawing, as such; no step is drawn that it never took."""
    life = await live(BROUGHT_IN, recorded(BROUGHT_IN, "0.3.0"))
    page = render(life, head(BROUGHT_IN), None, "en")
    drawing = page.split("<svg")[2].partition("</svg>")[0]  # behind that of the patterns
    words = re.findall(r"<text [^>]*>([^<]*)</text>", drawing)
    assert [("year 1", "effective · brought in"), ("year 2", "met · brought in")] == [
        (words[at - 1], word) for at, word in enumerate(words) if "brought in" in word
    ]
    starts = [float(x) for x in re.findall(r'<rect x="([^"]*)"', drawing)]
    validity = re.search(r'<rect x="([^"]*)" y="51"', drawing)
    assert validity and min(starts) == float(validity[1]) > LEFT
    assert "From application to listing" not in page


def test_a_printed_page_tears_nothing_apart(page: str) -> None:
    """A date stays on one line, an entry's digits stand below its title, no page has only what made it."""
    story, proof = page.split('<section class="proof">')
    decided = re.findall(r"<small>(?:decided on|决定日期) (.*?)</small>", story)
    assert decided and all(re.fullmatch(r"<time>[\d-]{10}</time>", one) for one in decided)
    assert ".when time { white-space: nowrap; }" in page
    for article in re.findall(r"<article.*?</article>", story, re.DOTALL):
        digits = article.index('<p class="ids">')
        assert 'class="basis"' not in article[:digits]
    facts = proof.index('<dl class="facts wide">')
    assert facts < proof.index('<table class="plain">')
    assert ".policy, .facts { break-inside: avoid; }" in page
