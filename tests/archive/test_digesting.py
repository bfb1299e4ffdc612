"""The schedule of the daily digests, on the real server."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.service import RPCError

from audit.anchoring.digests import listed
from tests.archive.conftest import Place
from worker.auditing import auditing
from worker.demo.clockwork import until
from workflows.contract import ARCHIVING_ID, DIGESTING_ID
from workflows.periods import beijing_date


async def test_a_new_installation_has_yesterdays_digest_at_once(place: Place) -> None:
    """The first worker makes the schedule, which starts at once, and then each night in Beijing."""
    schedule = place.client.get_schedule_handle(DIGESTING_ID)
    with suppress(RPCError):  # left by whoever ran on this server before
        await schedule.delete()
    async with auditing(place.client, place.engine, None):

        async def made() -> bool:
            # The archive's own is waited for, too: what is left half done would be in the next test's way.
            return bool(await listed(place.engine)) and await place.notes.last() is not None

        await until(made, "the schedules have done their work")
        (digest,) = await listed(place.engine)
        assert beijing_date(datetime.now(UTC)) - timedelta(days=1) == digest.day
        (interval,) = (await schedule.describe()).schedule.spec.intervals
        assert (interval.every, interval.offset) == (
            timedelta(days=1),
            timedelta(hours=16, minutes=30),
        )
    for name in (DIGESTING_ID, ARCHIVING_ID):
        await place.client.get_schedule_handle(name).delete()
