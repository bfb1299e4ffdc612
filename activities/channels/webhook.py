"""Notices by HTTP: a CloudEvent in JSON, signed as Standard Webhooks has it."""

import json
import ssl
from collections.abc import Sequence
from typing import Any

from activities.channels.posting import EventPoster
from activities.notice_texts import BOTH, text_of
from workflows.cloud_events import SOURCE, TYPE_PREFIX
from workflows.model import instant
from workflows.notice_messages import Notice


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
            Undeliverable: it was not taken; the message holds neither the URL nor the answer.
        """
        body = json.dumps(event_of(notice, self._source), ensure_ascii=False).encode()
        async with EventPoster(self._url, self._keys, self._tls) as poster:
            await poster.post(notice.id, body)


def event_of(notice: Notice, source: str = SOURCE) -> dict[str, Any]:
    """A notice as a CloudEvent 1.0."""
    texts = {language: text_of(notice, language) for language in BOTH}
    return {
        "specversion": "1.0",
        "id": notice.id,
        "source": source,
        "type": TYPE_PREFIX + notice.event,
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
