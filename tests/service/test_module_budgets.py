"""How many modules a command loads, from nothing to its end: most of the time of a command is theirs."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi import FastAPI

from bench.budgets import objections
from db.register_store import PostgresRegister
from starter.desk.profile import Profile, ProfileRole, ProfileSigning, write_profile
from starter.service.serving import listener, serving, url_of
from starter.signing.key_files import make_key as make_signing_key
from tests.nobody import be_nobody
from tests.register.cases import batch, listed
from tests.service.conftest import EVERYTHING, MakeKey
from tests.workflows.world import World
from workflows.vocabulary import District, Role

ROOT = Path(__file__).parents[2]
WHO = ("--actor", "hd-1", "--organisation", "海淀区科技主管部门", "--district", "haidian", "--yes")
HOW = ("--outcome", "recommended", "--opinion", "同意推荐。", *WHO)
FORKING = """
import os, sys
before, out = set(sys.modules), os.dup(1)
for name, words, settings, planted in {calls!r}:
    child = os.fork()
    if not child:
        os.environ.update(settings)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
        try:
            if planted:
                __import__(planted)
            from worker.main import pingtai
            pingtai(words, prog_name="pingtai")
        except SystemExit as ended:
            code = ended.code
        os.write(out, f"{{name}}={{code}}={{len(set(sys.modules) - before)}}\\n".encode())
        os._exit(0)
    os.waitpid(child, 0)
"""
"""Each command begins in a process that has loaded nothing but Python itself."""
PLANTED = "planted"


def modules(*calls: tuple[str, tuple[str, ...], Mapping[str, str], str | None]) -> dict[str, int]:
    """How many modules each command has loaded at its end; all must succeed."""
    told = [(name, [*words], dict(settings), planted) for name, words, settings, planted in calls]
    program = FORKING.format(calls=told)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines = [line.split("=") for line in done.stdout.splitlines()]
    assert {"0"} == {code for _, code, _ in lines}, done.stderr
    return {name: int(count) for name, _, count in lines}


class Ways(NamedTuple):
    """The settings of a command that reads the register, decides directly, and decides by HTTP."""

    reads: Mapping[str, str]
    direct: Mapping[str, str]
    http: Mapping[str, str]


@pytest.fixture
async def ways(
    world: World, app: FastAPI, make_key: MakeKey, database_url: str, session_database_url: str
) -> AsyncIterator[Ways]:
    """A register of its own for what is read; for decisions the world, and the service before it."""
    temporal = world.temporal.service_client.config.target_host
    key = await make_key(*EVERYTHING, district="haidian")
    with listener("127.0.0.1:0") as listening:
        async with serving(app, listening):
            yield Ways(
                {"DATABASE_URL": database_url},
                {"DATABASE_URL": session_database_url, "TEMPORAL_ADDRESS": temporal},
                {"PINGTAI_URL": url_of(listening), "PINGTAI_KEY": key},
            )


def profile_with_key(folder: Path) -> Path:
    """The profile of a person of Haidian who signs with a key in a file: of this name, not the usual one."""
    make_signing_key(folder / "hd-1.key")
    role = ProfileRole(
        role=Role.DISTRICT, organisation="海淀区科技主管部门", district=District.HAIDIAN
    )
    signing = ProfileSigning(key_file=str(folder / "hd-1.key"))
    usual = write_profile(Profile(id="hd-1", roles=(role,), signing=signing))
    return usual.rename(folder / "signs.toml")


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="another Python has another standard library"
)
async def test_each_command_loads_no_more_than_its_budget(
    world: World,
    ways: Ways,
    register: PostgresRegister,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """What is read, what is decided, directly and by HTTP; and a module that was planted is noticed."""
    be_nobody(monkeypatch, tmp_path)
    await register.write(batch(listed()))
    signs = {"PINGTAI_PROFILE": str(profile_with_key(tmp_path))}
    for platform in ("modules-direct", "modules-signed", "modules-http", "modules-http-signed"):
        life = await world.apply(platform)
        await life.settled(life.handle)
    found = await asyncio.to_thread(
        modules,
        ("help", ("--help",), {}, None),
        ("inbox", ("inbox",), ways.reads, None),
        ("show", ("show", "p-1"), ways.reads, None),
        ("register", ("register",), ways.reads, None),
        ("valid", ("valid", "p-1", "--on", "2025-01-01"), ways.reads, None),
        ("recommend", ("recommend", "modules-direct", *HOW), ways.direct, None),
        ("recommend-signed", ("recommend", "modules-signed", *HOW), {**ways.direct, **signs}, None),
        ("recommend-by-http", ("recommend", "modules-http", *HOW), ways.http, None),
        (
            "recommend-by-http-signed",
            ("recommend", "modules-http-signed", *HOW),
            {**ways.http, **signs},
            None,
        ),
        (PLANTED, ("--help",), {}, "click.testing"),
    )
    planted = found.pop(PLANTED)
    wrong = objections("modules", found)
    assert not wrong, "\n".join(wrong)
    (said,) = objections("modules", found | {"help": planted})
    assert said.startswith(f"help of modules: {planted}, and ")
