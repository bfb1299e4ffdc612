"""After an outage over the end of validity: the end goes before all that would have been told or opened.

Of several moments that pass while no worker runs a virtual clock reaches only the first; that the others
are asked for again then is in `tests/rules/test_moments.py`.
"""

from datetime import date, timedelta

from tests.rules.builders import COMMISSION
from tests.workflows.world import World


async def test_no_assessment_opens_after_the_end(world: World) -> None:
    """Notices and kick-offs of two years passed with the end: validity ended, and nothing else is said."""
    life = await world.apply(policy={"validity_years": 2}, submitted_by=COMMISSION)
    day = date.today() - timedelta(days=2 * 366 + 10)
    await life.get_listed(decided_on=day.isoformat())
    assert "expired" == (await life.handle.result())["stage"]
    log = await life.log()
    listed = next(entry.seq for entry in log if entry.name == "listing")
    assert ["validity_ended"] == [entry.name for entry in log[listed:]]
