"""E-mail, against a real SMTP server on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from activities.channels.email import EmailChannel, MailServer, message_of
from activities.notice_delivery import Undeliverable

from .told import notice

LISTING = notice("listing")


class Mailbox:
    """Takes mail; refuses the addresses that it was told to, with the words that it was told."""

    def __init__(self, refusals: dict[str, str] | None = None) -> None:
        self.refusals = refusals or {}
        self.taken: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.taken.append(envelope)
        return "250 OK"


@asynccontextmanager
async def listening(mailbox: Mailbox, **options: Any) -> AsyncIterator[MailServer]:
    """A mail server for this mailbox."""
    talks: list[SMTP] = []

    def talk() -> SMTP:
        talks.append(SMTP(mailbox, hostname="mail.test", **options))
        return talks[-1]

    loop = asyncio.get_running_loop()
    server = await loop.create_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield MailServer("127.0.0.1", port, "pingtai@kw.test", tls="none")
    finally:
        server.close()
        for one in talks:
            if one.transport is not None:
                one.transport.close()
        await asyncio.sleep(0.01)


def read(envelope: Envelope) -> EmailMessage:
    """The message in an envelope."""
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


async def test_a_message_in_both_languages() -> None:
    """Plain text, Chinese first, to all addresses; the Message-ID is the notice's, in every repeat."""
    mailbox = Mailbox()
    async with listening(mailbox) as server:
        channel = EmailChannel(server, ("a@kw.test", "b@kw.test"), ("zh", "en"))
        await channel.send(LISTING)
        await channel.send(LISTING)
    first, second = map(read, mailbox.taken)
    assert ["a@kw.test", "b@kw.test"] == mailbox.taken[0].rcpt_tos
    assert "pingtai@kw.test" == first["From"]
    assert "a@kw.test, b@kw.test" == first["To"]
    assert "共性技术平台：纳入名单 / 共性技术平台: included in the list" == first["Subject"]
    assert f"<{LISTING.id.replace(':', '.')}@kw.test>" == first["Message-ID"]
    assert first["Message-ID"] == second["Message-ID"]
    assert "auto-generated" == first["Auto-Submitted"]
    assert "text/plain" == first.get_content_type()
    body = first.get_content()
    assert body.index("名单号 2024-01") < body.index("List 2024-01")


async def test_one_language() -> None:
    """Who wants one language gets that one."""
    for language, has, has_not in (
        ("zh", "名单号", "certificate"),
        ("en", "certificate", "名单号"),
    ):
        message = message_of(LISTING, "p@kw.test", ("a@kw.test",), (language,))  # type: ignore[arg-type]
        assert has in message.get_content()
        assert has_not not in message.get_content()


async def test_no_header_can_be_put_in() -> None:
    """A platform's name with line breaks stays in the subject."""
    mailbox = Mailbox()
    name = "甲\r\nBcc: evil@x.test\r\n\r\nbody"
    async with listening(mailbox) as server:
        await EmailChannel(server, ("a@kw.test",), ("en",)).send(
            notice("listing", content={"name": name})
        )
    message = read(mailbox.taken[0])
    assert ["a@kw.test"] == mailbox.taken[0].rcpt_tos
    assert "Bcc" not in message
    assert "甲  Bcc: evil@x.test    body: included in the list" == message["Subject"]
    with pytest.raises(ValueError, match="linefeed"):
        message_of(LISTING, "p@kw.test", ("a@kw.test\r\nBcc: evil@x.test",), ("zh",))


