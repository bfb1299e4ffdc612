"""`pingtai status` and `pingtai stop`: look after a local stack from another terminal."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from db.embedded import EmbeddedPostgres
from db.programs import VERSION
from db.url import redacted
from starter.client.local_stack import stack_file
from starter.client.register_access import open_connections
from starter.commands.options import json_option
from starter.errors import BadInput, PingtaiError, Unreachable
from starter.roster.roster_origin import RosterOrigin, roster_origin
from starter.terminal.command_runner import UNREACHABLE, answering
from starter.terminal.language import say
from starter.terminal.screen import Column, Said, complain, facts, show, show_json, table_of
from starter.terminal.wording import moment
from worker.server_lock import end_server
from worker.stack_survey import Condition, Survey, survey
from worker.stack_wording import (
    OFF,
    ROSTERS,
    WEB_UI,
    WORKER,
    apart_of,
    clash_of,
    missing_key_of,
)
from worker.stopping import WHOLE_SECONDS
from workflows.words import Words, listed_zh

_PARTLY = 1
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 5.0

Part = tuple[Said, bool, Said, str]
"""A part of a stack: its name, whether it runs, where, and its version."""


@click.command("status")
@json_option
@answering
async def status(as_json: bool) -> None:
    """Show what runs on this machine, and where. 查看本机系统状态

    The local stack of PINGTAI_HOME: since when it runs, its parts, addresses, versions, log and disk
    space. Processes are looked at, not files only. Exit code 0: it runs; 1: it starts or stops, or a part
    is missing; 4: it does not run.

    \b
    Example:
      pingtai status
    """
    found = survey()
    parts = tuple(_parts(found))
    if as_json:
        show_json(_as_data(found, parts))
    else:
        _show(found, parts, await _roster(found))
    if wrong := _wrong_setting():
        complain(wrong)
    if found.condition is Condition.RUNNING and all(runs for _, runs, _, _ in parts):
        return
    here = found.condition in (Condition.RUNNING, Condition.CHANGING)
    raise click.exceptions.Exit(_PARTLY if here else UNREACHABLE)


@click.command("stop")
@answering
async def stop() -> None:
    """Stop the system on this machine. 停止本机系统

    Stops in order, and waits until all has stopped: first the worker, then Temporal, then PostgreSQL, as
    Ctrl-C does. After a crash it ends what was left.

    \b
    Example:
      pingtai stop
    """
    found = survey()
    if found.pid is not None:
        await _stop_process(found.pid)
        now = survey()
        had = (
            ("Temporal", found.temporal, now.temporal),
            ("PostgreSQL", found.postgres, now.postgres),
        )
        names = [name for name, before, after in had if before and not after]
        en, zh = ", ".join((WORKER.en, *names)), listed_zh((WORKER.zh, *names))
        show(Words(f"Stopped: {en}.", f"已停止：{zh}。"))
        if now.left_over:
            await _end_left_over(now)
        return
    if found.condition is Condition.CRASHED:
        show(_crashed(found))
    if not await _end_left_over(found) and found.condition is not Condition.CRASHED:
        show(_NOT_RUNNING)


async def _end_left_over(found: Survey) -> bool:
    """End the parts that nobody looks after; whether there are any."""
    temporal = await end_server(found.home / "temporal")
    postgres = bool(found.postgres) and await asyncio.to_thread(EmbeddedPostgres(found.home).stop)
    stack_file(found.home).unlink(missing_ok=True)
    ended = [name for name, was in (("Temporal", temporal), ("PostgreSQL", postgres)) if was]
    if ended:
        show(
            Words(
                f"Left over from before, and ended now: {', '.join(ended)}.",
                f"已结束遗留的进程：{listed_zh(ended)}。",
            )
        )
    if found.postgres and not postgres:
        show(
            Words(
                "PostgreSQL goes on: another command uses it.",
                "其他命令正在使用 PostgreSQL，未停止。",
            )
        )
    return bool(ended or found.postgres)


async def _stop_process(pid: int) -> None:
    """Ask `pingtai up` to end, and wait until it has.

    Raises:
        BadInput: it belongs to another user.
        Unreachable: it does not end in the time that it may take.
    """
    show(Words(f"Stopping in order (process {pid}) …", f"正在依次停止（进程 {pid}）…"))
    try:
        os.kill(pid, signal.SIGTERM)
        os.kill(
            pid, signal.SIGCONT
        )  # a process that Ctrl-Z or SIGSTOP suspended takes no signal else
    except ProcessLookupError:
        return
    except PermissionError:
        raise BadInput(
            f"process {pid} belongs to another user: stop it as that user",
            f"进程 {pid} 属于其他用户，请以该用户身份停止",
        ) from None
    deadline = asyncio.get_running_loop().time() + WHOLE_SECONDS + _GRACE_SECONDS
    while survey().pid == pid:
        if asyncio.get_running_loop().time() > deadline:
            raise Unreachable(
                f"process {pid} does not react: kill -9 {pid}, then pingtai stop",
                f"进程 {pid} 没有响应：请执行 kill -9 {pid}，再运行 pingtai stop",
            )
        await asyncio.sleep(_LOOK_SECONDS)


def _parts(found: Survey) -> Iterator[Part]:
    """The parts that a running stack has, or that are left of one."""
    stack = found.stack
    up = found.condition is Condition.RUNNING and stack is not None
    temporal = f"{stack.temporal_address}" if stack else ""
    yield "Temporal", found.temporal is not None, temporal, stack.temporal_version if stack else ""
    if found.postgres:
        yield "PostgreSQL", True, str(found.postgres.socket_directory), str(VERSION)
    elif stack and not stack.embedded:
        yield "PostgreSQL", up, redacted(stack.database_url), ""
    else:
        yield "PostgreSQL", False, "", str(VERSION)
    yield WORKER, up, Words("queue pingtai", "队列 pingtai"), stack.version if stack else ""
    if up and stack and stack.ui_url:
        yield WEB_UI, True, stack.ui_url, ""


async def _roster(found: Survey) -> Words | None:
    """What is to be said of the roster; nothing where the register does not answer."""
    if found.condition is not Condition.RUNNING:
        return None
    with suppress(PingtaiError):
        async with open_connections(start=False) as source:
            origin = await roster_origin(source)
            lost = origin is RosterOrigin.NONE and found.stack and found.stack.apart
            return None if lost else ROSTERS.get(origin)
    return None


def _show(found: Survey, parts: tuple[Part, ...], roster: Words | None) -> None:
    stack = found.stack
    show(_headline(found))
    if found.condition is Condition.RUNNING or found.left_over:
        show(table_of(parts, _COLUMNS))
    rows: list[tuple[Said, object]] = [
        (WEB_UI, OFF if stack and not stack.ui_url else None),
        (Words("roster", "人员目录"), roster),
        (Words("log", "日志"), _log(found)),
        (Words("data", "数据"), found.home),
        (Words("disk", "磁盘"), _disk(found.home)),
    ]
    show(facts(rows))
    if stack and found.condition is Condition.RUNNING:
        for notice in filter(None, (missing_key_of(stack), clash_of(stack))):
            show(notice)
        if apart := apart_of(stack):
            show(Words(f"At its start: {apart.en}", f"启动时：{apart.zh}"))


def _headline(found: Survey) -> Words:
    match found.condition:
        case Condition.RUNNING:
            assert found.stack  # noqa: S101 - it says so itself
            since = moment(datetime.fromtimestamp(found.stack.started, UTC))
            return Words(
                f"Pingtai {found.stack.version} has been running since {since} (process {found.pid}).",
                f"平台系统 {found.stack.version} 自 {since} 起运行（进程 {found.pid}）。",
            )
        case Condition.CHANGING:
            return _changing(found)
        case Condition.CRASHED:
            return _with_start(_crashed(found))
        case Condition.STOPPED if found.left_over:
            return Words(
                "Pingtai is not running, but parts of it are. To end them: pingtai stop",
                "平台系统未运行，但有遗留的部分。如需结束，请运行：pingtai stop",
            )
        case _ if found.unexpected_end:
            return found.unexpected_end.words
        case _:
            return _with_start(_NOT_RUNNING)


def _wrong_setting() -> Words | None:
    """What the next `pingtai up` in this environment would refuse."""
    from worker.settings import load_settings  # noqa: PLC0415 - only `status` reads them

    try:
        load_settings()
    except BadInput as error:
        return error.words
    return None


def _changing(found: Survey) -> Words:
    if found.unexpected_end:  # a start removes it, so this is a stop
        en, zh = found.unexpected_end.why
        return Words(
            f"Pingtai is stopping (process {found.pid}): {en}",
            f"平台系统正在停止（进程 {found.pid}）：{zh}",
        )
    return Words(
        f"Pingtai is starting or stopping (process {found.pid}).",
        f"平台系统正在启动或停止（进程 {found.pid}）。",
    )


def _with_start(words: Words) -> Words:
    return Words(f"{words.en} Run: pingtai up", f"{words.zh}请运行：pingtai up")


def _crashed(found: Survey) -> Words:
    pid = found.stack.pid if found.stack else ""
    other = found.pid_taken_by()
    now = (
        Words(f"; that number is now {other}", f"，该编号现为 {other}") if other else Words("", "")
    )
    return Words(
        f"Pingtai is not running: process {pid} ended without stopping its parts{now.en}.",
        f"平台系统未运行：进程 {pid} 未正常停止即已退出{now.zh}。",
    )


def _log(found: Survey) -> str | None:
    """The log's file and its size; None where there is none."""
    path = Path(found.stack.log) if found.stack and found.stack.log else None
    if path is None:
        return say(_NO_FILE) if found.condition is Condition.RUNNING else None
    try:
        return f"{path} ({_size(path.stat().st_size)})"
    except OSError:
        return f"{path} ({say(_NO_LOG)})"


