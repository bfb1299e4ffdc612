"""No web page reaches the local stack: what a browser may be made to send is refused or not there."""

import asyncio
import json
import os
import socket
from pathlib import Path

import httpx
import psutil

from starter.client.local_stack import read_stack
from tests.system.processes import started, stop
from worker.ports import LOOPBACK, free_port
from worker.temporal_server import TemporalServer, temporal_server

READY = "Ctrl-C stops it."
SIGNAL = "/api/v1/namespaces/default/workflow-executions/platform%3Ax/signal/withdrawal"
SIMPLE = {"Content-Type": "text/plain", "Origin": "http://evil.example"}
"""What a page of another origin may send without asking first."""


def listeners(pid: int) -> list[tuple[str, int]]:
    """Where a process and its children listen."""
    process = psutil.Process(pid)
    return [
        (one.laddr.ip, one.laddr.port)
        for each in (process, *process.children(recursive=True))
        for one in each.net_connections("inet")
        if one.status == psutil.CONN_LISTEN or one.type == socket.SOCK_DGRAM
    ]


def test_by_default_no_page_gets_an_answer(temporal: TemporalServer) -> None:
    """The HTTP API refuses a cross-origin POST and a foreign name, and its own; there is no Web UI."""
    assert "" == temporal.ui_url
    asked = 0
    for host, port in listeners(temporal.pid):
        for name in (f"{host}:{port}", f"localhost:{port}", f"evil.example:{port}"):
            try:
                posted = httpx.post(
                    f"http://{host}:{port}{SIGNAL}",
                    content=json.dumps({"input": {}}),
                    headers={**SIMPLE, "Host": name},
                )
                read = httpx.get(f"http://{host}:{port}/api/v1/namespaces", headers={"Host": name})
            except httpx.HTTPError:  # gRPC: a browser cannot speak it
                continue
            asked += 1
            assert posted.status_code in (403, 404), posted.text
            assert read.status_code in (403, 404), read.text
            assert "access-control-allow-origin" not in {**posted.headers, **read.headers}
    assert asked


def test_nothing_listens_beyond_this_machine_and_nobody_else_reads(home: Path) -> None:
    """The whole process tree listens on loopback alone; data, sockets and logs are their owner's.

    No address of a Web UI is named without `--ui`.
    """
    with started(home, "up", ready=READY) as up:
        where = read_stack(home)
        assert where
        said = next(home.glob("up-*.log")).read_text()
        assert "pingtai up --ui" in said
        assert "http://" not in said
        found = listeners(up.pid)
        assert int(where.temporal_address.rpartition(":")[2]) in {port for _, port in found}
        assert {LOOPBACK} == {host for host, _ in found}
        ours = [path for path in home.rglob("*") if not path.match("up-*.log")]
        open_to_others = [path for path in ours if path.lstat().st_mode & 0o077]
        assert [] == [path for path in open_to_others if not closed(path, home)]
        assert 0o600 == (home / "temporal" / "temporal.sqlite").stat().st_mode & 0o777
        assert 0 == stop(up)


def closed(path: Path, home: Path) -> bool:
    """Whether a directory above it, inside the home, lets nobody else pass; the home itself may, as root's."""
    above = [parent for parent in path.parents if parent.is_relative_to(home) and parent != home]
    return any(not parent.stat().st_mode & 0o077 for parent in above)


async def test_the_web_ui_answers_its_own_pages_only(servers: None, tmp_path: Path) -> None:
    """With `ui`: under this machine's names alone, to no other origin; what is behind cannot be guessed."""
    port = free_port(31233, ui=True)
    async with (
        temporal_server(tmp_path, port, ui=True) as server,
        httpx.AsyncClient(base_url=server.ui_url, timeout=30) as browser,
    ):
        assert f"http://{LOOPBACK}:{port + 1000}" == server.ui_url
        page = await browser.get("/namespaces/default/workflows")
        assert (200, "text/html") == (page.status_code, page.headers["content-type"].split(";")[0])
        listed = page
        async with asyncio.timeout(30):  # it connects to Temporal again after a moment
            while "namespaceInfo" not in listed.text:
                listed = await browser.get("/api/v1/namespaces", headers={"Host": "localhost"})
        for name in ("evil.example", "evil.example:8233", "127.0.0.1.evil.example", ""):
            refused = await browser.get("/api/v1/namespaces", headers={"Host": name})
            assert 400 == refused.status_code, name
        for origin in ("http://evil.example", "null", f"http://localhost:{port}"):
            refused = await browser.post(SIGNAL, content="{}", headers={"Origin": origin})
            assert 403 == refused.status_code, origin
        refused = await browser.post(SIGNAL, content="{}", headers={"Content-Type": "text/plain"})
        assert (400, True) == (refused.status_code, "csrf" in refused.text)
        behind = [host for host, _ in listeners(server.pid) if host != LOOPBACK]
        if os.uname().sysname == "Linux":
            assert 1 == len(behind)
            assert behind[0].startswith("127.")
