"""A plan as it is read, and the difference between two versions, by parts."""

import copy
import difflib
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from starter.plans import plan_difference as differences
from starter.plans import text_difference as comparing
from starter.plans.plan_difference import plan_difference
from starter.plans.plan_sections import HEADINGS, sections
from starter.plans.text_difference import text_difference
from starter.terminal import plan_text, screen
from starter.terminal.plan_text import difference_parts, pieces_text, plan_parts
from worker.documents import ROOT
from workflows.application import OperatingMechanisms
from workflows.vocabulary import PlanPart
from workflows.words import Language

PLAN: dict[str, Any] = json.loads(
    (ROOT / "examples/bj-riscv-soc/application.json").read_text("utf-8")
)["plan"]
TEXTS = st.text(st.sampled_from("建设平台三年。；\n ab1.,"), max_size=60)


def marked(before: str, after: str) -> str:
    return pieces_text(text_difference(before, after)).plain


def changed(path: str, value: Any) -> dict[str, Any]:
    plan = copy.deepcopy(PLAN)
    group, _, name = path.partition(".")
    plan[group][name] = value
    return plan


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts_whole(before: str, after: str) -> None:
    """Nothing is lost and nothing is said that neither text says; what is alike is never shown as changed."""
    pieces = text_difference(before, after)
    assert "".join(one.text for one in pieces if one.change != "added") == before
    assert "".join(one.text for one in pieces if one.change != "removed") == after
    assert all(one.text for one in pieces)
    assert (before != after) == any(one.change != "same" for one in pieces)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("三年发布两代处理器核。", "三年发布三代处理器核。", "三年发布[-两-]{+三+}代处理器核。"),
        ("经费一千万元。", "经费一千万元。\n另设实验室。", "经费一千万元。{+\n另设实验室。+}"),
        ("approve 50 products now", "approve 55 products now",
         "approve [-50-]{+55+} products now"),
        ("甲乙丙丁。", "戊己庚辛！", "[-甲乙丙丁。-]{+戊己庚辛！+}"),
        ("", "新写的内容。", "{+新写的内容。+}"),
        ("同样的内容。", "同样的内容。", "同样的内容。"),
    ],
)  # fmt: skip
def test_a_difference_is_read_as_words(before: str, after: str, shown: str) -> None:
    """Chinese by characters, English by words; sentences without anything in common as wholes."""
    assert marked(before, after) == shown


def test_each_sentence_is_a_change_of_its_own() -> None:
    """However many of a long part were changed: not the whole part is shown as replaced."""
    sentences = [
        f"任务{number}：建设第{number}号公共实验室，面向中小企业开放机时和检测服务。"
        for number in range(40)
    ]
    before = "".join(sentences)
    shown = marked(before, before.replace("开放", "优先开放"))
    assert shown.count("{+优先+}") == 40
    assert "[-" not in shown
    english = "".join(
        f"Task {n}: build laboratory {n} at 1.5 MW, open to firms. " for n in range(60)
    )
    shown = marked(english, english.replace("firms", "small firms"))
    assert shown.count("{+small +}") == 60
    assert "[-" not in shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "建设公共实验室。培养技术团队。",
            "成立专家委员会。建设开放的公共实验室。培养运营团队。",
            "{+成立专家委员会。+}建设{+开放的+}公共实验室。培养[-技术-]{+运营+}团队。",
        ),
        (
            "建设公共实验室。第二句要删去。培养技术团队。",
            "建设开放的公共实验室。培养运营团队。",
            "建设{+开放的+}公共实验室。[-第二句要删去。-]培养[-技术-]{+运营+}团队。",
        ),
    ],
)
def test_sentences_that_came_and_went_among_changed_ones(
    before: str, after: str, shown: str
) -> None:
    assert marked(before, after) == shown


def test_what_is_far_from_a_change_is_left_out() -> None:
    """A part of thousands of characters is not shown whole for one of them."""
    before = "前" * 200 + "。旧。" + "后" * 200
    shown = marked(before, before.replace("旧", "新"))
    assert "[-旧-]{+新+}" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 200


