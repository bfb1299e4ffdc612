"""`python -m bench.signing`: what signing and verifying cost a decision, with and without in one run.

One server, one process with the worker and the client, so that all that is signed and verified on the way
counts. The sides take turns at every decision, in changing order. Writes its section of docs/performance.md.
"""

import asyncio
import base64
import os
from collections.abc import Iterable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import Client, GrpcCompression
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.round_trip import end
from bench.script import GETTING_IN, application, decided
from bench.sections import run_alone
from bench.sides import Handle, Ours
from bench.worker import NoRegister, Variation
from starter.client.temporal_connection import quietly
from starter.roster.roster_edits import entry_of
from worker.ports import free_port
from worker.search_attributes import ensure_search_attributes
from worker.temporal_server import temporal_server
from worker.worker_process import make_worker
from workflows.actors import Actor
from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.case_opening import open_platform
from workflows.decision_reading import decision_of
from workflows.model import as_sent, parse
from workflows.roster_entries import (
    ROSTER_NAMESPACE,
    RosterEntry,
    RosterRoot,
    prove_entry,
    root_over_leaves,
)
from workflows.signature_requests import form_to_sign
from workflows.signatures import Signature
from workflows.signed_roots import SignedRoot
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    PublicKey,
    signature_of,
    signer_of,
    ssh_string,
    unsigned_part,
)
from workflows.vocabulary import Role

_SMALL, _LARGE = 10, 5_000
_LIVES = 50
_WARM_UP = 5
_SETTLE = 0.05
_PORT = 7620
_PARTS = 5
_ROUNDS = 300
_QUEUE = "bench-signing"
_ALLOWED_MS = 1.0


class Holder:
    """Who has a key in a file, opened once, as for a batch."""

    def __init__(self) -> None:
        self._secret = Ed25519PrivateKey.generate()
        self.key = PublicKey("ssh-ed25519", self._secret.public_key().public_bytes_raw())

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> str:
        """Sign, in base64."""
        raw = self._secret.sign(unsigned_part(form, namespace))
        signed = ssh_string(self.key.algorithm.encode()) + ssh_string(raw)
        return base64.b64encode(signature_of(self.key, signed, namespace)).decode()


class Roster:
    """A roster of so many people, among them those who decide in the script."""

    def __init__(self, people: int, actors: Iterable[Actor], platforms: str) -> None:
        self._holders: dict[str, Holder] = {}
        self._entries = {one.id: self._entry(one, platforms) for one in actors}
        kw = next(one for one in actors if one.role is Role.COMMISSION)
        for number in range(people - len(self._entries)):
            other = kw.model_copy(update={"id": f"officer-{number}"})
            self._entries[other.id] = self._entry(other, platforms)
        leaves = {one.id: one.leaf().hex() for one in self._entries.values()}
        root = RosterRoot(
            version=1,
            root=root_over_leaves(leaves),
            leaves=len(leaves),
            entry=1,
            log_hash="0" * 64,
            change="0" * 64,
            at=datetime.now(UTC),
        )
        # Proofs are made once, when a person's commands fetch them; here of those who decide, and two officers.
        officers = [one for one in self._entries if one.startswith("officer-")][:2]
        wanted = {*(one.id for one in actors), *officers}
        self._proofs = {one: prove_entry(self._entries[one], leaves) for one in wanted}
        signatures = tuple(
            Signature(sshsig=self._holders[one].sign(root.form(), ROSTER_NAMESPACE), proof=proof)
            for one, proof in self._proofs.items()
            if one in officers
        )
        self.newest = SignedRoot(root=root, signatures=signatures)

    def _entry(self, actor: Actor, platform_id: str) -> RosterEntry:
        holder = self._holders.setdefault(actor.id, Holder())
        since = date.today() - timedelta(days=2)
        return entry_of(actor, platform_id, holder.key, since, "bench")

    def sign(self, person: str, form: bytes) -> dict[str, Any]:
        """Sign as a person, with the proof."""
        return {"sshsig": self._holders[person].sign(form), "proof": self._proofs[person].sent}


