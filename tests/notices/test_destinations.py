"""Where webhooks of subscriptions may lead: public hosts by TLS, and what an operator names."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from activities.channels.destinations import Destinations, ForbiddenDestination, destinations_of
from activities.channels.posting import EventPoster
from activities.channels.public_addresses import is_public
from activities.notice_delivery import Undeliverable

from .receiver import receiving, status

PUBLIC = Destinations()


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("public", "https://hooks.example.org/in?token=1"),
        ("public", "https://8.8.8.8:8443/"),
        ("public, 10.20.0.0/16", "http://10.20.3.4/"),
        ("10.20.0.0/16", "http://name.leads.there.example/"),
        ("hooks.haidian.example", "http://Hooks.Haidian.example:8080/"),
        ("*.haidian.example", "http://a.b.haidian.example/"),
        ("fd00::/8", "http://[fd00::1]/"),
    ],
)
def test_urls_that_are_allowed(allowed: str, url: str) -> None:
    """Public hosts by TLS; what an operator names also without."""
    destinations_of(allowed).check(url)


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        *(
            ("public", f"https://{host}/")
            for host in (
                "localhost",
                "a.localhost.",
                "127.0.0.1",
                "[::1]",
                "[::ffff:10.0.0.1]",
                "[64:ff9b::a00:1]",
                "[2002:a00:1::]",
                "10.0.0.1",
                "169.254.169.254",
                "192.168.1.1",
                "100.64.0.1",
                "0.0.0.0",  # noqa: S104 - it must be refused
                "224.0.0.1",
                "2130706433",
                "0x7f.1",
                "[fe80::1%25eth0]",
                "user:pass@example.org",
                "ex ample.org",
                "例子.example",
                "example.org:0",
                "example.org:99999",
            )
        ),
        ("public", "http://example.org/"),
        ("public", "ftp://example.org/"),
        ("public", "https:///x"),
        ("public", "https://example.org/#x"),
        ("public", "https://example.org/" + "x" * 2000),
        ("hooks.example", "https://example.org/"),
        ("*.example", "https://example/"),
        ("10.0.0.0/8", "https://8.8.8.8/"),
    ],
)
def test_urls_that_are_not(allowed: str, url: str) -> None:
    """This machine, what is private, what is readable on its way, and what is no URL."""
    with pytest.raises(ForbiddenDestination):
        destinations_of(allowed).check(url)


NOT_PUBLIC = (
    *("0.0.0.1", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254"),
    *("172.16.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1"),
    *("198.51.100.7", "203.0.113.9", "224.0.0.251", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::8.8.8.8", "100::1", "1::1", "5f00::1"),
    *("2001::8.8.8.8", "2001:0:4136:e378::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:808:808::1", "2002:7f00:1::", "3ffe::1", "3fff::1", "4000::1", "fc00::1", "fd12::1"),
    *(
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "feff::1",
        "ff02::1",
        "ff0e::1",
    ),
)
"""One of each kind that is not of the public Internet, also where it is hidden in another."""


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_addresses_that_are_not_public(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as they stand in a URL, nor where a name leads to them."""
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ForbiddenDestination):
        PUBLIC.check(f"https://{host}/")

    def leads(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 0, "", (address, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    with pytest.raises(Undeliverable, match="may not be reached"):
        await PUBLIC.addresses("https://rebound.example/")


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]
)
def test_addresses_that_are_public(address: str) -> None:
    """Also one that stands for a public IPv4 address, where a network has a NAT64."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize("text", ["10.0.0.0/33", "https://example.org", "1.2.3", "a b", "*"])
def test_a_setting_that_makes_no_sense(text: str) -> None:
    """It is told, and not passed over."""
    with pytest.raises(ForbiddenDestination, match="is not public, a host name"):
        destinations_of(text)


async def test_names_that_lead_to_private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a name leads is looked at when it is used, and one bad address among good ones is enough."""
    answers: list[list[str]] = [["8.8.8.8"], ["8.8.8.8", "10.0.0.1"], ["::1"], []]

    def leads(*_: Any, **__: Any) -> Any:
        found = answers.pop(0)
        if not found:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 0)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    url = "https://rebound.example/"
    assert ["8.8.8.8"] == list(await PUBLIC.addresses(url))
    for why in ("may not be reached", "may not be reached", "leads to no address"):
        with pytest.raises(Undeliverable, match=why):
            await PUBLIC.addresses(url)


async def test_names_whose_servers_are_silent_keep_no_other_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many are asked for in vain, another name is found meanwhile."""
    over = threading.Event()

    def leads(host: str, *_: Any, **__: Any) -> Any:
        if host.startswith("silent"):
            over.wait(20)
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    silent = [
        asyncio.create_task(PUBLIC.addresses(f"https://silent{number}.example/"))
        for number in range(50)
    ]
    try:
        await asyncio.sleep(0)  # all of them ask
        async with asyncio.timeout(60):
            assert ["8.8.8.8"] == list(await PUBLIC.addresses("https://hooks.example/"))
    finally:
        over.set()
        await asyncio.gather(*silent, return_exceptions=True)


class _Chosen:
    """Has chosen addresses."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def addresses(self, url: str) -> Sequence[str]:
        """Those."""
        return self._addresses


async def test_it_goes_to_the_chosen_address_for_the_name(
    certificate: Path, server_tls: ssl.SSLContext
) -> None:
    """The name is asked for and must be the certificate's; the address is the one that was looked at."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    chosen = _Chosen("127.0.0.2", "127.0.0.1")  # nobody listens at the first
    async with receiving(status(200)) as receiver:
        port = receiver.url.rpartition(":")[2]
        async with EventPoster(f"http://hooks.example:{port}/", [b"k"], False, chosen) as poster:
            await poster.post("x", b"{}")
            await poster.post("x", b"{}")
    assert [f"hooks.example:{port}"] * 2 == [one[1]["host"] for one in receiver.requests]
    async with receiving(status(200), server_tls) as receiver:
        async with EventPoster(receiver.url, [b"k"], trusting, _Chosen("127.0.0.1")) as poster:
            await poster.post("x", b"{}")
        named = receiver.url.replace("127.0.0.1", "hooks.example")
        async with EventPoster(named, [b"k"], trusting, _Chosen("127.0.0.1")) as poster:
            with pytest.raises(Undeliverable, match="CERTIFICATE_VERIFY_FAILED"):
                await poster.post("x", b"{}")
    assert 1 == len(receiver.requests)
