"""Ports of this machine for the embedded Temporal and its Web UI; the same from one start to the next."""

import socket
from pathlib import Path
from typing import NamedTuple

from starter.errors import BadInput, Unreachable
from starter.port_holder import holder_of
from workflows.words import Words

LOOPBACK = "127.0.0.1"
UI_ABOVE = 1000
"""The Web UI's port lies so far above Temporal's."""
_OTHERS = range(17233, 17333)
_KEPT_IN = "temporal.port"


class ChosenPort(NamedTuple):
    """A free port, and why it is not the usual one, if it is not."""

    port: int
    clash: Words | None = None
    lasts: bool = False
    """Whether the next starts use it, too: it was asked for, or this is the first start of the home."""


def choose_port(wanted: int, *, asked_for: bool, home: Path, ui: bool = False) -> ChosenPort:
    """Return the port for the Temporal of a home: the one of its last start, or else the wanted one.

    Where that is taken, another one is chosen, and who holds it is said. A port that was `asked_for` is
    that or none. Nothing is kept before Temporal listens: see `settle_port`.

    Raises:
        BadInput: the port that was asked for is taken.
        Unreachable: no port is free.
    """
    file = home / _KEPT_IN
    usual = wanted if asked_for else _read(file) or wanted
    lasts = asked_for or _read(file) is None
    taken = [port for port in _needed(usual, ui) if not _is_free(port)]
    if not taken:
        return ChosenPort(usual, lasts=lasts)
    held = holder_of(taken[0])
    if taken[0] != usual:
        held = Words(
            f"the Web UI needs Temporal's port + {UI_ABOVE}, and {held.en}",
            f"网页界面使用 Temporal 端口加 {UI_ABOVE}，而{held.zh}",
        )
    if asked_for:
        en, zh = held
        raise BadInput(
            f"PINGTAI_TEMPORAL_PORT={usual}: {en}. Stop it, or choose another port",
            f"PINGTAI_TEMPORAL_PORT={usual}：{zh}。请停止该进程或改用其他端口",
        )
    return ChosenPort(free_port(usual, ui=ui), held, lasts)


def settle_port(chosen: ChosenPort, bound: int, home: Path) -> ChosenPort:
    """Keep for the next starts the port on which Temporal listens, where it is to last; say what became of it.

    Between the choice and the start another program may have taken the chosen port.
    """
    if bound != chosen.port:
        chosen = ChosenPort(bound, chosen.clash or holder_of(chosen.port), chosen.lasts)
    if chosen.lasts:
        _keep(home / _KEPT_IN, bound)
    return chosen


def free_port(wanted: int, *, ui: bool = False) -> int:
    """Return the wanted port if it is free on loopback (with `ui` also its Web UI's), or else one that is."""
    port: int
    for port in (wanted, *_OTHERS):
        if all(map(_is_free, _needed(port, ui))):
            return port
    raise Unreachable("no free port on loopback for Temporal", "本机没有可用端口运行 Temporal")


def _needed(port: int, ui: bool) -> tuple[int, ...]:
    return (port, port + UI_ABOVE) if ui else (port,)


def _read(file: Path) -> int | None:
    """The port that was kept; None where there is none, or what is there is none."""
    try:
        port = int(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return port if 0 < port < 2**16 - UI_ABOVE else None


def _keep(file: Path, port: int) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{port}\n", encoding="utf-8")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
