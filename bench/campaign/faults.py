"""The kinds of faults, and what each of them does."""

from enum import StrEnum


class Fault(StrEnum):
    """What the nemesis can do to the system; the word stands in schedules and reports."""

    KILL = "kill"
    PAUSE = "pause"
    CUT = "cut"
    DELAY = "delay"
    REFUSE = "refuse"
    SILENCE = "silence"
    FULL_DISK = "full disk"
    CLOCK = "clock"
    UPGRADE = "upgrade"
    DATABASE_LOST = "database lost"
    OLDER_DATABASE = "older database"
    ENGINE_LOST = "engine lost"
    OLDER_ENGINE = "older engine"

    @property
    def meaning(self) -> str:
        """What is done, for reports."""
        return _MEANINGS[self]


_MEANINGS = {
    Fault.KILL: "a part's process is killed with signal 9",
    Fault.PAUSE: "a part and its children stand still (SIGSTOP), then go on",
    Fault.CUT: "all connections to a part are broken off, several times",
    Fault.DELAY: "each piece of data to and from a part comes late",
    Fault.REFUSE: "a part takes no connection, and loses those that it has",
    Fault.SILENCE: "requests arrive at a part, and no answer comes back",
    Fault.FULL_DISK: "the file system of all data has no byte left",
    Fault.CLOCK: "a process starts again with a clock that is minutes early or late",
    Fault.UPGRADE: "all processes of the release before are killed under load, and today's start",
    Fault.DATABASE_LOST: "PostgreSQL's data is deleted; the register is rebuilt from histories",
    Fault.OLDER_DATABASE: "PostgreSQL's part of a backup is put back; the register is repaired",
    Fault.ENGINE_LOST: "Temporal's data is deleted; all cases go on from the register's logs",
    Fault.OLDER_ENGINE: "Temporal's part of a backup is put back; cases go on from newer logs",
}

NETWORK = (Fault.CUT, Fault.DELAY, Fault.REFUSE, Fault.SILENCE)
DISASTERS = (
    # A history that is lost with the engine stands in the register alone: so the register goes first.
    Fault.DATABASE_LOST,
    Fault.OLDER_DATABASE,
    Fault.ENGINE_LOST,
    Fault.OLDER_ENGINE,
)
