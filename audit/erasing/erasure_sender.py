"""Asking for an erasure and confirming it: signed where there is a roster, and sent to its workflow."""

import base64
import secrets
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from db.asyncpg_connections import Source
from db.roster_queries import proof_of
from starter.client.case_queries import ANSWER_WITHIN, CaseQueries
from starter.client.rpc_errors import translate_rpc_errors
from starter.errors import NotAllowed
from starter.signing.signer import Signer
from workflows.actors import Actor
from workflows.contract import AUDIT_QUEUE, ERASURE_TYPE, erasure_workflow_id
from workflows.erasure_decisions import (
    ERASURE_NAMESPACE,
    ErasedTerm,
    ErasureKind,
    ErasureOutcome,
    erasure_decision_of,
)
from workflows.erasure_log import ErasureReceipt, ErasureView, TermStanding
from workflows.model import as_sent
from workflows.signatures import Signature

_ID_BYTES = 8


class ErasureSender:
    """The erasure of one term, as an officer reaches it."""

    def __init__(self, client: Client, of: ErasedTerm) -> None:
        """Use a connected client."""
        self._client, self._of = client, of
        self._id = erasure_workflow_id(of.platform_id, of.term)

    async def view(self) -> ErasureView:
        """Where it stands. Raises NoSuchPlatform, where nobody asked for it; Unreachable."""
        view: ErasureView = await CaseQueries(self._client).query(self._id, "state", ErasureView)
        return view

    async def decide(self, raw: dict[str, Any]) -> ErasureReceipt:
        """Send a decision; the first one starts the workflow.

        Raises:
            Refused, InvalidMessage: it is not taken.
            Unreachable: no worker answers in time; it may be sent again.
        """
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            ERASURE_TYPE,
            self._of,
            id=self._id,
            task_queue=AUDIT_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        )
        with translate_rpc_errors(self._id):
            receipt: ErasureReceipt = await self._client.execute_update_with_start_workflow(
                "decide",
                raw,
                start_workflow_operation=start,
                result_type=ErasureReceipt,
                rpc_timeout=ANSWER_WITHIN,
            )
        return receipt


def request_of(
    of: ErasedTerm,
    standing: TermStanding,
    actor: Actor,
    reason: str,
    document: str | None = None,
) -> dict[str, Any]:
    """Return what is asked for, unsigned; `document` is the number of the one that orders it."""
    said = _said(ErasureKind.REQUEST, of, standing, actor) | {"reason": reason}
    return said | ({"document": document} if document else {})


def confirmation_of(
    of: ErasedTerm, standing: TermStanding, actor: Actor, request: str, reason: str | None
) -> dict[str, Any]:
    """Return the confirmation of a request, unsigned; with a reason it is not confirmed."""
    outcome = ErasureOutcome.REJECTED if reason else ErasureOutcome.CONFIRMED
    said = _said(ErasureKind.CONFIRMATION, of, standing, actor)
    said |= {"request": request, "outcome": str(outcome)}
    return said | ({"reason": reason} if reason else {})


async def signed(source: Source, raw: dict[str, Any], signer: Signer | None) -> dict[str, Any]:
    """Return a decision with the signature of its actor.

    Raises:
        NotAllowed: there is no key, or the roster does not have its holder.
        PingtaiError: the key does not sign.
    """
    said = erasure_decision_of(raw)
    found = await proof_of(source, said.actor.id)
    if signer is None or found is None:
        raise NotAllowed(
            f"{said.actor.id} must sign it: `pingtai login` gives a key, `pingtai roster add` enters it",
            f"须由 {said.actor.id} 签名：`pingtai login` 生成密钥，`pingtai roster add` 登记",
        )
    made = signer.sign(said.form(), ERASURE_NAMESPACE)
    signature = Signature(sshsig=base64.b64encode(made).decode(), proof=found[0])
    return raw | {"signatures": [as_sent(signature)]}


def _said(
    kind: ErasureKind, of: ErasedTerm, standing: TermStanding, actor: Actor
) -> dict[str, Any]:
    return {
        "kind": str(kind),
        "decision_id": f"{kind}-{secrets.token_hex(_ID_BYTES)}",
        "actor": as_sent(actor),
        "of": of.model_dump(mode="json") | {"log_hash": standing.log_hash or "0" * 64},
    }
