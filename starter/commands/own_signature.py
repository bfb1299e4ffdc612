"""The key of whoever runs a command: opened when a decision of theirs is to be signed, asked for once."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from starter.desk.profile import read_profile
from starter.errors import NotAllowed, NotSent, PingtaiError
from starter.terminal.language import say
from starter.terminal.screen import complain, watched
from workflows.words import Words

if TYPE_CHECKING:
    from starter.client.interface import Pingtai, ToSign
    from starter.signing.signer import Person, Signer
    from workflows.roster_entries import RosterProof

_WITHOUT = Words(
    "Not signed: your profile has no key. To make one: pingtai login --new-key",
    "未签名：个人配置中没有密钥。生成密钥：pingtai login --new-key",
)


class OwnSignature:
    """Signs what the person of the profile decides; nothing of anybody else."""

    def __init__(self) -> None:
        """Nothing is read before a decision is to be signed."""
        self._signer: Signer | None = None
        self._told = False
        self._proof: RosterProof | None = None
        self._asked = False

    def signer_of(self, person: str) -> "Signer | None":
        """What signs for a person; None: they are somebody else, or have no key, which is said once.

        Raises:
            BadInput, NotAllowed, NotSent: there is a key, and it cannot be used: nothing is sent unsigned then.
        """
        profile = read_profile()
        if profile is None or profile.id != person:
            return None
        if profile.signing is None:
            if not self._told:
                complain(_WITHOUT)
            self._told = True
            return None
        if self._signer is None:
            from starter.signing.opening import open_signer  # noqa: PLC0415 - only who signs needs cryptography

            signer = open_signer(profile.signing, signing_person())
            signer.ready()
            self._signer = signer
        return self._signer

    def second_signer(self) -> "tuple[str, Signer] | None":
        """Who runs the command, and what signs for them beside another person; None: they have no key.

        Raises as `signer_of`.
        """
        profile = read_profile()
        if profile is None or profile.signing is None:
            return None
        signer = self.signer_of(profile.id)
        return (profile.id, signer) if signer else None

    async def proof(
        self, client: "Pingtai", person: str, *, needed: bool = False
    ) -> "RosterProof | None":
        """Show that the person stands in the roster, where there is one; asked once for all decisions.

        Raises:
            NotAllowed: it is `needed`, and the person does not stand in the roster.
            NotSent: it is needed, and cannot be had now.
        """
        if not self._asked:
            try:
                self._proof = await client.roster_proof(person)
                self._asked = True
            except PingtaiError as error:
                if needed:
                    raise NotSent(error.words) from error
        if needed and self._proof is None:
            raise NotAllowed(
                f"decisions here are signed by people of the roster, and {person} is not in it: give your"
                " public key (`pingtai whoami`) to whoever keeps it (`pingtai roster add`)",
                f"此处的决定须由人员目录在册人员签名，{person} 不在册：请将公钥（`pingtai whoami`）提供给"
                "人员目录管理人员（`pingtai roster add`）",
            )
        return self._proof

    async def sign(self, client: "Pingtai", form: "ToSign") -> dict[str, Any]:
        """Return an unsigned decision with its person's signature, if they have a key (`interface.Sign`)."""
        person = form.decision["actor"]["id"]
        signer = self.signer_of(person)
        if signer is None:
            return form.decision
        from starter.client.signed_decisions import with_signature  # noqa: PLC0415 - only who signs

        proof = await self.proof(client, person, needed=form.signatures_needed > 0)
        return await asyncio.to_thread(with_signature, form.decision, signer, proof)


def signing_person() -> "Person":
    """Return how whoever runs the command is spoken to by what signs for them."""
    from starter.signing.signer import Person  # noqa: PLC0415 - loaded by who signs

    return Person(_ask_passphrase if watched(sys.stdin) else None, complain)


def _ask_passphrase(words: Words) -> str:
    answer: str = click.prompt(
        say(words), hide_input=True, err=True, default="", show_default=False
    )
    return answer
