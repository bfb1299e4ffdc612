"""What the first start of a local stack sets up for whoever tries it: the example roster."""

from pathlib import Path

import structlog
from temporalio.client import Client

from db.engine import create_engine
from db.queries import RegisterQueries
from db.sqlstate import database_errors, first_line
from starter.client.roster_sender import RosterSender
from starter.errors import PingtaiError
from starter.roster.example_roster import set_up
from starter.roster.roster_origin import RosterOrigin, roster_origin
from worker.register_owner import parts_apart
from worker.server_lock import DATABASE
from workflows.words import Words

_log = structlog.stdlib.get_logger("pingtai.stack")


def is_first_start(home: Path) -> bool:
    """Whether no Temporal has run under a home yet. A restored system, or one of an older release, has one."""
    return not (home / "temporal" / DATABASE).exists()


async def roster_at_start(
    client: Client, database: str, home: Path, *, example: bool
) -> tuple[str, Words | None]:
    """Return whose roster a system has that has just been started; "" where the register does not say.

    Beside it whether one part has nothing of what the other has (`parts_apart`).

    `example`: where there is neither a roster nor a platform, the example roster is set up. That it cannot be
    stops nobody: what is missing then is the roster.
    """
    engine = create_engine(database)
    try:
        origin, apart = await roster_origin(engine), await parts_apart(client, engine)
        if apart and origin is RosterOrigin.NONE:
            return "", apart  # an empty register does not say that there is none
        empty = origin is RosterOrigin.NONE and not await RegisterQueries(engine).register(limit=1)
        if not (example and empty):
            return origin, apart
        await set_up(RosterSender(client), home)
        return RosterOrigin.EXAMPLE, None
    except PingtaiError as error:
        _log.warning("no example roster was set up", why=error.words.en)
    except database_errors() as error:
        _log.warning("the register does not say whether it has a roster", why=first_line(error))
    finally:
        await engine.dispose()
    return "", None
