"""`pingtai audit timeline`, `state` and `diff` as auditors type them, on nothing but a folder of files."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from audit.commands.state_words import exact_words
from audit.reading.case_logs import read_runs
from audit.reading.snapshots import EntryName, snapshot_after, snapshot_at
from audit.reading.timeline_entries import moments
from db.name_search import Found, FoundPlatform
from starter.desk import platform_names
from starter.terminal import screen
from starter.terminal.language import say
from tests.audit.lives import (
    BROUGHT_IN,
    FOLDER,
    MUCH,
    TWICE,
    Events,
    cut,
    edited,
    files_of,
    recorded,
)
from tests.nobody import be_nobody
from worker.main import pingtai
from workflows.log_id import LogId
from workflows.state_folding import fold
from workflows.stated_reasons import stated_reasons
from workflows.vocabulary import Kind

CORRECTED = "bj-flex-sensor"
"""The platform of which most was set aside."""
FILES = files_of(MUCH, TWICE, CORRECTED, release="0.2.0")
SCHEDULED = "activityTaskScheduledEventAttributes"
CONTINUED = "workflowExecutionContinuedAsNewEventAttributes"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on who runs it: no settings, an empty home, English."""
    be_nobody(monkeypatch, tmp_path)


@pytest.fixture
def run() -> Run:
    """Run `pingtai audit` with these arguments."""

    def call(*args: str, lang: str = "en") -> Result:
        return CliRunner().invoke(pingtai, ["--lang", lang, "audit", *args])

    return call


def test_the_timeline_has_every_entry_with_its_event(run: Run) -> None:
    """As many entries as the logs have, in a line each; runs, hashes and who decided stand there."""
    result = run("timeline", MUCH, *FILES)
    assert 0 == result.exit_code
    reading = read_runs(MUCH, recorded(MUCH, "0.2.0"))
    for lines in reading.logs.values():
        for line in lines:
            [row] = [r for r in result.output.splitlines() if f"\t{line.name}\t" in r]
            assert line.entry.hash[:12] in row
            assert f"{reading.number(line.run)}:{line.event_id}" in row
            assert line.entry.actor is None or line.entry.actor.id in row
            if line.entry.name != Kind.SET_ASIDE:  # its words say it already
                first = stated_reasons(line.entry)[:1]
                assert all(f": {say(reason.text)[:20]}" in row for reason in first)
    assert all(run.history.run_id in result.output for run in reading.runs)


def test_the_plan_is_called_in_the_language_of_the_answer(run: Run) -> None:
    """It stands beside the documents, by its hash."""
    for lang, words in (("en", " · plan "), ("zh", " · 建设方案 ")):
        assert words in run("timeline", MUCH, *FILES, lang=lang).output


def test_the_timeline_as_data(run: Run) -> None:
    """JSON holds every entry whole, with its documents, and what set it aside."""
    data = json.loads(run("timeline", CORRECTED, *FILES, "--json").output)
    entries = [row for row in data["timeline"] if row["what"] == "entry"]
    reading = read_runs(CORRECTED, recorded(CORRECTED, "0.2.0"))
    assert sum(len(lines) for lines in reading.logs.values()) == len(entries)
    second = next(row for row in entries if row["entry"] == "1.2")
    assert (3, "declined") == (second["set_aside_by"], second["outcome"])
    assert any(row["documents"] for row in entries)
    again = [row for row in data["timeline"] if row["what"] == "message"]
    assert ["repeated"] == sorted({row["how"] for row in again})
    assert 0 == data["problems"]


