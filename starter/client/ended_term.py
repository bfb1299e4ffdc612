"""A term that has ended, read from the register, so that it can be started again."""

from db.queries import RegisterQueries
from starter.client.register_access import open_register
from workflows.reopening import record_of
from workflows.run_io import CarriedPlatform
from workflows.state_folding import fold
from workflows.states import PlatformState


async def ended_term(platform_id: str) -> CarriedPlatform | None:
    """A platform's newest term as its log has it; None when the register does not know the platform.

    Raises:
        Unreachable: the register cannot be asked; it is not started for this.
        BadInput: DATABASE_URL cannot be used.
        BrokenLog: the log in the register is not whole.
    """
    async with open_register(start=False) as register:
        return await read_term(register, platform_id)


async def read_term(register: RegisterQueries, platform_id: str) -> CarriedPlatform | None:
    """The same, from a register that is open."""
    last = await register.last_term(platform_id)
    if last is None:
        return None
    lines = await register.log(platform_id, last.term)
    plans = await register.plans(platform_id, last.term)
    log = [line.entry for line in lines if line.year == 0]
    state = fold(log)
    assert isinstance(state, PlatformState), "a platform's own log"  # noqa: S101
    return CarriedPlatform(
        state=state, record=record_of(log, plans), recorded=len(log), reopened=True
    )
