"""Notices by HTTP: a CloudEvent in JSON, signed as Standard Webhooks has it."""

import asyncio
import json
import logging
import ssl
import time
from collections.abc import Sequence
from typing import Any

import httpx

from activities.channels.signature import signatures
from activities.notices import Undeliverable
from activities.texts import BOTH, text_of
from workflows.model import instant
from workflows.notices import Notice

# They log each URL with its query, which may hold a receiver's token.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)

SOURCE = "/pingtai"
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_WHOLE_SECONDS = 20.0
"""However slowly a receiver answers: one that drips bytes is one that does not answer."""
_DONE = range(200, 300)
_ELSEWHERE = range(300, 400)
_GONE = 410


class WebhookChannel:
    """Posts each notice to one URL."""

    name = "webhook"

    def __init__(self, url: str, keys: Sequence[bytes], source: str = SOURCE) -> None:
        """Post there, signed with each of the keys; `source` is what events say they come from."""
        self._url = url
        self._keys = tuple(keys)
        self._source = source
        self._tls = ssl.create_default_context() if url.startswith("https:") else False

    async def send(self, notice: Notice) -> None:
        """Post a notice. 2xx is delivered, 410 is never tried again, anything else is tried again.

        Raises:
            Undeliverable: it was not taken; what is said holds neither the URL nor what was answered.
        """
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                status = await self._post(notice)
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

    async def _post(self, notice: Notice) -> int:
        body = json.dumps(event_of(notice, self._source), ensure_ascii=False).encode()
        moment = int(time.time())
        headers = {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "user-agent": "pingtai",
            "webhook-id": notice.id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signatures(self._keys, notice.id, moment, body),
        }
        limits = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        # No proxy, no .netrc of the environment: the configuration alone says where it goes.
        async with (
            httpx.AsyncClient(
                verify=self._tls, timeout=limits, follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", self._url, content=body, headers=headers) as answer,
        ):
            return answer.status_code  # the body is not read: it has nothing to tell


def event_of(notice: Notice, source: str = SOURCE) -> dict[str, Any]:
    """A notice as a CloudEvent 1.0."""
    texts = {language: text_of(notice, language) for language in BOTH}
    return {
        "specversion": "1.0",
        "id": notice.id,
        "source": source,
        "type": f"cn.pingtai.{notice.event}",
        "subject": notice.platform_id,
        "time": instant(notice.at),
        "datacontenttype": "application/json",
        "data": {
            **notice.content,
            "number": notice.number,
            "role": notice.role,
            "title": {language: text.title for language, text in texts.items()},
            "text": {language: text.body for language, text in texts.items()},
        },
    }


def _unreached(error: Exception) -> str:
    """Why there was no answer: only connecting says more than its kind, and names no URL."""
    if isinstance(error, httpx.ConnectError):
        return f"the receiver cannot be reached: {error}"
    return f"the receiver did not answer properly ({type(error).__name__})"