@pytest.mark.parametrize(("events_behind", "how"), [(0, "waiting"), (1, "waiting"), (2, None)])
def test_a_decision_that_was_just_sent_was_not_refused(events_behind: int, how: str | None) -> None:
    """Of an open run the history may not hold the entry yet: that is said, and no refusal."""
    run = next(r for r in read_runs(MUCH, recorded(MUCH, "0.2.0")).runs if r.messages)
    message = run.messages[-1]
    history = cut(run.history, message.event_id + events_behind)
    found = moments(read_runs(MUCH, [replace(history, closed_at=None)]))
    mine = [one.how for one in found if one.message and one.event_id == message.event_id]
    assert ([how] if how else []) == mine


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_fits_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    """Eighty columns, in both languages, also with Chinese in them."""
    monkeypatch.setattr(screen, "watched", lambda stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    for args in (
        ("timeline", CORRECTED),
        ("state", MUCH, "--seq", "1-y2-2.3"),
        ("diff", MUCH, "--from", "1.1", "--to", "1.6"),
    ):
        result = run(*args, *FILES, lang=lang)
        assert 0 == result.exit_code
        assert 80 >= max(cell_len(line) for line in result.output.splitlines())


def test_the_state_is_the_fold_of_a_prefix() -> None:
    """After each entry of each log: the state is the fold as far as that entry."""
    for platform_id in (MUCH, TWICE, CORRECTED):
        reading = read_runs(platform_id, recorded(platform_id, "0.2.0"))
        for place, lines in reading.logs.items():
            entries = reading.entries(place)
            for line in lines:
                standing = snapshot_after(reading, EntryName(place, line.entry.seq))
                case = standing.assessment if place.year else standing.platform
                assert case and fold(entries[: line.entry.seq]) == case.state


def test_a_moment_holds_what_came_until_then() -> None:
    """A moment before an entry it was not there, at its moment it was; before all there is nothing."""
    reading = read_runs(TWICE, recorded(TWICE, "0.2.0"))
    first = reading.logs[LogId(1)][0].entry.at
    assert snapshot_at(reading, first.replace(year=2000)) is None
    for line in reading.logs[LogId(2)]:
        standing = snapshot_at(reading, line.entry.at)
        before = snapshot_at(reading, line.entry.at - timedelta(microseconds=1))
        assert standing and before
        assert line.name in standing.held
        assert line.name not in before.held
        assert 2 == standing.platform.place.term


@pytest.mark.parametrize("end", ["2026-12-31", "2026-12-31T24:00", "2027-01-01T00:00"])
def test_a_day_is_its_end(run: Run, end: str) -> None:
    """24:00 in Beijing, however it is said."""
    data = json.loads(run("state", MUCH, "--at", end, *FILES, "--json").output)
    assert "2026-12-31T16:00:00.000000Z" == data["at"]


def test_the_state_says_what_was_awaited_and_until_when(run: Run) -> None:
    """The due date is the one that was worked out then; a decision set aside later counted then."""
    data = json.loads(run("state", CORRECTED, "--seq", "1.2", *FILES, "--json").output)
    assert "declined" == data["platform"]["state"]["stage"]
    data = json.loads(run("state", CORRECTED, "--seq", "1.3", *FILES, "--json").output)
    assert "recommendation" == data["platform"]["state"]["stage"]
    assert ["district"] == [one["role"] for one in data["platform"]["awaited"]]
    assert datetime.fromisoformat(data["platform"]["due"]).year == 2027
    text = run("state", CORRECTED, "--seq", "1.3", *FILES).output
    assert "recommendation from the district" in text and "until 2027-" in text


def test_the_differences_are_fields_and_entries(run: Run) -> None:
    """Between two entries: the fields that differ, and just the entries in between."""
    data = json.loads(run("diff", MUCH, "--from", "1.4", "--to", "1.5", *FILES, "--json").output)
    fields = {change["field"]: (change["from"], change["to"]) for change in data["changes"]}
    assert ("listing", "valid") == fields["platform.stage"]
    assert fields["platform.list_number"][0] is None
    assert ["1.5"] == [row["entry"] for row in data["entries"]]
    shown = run("diff", MUCH, "--from", "1.4", "--to", "1.5", *FILES).output
    assert "valid until" in shown and "1.5" in shown
    day = run("diff", MUCH, "--from", "2020-01-01", "--to", "2020-01-02", *FILES)
    assert 2 == day.exit_code


def test_no_difference_looks_like_none(run: Run) -> None:
    """What differs within a minute is shown exactly; that a plan was filed is no news when it goes back."""
    seen = 0
    for number in range(1, 8):
        span = ("--from", f"1.{number}", "--to", f"1.{number + 1}")
        shown = run("diff", CORRECTED, *span, *FILES, lang="zh").output
        rows = [line.split("\t") for line in shown.partition("记录（")[0].splitlines()[2:] if line]
        assert [] == [row for row in rows if row[1] == row[2]]
        if "撤销" in shown:
            seen += 1
            assert "已提交方案数" not in shown
    assert seen


def test_moments_of_one_minute_are_told_apart() -> None:
    """And so are long texts that begin alike."""
    moments = [f"2026-11-30T08:55:0{second}.000000Z" for second in (1, 2)]
    assert ["2026-11-30 16:55:01", "2026-11-30 16:55:02"] == list(map(exact_words, moments))
    assert "a" * 80 == exact_words("a" * 80)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("state", MUCH), "Give either --at MOMENT or --seq ENTRY"),
        (("state", MUCH, "--seq", "1.99"), "No entry 1.99"),
        (("state", MUCH, "--seq", "7-y1.1"), "No entry 7-y1.1"),
        (("state", MUCH, "--seq", "last"), "use an entry"),
        (("state", MUCH, "--at", "yesterday"), "YYYY-MM-DD"),
        (("state", MUCH, "--at", "0001-01-01T00:00"), "no such day or hour"),
        (("diff", MUCH, "--from", "1.1", "--to", "9999-12-31T23:59-14:00"), "YYYY-MM-DD"),
        (("state", MUCH, "--at", "2027-03-01T10:00T24:00"), "YYYY-MM-DD"),
        (("state", MUCH, "--at", "2000-01-01"), "had not been applied for at that time"),
        (("state", " ", "--seq", "1"), "a part of its name"),
        (("state", MUCH, "--seq", "1-y9.1"), "there is no log 1-y9. Logs: 1, 1-y1,"),
        (("timeline", "nobody"), "No history of nobody in these files"),
        (("diff", MUCH, "--from", "1.5", "--to", "1.4"), "--to is before --from"),
        (("diff", MUCH, "--from", "2026-12-05", "--to", "2026-12-01"), "--to is before --from"),
        (("diff", MUCH, "--from", "2099-01-02", "--to", "2099-01-01"), "--to is before --from"),
        (("diff", MUCH, "--from", "2098-12-31", "--to", "1.4"), "--to is before --from"),
    ],
)
def test_bad_input_is_answered_in_words(run: Run, args: tuple[str, ...], words: str) -> None:
    """Exit code 2, what is wrong, and no traceback."""
    result = run(*args, *FILES)
    assert 2 == result.exit_code
    assert words in result.output
    assert 2 == run(*args, *FILES, lang="zh").exit_code


