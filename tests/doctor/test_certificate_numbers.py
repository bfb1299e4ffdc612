"""Certificate numbers that two platforms have, from before each was claimed."""

from sqlalchemy.ext.asyncio import AsyncEngine

from db.register_store import PostgresRegister
from tests.register.cases import application, batch, listed
from worker.doctor.check_register import certificate_numbers
from worker.doctor.finding import Verdict


async def test_two_platforms_under_one_number(
    engine: AsyncEngine, register: PostgresRegister
) -> None:
    """The number is named, with both platforms."""
    for platform_id in ("p-1", "p-2"):
        await register.write(batch(listed(application(platform_id))))
    assert Verdict.GOOD == (await certificate_numbers(engine)).verdict
    await register.write(batch(listed(application("p-3"), certificate="C-p-1")))
    found = await certificate_numbers(engine)
    assert (Verdict.BAD, True) == (found.verdict, "C-p-1 (p-1, p-3)" in found.what.en)
