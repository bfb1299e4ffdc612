"""Calls to the HTTP API that other attackers need."""

from typing import Any

import httpx

from bench.attack.system import System

SECONDS = 45.0
"""No call takes longer than 30 by the service's own limit."""


def client(system: System) -> httpx.AsyncClient:
    """A client of the system's own intake."""
    return httpx.AsyncClient(base_url=system.url, trust_env=False, timeout=SECONDS)


def authorization(key: str) -> dict[str, str]:
    """The header that names a key."""
    return {"authorization": f"Bearer {key}"}


async def apply_by_http(system: System, form: dict[str, Any]) -> tuple[int, str]:
    """Apply with a key that may; the status and the beginning of the answer."""
    async with client(system) as http:
        headers = authorization(system.keys["all"])
        answer = await http.post("/v1/applications", json=form, headers=headers)
    return answer.status_code, answer.text[:500]
