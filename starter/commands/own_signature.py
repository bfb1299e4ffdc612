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
    from starter.client.key_standing import KeyStanding
    from starter.signing.signer import Person, Signer
    from workflows.decision import Decision
    from workflows.roster_entries import RosterProof
    from workflows.ssh_signatures import PublicKey

_WITHOUT = Words(
    "Not signed: your profile has no key. To make one: pingtai login --new-key",
    "未签名：个人配置中没有密钥。生成密钥：pingtai login --new-key",
)


_UNCHECKED = Words(
    "The roster cannot be asked now: nobody has checked that your key is good today. Audits compare it later",
    "目前无法查询人员目录，未核对您的密钥当日是否有效；审计时将予核对",
)


def _of_another(own: str, person: str) -> Words:
    return Words(
        f"Not signed: the decision is of {person} (--actor, or the file), and your profile is that of {own}."
        f" To decide yourself, name nobody else. {person} signs it after `pingtai login --id {person}`",
        f"未签名：该决定的经办人为 {person}（见 --actor 或所提交的文件），而个人配置为 {own}。以本人名义"
        f"办理的，请勿写明他人；由 {person} 办理的，请其先登录：pingtai login --id {person}",
    )


class OwnSignature:
    """Signs what the person of the profile decides; nothing of anybody else."""

    def __init__(self, *, tells: bool = True) -> None:
        """Nothing is read before a decision is to be signed; `tells`: say what whoever signs should know."""
        self._signer: Signer | None = None
        self._told = self._other_told = not tells
        self._standing: KeyStanding | None = None
        self._answer: KeyStanding | PingtaiError | None = None
        """What was asked for with the form, and not looked at yet."""

    @property
    def has_key(self) -> bool:
        """Whether the profile has a key; nothing is opened."""
        profile = read_profile()
        return profile is not None and profile.signing is not None

    def signer_of(self, person: str) -> "Signer | None":
        """What signs for a person; None: they are somebody else, or have no key, which is said once.

        Raises:
            BadInput, NotAllowed, NotSent: there is a key, and it cannot be used: nothing is sent unsigned then.
        """
        profile = read_profile()
        if profile is None:
            return None
        if profile.id != person:
            if profile.signing and not self._other_told:
                self._other_told = True
                complain(_of_another(profile.id, person))
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

    async def look(self, client: "Pingtai", person: str) -> None:
        """See how the person's key stands, of what is only tried; nothing is opened. Raises as `proof`."""
        profile = read_profile()
        if profile and profile.id == person and profile.signing:
            from starter.signing.opening import open_signer  # noqa: PLC0415 - as above

            await self.proof(client, person, open_signer(profile.signing).key)

    async def form(
        self, client: "Pingtai", platform_id: str, decision: "Decision", key: "PublicKey"
    ) -> "ToSign | None":
        """Return what is signed of a decision; how the person's key stands is asked at the same time.

        Raises as `Pingtai.to_sign`.
        """
        if self._standing:
            return await client.to_sign(platform_id, decision)
        form, self._answer = await asyncio.gather(
            client.to_sign(platform_id, decision), _standing(client, decision.actor.id, key)
        )
        return form

    async def proof(
        self,
        client: "Pingtai",
        person: str,
        key: "PublicKey",
        *,
        needed: bool = False,
        platform_id: str | None = None,
    ) -> "RosterProof | None":
        """Show that the person stands in the roster, where there is one; asked once for all decisions.

        Where it is `needed` and the system is there to be tried, they are entered.

        Raises:
            NotAllowed: their key may sign nothing now; or it is `needed`, and they do not stand in the roster.
            NotSent: it is needed, and cannot be had now.
        """
        from starter.client.key_standing import KeyStanding, in_no_entry  # noqa: PLC0415 - as above

        if self._standing is None:
            answer, self._answer = self._answer or await _standing(client, person, key), None
            if (
                needed
                and isinstance(answer, KeyStanding)
                and answer.in_no_entry
                and await _entered(person, key, platform_id)
            ):
                answer = await _standing(client, person, key)
            if isinstance(answer, PingtaiError):
                if needed:
                    raise NotSent(answer.words) from answer
                if not self._told:
                    self._told = True
                    complain(_UNCHECKED)
                return None
            self._standing = answer
            if answer.in_no_entry and not (needed or self._told):
                self._told = True
                complain(in_no_entry(person))
        if needed and self._standing.in_no_entry:
            raise NotAllowed(in_no_entry(person))
        if self._standing.objection:
            en, zh = self._standing.objection
            raise NotAllowed(
                f"{en}: nothing was sent. Sign with a key of yours that is good today (`pingtai login`)",
                f"{zh}：未提交任何内容。请改用本人当日有效的密钥（`pingtai login`）",
            )
        if needed and self._standing.proof is None:
            raise NotAllowed(
                f"decisions here are signed by people of the roster, and {person} is not in it: give your"
                " public key (`pingtai whoami`) to whoever keeps it (`pingtai roster add`)",
                f"此处的决定须由人员目录在册人员签名，{person} 不在册：请将公钥（`pingtai whoami`）提供给"
                "人员目录管理人员（`pingtai roster add`）",
            )
        return self._standing.proof

    async def sign(self, client: "Pingtai", form: "ToSign") -> dict[str, Any]:
        """Return an unsigned decision with its person's signature, if they have a key (`interface.Sign`)."""
        person = form.decision["actor"]["id"]
        signer = self.signer_of(person)
        if signer is None:
            return form.decision
        from starter.client.signed_decisions import with_signature  # noqa: PLC0415 - only who signs

        needed = form.signatures_needed > 0
        about = (form.decision.get("case") or {}).get("platform_id")
        proof = await self.proof(client, person, signer.key, needed=needed, platform_id=about)
        return await asyncio.to_thread(with_signature, form.decision, signer, proof)


async def _standing(
    client: "Pingtai", person: str, key: "PublicKey"
) -> "KeyStanding | PingtaiError":
    """How a key stands in the roster, or why nobody can say."""
    from starter.client.key_standing import key_standing  # noqa: PLC0415 - only who signs

    try:
        return await key_standing(client, person, key)
    except PingtaiError as error:
        return error


async def _entered(person: str, key: "PublicKey", platform_id: str | None) -> bool:
    from starter.commands.example_person import entered  # noqa: PLC0415 - seldom needed

    profile = read_profile()
    if profile is None or profile.id != person:
        return False
    return await entered(profile, key, platform_id)


def signing_person() -> "Person":
    """Return how whoever runs the command is spoken to by what signs for them."""
    from starter.signing.signer import Person  # noqa: PLC0415 - loaded by who signs

    return Person(_ask_passphrase if watched(sys.stdin) else None, complain)


def _ask_passphrase(words: Words) -> str:
    answer: str = click.prompt(
        say(words), hide_input=True, err=True, default="", show_default=False
    )
    return answer
