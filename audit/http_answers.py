"""What hosts answer by HTTP, with bounds; why there is no answer is told in both languages, in our words."""

import asyncio
from urllib.parse import urlsplit

from workflows.words import Words

_STEP = 30.0
"""Seconds that a host may take for each part of its answer."""
_GOOD = 200


class NoAnswer(Exception):
    """What was asked for did not come: `words` say why."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


class TooLarge(NoAnswer):
    """The answer has more bytes than it may have."""


def names_host(url: str) -> bool:
    """Whether a URL is one of HTTP with a host, without user and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.scheme in ("http", "https") and parts.hostname and parts.username is None)


async def answer_of(
    method: str, url: str, largest: int, seconds: float, **request: object
) -> bytes:
    """Return the content of an answer, which comes within so many seconds and bytes.

    Raises:
        NoAnswer: it did not come, or with another status than 200.
        TooLarge: it is larger.
    """
    import httpx  # noqa: PLC0415 - loaded by who asks

    content = bytearray()
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(timeout=_STEP) as client,
            client.stream(method, url, **request) as answer,  # type: ignore[arg-type]
        ):
            if answer.status_code != _GOOD:
                raise NoAnswer(Words.same(f"HTTP {answer.status_code}"))
            async for part in answer.aiter_bytes():
                content += part
                if len(content) > largest:
                    raise TooLarge(Words(f"more than {largest:,} bytes", f"超过 {largest:,} 字节"))
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        from starter.http_reasons import http_reason  # noqa: PLC0415 - loads httpx, as above

        raise NoAnswer(http_reason(error)) from None
    return bytes(content)
