"""Where webhooks of subscriptions may lead: whoever has a key can name a URL, but not every address.

By itself a worker goes to public addresses only, and by TLS: a subscription must not make it knock at
what only it can reach. Receivers on private networks are what an administrator names.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from activities.channels.public_addresses import Address, inner_address, is_public
from activities.notice_delivery import Undeliverable
from workflows.errors import BadInput

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PUBLIC = "public"
LONGEST_URL = 2000
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*", re.ASCII)
_MOST_ADDRESSES = 4
_RESOLVE_SECONDS = 5.0
_ASKING = ThreadPoolExecutor(100, thread_name_prefix="resolving")
"""The loop's own threads are few: some names whose servers are silent would keep all others waiting."""


class ForbiddenDestination(BadInput):
    """No webhook may lead there."""


@dataclass(frozen=True)
class Destinations:
    """Hosts and networks that are allowed by name, and whether all public addresses are."""

    public: bool = True
    names: tuple[str, ...] = ()
    """In lower case; `*.example.org` is any name below example.org."""
    networks: tuple[Network, ...] = ()

    def check(self, url: str) -> None:
        """See what can be seen of a URL without asking anybody where its name leads.

        Raises:
            ForbiddenDestination: it is no URL for a webhook, or leads where none may.
        """
        scheme, host = _parts(url)
        if self._named(host):
            return
        address = _address(host)
        if address is not None:
            self._check_address(address, scheme)
            return
        if host == "localhost" or host.endswith(".localhost"):
            self._check_address(ipaddress.IPv4Address("127.0.0.1"), scheme)
        elif _NAME.fullmatch(host) is None or host.rpartition(".")[2].isdigit():
            raise ForbiddenDestination("the host is not a name or an address", "主机名或地址无效")
        elif scheme == "http" and not self.networks:
            raise _readable()
        elif not self.public and not self.networks:
            raise _elsewhere()

    async def addresses(self, url: str) -> Sequence[str]:
        """The addresses that a URL's host has now, each of them allowed.

        Raises:
            Undeliverable: one is not allowed, or the name leads nowhere.
        """
        try:
            self.check(url)
            scheme, host = _parts(url)
            found = [_address(host)] if _address(host) else await _resolved(host)
            for address in found:
                if address is not None and not self._named(host):
                    self._check_address(address, scheme)
        except ForbiddenDestination as error:
            raise Undeliverable(f"the receiver may not be reached from here: {error}") from None
        return [str(address) for address in found[:_MOST_ADDRESSES]]

    def _named(self, host: str) -> bool:
        return any(
            host == name or (name.startswith("*.") and host.endswith(name[1:]))
            for name in self.names
        )

    def _check_address(self, address: Address, scheme: str) -> None:
        inner = inner_address(address)
        if any(inner in network for network in self.networks):
            return
        if not self.public or not is_public(address):
            raise _elsewhere()
        if scheme == "http":
            raise _readable()


def destinations_of(text: str) -> Destinations:
    """Destinations from words between commas: `public`, names, addresses and networks.

    Raises:
        ForbiddenDestination: a word is none of these.
    """
    public, names, networks = False, list[str](), list[Network]()
    for word in filter(None, (part.strip().lower() for part in text.split(","))):
        if word == PUBLIC:
            public = True
            continue
        try:
            networks.append(ipaddress.ip_network(word))
        except ValueError:
            if _NAME.fullmatch(word) is None or "/" in word or word.rpartition(".")[2].isdigit():
                raise ForbiddenDestination(
                    f"{word[:80]!r} is not public, a host name, an address or a network",
                    f"“{word[:80]}”不是 public、主机名、地址或网段",
                ) from None
            names.append(word)
    return Destinations(public, tuple(names), tuple(networks))


def _parts(url: str) -> tuple[str, str]:
    """Scheme and host of a URL that a webhook may have."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme not in ("https", "http") or not host or not plain or port == 0:
        raise ForbiddenDestination("write https://host/path", "请写 https://主机/路径")
    if len(url) > LONGEST_URL:
        raise ForbiddenDestination(
            f"longer than {LONGEST_URL} characters", f"超过 {LONGEST_URL} 个字符"
        )
    if "@" in parts.netloc:
        raise ForbiddenDestination(
            "no user and no password in the URL: events are signed with the secret",
            "网址中不得有用户名和口令：事件以密钥签名",
        )
    if parts.fragment:
        raise ForbiddenDestination("no fragment (#…) in the URL", "网址中不得有片段（#…）")
    return parts.scheme, host.lower().rstrip(".")


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _ask(host: str) -> Sequence[Any]:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)


async def _resolved(host: str) -> list[Address | None]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await loop.run_in_executor(_ASKING, _ask, host)
    except (OSError, UnicodeError, TimeoutError):
        raise Undeliverable("the receiver's name leads to no address") from None
    return list(dict.fromkeys(_address(str(one[4][0])) for one in found))


def _elsewhere() -> ForbiddenDestination:
    return ForbiddenDestination(
        "this host or address is not among those that the administrator allows (PINGTAI_WEBHOOK_HOSTS)",
        "该主机或地址不在运维允许的范围内（PINGTAI_WEBHOOK_HOSTS）",
    )


def _readable() -> ForbiddenDestination:
    return ForbiddenDestination(
        "http is readable on its way: write https; http is for hosts that the administrator names only",
        "http 以明文传送：请用 https；http 仅限运维指定的主机",
    )
