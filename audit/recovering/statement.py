"""The statement by which a term goes on from its log: made, and signed where there is a roster."""

import base64
import secrets
from dataclasses import dataclass

from db.asyncpg_connections import Source
from db.roster_queries import newest_root, proof_of, roots_after
from starter.errors import NotAllowed
from starter.signing.signer import Signer
from workflows.recovery import RECOVERY_NAMESPACE, Recovery, YearLog
from workflows.roster_entries import RosterProof
from workflows.run_io import CarriedPlatform
from workflows.signatures import Signature
from workflows.vocabulary import Role

_ID_BYTES = 8


@dataclass(frozen=True)
class Stating:
    """Who goes on with terms, and on which ground."""

    source: Source
    by: str
    reason: str
    signer: Signer | None = None

    async def check(self) -> None:
        """Make sure that who goes on with terms may, before anything is started.

        Raises:
            NotAllowed: a roster is set up, and they are no officer of the commission, or have no key.
        """
        if await newest_root(self.source) is not None:
            await _own_proof(self)

    async def state(
        self, begun: CarriedPlatform, year: YearLog | None, histories: str
    ) -> CarriedPlatform:
        """Return what a term goes on with, and the statement that says so; where its `histories` are.

        Raises:
            NotAllowed: a roster is set up, and there is no key, or the roster does not have its holder.
            PingtaiError: the key does not sign.
        """
        facts, log = begun.state.facts, begun.record.log
        said = Recovery(
            recovery_id=recovery_id(),
            platform_id=facts.platform_id,
            term=facts.term,
            entries=len(log),
            log_hash=log[-1].hash,
            assessment=year,
            by=self.by,
            reason=self.reason,
            histories=histories,
        )
        return begun.model_copy(update={"recovery": await self._signed(said, begun)})

    async def _signed(self, said: Recovery, begun: CarriedPlatform) -> Recovery:
        if await newest_root(self.source) is None:
            return said
        known = begun.state.roster
        later = await roots_after(self.source, known.version) if known else []
        said = said.model_copy(update={"roster": tuple(later)})
        signature = await signature_of(self, said.form())
        return said.model_copy(update={"signatures": (signature,)})


async def signature_of(stating: Stating, form: bytes) -> Signature:
    """Return the signature of whoever goes on, with the proof that they stand in the roster.

    Raises:
        NotAllowed: there is no key, or the roster does not have its holder.
        PingtaiError: the key does not sign.
    """
    signer, proof = await _own_proof(stating)
    made = signer.sign(form, RECOVERY_NAMESPACE)
    return Signature(sshsig=base64.b64encode(made).decode(), proof=proof)


async def _own_proof(stating: Stating) -> tuple[Signer, RosterProof]:
    found = await proof_of(stating.source, stating.by)
    if stating.signer is None or found is None:
        raise NotAllowed(
            f"A roster is set up: an officer of the commission signs. {stating.by} has no key here, or is not"
            " in the roster (`pingtai login`, `pingtai roster list`)",
            f"已设立人员目录，须由市级人员签名。{stating.by} 未配置密钥，或不在人员目录中"
            "（pingtai login、pingtai roster list）",
        )
    if found[0].entry.role is not Role.COMMISSION:
        raise NotAllowed(
            f"A roster is set up: an officer of the commission signs, and {stating.by} is not one."
            " Log in as one (`pingtai login`, `pingtai roster list`); nothing was started",
            f"已设立人员目录，须由市级人员签名，{stating.by} 不是市级人员。请由市级人员登录办理"
            "（pingtai login、pingtai roster list）；未启动任何期次",
        )
    return stating.signer, found[0]


def recovery_id() -> str:
    """Return a new id of a recovery."""
    return f"recovery-{secrets.token_hex(_ID_BYTES)}"
