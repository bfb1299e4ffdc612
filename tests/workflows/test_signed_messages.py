"""Signed decisions on the real servers: by `ssh-keygen` as the documents have it, and sent on to a year."""

import asyncio
import base64
import json
import os
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from audit.archive.server_histories import ServerHistories
from audit.reading.authorship import authorship_of
from audit.reading.log_links import check_logs
from audit.reconciling.reconciling import reconcile
from tests.rules import builders
from tests.rules.builders import Raw
from tests.rules.rosters import SINCE, Roster, person
from tests.rules.signing import Person
from tests.workflows.test_setting_aside import FALLS_SHORT, assessed, settled
from tests.workflows.world import Life, World
from worker.demo.clockwork import until
from worker.temporal_server import temporal_binary
from workflows.contract import LEARN_ROSTER, ROSTER_NEWS
from workflows.log_id import LogId
from workflows.model import as_sent
from workflows.record import LogEntry
from workflows.refusal import Refused
from workflows.run_io import DecisionPreview
from workflows.signed_form import signed_form_of_entry, signers
from workflows.ssh_signatures import read_public_key
from workflows.vocabulary import Happening, Role

CONTRACT = Path(__file__).parents[2] / "docs" / "temporal-contract.md"
TOOLS = ("jq", "ssh-keygen")


def documented() -> str:
    """The commands of the contract that sign a decision."""
    text = CONTRACT.read_text()
    block = re.search(r"\*\*Sign a decision\*\*.*?```\n(.*?)```", text, re.DOTALL)
    assert block
    return block[1]


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {TOOLS}")
async def test_the_documented_commands_sign(world: World, tmp_path: Path) -> None:
    """A person with a shell signs with their own key; the log says by which key."""
    life = await world.apply()
    await life.decide("recommendation")
    raw = await life.decision("inspection")
    (tmp_path / "inspection.json").write_text(json.dumps(raw, ensure_ascii=False))
    key = tmp_path / ".ssh" / "id_ed25519"
    key.parent.mkdir()
    make = f"ssh-keygen -q -t ed25519 -N '' -f {key}\n"
    commands = make + documented().replace("bj-green-building", life.id)
    path = f"{Path(temporal_binary()).parent}:{os.environ['PATH']}"
    address = world.temporal.service_client.config.target_host
    done = await asyncio.create_subprocess_exec(
        *("bash", "-e", "-o", "pipefail", "-c", commands),
        cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": path, "TEMPORAL_ADDRESS": address},
        stdout=PIPE,
        stderr=STDOUT,
    )
    told = (await done.communicate())[0].decode()
    assert done.returncode == 0, told
    assert "stage:expert_review" in told
    entry = (await life.log())[-1]
    own = read_public_key(key.with_suffix(".pub").read_text())
    assert signers(entry.said["signatures"], signed_form_of_entry(entry)) == [own]
    assert json.loads((tmp_path / "to-sign.json").read_bytes()) == json.loads(
        signed_form_of_entry(entry)
    )


async def to_sign(life: Life, raw: Raw) -> bytes:
    preview: DecisionPreview = await life.handle.query("check", raw, result_type=DecisionPreview)
    assert preview.to_sign, preview
    return preview.to_sign.encode()


async def signed(life: Life, kind: str, person: Person, **changes: Any) -> Raw:
    """A decision of the platform that a person has signed."""
    form = await to_sign(life, await life.decision(kind, **changes))
    return {**json.loads(form), "signatures": [person.sign(form)]}


async def test_who_signs_stands_in_the_roster_that_the_case_knows(world: World) -> None:
    """A case of 0.5.0 is given a roster, refuses who is in none, and is told of later versions by both ways."""
    officers = Roster(*(person(one) for one in ("kw-1", "kw-2")), person("hd-1", Role.DISTRICT))
    life = await world.apply(
        policy={"authorship": "required"},
        submitted_by=builders.ACTORS[Role.COMMISSION],
        roster=as_sent(officers.newest),
    )
    raw = await life.decision("recommendation", case=await life.case("recommendation"))
    with pytest.raises(Refused, match="are signed, and this one is not"):
        await world.client.decide(life.id, raw)
    preview: DecisionPreview = await life.handle.query("check", raw, result_type=DecisionPreview)
    assert (preview.stage, preview.signatures_needed) == ("inspection", 1)
    assert preview.to_sign
    form = preview.to_sign.encode()
    signed = json.loads(form) | {"signatures": [officers.sign("hd-1", form)]}
    assert "inspection" == (await world.client.decide(life.id, signed)).stage

    officers.change(person("kw-3"))
    versions = [as_sent(one) for one in officers.versions]
    assert await life.handle.execute_update(LEARN_ROSTER, {"roots": versions}) == 2
    strangers = Roster(person("x-1"), person("x-2"))
    strangers.change(person("kw-1", key="x-1"))
    other = [as_sent(one) for one in strangers.versions]
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await life.handle.execute_update(LEARN_ROSTER, {"roots": other})
    assert "this is another roster" in str(caught.value.cause)

    officers.change(person("kw-3", last_day=SINCE))
    for roots in (other, [as_sent(officers.newest)], "nonsense"):
        await life.handle.signal(ROSTER_NEWS, {"roots": roots})
    await life.handle.signal(ROSTER_NEWS)

    async def told() -> bool:
        known = (await life.state()).roster
        return known is not None and known.version == 3

    await until(told, "the case knows version 3")
    log = await settled(world, life)
    assert [entry.name for entry in log].count(Happening.ROSTER_LEARNED) == 2
    # The office has no roster: whoever made this one gave it to the case.
    histories = ServerHistories(world.temporal)
    [found] = [one async for one in reconcile(world.engine, histories, (life.id,))]
    foreign = [one.words.en for one in found.problems if one.where == "roster"]
    assert ["is not the office's (none)" in one for one in foreign] == [True] * 3


async def test_a_signed_setting_aside_that_is_sent_on(world: World) -> None:
    """The platform takes it, and the year takes it as it was signed; both logs verify."""
    wang = Person("wang")
    life = await world.in_its_first_year()
    wrong = await assessed(life, *FALLS_SHORT[:2], ("evaluation", "effective"))
    await life.over()
    raw = await signed(life, "set_aside", wang, target=wrong, year=1)
    changed = raw | {"reason": "另一理由"}
    with pytest.raises(Refused, match="the signature does not hold"):
        await world.client.decide(life.id, changed)
    await world.client.decide(life.id, raw)
    await life.opened(1)
    assert "rectification" == (await life.decide("evaluation", "not_effective")).stage
    platform = await settled(world, life)
    assert life.assessment
    rows = await life.assessment.query("log", result_type=list[LogEntry])
    [sent_on] = [entry for entry in rows if entry.name == "set_aside"]
    assert sent_on.said["case"] == raw["case"]
    assert base64.b64decode(sent_on.said["signatures"][0]["sshsig"])
    logs = {LogId(1): platform, LogId(1, 1, 1): rows}
    assert list(check_logs(logs)) == []
    assert len(authorship_of(logs).signed) == 2
