"""The schedule of the daily digests, on the real server."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio.service import RPCError

from audit.anchoring import stamping
from audit.anchoring.digests import listed, make
from audit.anchoring.stamp_rows import last_stamped_day
from tests.archive.conftest import Place
from tests.audit.authority import STAMPED_AT, Authority
from tests.audit.loopback import serving
from worker.audit_worker import auditing
from worker.demo.clockwork import until
from worker.doctor.check_audit_trail import digest_schedule, digests
from worker.doctor.examination import examine
from worker.doctor.finding import Verdict
from workflows.contract import ARCHIVING_ID, DIGESTING_ID, STAMPING_ID
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
        assert Verdict.GOOD is (await digest_schedule(place.client)).verdict
        (interval,) = (await schedule.describe()).schedule.spec.intervals
        assert (interval.every, interval.offset) == (
            timedelta(days=1),
            timedelta(hours=16, minutes=30),
        )
    for name in (DIGESTING_ID, ARCHIVING_ID):
        await place.client.get_schedule_handle(name).delete()
    assert Verdict.NOTE is (await digest_schedule(place.client)).verdict


async def test_where_an_authority_is_set_a_schedule_has_digests_stamped(place: Place) -> None:
    """It starts at once, and then each hour; without an authority there is none."""
    schedule = place.client.get_schedule_handle(STAMPING_ID)
    await place.empty("digests, digest_stamps")
    day = beijing_date(datetime.now(UTC)) - timedelta(days=1)
    await make(place.engine, day)
    known = Authority(since=STAMPED_AT - timedelta(days=10))
    with serving(lambda _path, body: (200, known.answer(body))) as url:
        authority = stamping.Authority(url, known.pem, (known.root,))
        async with auditing(place.client, place.engine, None, authority):

            async def stamped() -> bool:
                return await last_stamped_day(place.engine) == day

            await until(stamped, "the schedule has asked the authority")
            (interval,) = (await schedule.describe()).schedule.spec.intervals
            assert (interval.every, interval.offset) == (timedelta(hours=1), timedelta(minutes=45))
    for name in (DIGESTING_ID, ARCHIVING_ID, STAMPING_ID):
        await place.client.get_schedule_handle(name).delete()


async def test_doctor_says_when_digests_are_missing(place: Place) -> None:
    """None at all; all there; that of yesterday not made yet; a day missed."""
    await place.empty("digests")
    today = beijing_date(datetime.now(UTC))
    for days, verdict in (
        (None, Verdict.NOTE),
        (3, Verdict.NOTE),
        (2, Verdict.GOOD),
        (1, Verdict.GOOD),
    ):
        expected = "no daily digest has been made yet"
        if days:
            day = today - timedelta(days=days)
            await make(place.engine, day)
            expected = f"the last daily digest is of {day}"
        found = await digests(place.engine)
        assert (verdict, expected) == (found.verdict, found.what.en)


async def test_doctor_examines_archive_and_digests(place: Place) -> None:
    """Both are among its points."""
    said = [found.what.en async for found in examine(place.client, place.engine)]
    for word in (ARCHIVING_ID, DIGESTING_ID, "daily digest"):
        assert [one for one in said if word in one]
