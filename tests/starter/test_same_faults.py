"""A batch of hundreds of lines with one same fault says it once at a terminal, and how many have it."""

import sys
from typing import Any

import pytest

from starter.commands.batch import progress
from starter.commands.batch.lines import Entry, Outcome, Result
from starter.commands.batch.progress import DECISIONS, ProgressReport
from starter.commands.importing import import_report
from starter.commands.importing.import_report import Problem
from starter.terminal.chosen_language import speaking
from workflows.words import Language, Words

NO_DAY = Words("the line has no day", "该行没有决定日期")


@pytest.fixture(autouse=True)
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody looks at what is printed."""
    for module in (progress, import_report):
        monkeypatch.setattr(module, "watched", lambda stream: stream is sys.stdout)


def _told(capsys: pytest.CaptureFixture[str], *results: Result, **how: Any) -> list[str]:
    telling = ProgressReport(DECISIONS, **{"as_json": False, **how})
    for one in results:
        telling.tell(one)
    telling.tell_rest()
    assert list(results) == telling.results
    return capsys.readouterr().out.splitlines()


def _bad(number: int, why: Words = NO_DAY, outcome: Outcome = Outcome.BAD) -> Result:
    return Result(Entry(number, {}, {"platform": f"p-{number}"}), outcome, problem=why)


@pytest.mark.parametrize(
    ("lang", "rest", "each"),
    [
        ("en", "As in line 2: 497 more lines (5, 6, 7, 8, 9 …)", "Each line by itself: --full"),
        ("zh", "与第 2 行问题相同：另有 497 行（行号 5、6、7、8、9 等）", "逐行列出请加 --full"),
    ],
)
def test_the_same_fault_is_told_by_its_first_lines(
    lang: Language, rest: str, each: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then how many more lines have it, and which come first; with --full each stands by itself."""
    results = [_bad(number) for number in range(2, 502)]
    with speaking(lang):
        *first, then, last = _told(capsys, *results)
        assert (3, rest, each) == (len(first), then, last)
        assert 500 == len(_told(capsys, *results, full=True))


def test_other_faults_are_told_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The platform that a line names, and what was perhaps meant, make no other fault; the outcome does."""

    def unknown(number: int) -> Words:
        near = f". Did you mean p-{number}0?" if number % 2 else ""
        return Words(f'No platform "p-{number}"{near}', "")

    alike = [_bad(number, unknown(number), Outcome.REFUSED) for number in range(1, 9)]
    other = [_bad(20), _bad(21, Words("x", "x")), Result(Entry(22, {}), Outcome.POSSIBLE)]
    told = _told(capsys, *alike, *other)
    assert ["1", "2", "3", "20", "21", "22"] == [one.split()[0] for one in told[:-2]]
    assert "As in line 1: 5 more lines (4, 5, 6, 7, 8)" == told[-2]


def test_a_pipe_and_a_program_get_each_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are searched and counted, and nobody scrolls in them."""
    results = [_bad(number) for number in range(50)]
    assert 50 == len(_told(capsys, *results, as_json=True))
    monkeypatch.setattr(progress, "watched", lambda _: False)
    assert 50 == len(_told(capsys, *results))


def test_an_import_says_the_same_problem_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one field; another field of the same lines is another problem."""
    problems = [Problem(n, field, NO_DAY) for n in range(2, 302) for field in ("name", "operator")]
    import_report.tell(problems, as_json=False)
    told = capsys.readouterr().out.splitlines()
    assert (9, 2) == (len(told), sum("As in line 2: 297 more lines" in one for one in told))
    import_report.tell(problems, as_json=False, full=True)
    assert import_report.MOST_TOLD == len(capsys.readouterr().out.splitlines())
