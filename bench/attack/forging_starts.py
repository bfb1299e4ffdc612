"""Starts that claim what only others may say: a life, a child, a policy, a term, another's content."""

import asyncio

from bench.attack.attacker import Attacker
from bench.attack.cases import short, state
from bench.attack.forged import assessment_opening, carried, declined_term
from bench.attack.intake import apply_by_http
from bench.attack.payloads import plain
from bench.attack.raw_starts import BELIEVED, Started, ends_or_opens, new_id, not_believed, start
from bench.attack.valid_messages import application, brought_in
from workflows import contract

_CONFLICT = (409, 422)
_UNTIL_OPENED = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


async def own_policy(attacker: Attacker, started: Started) -> None:
    """An operator's application with a policy of its own choice."""
    platform_id = new_id(attacker, "policy")
    policy = attacker.random.choice(
        ({"validity_years": 10}, {"majority_of": [1, 1000]}, {"assessment_lead_days": 0})
    )
    form = application(platform_id) | {"policy": policy}
    handle = await start(attacker, contract.platform_workflow_id(platform_id), plain(form))
    await ends_or_opens(attacker, started, handle, short({"policy": policy}))


async def forged_life(attacker: Attacker, started: Started) -> None:
    """A second argument with a life that nobody ever sent."""
    platform_id = new_id(attacker, "forged")
    form = application(platform_id)
    life = carried(form, reopened=attacker.random.random() < 0.3)
    workflow_id = contract.platform_workflow_id(platform_id)
    handle = await start(attacker, workflow_id, plain(form), plain(life))
    await not_believed(attacker, handle, BELIEVED, "Platform with `carried`, first run")


async def forged_after_the_end(attacker: Attacker, started: Started) -> None:
    """A declined term that a forged life makes valid again."""
    platform_id = new_id(attacker, "again")
    form = application(platform_id)
    workflow_id = contract.platform_workflow_id(platform_id)
    await declined_term(attacker.client, workflow_id, form)
    handle = await start(attacker, workflow_id, plain(form), plain(carried(form)))
    await not_believed(attacker, handle, BELIEVED, "Platform with `carried` after a declined term")


async def outsiders_assessment(attacker: Attacker, started: Started) -> None:
    """An assessment without its platform."""
    platform_id = new_id(attacker, "child")
    opening = assessment_opening(platform_id)
    workflow_id = contract.assessment_workflow_id(platform_id, 1, 1)
    handle = await start(
        attacker, workflow_id, plain(opening), workflow_type=contract.ASSESSMENT_TYPE
    )
    what = "an outsider's assessment takes decisions"
    await not_believed(attacker, handle, what, f"AnnualAssessment {workflow_id}, no parent")


async def next_term_without_term(attacker: Attacker, started: Started) -> None:
    """A next term started raw that says nothing of the term before it."""
    platform_id = new_id(attacker, "term")
    form = application(platform_id)
    workflow_id = contract.platform_workflow_id(platform_id)
    await declined_term(attacker.client, workflow_id, form)
    again = form | {"application_id": f"{platform_id}-b", "name": "另一平台"}
    handle = await start(attacker, workflow_id, plain(again))
    what = "a next term without `term` is opened"
    reproduce = f"{workflow_id} started raw, after a declined term"
    await not_believed(attacker, handle, what, reproduce, ends=True)


async def other_content(attacker: Attacker, started: Started) -> None:
    """An application id that was used by a raw start comes again by HTTP with other content."""
    platform_id = new_id(attacker, "content")
    form = application(platform_id)
    handle = await start(attacker, contract.platform_workflow_id(platform_id), plain(form))
    started.open.append(handle.id)
    await state(attacker.client, handle.id)
    status, text = await apply_by_http(attacker.system, form | {"name": "内容不同的申请"})
    attacker.count(f"other content: {status}")
    if status not in _CONFLICT:
        attacker.fail("other content is answered as repeated", f"{status} {text}", handle.id)


async def child_taken_before(attacker: Attacker, started: Started) -> None:
    """An outsider takes the id of an assessment before its platform comes to open it."""
    platform_id = new_id(attacker, "taken")
    child = contract.assessment_workflow_id(platform_id, 1, 1)
    opening = assessment_opening(platform_id)
    await start(attacker, child, plain(opening), workflow_type=contract.ASSESSMENT_TYPE)
    workflow_id = contract.platform_workflow_id(platform_id)
    await start(attacker, workflow_id, plain(brought_in(platform_id)))
    started.open.append(workflow_id)
    parent = None
    for pause in _UNTIL_OPENED:
        await asyncio.sleep(pause)
        parent = (await attacker.client.get_workflow_handle(child).describe()).parent_id
        if parent == workflow_id:
            attacker.count("the platform opened its own assessment")
            return
    what = "an outsider keeps a platform from opening its assessment"
    attacker.fail(what, f"{child} has the parent {parent}", f"start {child}, then {workflow_id}")
