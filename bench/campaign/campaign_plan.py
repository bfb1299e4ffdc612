"""What a campaign is to do."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bench.campaign.faults import Fault


@dataclass(frozen=True)
class Plan:
    """For how long, with which faults, and where the logs go."""

    seconds: float
    kills: int
    seed: int
    platforms: int
    clients: int
    out: Path
    kinds: Collection[Fault] = tuple(Fault)
    targets: Collection[str] = ()
    """Which parts are hit; empty: all."""
    pingtai: Path | None = None
    """Another checkout's program, to compare."""
    plant: str | None = None
    """The fault that is put in on purpose."""
    before: str = "0.4.0"
    """The release that runs at the beginning, until it is upgraded."""
