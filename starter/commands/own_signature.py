"""The key of whoever runs a command: opened when a decision of theirs is to be signed, asked for once."""

import sys
from typing import TYPE_CHECKING

import click

from starter.desk.profile import read_profile
from starter.terminal.language import say
from starter.terminal.screen import complain, watched
from workflows.words import Words

if TYPE_CHECKING:
    from starter.signing.signer import Person, Signer

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


def signing_person() -> "Person":
    """Return how whoever runs the command is spoken to by what signs for them."""
    from starter.signing.signer import Person  # noqa: PLC0415 - loaded by who signs

    return Person(_ask_passphrase if watched(sys.stdin) else None, complain)


def _ask_passphrase(words: Words) -> str:
    answer: str = click.prompt(
        say(words), hide_input=True, err=True, default="", show_default=False
    )
    return answer