def _disk(home: Path) -> str:
    left = shutil.disk_usage(home).free
    free, used = _size(left), _size(_used(home))
    low = _ALMOST_FULL if left < _LEAST_FREE else Words("", "")
    return say(Words(f"{used} used, {free} free{low.en}", f"已用 {used}，可用 {free}{low.zh}"))


_LEAST_FREE = 500_000_000
"""Bytes below which a disk is called almost full: PostgreSQL's journal alone may take so much in a day."""
_ALMOST_FULL = Words(
    ": ALMOST FULL, see docs/first-aid.md", "【空间不足】，见 docs/first-aid.zh.md"
)


def _used(home: Path) -> int:
    """The bytes of all files below a directory that may be read."""
    total = 0
    for folder, _, names in os.walk(home):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - thousands of files
            except OSError:
                continue
    return total


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1_000:
            return f"{size:.0f} {unit}"
        size /= 1_000
    return f"{size:.1f} GB"


def _as_data(found: Survey, parts: tuple[Part, ...]) -> dict[str, Any]:
    stack = found.stack
    return {
        "condition": found.condition,
        "pid": found.pid,
        "since": datetime.fromtimestamp(stack.started, UTC).isoformat() if stack else None,
        "version": stack.version if stack else None,
        "parts": [
            {
                "name": name.en if isinstance(name, Words) else name,
                "running": runs,
                "address": where.en if isinstance(where, Words) else where,
                "version": version,
            }
            for name, runs, where, version in parts
        ],
        "log": stack.log or None if stack else None,
        "home": str(found.home),
        "disk_used": _used(found.home),
        "disk_free": shutil.disk_usage(found.home).free,
        "unexpected_end": found.unexpected_end.why[0] if found.unexpected_end else None,
        "missing_key": (stack.missing_key or None) if stack else None,
        "clash": stack.clash[0] if stack and stack.clash else None,
    }


_NOT_RUNNING = Words("Pingtai is not running.", "平台系统未运行。")
_RUNS = Words("running", "运行中")
_MISSING = Words("NOT RUNNING", "【未运行】")
_NO_FILE = Words("on the terminal where it was started", "输出在启动它的终端上")
_NO_LOG = Words(
    "missing: it was moved or deleted, and is made again with the next line",
    "文件不存在：已被移动或删除，写入下一行时重新创建",
)
_COLUMNS: tuple[Column[Part], ...] = (
    Column(Words("part", "组成"), lambda part: part[0]),
    Column(Words("state", "状态"), lambda part: _RUNS if part[1] else _MISSING),
    Column(Words("address", "地址"), lambda part: part[2]),
    Column(Words("version", "版本"), lambda part: part[3]),
)
