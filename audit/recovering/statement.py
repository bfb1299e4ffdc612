"""The statement by which a term goes on from its log: made, and signed where there is a roster."""

import base64
import secrets
from dataclasses import dataclass

from db.asyncpg_connections import Source
from db.roster_queries import newest_root, proof_of, roots_after
from starter.errors import NotAllowed
from starter.signing.signer import Signer
from workflows.recovery import RECOVERY_NAMESPACE, Recovery, YearLog
from workflows.run_io import CarriedPlatform
from workflows.signatures import Signature

_ID_BYTES = 8


@dataclass(frozen=True)
class Stating:
    """Who goes on with terms, and on which ground."""

    source: Source
    by: str
    reason: str
    signer: Signer | None = None

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
            recovery_id=f"recovery-{secrets.token_hex(_ID_BYTES)}",
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
        found = await proof_of(self.source, said.by)
        if self.signer is None or found is None:
            raise NotAllowed(
                f"A roster is set up: an officer of the commission signs. {said.by} has no key here, or is not"
                " in the roster (`pingtai login`, `pingtai roster list`)",
                f"已设立人员目录，须由市级人员签名。{said.by} 未配置密钥，或不在人员目录中"
                "（pingtai login、pingtai roster list）",
            )
        known = begun.state.roster
        later = await roots_after(self.source, known.version) if known else []
        said = said.model_copy(update={"roster": tuple(later)})
        made = self.signer.sign(said.form(), RECOVERY_NAMESPACE)
        signature = Signature(sshsig=base64.b64encode(made).decode(), proof=found[0])
        return said.model_copy(update={"signatures": (signature,)})
