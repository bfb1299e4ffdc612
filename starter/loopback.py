"""Which names lead to this machine only: to them, and to no others, a secret may go in the clear."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host, as a URL or a setting names it, is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
