"""The PostgreSQL of a campaign: the product's own embedded server, killed and recovered as a user's."""

import shutil
import time
from pathlib import Path

import psutil

from bench.campaign.part import family
from db.embedded import EmbeddedPostgres
from db.postmaster import postmaster, running
from db.register_errors import EmbeddedPostgresError

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

    def ready(self) -> bool:
        """Whether it takes connections."""
        return running(self._home) is not None

    def processes(self) -> list[psutil.Process]:
        """The postmaster and its backends."""
        found = postmaster(self._server.data)
        return family(found.pid) if found else []

    def stop(self) -> None:
        """Stop it and remove its data."""
        self._server.stop()
        shutil.rmtree(self._home, ignore_errors=True)
