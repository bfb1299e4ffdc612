"""The staff's commands by HTTP: processes of their own, without the clients of Temporal and PostgreSQL."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from starter.clock import today
from starter.service.scopes import Scope
from starter.service.serving import listener, serving, url_of
from tests.rules.builders import Raw
from tests.service.conftest import EVERYTHING, MakeKey, form
from tests.service.test_odd_writes import applied_for
from tests.warm_process import Warm

END = "\x1e"
RUN = """
import json, sys
from worker.main import pingtai
for call in json.loads(sys.argv[1]):
    try:
        pingtai(call, prog_name="pingtai")
    except SystemExit as end:
        print(end.code, end="\x1e", flush=True)
        print(end="\x1e", file=sys.stderr, flush=True)
print(*{"temporalio", "sqlalchemy", "asyncpg"} & set(sys.modules), file=sys.stderr)
"""
"""Runs commands, and says at the end which clients were imported."""
WARM = Warm(
    "worker.main",
    "starter.commands.decision_command",
    "starter.commands.show",
    "starter.client.http_client",
    "starter.desk.http_reads",
)
"""Has imported what most of them need, and none of the clients."""
CLIENTS = frozenset(("temporalio", "sqlalchemy", "asyncpg"))
"""Those that a desk with nothing but the service's address must not need."""
DISTRICT = ("--actor", "hd-1", "--organisation", "海淀区科技主管部门", "--district", "haidian")
RECOMMEND = (*DISTRICT, "--outcome", "recommended", "--opinion", "同意推荐。")


class Ended(NamedTuple):
    """How a command ended."""

    code: int | None
    out: str
    err: str


class Desk:
    """An officer's machine: it knows the service's address and a key, and nothing else."""

    def __init__(self, url: str, key: str, folder: Path) -> None:
        """The officer has no profile."""
        self.folder = folder
        self.settings = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
            "PINGTAI_HOME": str(folder / "home"),
            "PINGTAI_PROFILE": str(folder / "profile.toml"),
            "PINGTAI_URL": url,
            "PINGTAI_KEY": key,
        }

    async def run(self, *args: str, given: object = None) -> Ended:
        """Run `pingtai`, with JSON on its standard input."""
        (ended,) = await self.run_all(args, given=given)
        return ended

    async def run_all(
        self, *calls: tuple[str, ...], given: object = None, without: frozenset[str] = CLIENTS
    ) -> list[Ended]:
        """Run `pingtai` several times in a process of its own; `without`: what it must not import."""
        said = json.dumps(given).encode() if given else b""
        words = (RUN, [json.dumps(calls)], self.settings, self.folder, said)
        done = await asyncio.to_thread(WARM.run, *words)
        *outs, _ = done.stdout.split(END)
        *errs, imported = done.stderr.split(END)
        assert not without & set(imported.split()), done.stderr
        assert self.settings["PINGTAI_KEY"] not in done.stdout + done.stderr
        assert len(calls) == len(outs), done.stderr
        return [
            Ended(int(told[-1]), told[:-1], said.strip())
            for told, said in zip(outs, errs, strict=True)
        ]


