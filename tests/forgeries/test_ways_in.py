"""The same forged decision by Temporal's update and signal, and by HTTP with a key that may do everything."""

import json

import httpx
import pytest
from temporalio.client import WorkflowUpdateFailedError

from tests.rules import builders
from tests.rules.rosters import Roster, person
from tests.service.conftest import all_keys, app, make_key, shared_engine
from tests.workflows.world import World
from worker.demo.clockwork import until
from workflows.model import as_sent
from workflows.record import EntryKind
from workflows.run_io import DecisionPreview
from workflows.vocabulary import Role

__all__ = ["all_keys", "app", "make_key", "shared_engine"]
WHY = "and the signature is of"


async def test_forged_by_every_way_in(world: World, all_keys: httpx.AsyncClient) -> None:
    """A true officer in another's name: one reason everywhere, and only a signal's refusal is written down."""
    officers = Roster(*(person(one) for one in ("kw-1", "kw-2")), person("hd-1", Role.DISTRICT))
    life = await world.apply(
        policy={"authorship": "required"},
        submitted_by=builders.ACTORS[Role.COMMISSION],
        roster=as_sent(officers.newest),
    )
    raw = await life.decision("recommendation", case=await life.case("recommendation"))
    preview: DecisionPreview = await life.handle.query("check", raw, result_type=DecisionPreview)
    assert preview.to_sign
    form = preview.to_sign.encode()
    forged = json.loads(form) | {"signatures": [officers.sign("kw-1", form)]}

    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await life.handle.execute_update("decide", forged)
    assert WHY in str(caught.value.cause)
    assert "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" not in await life.events()
    path = f"/v1/platforms/{life.id}/decisions"
    answer = await all_keys.post(path, json=forged)
    assert (answer.status_code, WHY in answer.text) == (409, True)
    unsigned = await all_keys.post(path, json=raw)
    assert (unsigned.status_code, "this one is not" in unsigned.text) == (409, True)
    assert len(await life.log()) == 1, "nothing of it stands anywhere"

    await life.handle.signal("recommendation", forged)

    async def refused() -> bool:
        return len(await life.log()) > 1

    await until(refused, "the signal is refused")
    entry = (await life.log())[-1]
    assert (entry.kind, entry.stage, WHY in (entry.reason or "")) == (
        EntryKind.REFUSED,
        "recommendation",
        True,
    )
    true = json.loads(form) | {"signatures": [officers.sign("hd-1", form)]}
    taken = await all_keys.post(path, json=true)
    assert (taken.status_code, taken.json()["stage"]) == (201, "inspection"), taken.text