class Side(Ours):
    """Platforms whose decisions are signed by people of a roster, or by nobody."""

    def __init__(self, name: str, people: int = 0) -> None:
        super().__init__(name, _QUEUE)
        actors = {
            one["actor"]["id"]: parse(Actor, one["actor"])
            for one in decided("x", 0, datetime.now(UTC))
        }
        self._roster = Roster(people, list(actors.values()), "x") if people else None
        self._commission = next(one for one in actors.values() if one.role is Role.COMMISSION)

    def form(self, platform_id: str) -> dict[str, Any]:
        """The application of a platform."""
        form = application(f"{self.name}-{platform_id}")
        if self._roster is None:
            return form
        # One signature for each decision: only the commission may ask for less than two for a listing.
        policy = form.get("policy", {}) | {"authorship": "required"}
        own = {"policy": policy, "submitted_by": as_sent(self._commission)}
        return form | own | {"roster": as_sent(self._roster.newest)}

    def signed(self, raw: dict[str, Any], case: Case[Any], form: bytes) -> dict[str, Any]:
        """A decision as it is sent; `form` was shown to who signs it."""
        if self._roster is None:
            return raw
        named = {
            "platform_id": case.state.facts.platform_id,
            "term": 1,
            "answers": case.content_chain().newest,
        }
        return raw | {"case": named, "signatures": [self._roster.sign(raw["actor"]["id"], form)]}


UNSIGNED, SIGNED = Side("unsigned"), Side("signed", _SMALL)
SIGNED_LARGE = Side("signed-large", _LARGE)
SIDES = (UNSIGNED, SIGNED, SIGNED_LARGE)
Samples = dict[Side, list[tuple[float, float]]]
"""Of each decision the milliseconds, and those of CPU, with what follows its receipt."""


async def open_both(client: Client, side: Side, name: str) -> tuple[Handle, Case[Any]]:
    """Start a platform, and keep the same case here: it says what the next decision answers."""
    form = side.form(name)
    mirror = open_platform(parse(PlatformApplication, form), datetime.now(UTC))
    handle = await client.start_workflow(
        "Platform", form, id=f"platform:{form['platform_id']}", task_queue=side.queue
    )
    await handle.query("receipt", "none")
    return handle, mirror


async def decide(side: Side, handle: Handle, mirror: Case[Any], step: int) -> tuple[float, float]:
    """Sign and send a decision; return the milliseconds until its receipt is there, and those of CPU."""
    raw = decided(mirror.state.facts.platform_id, 0, datetime.now(UTC))[step]
    form = form_to_sign(mirror, decision_of(raw))
    busy, begun = process_time(), perf_counter()
    sent = side.signed(raw, mirror, form)
    await handle.execute_update("decide", sent, result_type=dict)
    took = (perf_counter() - begun) * 1000
    await asyncio.sleep(_SETTLE)
    used = (process_time() - busy) * 1000
    mirror.decide(sent, datetime.now(UTC))
    return took, used


def own_work(side: Side) -> float:
    """Return the milliseconds of CPU of a decision's signing, reading, judging and sealing: no server."""
    form = parse(PlatformApplication, side.form("alone"))
    case = open_platform(form, datetime.now(UTC))
    raw = decided(case.state.facts.platform_id, 0, datetime.now(UTC))[0]
    to_sign = form_to_sign(case, decision_of(raw))
    state, record, now = case.state, case.record(), datetime.now(UTC)
    best = float("inf")
    for _ in range(_ROUNDS):
        fresh = Case(state, record)
        fresh.content_chain()
        signer_of.cache_clear()  # no two decisions have the same signature
        begun = process_time()
        decision = decision_of(side.signed(raw, fresh, to_sign))
        fresh.validate(decision, now)
        fresh.decide(decision, now)
        best = min(best, (process_time() - begun) * 1000)
    return best


