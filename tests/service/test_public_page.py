"""What a person reads who scans a certificate's code: a page in their language; programs get JSON as before."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, cast

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from starter.papers.public_address import validity_url
from starter.service.app import make_app
from tests.register import cases
from tests.service.conftest import WorldConnections, calling

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
}
ENGLISH = BROWSER | {"Accept-Language": "en-GB,en;q=0.9"}
NAME = '<script>alert("甲")</script>平台'
ON = {"on": "2025-06-01"}


@pytest.fixture
async def anybody(
    engine: AsyncEngine, register: PostgresRegister
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a key; a platform that is listed, and one that is not."""
    await register.write(cases.batch(cases.listed(cases.application("p-1", name=NAME))))
    await register.write(cases.batch(cases.opened(cases.application("p-2"))))
    app = make_app(WorldConnections(cast("Any", None), engine))  # Temporal is not asked
    async with calling(app) as client:
        yield client


async def read(client: httpx.AsyncClient, **asked: str) -> httpx.Response:
    """The page on the listed platform, for a browser in Chinese."""
    answer = await client.get("/v1/platforms/p-1/validity", params=asked, headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer


async def test_who_scans_reads_a_page(anybody: httpx.AsyncClient) -> None:
    """Valid or not, in large letters; which certificate, until when; nothing of others' names is markup."""
    where = validity_url("http://localhost", "p-1", "C-p-1")
    scanned = await anybody.get(f"{where}&on=2025-06-01", headers=BROWSER)
    assert 200 == scanned.status_code
    for said in ("<strong>有效</strong>", "C-p-1", "2024-01", "2027-02-12", "&lt;script&gt;"):
        assert said in scanned.text
    assert "<script>" not in scanned.text
    assert "default-src 'none'" in scanned.headers["content-security-policy"]
    english = await anybody.get(where, params=ON, headers=ENGLISH)
    assert "<strong>Valid</strong>" in english.text
    assert 'lang="en"' in english.text


async def test_a_certificate_that_does_not_count(
    anybody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another number than the platform's; the right number after the end; programs are told, too."""
    forged = await read(anybody, certificate="C-9", **ON)
    assert "本证书无效" in forged.text
    assert "C-9" in forged.text
    for now, why in ((date(2026, 11, 30), "届满后将移出名单"), (date(2027, 3, 1), "已移出名单")):
        monkeypatch.setattr("starter.validity_words.today", lambda day=now: day)
        late = await read(anybody, certificate="C-p-1", on="2027-02-13")
        assert "<strong>无效</strong>" in late.text
        assert why in late.text
    path = "/v1/platforms/p-1/validity"
    for certificate, counts in (("C-9", False), ("C-p-1", True)):
        asked = await anybody.get(path, params={"certificate": certificate, **ON})
        assert (True, counts) == (asked.json()["valid"], asked.json()["certificate_counts"])
    assert (await anybody.get(path, params=ON)).json()["certificate_counts"] is None


@pytest.mark.parametrize("platform", ["p-2", "no-such"])
async def test_what_is_not_known_is_a_page_too(anybody: httpx.AsyncClient, platform: str) -> None:
    """Never listed or made up: the same words, with the status of the problem."""
    answer = await anybody.get(f"/v1/platforms/{platform}/validity", headers=BROWSER)
    assert 404 == answer.status_code
    assert f"没有平台“{platform}”" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


async def test_an_address_that_is_none_of_ours(anybody: httpx.AsyncClient) -> None:
    """By a name that the service does not have a browser reads why."""
    answer = await anybody.get(
        "/v1/platforms/p-1/validity", headers=BROWSER | {"Host": "kw.example"}
    )
    assert 421 == answer.status_code
    assert "PINGTAI_HTTP_HOSTS" in answer.text


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/json, text/html",
        "text/html;q=0.5, application/json",
        "",
    ],
)
async def test_programs_get_json(anybody: httpx.AsyncClient, accept: str) -> None:
    """Also those that would take a page."""
    answer = await anybody.get("/v1/platforms/p-1/validity", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"
    missing = await anybody.get("/v1/platforms/p-9/validity", headers={"Accept": accept})
    assert missing.headers["content-type"] == "application/problem+json"
