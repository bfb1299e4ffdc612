"""Posting signed events to one URL: what webhooks of notices and of subscriptions share."""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

import httpx

from activities.channels.signature import signatures
from activities.notice_delivery import Undeliverable

# They log each URL with its query, which may hold a receiver's token.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_WHOLE_SECONDS = 20.0
"""However slowly a receiver answers: one that drips bytes is one that does not answer."""
_READ_BYTES = 16 * 1024
_READ_SECONDS = 1.0
_DONE = range(200, 300)
_ELSEWHERE = range(300, 400)
_GONE = 410


class Chooser(Protocol):
    """Where a URL may lead; `activities.channels.destinations.Destinations` is the real one."""

    async def addresses(self, url: str) -> Sequence[str]:
        """The addresses of the URL's host, all of them allowed.

        Raises:
            Undeliverable: one is not, or there are none.
        """


class EventPoster:
    """Posts events to one URL, signed with each of the keys, over a connection that stays open.

    With a `chooser` it goes to no address but those that were chosen when it was opened, whatever the
    host's name leads to a moment later.
    """

    def __init__(
        self,
        url: str,
        keys: Sequence[bytes],
        tls: ssl.SSLContext | bool = True,
        chooser: Chooser | None = None,
    ) -> None:
        """Post there; `tls` says whom to trust, and is not looked at for plain HTTP."""
        self._url = httpx.URL(url)
        self._keys = tuple(keys)
        self._chooser = chooser
        self._addresses: Sequence[str] = ()
        if self._url.scheme == "http":
            tls = False  # or certificates would be loaded for nothing
        limits = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        # No proxy, no .netrc of the environment: the configuration alone says where it goes.
        self._client = httpx.AsyncClient(
            verify=tls, timeout=limits, follow_redirects=False, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def post(self, event_id: str, body: bytes) -> None:
        """Post an event. 2xx is delivered, 410 is never tried again, anything else is tried again.

        Raises:
            Undeliverable: it was not taken; the message holds neither the URL nor the answer.
        """
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                status = await self._status(event_id, body)
        except (TimeoutError, httpx.TimeoutException):
            raise Undeliverable("the receiver did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Undeliverable(_unreached(error)) from None
        if status in _DONE:
            return
        if status == _GONE:
            raise Undeliverable("the receiver is gone for good (HTTP 410)", for_good=True)
        more = ": redirects are not followed" if status in _ELSEWHERE else ""
        raise Undeliverable(f"the receiver answered HTTP {status}{more}")

    async def _status(self, event_id: str, body: bytes) -> int:
        moment = int(time.time())
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "pingtai",
            "webhook-id": event_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signatures(self._keys, event_id, moment, body),
        }
        if self._chooser is None:
            return await self._ask(self._url, headers, body)
        if not self._addresses:
            self._addresses = await self._chooser.addresses(str(self._url))
        # The name still says whose certificate it must be, and whom we ask for.
        headers["host"] = self._url.netloc.decode("ascii")
        return await self._at_addresses(headers, body)

    async def _at_addresses(self, headers: dict[str, str], body: bytes) -> int:
        """Ask the first address that can be reached; a connection that failed has sent nothing."""
        extensions = {"sni_hostname": self._url.raw_host.decode("ascii")}
        *others, last = self._addresses
        for address in others:
            try:
                return await self._ask(self._url.copy_with(host=address), headers, body, extensions)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        self._addresses = (last,)
        return await self._ask(self._url.copy_with(host=last), headers, body, extensions)

    async def _ask(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        body: bytes,
        extensions: dict[str, str] | None = None,
    ) -> int:
        async with self._client.stream(
            "POST", url, content=body, headers=headers, extensions=extensions
        ) as answer:
            if answer.status_code in _DONE:
                await _read(answer)
            return answer.status_code


async def _read(answer: httpx.Response) -> None:
    """Read a short answer to its end, so that its connection can be used again; it has nothing to tell."""
    read = 0
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_READ_SECONDS):
            async for part in answer.aiter_raw():  # raw: nothing is unpacked
                read += len(part)
                if read > _READ_BYTES:
                    return


def _unreached(error: Exception) -> str:
    """Why there was no answer: only connecting says more than its kind, and names no URL."""
    if isinstance(error, httpx.ConnectError):
        return f"the receiver cannot be reached: {error}"
    return f"the receiver did not answer properly ({type(error).__name__})"
