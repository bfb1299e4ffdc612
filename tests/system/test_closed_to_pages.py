"""No web page reaches the local stack: what a browser may be made to send is refused or not there."""

import asyncio
import json
import os
from pathlib import Path

import httpx

from tests.system.processes import listeners
from worker.ports import LOOPBACK, free_port
from worker.temporal_server import TemporalServer, temporal_server

SIGNAL = "/api/v1/namespaces/default/workflow-executions/platform%3Ax/signal/withdrawal"
SIMPLE = {"Content-Type": "text/plain", "Origin": "http://evil.example"}
"""What a page of another origin may send without asking first."""


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
        async with asyncio.timeout(60):  # it connects to Temporal again after a moment
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