@pytest.mark.parametrize(
    "written", ["2027/12/31", "2027年12月31日", "20271231", "2027/12/31T24:00"]
)
def test_a_day_is_taken_as_forms_and_flags_take_it(run: Run, written: str) -> None:
    """However people write it, with a time of day or without."""
    found = run("state", MUCH, "--at", written, *FILES)
    assert 0 == found.exit_code, found.output
    assert found.output == run("state", MUCH, "--at", "2027-12-31", *FILES).output


def test_a_moment_to_come_is_not_foretold(run: Run) -> None:
    """What follows from time alone, such as the end of validity, is in no record: that is said."""
    for args in (
        ("state", MUCH, "--at", "2099-01-01"),
        ("diff", MUCH, "--from", "1.1", "--to", "2099-01-01"),
    ):
        result = run(*args, *FILES)
        assert (0, True) == (result.exit_code, "is still to come" in result.stderr)
    # The recorded lives were made with time skipped: a day between their entries was there.
    assert "" == run("state", MUCH, "--at", "2027-12-31", *FILES).stderr


def test_before_it_was_brought_in_it_was_listed_on_paper(run: Run) -> None:
    """Whoever asks for that time learns where to look."""
    files = files_of(BROUGHT_IN, release="0.3.0")
    result = run("state", BROUGHT_IN, "--at", "2020-01-01", *files)
    assert 2 == result.exit_code
    assert "was brought in on 20" in result.output and "it was listed on 20" in result.output


