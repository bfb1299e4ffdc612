"""PINGTAI_PUBLIC_URL: the address under which anybody reaches the service, for what is printed."""

import os
from urllib.parse import quote, urlencode, urlsplit

from starter.errors import BadInput

PUBLIC_URL = "PINGTAI_PUBLIC_URL"


def public_url(given: str | None = None) -> str:
    """The public address of the service, without a slash at the end.

    Raises:
        BadInput: there is none, or it is no address of a web service.
    """
    url = (given or os.environ.get(PUBLIC_URL, "")).strip().rstrip("/")
    if not url:
        raise BadInput(
            "the QR code leads to the public address of the service: set PINGTAI_PUBLIC_URL, or give --url"
            " https://…",
            "二维码指向服务的公开网址：请设置 PINGTAI_PUBLIC_URL，或用 --url https://… 指定",
        )
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.query or parts.fragment or not url.isascii():
        raise BadInput(
            f"{url!r} is not an address such as https://pingtai.example.org",
            f"“{url}”不是网址，应如 https://pingtai.example.org",
        )
    return url


def validity_url(url: str, platform_id: str, certificate: str) -> str:
    """Where anybody reads whether a certificate counts."""
    query = urlencode({"certificate": certificate})
    return f"{url}/v1/platforms/{quote(platform_id, safe='')}/validity?{query}"
