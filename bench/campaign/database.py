"""The PostgreSQL of a campaign: the product's own embedded server, killed and recovered as a user's."""

import time
from pathlib import Path

import psutil

from bench.campaign.part import family
from db.embedded import EmbeddedPostgres
from db.postmaster import postmaster, running
from db.register_errors import EmbeddedPostgresError
from db.socket_directory import SOCKET

_TRIES = 5


class Database:
    """A part, like the programs."""

    name = "database"

    def __init__(self, home: Path) -> None:
        """Keep its data under `home`; nothing is started yet."""
        self._home = home
        self._server = EmbeddedPostgres(home)
        self.url = ""

    def start(self) -> None:
        """Start it, and wait until it has recovered; a server that is dying is waited for."""
        for tries in range(1, _TRIES + 1):
            try:
                self.url = self._server.start()
            except EmbeddedPostgresError:
                if tries == _TRIES:
                    raise
                time.sleep(2)
            else:
                return

    def alive(self) -> bool:
        """Whether its postmaster runs."""
        return postmaster(self._server.data) is not None

    def socket(self) -> str:
        """Where its socket is.

        Raises:
            OSError: it does not run.
        """
        found = postmaster(self._server.data)
        if found is None:
            raise ConnectionRefusedError("PostgreSQL does not run")
        return str(found.socket_directory / SOCKET)

    def ready(self) -> bool:
        """Whether it takes connections."""
        return running(self._home) is not None

    def processes(self) -> list[psutil.Process]:
        """The postmaster and its backends."""
        found = postmaster(self._server.data)
        return family(found.pid) if found else []

    def stop(self) -> None:
        """Stop it."""
        self._server.stop()
