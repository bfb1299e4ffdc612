"""Many decisions at once on the real Temporal: the bad ones told apart, interrupted, and run again."""

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import click
import pytest

from starter.clock import today
from starter.commands.actor_resolution import ActorResolver
from starter.commands.batch.batch_run import Batch, prepare_batch, send_batch
from starter.commands.batch.formats import Format, JsonLines
from starter.commands.batch.lines import Line, Result
from starter.commands.batch.plain_list import Names
from starter.commands.batch.submit import LineSubmission
from starter.commands.own_signature import OwnSignature
from tests.rules.builders import BY, COMMISSION, DISTRICT, Raw, changed, content
from tests.workflows.world import World
from worker.temporal_server import TemporalServer
from workflows.vocabulary import Kind

Printed = pytest.CaptureFixture[str]

WAY_IN = ("recommendation", "inspection", "expert_opinion", "listing")
PLATFORMS = 3
LINES = 6
"""Of each platform: the way in, and support that is given then."""


@pytest.fixture(autouse=True)
def desk(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    temporal: TemporalServer,
    session_database_url: str,
) -> None:
    """The commands find the servers of the tests, and nobody's profile."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("PINGTAI_PROFILE", str(tmp_path / "profile.toml"))
    monkeypatch.setenv("PINGTAI_LANG", "en")
    monkeypatch.chdir(tmp_path)


def line(platform: str, kind: str, **changes: Any) -> Raw:
    """A line with a decision that is dated today and has no id of its own."""
    said = {"platform": platform, "kind": kind, "decided_on": str(today())}
    own = {"certificate_number": f"GX-{platform}"} if kind == Kind.LISTING else {}
    by = BY.get(Kind(kind), COMMISSION)
    return changed({**said, "actor": by, **content(kind), **own}, **changes)


def lines_of(platform: str) -> list[Raw]:
    """Good lines: the way in, and support."""
    given = {"given_on": str(today())}
    support = [line(platform, "support", title=f"支持 {n}", **given) for n in range(LINES - 4)]
    return [*(line(platform, kind) for kind in WAY_IN), *support]


def bad_lines(platforms: list[str]) -> list[tuple[str, str, str]]:
    """Seven lines that cannot be taken: the text, what becomes of each, and a word of the reason."""
    first, second, third = platforms[:3]
    elsewhere = {**DISTRICT, "district": "chaoyang"}
    undated = line(third, "inspection")
    del undated["decided_on"]
    return [
        ("{", "bad", "JSON"),
        (json.dumps({"platform": first, "kind": "nonsense"}), "bad", "kind"),
        (json.dumps(line(first, "inspection", outcome="fine")), "bad", "outcome"),
        (json.dumps(undated), "bad", "decided_on"),
        (json.dumps(line("nowhere", "recommendation")), "bad", "No platform"),
        (json.dumps(line(third, "listing", list_number="x-1")), "refused", "not awaited"),
        (json.dumps(line(second, "support", actor=elsewhere)), "refused", "own district"),
    ]


def write(file: Path, platforms: list[str]) -> list[tuple[int, str, str]]:
    """Write a batch with its bad lines spread over it; answers their numbers, results and reasons."""
    good = [lines_of(platform) for platform in platforms]
    rows = [json.dumps(lines[n], ensure_ascii=False) for n in range(LINES) for lines in good]
    bad = bad_lines(platforms)
    expected = []
    for number, (text, result, why) in enumerate(bad, 1):
        at = number * len(rows) // (len(bad) + 1)
        rows.insert(at, text)
        expected.append((at + 1, result, why))
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return expected


async def run(
    file: Path, form: Format | None = None, acting: ActorResolver | None = None, **changes: Any
) -> int:
    """Run a batch as the command does; answers its exit code."""
    batch = Batch(
        **{
            "file": str(file),
            "form": form or JsonLines(),
            "day": None,
            "principal": None,
            "at_once": 8,
            "dry_run": False,
            "yes": True,
            "as_json": True,
            "refused": None,
            "full": False,
            **changes,
        }
    )
    try:
        prepared = await prepare_batch(batch, acting or ActorResolver({}, frozenset(), None))
        await send_batch(batch, prepared, OwnSignature())
    except click.exceptions.Exit as end:
        return end.exit_code
    return 0


def printed(capsys: Printed) -> list[Raw]:
    """The results, each a JSON object on its line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def counts(results: list[Raw]) -> Counter[str]:
    """How many lines came to what."""
    return Counter(result["result"] for result in results)


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


async def apply(world: World, name: str, count: int) -> list[str]:
    """New platforms."""
    return [(await world.apply(f"{name}-{number}")).id for number in range(count)]


async def taken(world: World, platform: str) -> list[str]:
    """The decisions that a platform's log holds."""
    return [entry.name for entry in await world.client.log(platform) if entry.decision_id]


