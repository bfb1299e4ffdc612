"""A table that is too wide takes another form: no id, hash or number is broken, at any width."""

from datetime import UTC, date, datetime
from hashlib import sha256
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from starter.commands import mechanisms, notices_table
from starter.terminal import screen
from starter.terminal.chosen_language import speaking
from starter.terminal.language import say
from starter.terminal.screen import facts, rendered, stacked, table, table_of
from workflows.vocabulary import Happening, Kind, LegalForm, Role, Stage
from workflows.words import Language

HASH = sha256(b"x").hexdigest()
DECISION = str(UUID(int=2**127 + 12345))
WIDTHS = (72, 80, 100, 130)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is drawn as for a person, without colours."""
    monkeypatch.setattr(screen, "watched", lambda _: True)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_table_that_does_not_fit_becomes_cards() -> None:
    """One for each row, with the headings as names; what is empty is left out."""
    heads = ("time", "platform", "decision id", "说明")
    rows = [
        ("2026-11-30T15:17", "bj-heritage-digital", DECISION, "整改报告 已提交"),
        ("2026-11-30T15:18", "bj-heritage-digital", DECISION, None),
    ]
    assert [
        "Time         2026-11-30T15:17",
        "Platform     bj-heritage-digital",
        f"Decision id  {DECISION}",
        "说明         整改报告 已提交",
        "",
        "Time         2026-11-30T15:18",
        "Platform     bj-heritage-digital",
        f"Decision id  {DECISION}",
    ] == rendered(table(heads, rows)).splitlines()


def test_a_table_that_fits_stays_one() -> None:
    """Also where its texts are folded."""
    made = table(("id", "remark"), [(DECISION, "说明 " * 40)])
    first, second, *_ = rendered(made).splitlines()
    assert (["id", "remark"], DECISION) == (first.split(), second.split()[0])


def test_a_fact_that_is_too_wide_stands_below_its_name() -> None:
    """The others stay beside theirs, in one column; a text in the value is folded below it."""
    named = "Root of that day's digest"
    shown = rendered(
        facts([("Day", "2026-11-29"), (named, HASH), ("Logs", "20"), ("Note", f"{HASH} 说明说明")])
    )
    width = len(named) + 2
    assert [
        f"{'Day':<{width}}2026-11-29",
        named,
        f"  {HASH}",
        f"{'Logs':<{width}}20",
        "Note",
        f"  {HASH} 说明说明",
    ] == shown.splitlines()


def test_commands_in_cards_are_whole() -> None:
    """The terminal breaks them, so that they can be copied; each card has its own."""
    commands = [f"pingtai show {'x' * 70}{n} --full" for n in range(2)]
    shown = rendered(table(("id", "hash", "next"), [(DECISION, HASH, one) for one in commands]))
    assert all(f"Next  {one}" in shown for one in commands)
    assert 2 == shown.count(HASH)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_usual_lists_need_no_cards(lang: Language) -> None:
    """With ids of twenty letters and the longest words of the programme each row stays one of a table."""
    with speaking(lang):
        forms = [
            SimpleNamespace(
                platform_id="bj-compute-adaptation", stage=stage, legal_form=form, year=year,
                independent_by=date(2028, 6, 30), past_date=True,
            )
            for stage in Stage for form in LegalForm for year in (None, 3)
        ]  # fmt: skip
        recipient = SimpleNamespace(
            recipient="haidian-science-office", channel="webhook", state="dead", attempts=12,
            delivered_at=None,
        )  # fmt: skip
        noted = [
            SimpleNamespace(
                number=123456, at=datetime(2026, 11, 30, tzinfo=UTC), event=event, role=role,
                platform_id="bj-compute-adaptation", delivery=recipient,
            )
            for event in (*Kind, *Happening) for role in Role
        ]  # fmt: skip
        for rows, columns in ((forms, mechanisms._NARROW), (noted, notices_table._NARROW)):
            shown = rendered(table_of(rows, columns)).splitlines()  # type: ignore[arg-type]
            assert max(map(cell_len, shown)) <= 80
            assert "" not in shown
            assert len(shown) > 2 * len(rows)
            assert all(
                word in shown[0] for column in columns for word in say(column.heading).split()
            )


_ID = st.text("abcdef0123456789-", min_size=1, max_size=60).map(lambda one: f"x{one}x")
_CELL = st.one_of(
    st.none(), _ID, st.builds(lambda one, more: f"{one} {more}", _ID, st.text("平台 说明", max_size=30)),
    st.builds(stacked, _ID, _ID),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _CELL, _CELL), min_size=1, max_size=4),
    width=st.sampled_from(WIDTHS),
)
def test_no_id_is_broken(rows: list[tuple[object, ...]], width: int) -> None:
    """Whatever stands in a table or in facts, each id is on one line, and no line is too wide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        heads = ("编号", "what", "decision", "hash")
        for made in (
            table(heads, rows),
            facts((str(row[1] or "name"), row[0]) for row in rows),
        ):
            lines = rendered(made).splitlines()
            assert max(map(cell_len, lines), default=0) <= width
            cells = [str(cell) for column in made.columns for cell in column.cells]
            ids = [one for cell in cells for one in cell.split() if one.startswith("x")]
            seen = "\n".join(lines)
            assert [] == [one for one in ids if one not in seen]
