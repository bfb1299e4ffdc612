"""Archiving from a real server: what has ended, what is open, what was missed, and what is deleted later."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from audit.archive.archive_contents import PostgresArchive
from audit.archive.archiver import archive_now
from audit.archive.server_histories import Execution, ServerHistories
from audit.histories import StoredHistory
from tests.archive.conftest import Place, keep_for
from tests.archive.samples import all_of
from tests.workflows.world import World
from worker.demo.clockwork import until
from worker.temporal_server import RETENTION
from workflows.assessment_workflow import AnnualAssessmentWorkflow
from workflows.platform_workflow import PlatformWorkflow


class Blind(ServerHistories):
    """A server whose visibility knows nothing yet."""

    async def executions(self, narrowed: str = "") -> AsyncIterator[Execution]:
        """None."""
        none: tuple[Execution, ...] = ()
        for run in none:
            yield run


class FirstOnly(ServerHistories):
    """A server whose visibility knows the first run of each workflow, and calls it open."""

    async def executions(self, narrowed: str = "") -> AsyncIterator[Execution]:
        """Only those that nothing was continued from."""
        async for run in super().executions(narrowed):
            history = await self.fetch(*run.key)
            assert history
            first = history.stored["events"][0]["workflowExecutionStartedEventAttributes"]
            if "continuedExecutionRunId" not in first and "parentWorkflowExecution" not in first:
                yield replace(run, closed=False, events=0)


async def test_all_runs_are_found_whatever_visibility_knows(place: Place, world: World) -> None:
    """A year lived: three runs and an assessment, by listing, by the last run, and by the first."""
    life = await world.apply()
    await life.get_listed()
    await life.effective(1)
    await life.settled(life.handle)
    seen = await all_of(place.server, life.id)
    assert [0, 0, 0, 1] == [history.year for history in seen]
    assert [True, True, False, True] == [history.closed_at is not None for history in seen]
    assert all(history.kept_since for history in seen), "the namespace's retention is known"
    chain = seen[:3]
    assert sorted(chain, key=lambda history: history.started_at) == chain
    assert seen == await all_of(Blind(place.client), life.id)
    assert seen == [h for h in await all_of(place.server) if h.platform_id == life.id]
    assert all([await place.archive.keep(history) for history in seen])
    assert seen == await all_of(place.archive, life.id)
    await place.empty()
    await archive_now(FirstOnly(place.client), place.archive, place.notes)
    assert seen == await all_of(place.archive, life.id)


@pytest.mark.parametrize(
    "name", ["st-bad-1268\x00", "it's", "a\\", 'say "a"', "what?", "two\nlines"]
)
async def test_an_id_that_no_query_can_hold(place: Place, client: Client, name: str) -> None:
    """Anybody may start a workflow under any id: its run is found and archived, and no other is missed."""
    workflow_id = f"platform:{name}"
    handle = await client.start_workflow("Platform", {}, id=workflow_id, task_queue="nobody")
    await client.start_workflow("Platform", {}, id="platform:st-bad-12688", task_queue="nobody")
    (history,) = await all_of(place.server, name)
    assert (workflow_id, handle.result_run_id) == (history.workflow_id, history.run_id)
    assert await place.archive.keep(history)
    assert [history] == await all_of(place.archive, name)
    for each in (workflow_id, "platform:st-bad-12688"):
        await client.get_workflow_handle(each).terminate()


async def test_archiving_again_takes_only_what_is_new(place: Place, world: World) -> None:
    """The second time nothing; after a decision the open run again; after its end it, once and for all."""
    life = await world.apply()
    await life.settled(life.handle)
    first = await archive_now(place.server, place.archive, place.notes)
    assert first.whole
    assert first.looked == first.kept
    again = await archive_now(place.server, place.archive, place.notes, whole=True)
    assert (first.looked, 0, 0) == (again.looked, again.kept, again.gone)
    await life.decide("recommendation")
    await life.settled(life.handle)
    third = await archive_now(place.server, place.archive, place.notes, whole=True)
    assert 1 == third.kept
    await life.decide("withdrawal")
    await life.handle.result()

    async def found() -> bool:
        return (await archive_now(place.server, place.archive, place.notes)).kept == 1

    await until(found, "visibility knows that it has ended, and the hour's look takes it")
    (history,) = await all_of(place.archive, life.id)
    assert history.closed_at
    assert 0 == (await archive_now(place.server, place.archive, place.notes, whole=True)).kept


async def test_what_was_missed_is_caught_up(place: Place, world: World) -> None:
    """The hour's look takes what has ended lately; when a day was missed, the next one takes everything."""
    await archive_now(place.server, place.archive, place.notes)
    life = await world.apply()
    await life.settled(life.handle)

    async def listed() -> bool:
        return any([run.workflow_id == life.handle.id async for run in place.server.executions()])

    await until(listed, "visibility knows it")
    hour = await archive_now(place.server, place.archive, place.notes)
    assert not hour.whole
    assert [] == await all_of(place.archive, life.id)
    await place.told("UPDATE archivings SET began_at = began_at - interval '23 hours'")
    late = await archive_now(place.server, place.archive, place.notes)
    assert late.whole
    assert 1 == len(await all_of(place.archive, life.id))


