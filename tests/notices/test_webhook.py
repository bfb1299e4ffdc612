"""Webhooks, against a real receiver on loopback: what is sent, how it is signed, what becomes of answers."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
import traceback
from pathlib import Path

import pytest

from activities.channels import posting
from activities.channels.signature import key_of, signatures
from activities.channels.webhook import WebhookChannel
from activities.notice_delivery import Undeliverable

from .receiver import Answer, receiving, status
from .told import notice

KEY = b"0123456789-0123456789-0123456789"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OVERDUE = notice("overdue")


async def test_a_cloud_event_that_is_signed() -> None:
    """Structured CloudEvents JSON; the signature covers id, moment and body, and is checked here by hand."""
    async with receiving(status(204)) as receiver:
        await WebhookChannel(f"{receiver.url}/in?x=1", [key_of(SECRET)]).send(OVERDUE)
    ((first, headers, body),) = receiver.requests
    assert "POST /in?x=1 HTTP/1.1" == first
    assert "application/cloudevents+json; charset=utf-8" == headers["content-type"]
    assert OVERDUE.id == headers["webhook-id"]
    moment = headers["webhook-timestamp"]
    assert abs(time.time() - int(moment)) < 60
    signed = f"{OVERDUE.id}.{moment}.".encode() + body
    mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{mac}" == headers["webhook-signature"]

    event = json.loads(body)
    data = event.pop("data")
    assert {
        "specversion": "1.0",
        "id": OVERDUE.id,
        "source": "/pingtai",
        "type": "cn.pingtai.overdue",
        "subject": "p-1",
        "time": "2024-01-29T01:30:00.123456Z",
        "datacontenttype": "application/json",
    } == event
    assert OVERDUE.content.items() <= data.items()
    assert (OVERDUE.number, "commission") == (data["number"], data["role"])
    assert "共性技术平台：已逾期，原定 2024-02-24 截止" == data["title"]["zh"]
    assert data["text"]["en"].startswith("This is overdue.")


async def test_the_signature_of_standard_webhooks() -> None:
    """The example that Standard Webhooks publishes for its libraries gives the same signature."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signatures([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == made


async def test_two_secrets_sign_once_each() -> None:
    """While a secret is changed, a receiver finds a signature by the old and one by the new."""
    async with receiving(status(200)) as receiver:
        await WebhookChannel(receiver.url, [KEY, KEY[::-1]]).send(OVERDUE)
    signatures = receiver.requests[0][1]["webhook-signature"].split()
    assert 2 == len(set(signatures))
    assert all(one.startswith("v1,") for one in signatures)


def test_secrets() -> None:
    """Base64 behind whsec_, or the text itself; what is short or no base64 is refused, and not shown."""
    assert KEY == key_of(SECRET)
    assert KEY == key_of(KEY.decode())
    for wrong in ("whsec_***", "short", "whsec_c2hvcnQ="):
        with pytest.raises(ValueError, match=r"no base64|shorter than 24") as refused:
            key_of(wrong)
        assert wrong.removeprefix("whsec_") not in str(refused.value).replace("shorter", "")


@pytest.mark.parametrize(
    ("code", "says", "for_good"),
    [*((code, f"HTTP {code}", False) for code in (400, 404, 429, 500)), (410, "HTTP 410", True)],
)
async def test_only_410_is_given_up_at_once(code: int, says: str, for_good: bool) -> None:
    """Whatever is not taken is tried again; a receiver that is gone says so with 410."""
    async with receiving(status(code)) as receiver:
        with pytest.raises(Undeliverable, match=says) as failed:
            await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert for_good is failed.value.for_good


async def test_redirects_are_not_followed() -> None:
    """A receiver cannot send our notices, and their signature, to somebody else."""
    async with receiving(status(200)) as elsewhere:
        moved = status(307, f"location: {elsewhere.url}/")
        async with receiving(moved) as receiver:
            with pytest.raises(Undeliverable, match="HTTP 307: redirects are not followed"):
                await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert [] == elsewhere.requests


async def _silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"x-drip: 1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("answer", [_silent, _dripping])
async def test_one_that_does_not_answer_is_left(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence, and an answer that never ends, come to an end by our clock."""
    monkeypatch.setattr(posting, "_ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(posting, "_WHOLE_SECONDS", 0.6)
    begun = time.monotonic()
    async with receiving(answer) as receiver:
        with pytest.raises(Undeliverable, match="did not answer in time"):
            await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert time.monotonic() - begun < 25


async def test_the_body_of_an_answer_is_not_read() -> None:
    """A receiver that answers without end gets no more of our time and memory."""

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with receiving(endless) as receiver, asyncio.timeout(60):
        await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert 1 == len(receiver.requests)


async def _nonsense(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


async def _hangs_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize("answer", [_nonsense, _hangs_up, status(500)])
async def test_errors_hold_no_secret(answer: Answer) -> None:
    """What is kept with a delivery holds neither the URL's query nor the secret."""
    async with receiving(answer) as receiver:
        channel = WebhookChannel(f"{receiver.url}/in?token=hush", [KEY])
        with pytest.raises(Undeliverable) as failed:
            await channel.send(OVERDUE)
    # As a log would show it, with whatever it came from.
    shown = "".join(traceback.format_exception(failed.value))
    assert "hush" not in shown
    assert KEY.decode() not in shown


async def test_logs_hold_no_url(caplog: pytest.LogCaptureFixture) -> None:
    """Not even at DEBUG is the query of a receiver's URL written anywhere: it may be a token."""
    async with receiving(status(200)) as receiver:
        with caplog.at_level("DEBUG"):
            await WebhookChannel(f"{receiver.url}/in?token=hush", [KEY]).send(OVERDUE)
    assert 1 == len(receiver.requests)
    assert "hush" not in caplog.text


async def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is Undeliverable; no proxy of the environment is asked."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        port = taken.getsockname()[1]
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        for url in (f"http://127.0.0.1:{port}/?t=hush", f"https://127.0.0.1:{port}/?t=hush"):
            with pytest.raises(Undeliverable, match="cannot be reached") as failed:
                await WebhookChannel(url, [KEY]).send(OVERDUE)
            assert "hush" not in str(failed.value)
        async with receiving(status(200)) as receiver:
            await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert 1 == len(receiver.requests)


async def test_certificates_are_checked(
    certificate: Path, server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver whose certificate nobody vouches for gets nothing; one by SSL_CERT_FILE does."""
    async with receiving(status(200), server_tls) as receiver:
        with pytest.raises(Undeliverable, match="CERTIFICATE_VERIFY_FAILED"):
            await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
        assert [] == receiver.requests
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await WebhookChannel(receiver.url, [KEY]).send(OVERDUE)
    assert 1 == len(receiver.requests)
