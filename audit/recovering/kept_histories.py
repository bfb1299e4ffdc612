"""Where the histories of the runs before a recovery are, and what only they have."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.histories import Histories
from audit.reading.case_logs import Reading, read_platform
from db.audit_tables import archived_histories
from workflows.model import sha256
from workflows.states import PlatformState

REGISTER_ONLY = "register only"
"""Where no history of a platform is kept: nothing but the register attests its log."""


async def kept_in_archive(engine: AsyncEngine, platform_id: str) -> str:
    """Say how many runs of a platform the archive has."""
    c = archived_histories.c
    query = select(func.count()).where(c.platform_id == platform_id)
    async with engine.connect() as connection:
        runs = (await connection.execute(query)).scalar_one()
    return f"archive ({runs} runs)" if runs else REGISTER_ONLY


async def filed_application(
    histories: Histories, platform_id: str, state: PlatformState
) -> dict[str, Any] | None:
    """Find the text of the application for the next term that waits: the log has only its hash."""
    if state.next_term is None:
        return None
    reading = await read_platform(histories, platform_id)
    wanted = state.next_term.application_sha256
    return next((one for one in _applications(reading) if sha256(one) == wanted), None)


def _applications(reading: Reading) -> Iterator[dict[str, Any]]:
    for run in reading.runs:
        for carried in (run.carried, run.carried_on):
            if carried and carried.record.next_application:
                yield carried.record.next_application
        for message in run.messages:
            content = message.content
            if isinstance(content, dict) and isinstance(content.get("application"), dict):
                yield content["application"]
