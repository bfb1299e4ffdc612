"""`pingtai recover`: what Temporal has lost goes on, what lives is left alone, what does not hold is named."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from audit.access_log import list_accesses
from audit.archive.file_archive import FileHistories
from audit.archive.server_histories import ServerHistories
from audit.reading.case_logs import read_runs
from audit.reading.check_histories import check_reading, not_checked
from db.tables import log_entries
from starter.client.temporal_client import PingtaiClient
from starter.errors import NoSuchPlatform, Unreachable
from tests.another_place import another_place
from tests.audit.typed_commands import Run, in_thread
from tests.nobody import be_nobody
from tests.rules.builders import application
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from worker.doctor.check_cases import open_cases_run
from worker.temporal_server import TemporalServer
from workflows.application import PlatformApplication
from workflows.contract import platform_workflow_id
from workflows.model import InvalidMessage, parse
from workflows.refusal import Refused
from workflows.vocabulary import Happening

REASON = ("--reason", "数据文件损坏", "--yes")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    temporal: TemporalServer,
    elsewhere: World,
    session_database_url: str,
) -> Run:
    """Run `pingtai recover` at the other Temporal, beside the register of the world."""
    be_nobody(monkeypatch, tmp_path)
    monkeypatch.setenv("DATABASE_URL", session_database_url)
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", elsewhere.temporal.namespace)
    return in_thread("recover")


async def test_lost_terms_go_on_and_the_next_time_there_is_nothing_to_do(
    world: World, elsewhere: World, run: Run
) -> None:
    """Shown first, refused where nobody can be asked, then done; who did it and why stands in the logs."""
    one, other = await world.in_its_first_year(), await world.apply()
    for life in (one, other):
        await life.settled(life.handle)
    assert one.assessment
    await one.settled(one.assessment)
    names = sorted((one.id, other.id))
    shown = await run(*names, "--dry-run", "--json")
    rows = [json.loads(line) for line in shown.output.splitlines()]
    assert (shown.exit_code, [row["standing"] for row in rows]) == (0, ["lost", "lost"])
    assert [row.get("year") for row in rows if row["platform_id"] == one.id] == [1]
    # Until then nothing is decided, and no second term begins beside the open one.
    for sent in (
        elsewhere.client.decide(other.id, await other.decision("recommendation")),
        elsewhere.client.apply(parse(PlatformApplication, application(platform_id=other.id))),
        elsewhere.client.decide(one.id, await one.decision("self_report")),
        elsewhere.client.decide(one.id, await one.decision("set_aside", target="d-1")),
        elsewhere.client.to_sign(one.id, await one.decision("self_report")),
        elsewhere.client.state(one.id),
    ):
        with pytest.raises(Refused, match=r"open in the register, and lost in Temporal.*recover"):
            await sent
    finding = await open_cases_run(elsewhere.temporal, world.engine)
    assert finding.advice
    assert "pingtai recover --all" in finding.advice.en
    unasked = await run(*names, "--reason", "试")
    assert (unasked.exit_code, await elsewhere.client.describe(platform_workflow_id(one.id))) == (
        2,
        None,
    )
    done = await run(*names, *REASON)
    assert done.exit_code == 0, done.output
    assert [f"✓ {name} · goes on" for name in names] == done.output.splitlines()[-2:]
    assert (await list_accesses(world.engine))[0].what == "recover"
    again = await run(*names, *REASON, lang="zh")
    assert (again.exit_code, "2 个期次无需处理" in again.output) == (0, True)
    there = Life(elsewhere, one.id)
    await there.opened(1)
    said = (await there.log())[-1].said
    assert (said["reason"], said["histories"]) == ("数据文件损坏", "register only")
    assert (await Life(elsewhere, other.id).decide("recommendation")).stage == "inspection"


async def test_what_does_not_hold_is_named_and_left(world: World, run: Run) -> None:
    """A changed entry keeps its own term back and no other; an id that nobody has is said."""
    spoilt, well = await world.apply(), await world.apply()
    for life in (spoilt, well):
        await life.settled(life.handle)
    c = log_entries.c
    own = (c.platform_id == spoilt.id, c.seq == 1)
    async with world.engine.begin() as connection:
        said = (await connection.execute(select(c.said).where(*own))).scalar_one()
        await connection.execute(
            update(log_entries).where(*own).values(said={**said, "name": "改过的名称"})
        )
    found = await run(spoilt.id, well.id, *REASON)
    assert found.exit_code == 1
    assert "entry 1 was changed after it was written" in " ".join(found.output.split())
    assert f"✓ {well.id} · goes on" in found.output
    assert f"{spoilt.id} · goes on" not in found.output
    async with world.engine.begin() as connection:
        await connection.execute(update(log_entries).where(*own).values(said=said))
    assert (await run("nobody-has-this", *REASON)).exit_code == 2
    assert (await run(*REASON)).exit_code == 2
    assert (await run("--all", "--dry-run", "--files", "/nowhere")).exit_code == 2


async def test_an_older_copy_of_temporal_s_data_is_named(
    world: World, elsewhere: World, run: Run
) -> None:
    """A case that runs there with fewer entries is no lost one: it is ended where that is asked for."""
    life, gone, other = await world.apply(), await world.apply(), await world.in_its_first_year()
    assert other.assessment
    for handle in (life.handle, gone.handle, other.handle, other.assessment):
        await life.settled(handle)
    assert (await run(life.id, gone.id, other.id, *REASON)).exit_code == 0
    # The first Temporal is the copy: the case went on without it.
    before = await world.client.state(life.id)
    there = Life(elsewhere, life.id)
    await there.decide("recommendation")
    await there.stands("inspection")
    year = Life(elsewhere, other.id)
    await year.opened(1)
    await year.decide("self_report")
    ended = Life(elsewhere, gone.id)
    await ended.decide("withdrawal")
    await ended.stands("withdrawn")
    assert year.assessment
    await year.settled(year.assessment)
    with pytest.MonkeyPatch.context() as back:
        back.setenv("TEMPORAL_NAMESPACE", world.temporal.namespace)
        found = await run(life.id, *REASON)
        assert found.exit_code == 1
        assert f"it runs with {before.log_seq} of 3 entries" in " ".join(found.output.split())
        await there.handle.terminate("the newer one is lost as well")
        await year.handle.terminate("the newer one is lost as well")
        # A term that has ended is taken on by nobody, and would run on there: it is found by what runs.
        over = await run("--all", "--dry-run", "--end-older")
        assert f"{gone.id} 1 withdrawn 3 is ended there: it has ended" in " ".join(
            over.output.split()
        )
        done = await run(life.id, gone.id, other.id, "--end-older", *REASON)
    assert done.exit_code == 0, done.output
    assert f"✓ {gone.id} · ended at Temporal: its term has ended" in done.output
    log = await PingtaiClient(world.temporal).log(life.id)
    assert [entry.name for entry in log].count(Happening.RECOVERED) == 2
    assert (await life.decide("inspection")).stage == "expert_review"
    await until(lambda: goes_on(world, other), "its assessment goes on where it stood")
    said = await other.decision("district_review", decision_id="after-all")
    assert (await world.client.decide(other.id, said)).stage == "evaluation"


async def test_an_older_copy_that_has_gone_another_way_is_named(
    world: World, elsewhere: World, run: Run
) -> None:
    """It has taken a message once more, at another moment: that there is nothing to do would be wrong."""
    shorter, longer = await world.apply(), await world.apply()
    for life in (shorter, longer):
        await life.settled(life.handle)
    assert (await run(shorter.id, longer.id, *REASON)).exit_code == 0
    for life in (shorter, longer):
        there = Life(elsewhere, life.id)
        await there.decide("recommendation")
        await there.stands("inspection")
        await there.settled(there.handle)
    # As copies they hold what the cases have taken elsewhere meanwhile.
    await shorter.decide("recommendation")
    await longer.decide("recommendation")
    await longer.decide("inspection")
    with pytest.MonkeyPatch.context() as back:
        back.setenv("TEMPORAL_NAMESPACE", world.temporal.namespace)
        found = await run(shorter.id, longer.id, "--end-older", *REASON)
    assert found.exit_code == 1
    said = " ".join(found.output.split())
    assert said.count("left: it runs with other entries than the register has") == 2
    for life in (shorter, longer):
        assert (await life.handle.describe()).close_time is None


async def test_an_assessment_that_alone_is_behind_is_ended_and_goes_on(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case's own log is the register's; its assessment has begun once more, without the report."""
    life = await world.in_its_first_year()
    assert life.assessment
    await life.decide("self_report")
    for handle in (life.handle, life.assessment):
        await life.settled(handle)
    await world.temporal.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=world.temporal.namespace,
            workflow_execution=WorkflowExecution(
                workflow_id=life.assessment.id,
                run_id=(await life.assessment.describe()).run_id,
            ),
            workflow_task_finish_event_id=4,
            request_id="as-a-copy",
            reason="it stands as before the report",
            reset_reapply_exclude_types=[
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
            ],
        )
    )
    monkeypatch.setenv("TEMPORAL_NAMESPACE", world.temporal.namespace)
    found = await run(life.id, *REASON)
    assert found.exit_code == 1
    assert "entries of the register at other moments" in " ".join(found.output.split())
    assert (await run(life.id, "--end-older", *REASON)).exit_code == 0
    await until(lambda: goes_on(world, life), "its assessment goes on after the report")


