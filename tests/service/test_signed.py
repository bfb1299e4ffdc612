"""A signed decision by both clients: it carries its person's signature, and the service signs nothing."""

from base64 import b64decode

import httpx
import pytest

from db.queries import RegisterQueries
from starter.client.interface import Pingtai
from starter.client.signed_decisions import decide_signed, with_signature
from tests.rules.builders import actor
from tests.rules.signing import Person
from tests.service.conftest import form
from tests.service.test_clients import application, pingtai, recommendation
from tests.workflows.world import World
from worker.demo.clockwork import until
from workflows.decision_reading import decision_of
from workflows.refusal import Refused
from workflows.signed_form import signed_form, signed_form_of_entry, signers

WANG = Person("wang")
__all__ = ["pingtai"]


class OnDesk:
    """A signer with a key of the test's own."""

    key = WANG.key

    def ready(self) -> None:
        """Nothing is asked."""

    def sign(self, form: bytes, namespace: str = "pingtai-decision") -> bytes:
        """Sign at once."""
        return b64decode(WANG.sign(form, namespace)["sshsig"])


async def test_a_decision_is_signed_for_its_place(pingtai: Pingtai) -> None:
    """The signature stands in the log and holds; sent again, it is a repeat; in another case it is refused."""
    asked, other = application(), application()
    for one in (asked, other):
        await pingtai.apply(one)
    receipt = await decide_signed(pingtai, asked.platform_id, recommendation(), OnDesk())
    entry = (await pingtai.log(asked.platform_id))[-1]
    assert (receipt.seq, [WANG.key]) == (
        entry.seq,
        signers(entry.said["signatures"], signed_form_of_entry(entry)),
    )
    again = await decide_signed(pingtai, asked.platform_id, recommendation(), OnDesk())
    assert again == receipt.model_copy(update={"repeated": True, "due": None})
    assert again.awaited
    form = await pingtai.to_sign(other.platform_id, recommendation("d-2"))
    assert form
    signed = with_signature(form.decision, OnDesk())
    with pytest.raises(Refused, match="does not hold"):
        await pingtai.decide(other.platform_id, signed | {"opinion": "不同意。"})
    with pytest.raises(Refused):
        await pingtai.decide(other.platform_id, signed | {"case": entry.said["case"]})
    assert "inspection" == (await pingtai.decide(other.platform_id, signed)).stage


async def test_a_signed_repeat_gets_its_first_receipt_and_what_set_it_aside(
    pingtai: Pingtai, world: World
) -> None:
    """As it was sent, with its case and signature: by a person's key nothing is answered differently."""
    asked = application()
    await pingtai.apply(asked)
    made = await pingtai.to_sign(asked.platform_id, recommendation())
    assert made
    said = with_signature(made.decision, OnDesk())
    first = await pingtai.decide(asked.platform_id, said)
    register = RegisterQueries(world.engine)

    async def recorded() -> bool:
        return bool(await register.decisions(asked.platform_id, "d-1"))

    await until(recorded, "the register has the decision")
    again = await pingtai.decide(asked.platform_id, said)
    assert again == first.model_copy(update={"repeated": True, "due": None})
    assert again.awaited
    assert await pingtai.to_sign(asked.platform_id, said) is None
    aside = recommendation("d-2") | {"kind": "set_aside", "target": "d-1", "reason": "材料有误"}
    aside = {key: aside[key] for key in ("decision_id", "decided_on", "kind", "target", "reason")}
    await pingtai.decide(asked.platform_id, aside | {"actor": actor("commission")})
    fallen = await pingtai.decide(asked.platform_id, said)
    assert fallen == again.model_copy(update={"set_aside_by": "d-2"})
    tried = await pingtai.check(asked.platform_id, said)
    assert (True, "d-2") == (tried.repeated, tried.set_aside_by)


async def test_the_service_says_what_is_to_be_signed(all_keys: httpx.AsyncClient) -> None:
    """A dry run has it whole, and the case says what a decision answers; nothing is signed for anybody."""
    raw = form()
    await all_keys.post("/v1/applications", json=raw)
    path = f"/v1/platforms/{raw['platform_id']}"
    said = recommendation()
    tried = await all_keys.post(f"{path}/decisions", params={"dry_run": "true"}, json=said)
    seen = (await all_keys.get(path)).json()
    case = {"platform_id": raw["platform_id"], "term": 1, "answers": seen["content_hash"]}
    assert signed_form(decision_of(said | {"case": case})) == tried.json()["to_sign"].encode()
    await all_keys.post(f"{path}/decisions", json=said)
    entry = (await all_keys.get(f"{path}/log")).json()[-1]
    assert "signatures" not in entry["said"]
