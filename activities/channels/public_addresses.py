"""Which addresses anybody may be reached at: the one answer for whatever others may have us connect to.

`ipaddress` follows the registry of its Python's release, calls multicast and site-local addresses global, and
does not look into addresses that carry another within them. So the lists stand here, from IANA's registries of
special-purpose addresses; of IPv6 only what is given out as unicast at all (2000::/3) can be public.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: stands for an IPv4 address
        "3ffe::/16",  # what was the 6bone
        "3fff::/20",  # documentation
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public Internet's, of one host.

    An IPv6 address that only stands for an IPv4 one (mapped, or for a NAT64) is as public as that is.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        inner = inner_address(address)
        if isinstance(inner, ipaddress.IPv6Address):
            return inner in _UNICAST_V6 and not any(inner in net for net in _NOT_PUBLIC_V6)
        address = inner
    return address.is_global and not any(address in network for network in _NOT_PUBLIC_V4)


def inner_address(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it does; by it a network is named, too."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address
