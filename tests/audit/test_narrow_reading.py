"""What auditors read at 80 columns: nothing that they copy is broken, and no column is a pillar."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from audit.access_log import AccessRow
from audit.commands import access
from audit.commands.diff import _in_words
from audit.reading.case_logs import read_runs
from audit.reading.snapshots import EntryName, changes, snapshot_after
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.screen import rendered, table_of
from tests.audit.lives import FLEX, MUCH, files_of, recorded
from tests.nobody import be_nobody
from worker.main import pingtai
from workflows.log_id import LogId
from workflows.words import Language

SIMULATION = "bj-ad-simulation"
"""A plan was returned, and its step's clock stopped."""
FILES = files_of(MUCH, SIMULATION, FLEX, release="0.2.0")
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A person reads at 80 columns, without colours and without a pager."""
    be_nobody(monkeypatch, tmp_path)  # type: ignore[arg-type]
    monkeypatch.setattr(screen, "watched", lambda _: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", "cat")


@pytest.fixture
def run() -> Run:
    """Run `pingtai audit` with these arguments."""

    def call(*args: str, lang: str = "en") -> Result:
        return CliRunner().invoke(pingtai, ["--lang", lang, "audit", *args])

    return call


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_timeline_breaks_no_id(run: Run, lang: Language) -> None:
    """Decision ids, ids of runs, hashes and names of entries are whole, and every line fits."""
    shown = run("timeline", MUCH, *FILES, lang=lang).stdout
    assert max(map(cell_len, shown.splitlines())) <= 80
    reading = read_runs(MUCH, recorded(MUCH, "0.2.0"))
    entries = [line for lines in reading.logs.values() for line in lines]
    wanted = [
        *(run.history.run_id for run in reading.runs),
        *(line.entry.decision_id or "" for line in entries),
        *(line.entry.hash[:12] for line in entries),
        *(f"{line.name} · {reading.number(line.run)}:{line.event_id}" for line in entries),
    ]
    assert [] == [one for one in wanted if one not in shown]


def test_a_difference_can_be_read(run: Run) -> None:
    """The names of fields are whole, also where a hash stands beside them; it is cut as in the entries."""
    shown = run("diff", SIMULATION, "--from", "1.1", "--to", "1.4", *FILES, lang="zh").stdout
    assert max(map(cell_len, shown.splitlines())) <= 80
    assert all(name in shown for name in ("进入本环节日期", "计时停止前已用时间", "方案 SHA-256"))
    reading = read_runs(SIMULATION, recorded(SIMULATION, "0.2.0"))
    plan = snapshot_after(reading, EntryName(LogId(1), 4)).state.plan_sha256
    assert re.search(rf"方案 SHA-256 .* {plan[:12]}$", shown, re.MULTILINE)


@pytest.mark.parametrize(
    ("platform", "seq"), [(SIMULATION, 2), (SIMULATION, 4), (FLEX, 5)]
)  # 0.2.0 recorded several entries of a step before its date was worked out
def test_a_step_that_waits_has_its_due_date(platform: str, seq: int) -> None:
    """Also after an entry that came before the activity answered, for a later entry of the same step."""
    reading = read_runs(platform, recorded(platform, "0.2.0"))
    found = snapshot_after(reading, EntryName(LogId(1), seq))
    assert found.platform.due
    assert not found.lacks_due("platform")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "none worked out: the step went on at once"), ("zh", "未计算（该环节随即办结）")],
)
def test_a_due_date_that_nobody_worked_out_is_no_missing_one(lang: Language, words: str) -> None:
    """The step went on before the activity answered; what waits for nothing has a dash."""
    reading = read_runs(SIMULATION, recorded(SIMULATION, "0.2.0"))
    before, after = (snapshot_after(reading, EntryName(LogId(1), seq)) for seq in (1, 2))
    object.__setattr__(after.platform, "due", None)
    with speaking(lang):
        rows = {path: row for (path, *_), row in zip(
            changes(before, after), _in_words(changes(before, after), before, after), strict=True
        )}  # fmt: skip
    assert words == rows["platform.due"][2]
    assert words not in rows["platform.since"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_access_is_read_in_two_lines(lang: Language) -> None:
    """Who, what, on which platform; of the hash of a dossier the first letters, whole in `--json`."""
    row = AccessRow(
        number=12,
        at=datetime(2026, 11, 30, 7, 37, tzinfo=UTC),
        actor_id="commission-auditor-07",
        what="dossier written",
        platform_id="bj-heritage-digital",
        details=f"sha256 {'893bb0e593747c8e' * 4}",
    )
    with speaking(lang):
        shown = rendered(table_of([row], access._NARROW)).splitlines()
    assert 3 == len(shown)
    assert max(map(cell_len, shown)) <= 80
    together = " ".join(shown)
    assert all(
        one in together for one in (row.actor_id, "bj-heritage-digital", "sha256 893bb0e59374")
    )
