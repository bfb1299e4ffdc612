"""What an operator says of the way to the service: which addresses are proxies, and by what names it is called.

PINGTAI_HTTP_PROXIES and PINGTAI_HTTP_HOSTS, both words between commas; this machine needs no mention in either.
"""

import ipaddress
import os
import re
from dataclasses import dataclass

from starter.errors import BadInput

PROXIES, HOSTS = "PINGTAI_HTTP_PROXIES", "PINGTAI_HTTP_HOSTS"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*", re.ASCII)
_PORT = re.compile(r":[0-9]{0,5}$")


@dataclass(frozen=True)
class TrustedNames:
    """Addresses of proxies, and names of the service."""

    proxies: tuple[Network, ...] = ()
    hosts: tuple[str, ...] = ()
    """In lower case; `*.example.org` is any name below example.org, `*` is any at all."""

    def is_proxy(self, address: str) -> bool:
        """Whether calls from an address may be of many people: this machine, or a proxy that is named."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return found.is_loopback or any(found in network for network in self.proxies)

    def share_of(self, address: str) -> str | None:
        """Whose share of connections one from an address is of; None: a proxy has none of its own.

        Of IPv6 the network counts: each of its machines has as many addresses as it likes.
        """
        if self.is_proxy(address):
            return None
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return address
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        return str(getattr(found, "ipv4_mapped", None) or found)

    def knows(self, host: str) -> bool:
        """Whether a header `Host` names this service.

        An address always does: a page can rebind a name of its own to this machine, and no address.
        """
        name = _PORT.sub("", host.strip().lower()).rstrip(".")
        if name in ("", "localhost") or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return any(
                known in ("*", name) or (known.startswith("*.") and name.endswith(known[1:]))
                for known in self.hosts
            )
        return True


def configured_names() -> TrustedNames:
    """What the environment says.

    Raises:
        BadInput: a word of it makes no sense.
    """
    hosts = tuple(_words(HOSTS))
    for host in hosts:
        if host != "*" and not _NAME.fullmatch(host):
            raise BadInput(
                f"{HOSTS}: {host[:80]!r} is not a host name", f"{HOSTS}：“{host[:80]}”不是主机名"
            )
    proxies = []
    for word in _words(PROXIES):
        try:
            proxies.append(ipaddress.ip_network(word))
        except ValueError:
            raise BadInput(
                f"{PROXIES}: {word[:80]!r} is not an address or a network",
                f"{PROXIES}：“{word[:80]}”不是地址或网段",
            ) from None
    return TrustedNames(tuple(proxies), hosts)


def _words(variable: str) -> list[str]:
    given = os.environ.get(variable, "").split(",")
    return [word for word in (part.strip().lower() for part in given) if word]