@pytest.mark.parametrize(
    ("answer", "for_good"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user", True),
        ("550 5.7.1 relaying denied", False),
        ("450 4.2.0 greylisted", False),
    ],
)
async def test_a_refused_address(answer: str, for_good: bool) -> None:
    """One that does not exist is given up at once, one that is refused for now is not; others have it."""
    mailbox = Mailbox({"gone@kw.test": answer})
    async with listening(mailbox) as server:
        for addresses in (("gone@kw.test", "here@kw.test"), ("gone@kw.test",)):
            with pytest.raises(Undeliverable, match=r"refuses gone@kw.test \(\d+\)") as failed:
                await EmailChannel(server, addresses, ("zh",)).send(LISTING)
            assert for_good is failed.value.for_good
    assert [["here@kw.test"]] == [envelope.rcpt_tos for envelope in mailbox.taken]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_user_and_password() -> None:
    """The password is said to the server; a wrong one is Undeliverable, and shown nowhere."""
    mailbox = Mailbox()

    def check(
        server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == b"right-one", handled=False)

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
    async with listening(mailbox, **options) as server:
        right = replace(server, username="pingtai", password="right-one")  # noqa: S106
        await EmailChannel(right, ("a@kw.test",), ("zh",)).send(LISTING)
        for wrong in (replace(right, password="hush-hush"), server):  # noqa: S106
            with pytest.raises(Undeliverable, match="the mail server") as failed:
                await EmailChannel(wrong, ("a@kw.test",), ("zh",)).send(LISTING)
            assert "hush" not in str(failed.value)
            assert not failed.value.for_good
            assert "hush" not in repr(wrong)
    assert 1 == len(mailbox.taken)


async def test_without_tls_nothing_is_sent() -> None:
    """A server that offers no STARTTLS, or no TLS at all, gets no message."""
    mailbox = Mailbox()
    async with listening(mailbox) as server:
        for tls in ("starttls", "tls"):
            channel = EmailChannel(replace(server, tls=tls), ("a@kw.test",), ("zh",))
            async with asyncio.timeout(60):
                with pytest.raises(Undeliverable, match="the mail server"):
                    await channel.send(LISTING)
    assert [] == mailbox.taken


async def test_certificates_are_checked(
    certificate: Path, server_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By STARTTLS: a server that nobody vouches for gets nothing, one by SSL_CERT_FILE does."""
    mailbox = Mailbox()
    async with listening(mailbox, tls_context=server_tls, require_starttls=True) as server:
        safe = replace(server, tls="starttls")
        with pytest.raises(Undeliverable, match="cannot be reached"):
            await EmailChannel(safe, ("a@kw.test",), ("zh",)).send(LISTING)
        with pytest.raises(Undeliverable, match="the mail server answered 530"):
            await EmailChannel(server, ("a@kw.test",), ("zh",)).send(LISTING)
        assert [] == mailbox.taken
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await EmailChannel(safe, ("a@kw.test",), ("zh",)).send(LISTING)
    assert 1 == len(mailbox.taken)


async def test_a_server_that_stalls(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs in the middle is left in good time; one that hangs at the end has the message."""
    monkeypatch.setattr("activities.channels.email._FAREWELL_SECONDS", 0.2)

    class Stalling(Mailbox):
        """Hangs where it is told to."""

        async def handle_DATA(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope
        ) -> str:
            if at == "DATA":
                await asyncio.sleep(600)
            return await super().handle_DATA(server, session, envelope)

        async def handle_QUIT(  # noqa: N802
            self, server: SMTP, session: Session, envelope: Envelope
        ) -> str:
            await asyncio.sleep(600)
            return "221 Bye"

    for at in ("QUIT", "DATA"):
        mailbox = Stalling()
        async with asyncio.timeout(60), listening(mailbox) as server:
            channel = EmailChannel(server, ("a@kw.test",), ("zh",))
            if at == "QUIT":
                await channel.send(LISTING)
                assert 1 == len(mailbox.taken)
            else:
                monkeypatch.setattr("activities.channels.email._WHOLE_SECONDS", 0.5)
                with pytest.raises(Undeliverable, match="did not answer in time"):
                    await channel.send(LISTING)
                assert [] == mailbox.taken


async def test_nobody_there_and_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server, and one that says nothing, are Undeliverable in good time."""
    monkeypatch.setattr("activities.channels.email._SECONDS", 0.3)
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    channel = EmailChannel(MailServer("127.0.0.1", port, "p@kw.test", "none"), ("a@b.c",), ("zh",))
    async with asyncio.timeout(60):
        with pytest.raises(Undeliverable, match="did not answer in time"):
            await channel.send(LISTING)
    silent.close()
    for writer in writers:
        writer.close()
    with pytest.raises(Undeliverable, match="cannot be reached"):
        await channel.send(LISTING)