def test_a_difference_of_the_longest_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may file a plan could else keep the service busy: what costs too much is shown as replaced."""
    weighed: list[int] = []

    class Counting(difflib.SequenceMatcher[str]):
        def __init__(
            self, junk: None, one: Sequence[str], other: Sequence[str], **more: bool
        ) -> None:
            weighed.append(sum(left == right for left in one for right in other))
            super().__init__(junk, one, other, **more)

    monkeypatch.setattr(comparing, "SequenceMatcher", Counting)
    size = 5_000
    for before, after in (
        ("甲" * size, "甲乙" * (size // 2)),
        ("。" * size, "。甲" * (size // 2)),
        ("a b " * (size // 4), "b a c " * (size // 6)),
        ("一。" * 200 + "完", "二。" * 200 + "了"),
        ("甲乙" * 120 + "。乙" * 2, "乙丙甲" * 80 + "。丙" * 2),
        ("。".join(["甲乙" * 110] * 20), "。".join(["乙丙甲" * 70] * 20)),
    ):
        weighed.clear()
        pieces = text_difference(before, after)
        assert "".join(p.text for p in pieces if p.change != "removed") == after
        assert sum(weighed) <= 100_000
        assert max(weighed, default=0) <= 30_000
    assert weighed


def test_sections_are_all_parts_and_mechanisms() -> None:
    """Each field of a plan has a heading in both languages, in the order of the guideline."""
    assert [path for path in HEADINGS if path.startswith("parts.")] == [
        f"parts.{part}" for part in PlanPart
    ]
    assert {path.partition(".")[2] for path in HEADINGS if path.startswith("mech")} == set(
        OperatingMechanisms.model_fields
    )
    languages: tuple[Language | None, ...] = ("en", "zh", None)
    for language in languages:
        assert {one.path for one in sections(PLAN, language)} <= set(HEADINGS)
    newer = changed("mechanisms.seal", {"of": "a newer release"})
    assert sections(newer, "en")[-1].path == "mechanisms.seal"


def test_only_what_changed_is_in_a_difference() -> None:
    """By parts; a number or a word is replaced as a whole, in the language of the reader."""
    after = changed("parts.goals", PLAN["parts"]["goals"].replace("三年", "四年"))
    after["mechanisms"]["lead_unit_funding_wan"] = 1300
    found = plan_difference(PLAN, after, "zh")
    assert [one.path for one in found] == ["parts.goals", "mechanisms.lead_unit_funding_wan"]
    assert [piece.text for piece in found[1].pieces] == ["1200 万元", "1300 万元"]
    raw = plan_difference(PLAN, after, None)
    assert [piece.text for piece in raw[1].pieces] == ["1200", "1300"]
    assert plan_difference(PLAN, PLAN, "en") == ()


def test_a_plan_is_shown_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each part under its heading; at a terminal nothing goes beyond its width."""
    for language, words in {
        "en": ("\nApproach\n", "\nKey tasks\n", "separately managed", "1200 ten thousand yuan"),
        "zh": ("\n思路\n", "\n重点任务\n", "人、财、物相对独立管理", "1200 万元"),
    }.items():
        monkeypatch.setenv("PINGTAI_LANG", language)
        screen.show(*plan_parts(PLAN))
        shown = capsys.readouterr().out
        for word in words:
            assert word in shown
        assert PLAN["parts"]["safeguards"] in shown
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    screen.show(*plan_parts(PLAN))
    assert all(cell_len(line) <= 80 for line in capsys.readouterr().out.splitlines())


def test_what_others_wrote_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Paragraphs stay; escapes and turned writing do not."""
    after = changed("parts.goals", "一\x1b[2J\n\n二\u202e")
    screen.show(*plan_parts(after), *difference_parts(PLAN, after))
    shown = capsys.readouterr().out
    assert "一\ufffd[2J\n\n二\ufffd" in shown
    assert "\x1b" not in shown


def test_on_a_terminal_changes_are_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    """There they need no marks."""
    monkeypatch.setattr(plan_text, "draws", lambda: True)
    shown = pieces_text(text_difference("两代。", "三代。"))
    assert shown.plain == "两三代。"
    assert {str(span.style) for span in shown.spans} == {"red strike", "green underline"}


def test_who_compares_needs_no_command_line() -> None:
    """The audit's report may import the difference: it must not load click or rich."""
    code = f"import sys, {differences.__name__}; print({{'click', 'rich'}} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.strip() == "set()"