@pytest.fixture(scope="session")
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The service at a port of this machine."""
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening):
            yield url_of(listening)


@pytest.fixture
async def desk(served: str, make_key: MakeKey, tmp_path: Path) -> Desk:
    """A desk whose key may do everything in the district of the usual application."""
    return Desk(served, await make_key(*EVERYTHING, district="haidian"), tmp_path)


@pytest.fixture
async def applied(desk: Desk) -> Raw:
    """An application that the desk has handed in."""
    raw = form()
    ended = await desk.run("apply", "--file", "-", given=raw)
    assert (0, "") == (ended.code, ended.err)
    assert "Next\trecommendation from the district" in ended.out
    return raw


async def test_a_decision_is_tried_taken_and_repeated(desk: Desk, applied: Raw) -> None:
    """With flags: what the terminal shows is what it shows without the service."""
    recommend = ("recommend", applied["platform_id"], *RECOMMEND)
    again = (*recommend, "--id", "d-1", "--date", str(today()))
    tried, taken, repeated = await desk.run_all((*recommend, "--dry-run"), again, again)
    assert (0, "") == (tried.code, tried.err)
    assert "Leads to inspection" in " ".join(tried.out.split())
    assert (0, 0) == (taken.code, repeated.code), taken.err
    told = " ".join(taken.out.split())
    assert "Next inspection from the commission (§四(二)), until " in told
    assert "Repeated this is the first answer" in " ".join(repeated.out.split())


async def test_what_goes_wrong_has_the_words_and_codes_of_the_direct_way(
    desk: Desk, applied: Raw, make_key: MakeKey
) -> None:
    """2 bad input, 3 refused or not allowed, 4 not reachable; a key that lacks something is told what."""
    name = applied["platform_id"]
    reader = Desk(desk.settings["PINGTAI_URL"], await make_key("read"), desk.folder)
    nobody = Desk(desk.settings["PINGTAI_URL"], "ptk_0123456789_x", desk.folder)
    away = Desk("http://127.0.0.1:1", desk.settings["PINGTAI_KEY"], desk.folder)
    commission = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    missing, early, other = await desk.run_all(
        ("recommend", name, *RECOMMEND[:-1], ""),
        ("withdraw", name, *commission, "--reason", "x"),
        ("recommend", "no-such-platform", *RECOMMEND),
    )
    lacking = await reader.run("recommend", name, *RECOMMEND)
    unknown = await nobody.run("recommend", name, *RECOMMEND)
    silent = await away.run("recommend", name, *RECOMMEND)
    assert (2, True) == (missing.code, "opinion (--opinion)" in missing.err), missing.err
    assert (3, True) == (early.code, early.err.startswith("refused: ")), early.err
    assert (3, True) == (lacking.code, "the scope decide:" in lacking.err), lacking.err
    said = "unknown key: ask the administrator of the service for a new one (the key is from PINGTAI_KEY)"
    assert (3, said) == (unknown.code, " ".join(unknown.err.split()))
    assert (4, True) == (silent.code, "is not reachable" in silent.err), silent.err
    assert (2, True) == (other.code, "No platform" in other.err), other.err


async def test_what_is_read_looks_as_it_does_directly(
    served: str, make_key: MakeKey, tmp_path: Path, applied: Raw, session_database_url: str
) -> None:
    """Card, inbox, lists, figures: the same words as from the register itself."""
    name = applied["platform_id"]
    calls = (
        ("show", name),
        ("show", name, "--json"),
        ("inbox", "--role", "district", "--district", "haidian", "--limit", "2"),
        ("register", "--district", "haidian", "--limit", "2"),
        ("valid", name),
        ("show", "no-such-platform"),
        ("plan", name),
        ("plan", name, "--version", "2"),
        ("plan", "no-such-platform"),
        ("plan", name, "--term", "2"),
        ("inbox", "--all", "--json", "--limit", "1"),
        ("stats", "--district", "haidian"),
        ("mechanisms", "--district", "haidian", "--limit", "1"),
        ("layout", "show", "--json"),
        ("support", "list"),
        ("absence", "list"),
    )
    # A key of a district would not see what other tests have applied for elsewhere; the register shows all.
    desk = Desk(served, await make_key(*EVERYTHING), tmp_path)
    directly = Desk("", desk.settings["PINGTAI_KEY"], tmp_path)
    directly.settings["DATABASE_URL"] = session_database_url
    for _ in range(3):  # a platform of another test may be written just between the two
        by_http = await desk.run_all(*calls)
        direct = await directly.run_all(*calls, without=frozenset())
        if by_http == direct:
            break
    assert by_http == direct
    assert [0, 0, 0, 0, 1, 2, 0, 2, 2, 2, *[0] * 6] == [ended.code for ended in by_http]


async def test_files_of_many(desk: Desk) -> None:
    """`import` starts applications and `decide` takes decisions, each once however often."""
    first, second = form(), form()
    names = [first["platform_id"], second["platform_id"]]
    lines = "".join(f"{json.dumps(one)}\n" for one in (first, second))
    (desk.folder / "applications.jsonl").write_text(lines)
    for words in ("2 started", "2 already started"):
        ended = await desk.run("import", "applications.jsonl")
        assert (0, True) == (ended.code, words in ended.err), ended.err
    said = {"kind": "recommendation", "outcome": "recommended", "opinion": "同意推荐。"}
    lines = "".join(f"{json.dumps({'platform': name, **said})}\n" for name in (*names, "no-such"))
    (desk.folder / "decisions.jsonl").write_text(lines)
    many = ("decide", "--file", "decisions.jsonl", *DISTRICT, "--date", str(today()))
    tried = await desk.run(*many, "--dry-run")
    assert (2, True) == (tried.code, "2 would be accepted" in tried.err), tried.err
    taken = await desk.run(*many)
    assert (2, True) == (taken.code, "2 done, 1 BAD" in taken.err), taken.err
    again = await desk.run(*many)
    assert (2, True) == (again.code, "2 already done" in again.err), again.err


async def test_what_needs_the_database_says_so(desk: Desk) -> None:
    """One line that names what is needed, and code 2; Temporal and PostgreSQL are not tried."""
    (desk.folder / "layout.csv").write_text("field,direction,priority,districts\n")
    who = ("--actor", "kw-1", "--organisation", "市科委", "--role", "commission")
    calls = (
        ("keys", "list"),
        ("notices", "list"),
        ("absence", "withdraw", "1", *who),
        ("layout", "import", "layout.csv"),
        ("register", "--on", "2026-05-01"),
    )
    for ended in await desk.run_all(*calls, without=frozenset()):
        told = ended.err.splitlines()
        assert (2, 1, True) == (ended.code, len(told), "DATABASE_URL" in told[0]), ended.err


async def test_the_commands_ask_by_http_as_directly(
    desk: Desk, all_keys: httpx.AsyncClient, make_key: MakeKey
) -> None:
    """A script needs --yes for an odd day; `apply` tells of an id that differs only in writing."""
    sent = await applied_for(all_keys)
    recommend = ("recommend", sent["platform_id"], *RECOMMEND, "--date", "2001-01-01")
    odd, meant = await desk.run_all(recommend, (*recommend, "--yes"))
    assert 2 == odd.code
    assert (
        f"2001-01-01 is before the application of {today()}. If that is meant, add --yes" in odd.err
    )
    assert 0 == meant.code, meant.err
    again = form(platform_id=sent["platform_id"].upper())
    told = await desk.run("apply", "--file", "-", given=again)
    assert 0 == told.code
    assert f"is another platform than {sent['platform_id']}" in told.err
    blind = Desk(desk.settings["PINGTAI_URL"], await make_key(Scope.APPLY), desk.folder)
    third = form(platform_id=sent["platform_id"].replace("-", "_"))
    told = await blind.run("apply", "--file", "-", given=third)
    assert "differs only in writing from the id of another platform" in told.err