async def test_bad_lines_are_told_apart(world: World, capsys: Printed, tmp_path: Path) -> None:
    """The good ones are done, in the order of each platform; seven are set apart, each with its reason."""
    platforms = await apply(world, "batch", PLATFORMS)
    file = tmp_path / "decisions.jsonl"
    expected = write(file, platforms)
    assert 3 == await run(file)
    results = printed(capsys)
    assert counts(results) == {"done": PLATFORMS * LINES, "bad": 5, "refused": 2}
    problems = {r["line"]: (r["result"], r["problem"]["en"]) for r in results if r["problem"]}
    for number, result, why in expected:
        assert result == problems[number][0]
        assert why in problems[number][1]
    for platform in platforms:
        assert [*WAY_IN, *["support"] * (LINES - 4)] == await taken(world, platform)

    apart = tmp_path / "decisions.refused.jsonl"
    kept = [json.loads(row) for row in apart.read_text(encoding="utf-8").splitlines()]
    assert 7 == len(kept)
    assert all(row["problem"] for row in kept)
    assert 3 == await run(file)
    again = counts(printed(capsys))
    assert again == {"already_done": PLATFORMS * LINES, "bad": 5, "refused": 2}
    assert (tmp_path / "decisions.refused-2.jsonl").exists()


async def test_interrupted_and_run_again(
    world: World, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle: the rest is told as not sent; the same file again ends as if nothing had been."""
    platforms = await apply(world, "interrupted", PLATFORMS)
    file = tmp_path / "decisions.jsonl"
    write(file, platforms)
    middle, heard = PLATFORMS * LINES // 2, 0
    send = LineSubmission.__call__

    async def interrupted(self: LineSubmission, sent: Line) -> Result:
        nonlocal heard
        heard += 1
        if heard == middle:
            os.kill(os.getpid(), signal.SIGINT)
        return await send(self, sent)

    with monkeypatch.context() as patch:
        patch.setattr(LineSubmission, "__call__", interrupted)
        assert 130 == await run(file)
    first = counts(printed(capsys))
    assert first["not_sent"] > 0
    assert 0 < first["done"] < PLATFORMS * LINES
    assert PLATFORMS * LINES + 7 == first.total()
    assert 3 == await run(file)
    second = counts(printed(capsys))
    assert second["already_done"] >= first["done"]
    assert PLATFORMS * LINES == second["done"] + second["already_done"]
    assert (5, 2) == (second["bad"], second["refused"])
    for platform in platforms:
        assert [*WAY_IN, *["support"] * (LINES - 4)] == await taken(world, platform)


async def test_what_was_refused_is_mended_and_run(
    world: World, capsys: Printed, tmp_path: Path
) -> None:
    """The file of refused lines, mended, is done; the first file again still changes nothing."""
    platform = (await world.apply("mended")).id
    file = tmp_path / "decisions.jsonl"
    elsewhere = {**DISTRICT, "district": "chaoyang"}
    file.write_text(json.dumps(line(platform, "recommendation", actor=elsewhere)) + "\n")
    assert 3 == await run(file)
    apart = tmp_path / "decisions.refused.jsonl"
    apart.write_text(apart.read_text().replace("chaoyang", "haidian"))
    capsys.readouterr()
    assert 0 == await run(apart)
    assert 0 == await run(apart)
    assert ["done", "already_done"] == [result["result"] for result in printed(capsys)]
    assert 3 == await run(file)
    assert ["recommendation"] == await taken(world, platform)


async def test_a_dry_run_changes_nothing(world: World, capsys: Printed, tmp_path: Path) -> None:
    """Each platform's first line is asked about, with where it would lead; no log grows."""
    platforms = await apply(world, "tried", 2)
    file = tmp_path / "decisions.jsonl"
    rows = [line(platforms[0], "recommendation"), line(platforms[0], "inspection")]
    rows += [line(platforms[1], "listing")]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert 3 == await run(file, dry_run=True)
    found = [(r["result"], r["stage"]) for r in sorted(printed(capsys), key=lambda r: r["line"])]
    assert [("would_be_taken", "inspection"), ("comes_later", None), ("refused", None)] == found
    assert [[], []] == [await taken(world, platform) for platform in platforms]
    assert ["decisions.jsonl"] == names(tmp_path)


async def test_a_list_is_published(world: World, capsys: Printed, tmp_path: Path) -> None:
    """All that await it are included; the others keep their certificates; run again it is done already."""
    lives = [await world.apply(f"published-{number}") for number in range(3)]
    for life in (lives[0], lives[2]):
        for kind in WAY_IN[:3]:
            await life.decide(kind)
    file = tmp_path / "platforms.txt"
    file.write_text("# the second list\n" + "".join(f"{life.id}\n" for life in lives))
    preset = {"kind": "listing", "outcome": "included", "list_number": "2026-2"}
    who = ActorResolver(
        {f"given_{k}": v for k, v in {**COMMISSION, "actor": "kw-1"}.items()}, frozenset(), None
    )

    async def publish(day: str) -> list[str]:
        await run(file, Names(preset, "BJ-"), acting=who, day=day)
        return [result["result"] for result in printed(capsys)]

    assert ["done", "refused", "done"] == await publish(str(today()))
    held = [(await life.state()).certificate_number for life in lives]
    assert ["BJ-001", None, "BJ-003"] == held
    kept = (tmp_path / "platforms.refused.txt").read_text(encoding="utf-8")
    assert kept.startswith("published-1  BJ-002  # ")
    assert ["already_done", "refused", "already_done"] == await publish("2026-01-02")
