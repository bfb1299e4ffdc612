"""Notices by e-mail: plain text, in one language or both, to the addresses of one recipient."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

import aiosmtplib

from activities.notice_delivery import Undeliverable
from activities.notice_texts import text_of
from workflows.notice_messages import Notice
from workflows.words import Language

Encryption = Literal["starttls", "tls", "none"]

_SECONDS = 10.0
_WHOLE_SECONDS = 25.0
_FAREWELL_SECONDS = 1.0
_PERMANENT = range(500, 600)


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mail."""

    host: str
    port: int
    sender: str
    tls: Encryption = "starttls"
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Where it is, without the password."""
        return f"MailServer({self.host}:{self.port})"


class EmailChannel:
    """Sends each notice as one message."""

    name = "email"

    def __init__(
        self, server: MailServer, addresses: Sequence[str], languages: Sequence[Language]
    ) -> None:
        """Send to these addresses, through a server; the languages stand in this order."""
        self._server = server
        self._addresses = tuple(addresses)
        self._languages = tuple(languages)
        self._tls = None if server.tls == "none" else ssl.create_default_context()

    async def send(self, notice: Notice) -> None:
        """Send a notice to all addresses.

        Raises:
            Undeliverable: the server did not take it for all of them; for good, when it says that an
                address does not exist. Those that it took it for have it.
        """
        message = message_of(notice, self._server.sender, self._addresses, self._languages)
        try:
            refused = await self._hand_over(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = {one.recipient: (one.code, one.message) for one in error.recipients}
        except aiosmtplib.SMTPResponseException as error:
            raise Undeliverable(f"the mail server answered {error.code} ({_kind(error)})") from None
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            raise Undeliverable("the mail server did not answer in time") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undeliverable(f"the mail server cannot be reached ({_kind(error)})") from None
        if refused:
            raise _refusal(refused)

    async def _hand_over(self, message: EmailMessage) -> dict[str, tuple[int, str]]:
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=self._tls,
            timeout=_SECONDS,
        )
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                await smtp.connect()
                answers, _ = await smtp.send_message(
                    message, sender=server.sender, recipients=list(self._addresses)
                )
            # It is taken by now: a farewell that fails must not send it again.
            with suppress(aiosmtplib.SMTPException, TimeoutError):
                async with asyncio.timeout(_FAREWELL_SECONDS):
                    await smtp.quit()
        finally:
            smtp.close()
        return {address: (answer.code, answer.message) for address, answer in answers.items()}


def message_of(
    notice: Notice, sender: str, addresses: Sequence[str], languages: Sequence[Language]
) -> EmailMessage:
    """The message. A repeat has the same Message-ID, by which mailboxes drop it."""
    texts = [text_of(notice, language) for language in languages]
    message = EmailMessage(policy=SMTP)  # it refuses a header with a line break in it
    message["From"] = sender
    message["To"] = ", ".join(addresses)
    message["Subject"] = " / ".join(text.title for text in texts)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{notice.id.replace(':', '.')}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no answer by a machine, please (RFC 3834)
    parts = [f"{text.title}\n\n{text.body}" for text in texts]
    message.set_content("\n\n----\n\n".join(parts) + "\n", cte="base64")
    return message


def _refusal(refused: dict[str, tuple[int, str]]) -> Undeliverable:
    listed = ", ".join(f"{address} ({code})" for address, (code, _) in sorted(refused.items()))
    for_good = all(
        code in _PERMANENT and not words.strip().startswith("5.7.")
        for code, words in refused.values()
    )
    return Undeliverable(f"the mail server refuses {listed}", for_good=for_good)


def _kind(error: Exception) -> str:
    """What went wrong, without the server's words: they may repeat what was sent."""
    return type(error).__name__
