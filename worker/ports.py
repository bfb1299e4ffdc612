"""Ports of this machine for the embedded Temporal and its Web UI."""

import socket

from starter.errors import Unreachable

LOOPBACK = "127.0.0.1"
UI_ABOVE = 1000
"""The Web UI's port lies so far above Temporal's."""


def free_port(wanted: int, *, ui: bool = False) -> int:
    """Return the wanted port if it is free on loopback (with `ui` also its Web UI's), or else one that is."""
    port: int
    for port in (wanted, *range(17233, 17333)):
        if _is_free(port) and (not ui or _is_free(port + UI_ABOVE)):
            return port
    raise Unreachable("no free port on loopback for Temporal", "本机没有可用端口运行 Temporal")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
