"""The register through Debian's own pgbouncer, in each of its modes; skipped where there is none."""

import asyncio
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from db.direct import DirectConnections
from db.engine import create_engine
from db.feed import Feed
from db.figures import figures
from db.inbox_queries import Inbox, Wanted
from db.migrate import pending, upgrade
from db.queries import RegisterQueries
from db.register_errors import StatementPooling
from db.register_store import PostgresRegister
from tests.memory import throw_away_folder
from tests.register.cases import batch, opened
from tests.rules.builders import application
from worker.ports import free_port
from workflows.application import PlatformApplication
from workflows.model import parse

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer here (Debian: pgbouncer)")


class Bouncer:
    """A pgbouncer before a database, with fewer connections to it than clients."""

    def __init__(self, database: str, mode: str, more: str = "") -> None:
        """`more` are further lines of its configuration."""
        self._folder = folder = throw_away_folder("pgbouncer")
        url = make_url(database)
        place, port = str(url.query["host"]), free_port(36432)
        # As the user who runs PostgreSQL: it refuses to run as root, and must reach the socket.
        owner = pwd.getpwuid(next(Path(place).glob(".s.PGSQL.*")).stat().st_uid)
        lines = f"""
            [databases]
            {url.database} = host={place} port=5432 user={url.username}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            auth_file = {folder}/users
            pool_mode = {mode}
            default_pool_size = 2
            {more}
        """
        (folder / "users").write_text(f'"{url.username}" ""\n')
        (folder / "ini").write_text("\n".join(line.strip() for line in lines.splitlines()))
        folder.chmod(0o755)
        asked = ["-u", owner.pw_name] if os.getuid() == 0 else []
        self._process = subprocess.Popen(
            [str(PGBOUNCER), "-q", *asked, str(folder / "ini")], stderr=subprocess.DEVNULL
        )
        self.url = f"postgresql+asyncpg://{url.username}@127.0.0.1:{port}/{url.database}"

    async def listens(self) -> None:
        """Wait until it answers."""
        port = int(self.url.rpartition(":")[2].partition("/")[0])
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
        raise AssertionError("pgbouncer does not listen")

    def end(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture
def bouncers() -> Iterator[list[Bouncer]]:
    """Those that a test starts; ended when it is over."""
    started: list[Bouncer] = []
    yield started
    for bouncer in started:
        bouncer.end()


@pytest.mark.parametrize("more", ["", "ignore_startup_parameters = jit"])
@pytest.mark.parametrize("mode", ["transaction", "session"])
async def test_a_register_behind_a_pooler(
    empty_database_url: str, bouncers: list[Bouncer], mode: str, more: str
) -> None:
    """Migrated, written and read by many at once over two connections: as without it, and nothing is left."""
    bouncer = Bouncer(empty_database_url, mode, more)
    bouncers.append(bouncer)
    await bouncer.listens()
    await asyncio.gather(upgrade(bouncer.url), upgrade(bouncer.url))
    assert await pending(bouncer.url) is None
    engines = [create_engine(bouncer.url) for _ in range(2 if mode == "session" else 4)]

    async def work(number: int) -> None:
        engine = engines[number % len(engines)]
        form = application(platform_id=f"p-{number}", application_id=f"a-{number}")
        for _ in range(2):
            await PostgresRegister(engine).write(batch(opened(parse(PlatformApplication, form))))
            assert await RegisterQueries(engine).platform(f"p-{number}")
            await figures(engine)
            await Inbox(engine).counts(Wanted())
            await Feed(engine).end()

    rounds = range(2) if mode == "session" else range(8)
    await asyncio.gather(*(work(number) for number in rounds))
    async with engines[0].connect() as connection:
        left = await connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
        assert 0 == left.scalar_one()
        zone = await connection.execute(text("SHOW timezone"))
        assert "UTC" == zone.scalar_one()
    for engine in engines:
        await engine.dispose()
    direct = DirectConnections(bouncer.url)
    asked = RegisterQueries(direct)
    assert all(await asyncio.gather(*(asked.platform(f"p-{number % 2}") for number in rounds)))
    await direct.close()


async def test_a_pooler_for_single_statements_is_named(
    database_url: str, bouncers: list[Bouncer]
) -> None:
    """Nothing of ours can run there: it says that it is that mode."""
    bouncer = Bouncer(database_url, "statement")
    bouncers.append(bouncer)
    await bouncer.listens()
    engine = create_engine(bouncer.url)
    with pytest.raises(StatementPooling, match="pool_mode = transaction"):
        await RegisterQueries(engine).counts()
    await engine.dispose()
    with pytest.raises(StatementPooling, match="pool_mode = transaction"):
        await RegisterQueries(DirectConnections(bouncer.url)).counts()