def test_what_an_assessment_copies_of_its_platform_is_no_difference(run: Run) -> None:
    """Its policy is the platform's: only what differs is shown."""
    args = ("diff", MUCH, "--from", "1.5", "--to", "1-y1.1")
    data = json.loads(run(*args, *FILES, "--json").output)
    fields = [change["field"] for change in data["changes"]]
    assert "assessment.stage" in fields
    assert [] == [name for name in fields if name.startswith("assessment.facts.policy.")]


def test_histories_that_do_not_hold_say_so(run: Run, tmp_path: Path) -> None:
    """What is shown of them is shown, with a word on standard error."""
    some = sorted((FOLDER / "0.2.0").glob(f"platform--{MUCH}*.gz"))
    for path in some[1:]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    result = run("timeline", MUCH, "--files", str(tmp_path))
    assert 0 == result.exit_code
    assert f"pingtai audit reconcile {MUCH}" in result.stderr


def test_without_files_a_look_must_be_noted(run: Run) -> None:
    """Where there is no register to note it in, nothing is shown: exit code 4."""
    result = run("timeline", MUCH)
    assert 4 == result.exit_code
    assert "no register here yet" in result.output


def test_histories_that_are_too_broken_are_answered_in_words(run: Run, tmp_path: Path) -> None:
    """An entry that makes no sense: exit code 2, run and event are named, and no traceback."""

    def change(events: Events) -> None:
        for event in events:
            about = event.get(SCHEDULED) or event.get(CONTINUED) or {}
            for payload in about.get("input", {}).get("payloads", ()):
                words = base64.b64decode(payload["data"]).decode()
                words = words.replace('"sets_aside":', '"sets_beside":')
                payload["data"] = base64.b64encode(words.encode()).decode()

    history = recorded(CORRECTED, "0.2.0")[1]
    (tmp_path / "broken.json").write_bytes(edited(history, change).content)
    for args in ((), ("--seq", "1.3"), ("--from", "1.1", "--to", "1.3")):
        command = {0: "timeline", 2: "state", 4: "diff"}[len(args)]
        result = run(command, CORRECTED, *args, "--files", str(tmp_path))
        assert 2 == result.exit_code
        assert "entry 1.3" in result.output


@pytest.mark.parametrize("given", ["flex", "柔性"])
def test_a_part_of_an_id_is_enough(run: Run, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """Also one that could be an id itself, unless the histories have a platform of that id."""

    class PretendRegister:
        async def knows(self, platform_id: str) -> bool:
            return False

        async def find(self, words: str, **_: object) -> Found:
            longer = CORRECTED if words == given else f"{CORRECTED}-2"
            one = FoundPlatform(
                platform_id=longer, name="柔性传感", operator="甲", district="daxing",
                field="integrated_circuits", term=1, stage="valid", exact=False,
            )  # fmt: skip
            return Found(total=1, items=(one,))

    @asynccontextmanager
    async def pretend(**_: object) -> AsyncIterator[PretendRegister]:
        yield PretendRegister()

    monkeypatch.setattr(platform_names, "open_reads", pretend)
    for asked in ((given, *FILES), (*FILES, given)):
        result = run("timeline", *asked)
        assert (0, f"{given}: {CORRECTED} (柔性传感)\n") == (result.exit_code, result.stderr)
    whole = run("timeline", CORRECTED, *FILES)
    assert (0, "") == (whole.exit_code, whole.stderr)