async def goes_on(world: World, life: Life) -> bool:
    """Whether its assessment stands where the register has it."""
    try:
        view = await world.client.assessment_state(life.id, 1, 1)
    except (NoSuchPlatform, Unreachable, InvalidMessage):
        return False
    return view.assessment is not None and view.assessment.stage == "district_review"


async def test_what_histories_have_and_the_register_lacks_comes_first(
    world: World,
    temporal: TemporalServer,
    second: AsyncEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Engine and database are both lost: the histories that were kept are written, and their terms go on."""
    life = await world.in_its_first_year()
    await life.decide("self_report")
    assert life.assessment
    await life.settled(life.assessment)
    before = [(line.log, line.entry.hash) for line in await world.queries.log(life.id)]
    kept = tmp_path / "kept"
    async for one in ServerHistories(world.temporal).runs(life.id):
        file = kept / one.workflow_id.replace(":", "_") / f"{one.run_id}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        ids = {"workflow_id": one.workflow_id, "run_id": one.run_id, "sdk": one.sdk}
        file.write_text(json.dumps(ids | {"history": json.loads(one.content)}))
    async with another_place(second, temporal) as other:
        be_nobody(monkeypatch, tmp_path)
        monkeypatch.setenv("DATABASE_URL", second.url.render_as_string(hide_password=False))
        monkeypatch.setenv("TEMPORAL_ADDRESS", temporal.address)
        monkeypatch.setenv("TEMPORAL_NAMESPACE", other.temporal.namespace)
        run = in_thread("recover")
        seen = await run("--all", "--files", str(kept), "--dry-run", "--json")
        first = json.loads(seen.output.splitlines()[0])["histories"]
        assert (first["platform_id"], first["entries"]) == (life.id, len(before))
        done = await run("--all", "--files", str(kept), *REASON)
        assert done.exit_code == 0, done.output
        there = Life(other, life.id)
        await there.opened(1)
        assert (await there.log())[-1].said["histories"].startswith("kept (")
        assert (
            await other.client.decide(
                life.id, await there.decision("district_review", decision_id="later")
            )
        ).stage == "evaluation"
        after = [(line.log, line.entry.hash) for line in await other.queries.log(life.id)]
        assert set(before) <= set(after)
        both = [one async for one in FileHistories([kept]).runs(life.id)]
        both += [one async for one in ServerHistories(other.temporal).runs(life.id)]
        reading = read_runs(life.id, sorted(both, key=lambda one: one.workflow_id))
        assert (check_reading(reading), not_checked(reading)) == ([], [])