async def test_what_is_in_the_way_is_noted(place: Place, world: World) -> None:
    """A store that is away: the error goes on to be tried again, and the last good time stays what it was."""
    await world.apply()
    good = await archive_now(place.server, place.archive, place.notes)
    await place.empty("archived_histories")

    class Away(PostgresArchive):
        async def keep(self, history: StoredHistory) -> bool:
            raise OSError("the bucket does not answer\nsecond line")

    with pytest.raises(OSError, match="bucket"):
        await archive_now(place.server, Away(place.engine), place.notes, whole=True)
    tried = await place.notes.last(ended=False)
    assert tried
    assert "OSError: the bucket does not answer" == tried.trouble
    assert tried.ended_at is None
    assert good == await place.notes.last()


async def test_a_run_whose_history_is_gone_is_counted(place: Place, world: World) -> None:
    """Listed, and deleted before it was archived: the archive says so, and takes the others."""
    life = await world.apply()

    class Forgetful(ServerHistories):
        async def fetch(self, workflow_id: str, run_id: str) -> StoredHistory | None:
            if workflow_id == life.handle.id:
                return await super().fetch(workflow_id, "01a20ba8-416d-7563-910a-abc89d224d89")
            return await super().fetch(workflow_id, run_id)

    async def listed() -> bool:
        return any([run.workflow_id == life.handle.id async for run in place.server.executions()])

    await until(listed, "visibility knows it")
    noted = await archive_now(Forgetful(place.client), place.archive, place.notes)
    assert 1 == noted.gone
    assert noted.looked - 1 == noted.kept


async def test_a_name_with_quotes_asks_for_nothing_else(place: Place) -> None:
    """What is no platform's id finds nothing, and is no error."""
    for name in ("x' OR 'a' = 'a", 'x"', "x\\", "%"):
        assert [] == await all_of(place.server, name)


async def test_the_archive_outlives_retention(place: Place, world: World) -> None:
    """The server deletes a run when its time is over: in the archive all is still there, whole, and replays.

    That the archive needs no server at all, test_archive.py shows.
    """

    async def kept() -> list[StoredHistory]:
        return [one for each in (life, ended) for one in await all_of(place.archive, each.id)]

    life, ended = await world.apply(), await world.apply()
    await life.get_listed()
    await life.effective(1)
    await life.settled(life.handle)
    await ended.settled(ended.handle)
    await keep_for(place.client, timedelta(seconds=1))
    try:
        await ended.decide("withdrawal")
        await ended.handle.result()
        await archive_now(place.server, place.archive, place.notes)
        before = await kept()

        async def deleted() -> bool:
            return [] == await all_of(place.server, ended.id)

        await until(deleted, "retention deletes what has ended")
    finally:
        await keep_for(place.client, RETENTION)
    await archive_now(place.server, place.archive, place.notes, whole=True)
    after = await kept()
    assert before == after
    assert [4, 1] == [len([one for one in after if one.platform_id == n.id]) for n in (life, ended)]
    replayer = Replayer(
        workflows=[PlatformWorkflow, AnnualAssessmentWorkflow],
        data_converter=pydantic_data_converter,
    )
    for history in after:
        await replayer.replay_workflow(history.for_replay())