async def measure(folder: Path) -> Samples:
    """Send decisions, in turn."""
    quietly()
    samples: Samples = {side: [] for side in SIDES}
    async with AsyncExitStack() as parts:
        server = await parts.enter_async_context(temporal_server(folder, free_port(_PORT)))
        client = await Client.connect(
            server.address,
            data_converter=pydantic_data_converter,
            grpc_compression=GrpcCompression.NONE,
            plugins=[Variation(_QUEUE, sandboxed=True)],
        )
        await ensure_search_attributes(client)
        await parts.enter_async_context(make_worker(client, NoRegister()))
        for number in range(_LIVES + _WARM_UP):
            cases = {side: await open_both(client, side, f"one-{number}") for side in SIDES}
            for step in range(GETTING_IN):
                turn = (number + step) % len(SIDES)
                for side in SIDES[turn:] + SIDES[:turn]:
                    took = await decide(side, *cases[side], step)
                    if number >= _WARM_UP:
                        samples[side].append(took)
            await end(handle for handle, _ in cases.values())
    return samples


def section(samples: Samples) -> str:
    """The section of the document."""
    alone = {side: own_work(side) for side in SIDES}
    most = max(alone[side] - alone[UNSIGNED] for side in SIDES)
    reached = "reached" if most <= _ALLOWED_MS else "**missed**"
    took = {side: [one for one, _ in samples[side]] for side in SIDES}
    cpu = {side: median(one for _, one in samples[side]) for side in SIDES}
    figures = {
        side: (quantiles(took[side], n=4)[0], median(took[side]), cpu[side]) for side in SIDES
    }
    lines = [
        f"| {side.name} | " + " | ".join(f"{one:.1f}" for one in figures[side]) + " |"
        for side in SIDES
    ]
    for side in SIDES[1:]:
        ratios = (one / of for one, of in zip(figures[side], figures[UNSIGNED], strict=True))
        told = " | ".join(f"{one:.2f}" for one in ratios)
        lines.append(f"| ratio, {side.name} to unsigned | {told} |")
    table = "\n".join(lines)
    size = len(took[UNSIGNED]) // _PARTS
    parts = [slice(start, start + size) for start in range(0, size * _PARTS, size)]
    found = [median(took[SIGNED][one]) / median(took[UNSIGNED][one]) for one in parts]
    load, of = f"{os.getloadavg()[1]:.1f}", len(samples[UNSIGNED])
    return f"""## What signing costs a decision

| | p25 (ms) | p50 (ms) | CPU, p50 (ms) |
| --- | ---: | ---: | ---: |
{table}

Of each {of} decisions, one at a time, taking turns in one run with one server (load average {load}), with a
register that keeps nothing; client and worker are in one process. The roster has {_SMALL} people, of
`{SIGNED_LARGE.name}` {_LARGE:,}. Signing is with a key in a file that is open; what is signed was shown
before. A decision is judged before it enters the history; when it is taken on the same grounds, in the same
task, that judgement stands, and with it the signature and the way from its signer's entry to the roster's
root. A worker keeps for a while which proofs it has checked: the same people sign again. Over {_PARTS} parts
of the run the ratio of the medians was {min(found):.2f} to {max(found):.2f}. Under a load of several times
the processors these times say little; CPU says more.

Without a server and other load, the quickest of {_ROUNDS} times: signing, reading, judging and sealing
takes {alone[SIGNED] - alone[UNSIGNED]:.2f} ms of CPU more than without a signature, with {_LARGE:,} officers
{alone[SIGNED_LARGE] - alone[UNSIGNED]:.2f} ms (to reach: at most {_ALLOWED_MS:.0f} ms; {reached}). Repeat it
with `python -m bench.signing`.
"""


if __name__ == "__main__":
    run_alone(lambda folder: section(asyncio.run(measure(folder))))
