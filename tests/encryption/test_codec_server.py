"""The codec server: for who has its key, in the form that Temporal's Web UI and command line send."""

import base64
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from google.protobuf.json_format import MessageToDict

from starter.encryption.key_errors import VARIABLE
from starter.encryption.key_names import KEY_ID
from starter.encryption.payload_codec import seal
from starter.encryption.term_keys import TermKeys
from starter.service.codec_app import LARGEST_BODY, make_codec_app
from tests.encryption.test_payload_codec import payload
from worker.codec_server import _key
from worker.main import pingtai

BEARER = "k" * 32
KEY = {"Authorization": f"Bearer {BEARER}"}
UI = "http://127.0.0.1:8233"


async def call(
    keys: TermKeys, path: str, content: Any, headers: Mapping[str, str], method: str = "POST"
) -> httpx.Response:
    """Call the server."""
    transport = httpx.ASGITransport(make_codec_app(keys, BEARER, [UI]))
    async with httpx.AsyncClient(transport=transport, base_url="http://codec") as client:
        if isinstance(content, bytes):
            return await client.request(method, path, content=content, headers=headers)
        return await client.request(method, path, json=content, headers=headers)


def given(*payloads: Any) -> dict[str, Any]:
    """Payloads as Temporal sends them."""
    return {"payloads": [MessageToDict(one) for one in payloads]}


@pytest.mark.parametrize(("path", "headers"), [("/decode", KEY), (f"/key/{BEARER}/decode", {})])
async def test_it_decrypts(keys: TermKeys, path: str, headers: dict[str, str]) -> None:
    """In their order; what is not encrypted comes back as it is."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    answer = await call(keys, path, given(sealed, payload("b")), headers)
    assert (200, given(payload(), payload("b"))) == (answer.status_code, answer.json())
    assert "no-store" == answer.headers["cache-control"]


async def test_it_encrypts_for_the_case_that_a_message_names(keys: TermKeys) -> None:
    """A message that names none is encrypted with the shared key; what is encrypted already is left."""
    named = payload({"case": {"platform_id": "bj-a", "term": 2}})
    answer = await call(keys, "/encode", given(named, payload()), KEY)
    names = [base64.b64decode(one["metadata"][KEY_ID]) for one in answer.json()["payloads"]]
    assert [b"bj-a:term-2:first", b"shared:first"] == names
    assert answer.json() == (await call(keys, "/encode", answer.json(), KEY)).json()
    assert given(named, payload()) == (await call(keys, "/decode", answer.json(), KEY)).json()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/decode", {}),
        ("/decode", {"Authorization": "Bearer wrong"}),
        ("/decode", {"Authorization": BEARER}),
        ("/encode", {}),
        ("/key/wrong/decode", KEY),
    ],
)
async def test_nobody_else_reads(keys: TermKeys, path: str, headers: dict[str, str]) -> None:
    """Without the key, or with another, nothing is answered."""
    sealed = seal(payload(), keys, "bj-a:term-1")
    answer = await call(keys, path, given(sealed), headers)
    assert 401 == answer.status_code
    assert "payloads" not in answer.json()


async def test_a_page_reads_only_from_a_named_origin(keys: TermKeys) -> None:
    """Also when it asks before; other pages get no header that would let them read."""
    for origin, allowed in ((UI, UI), ("http://evil.example", None), (f"{UI}.evil.example", None)):
        for method in ("OPTIONS", "POST"):
            headers = {**KEY, "Origin": origin}
            answer = await call(keys, "/decode", given(), headers, method)
            assert allowed == answer.headers.get("access-control-allow-origin")
            assert "origin" == answer.headers["vary"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"payloads": [{"data": 5}]}', 400),
        (b'{"payloads": ' + b"[" * 5_000, 400),
        (b" " * (LARGEST_BODY + 1), 413),
        (b'{"payloads": [' + b"{}," * 2_000 + b"{}]}", 413),
    ],
)
async def test_what_is_no_call(keys: TermKeys, content: bytes, status: int) -> None:
    """It is refused, bounded, and never an error of the server's."""
    assert status == (await call(keys, "/decode", content, KEY)).status_code


async def test_a_missing_and_a_destroyed_key(keys: TermKeys) -> None:
    """The answer names the key, or says that it was destroyed."""
    sealed, gone = (seal(payload(), keys, f"bj-a:term-{term}") for term in (1, 2))
    sealed.metadata[KEY_ID] = b"bj-a:term-1:later"
    keys.destroy("bj-a", 2)
    for one, status, words in ((sealed, 404, "bj-a:term-1:later"), (gone, 400, "erased")):
        answer = await call(keys, "/decode", given(one), KEY)
        assert status == answer.status_code
        assert words in answer.json()["message"]


def test_the_command_needs_keys_and_a_page(
    monkeypatch: pytest.MonkeyPatch, keys: TermKeys, tmp_path: Any
) -> None:
    """Without keys there is nothing to decrypt with; an origin is one; its key is made once, and stays."""
    wanted = ["codec-server", "--key-file", str(tmp_path / "key")]
    result = CliRunner().invoke(pingtai, [*wanted, "--origin", f"{UI}/path"])
    assert 2 == result.exit_code
    assert "no origin" in result.output
    monkeypatch.delenv(VARIABLE)
    assert 2 == CliRunner().invoke(pingtai, wanted).exit_code
    assert _key(tmp_path / "key") == _key(tmp_path / "key")
