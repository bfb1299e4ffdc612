"""What signs for a person, whatever holds their key; and how the person is spoken to meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starter.errors import NotAllowed
from workflows.ssh_signatures import (
    DECISION_NAMESPACE,
    HARDWARE_ED25519,
    BadSignature,
    PublicKey,
    signature_of,
    signer_of,
)
from workflows.words import Words

TOUCH_WITHIN = 60.0
"""How long a person has to touch a token, or to answer their agent's question (seconds)."""


class Signer(Protocol):
    """Signs with one key. Each call may ask its person for something, and ends within `TOUCH_WITHIN`."""

    @property
    def key(self) -> PublicKey:
        """The key's public part; known without asking anybody."""

    def ready(self) -> None:
        """Ask now for what is needed only once: a passphrase. Raises as `sign`."""

    def sign(self, form: bytes, namespace: str = DECISION_NAMESPACE) -> bytes:
        """Return the signature of a form, in OpenSSH's format (SSHSIG), for a namespace.

        Raises:
            BadInput: the key cannot be used as it is.
            NotAllowed: the agent, the token or its person refuses.
            NotSent: the agent, or the token's person, does not answer.
        """


def _nothing(_: Words) -> None:
    return


@dataclass(frozen=True)
class Person:
    """How the holder of a key is spoken to; without a terminal nobody is asked."""

    passphrase: Callable[[Words], str] | None = None
    """Asks for a passphrase, without showing it."""
    tell: Callable[[Words], None] = _nothing
    """Tells what is to be done now."""

    def told_to_touch(self, key: PublicKey) -> None:
        """Tell the holder of a token's key that it waits for them."""
        if key.algorithm == HARDWARE_ED25519:
            self.tell(Words("Touch your security key.", "请触碰硬件密钥。"))


NOBODY = Person()


def sealed(signer: PublicKey, signed: bytes, form: bytes, namespace: str) -> bytes:
    """Return the signature that was made of `unsigned_part(form)`, if it holds.

    Raises:
        NotAllowed: it does not, so nobody would take it.
    """
    return checked(signature_of(signer, signed, namespace), signer, form, namespace)


def checked(signature: bytes, signer: PublicKey, form: bytes, namespace: str) -> bytes:
    """Return a signature, if it is that of a key for a form.

    Raises:
        NotAllowed: it is not.
    """
    try:
        if signer_of(signature, form, namespace) == signer:
            return signature
        why = Words("it is of another key", "签名出自另一密钥")
    except BadSignature as error:
        why = error.words
    raise NotAllowed(
        f"{signer.fingerprint()} gave a signature that does not hold: {why.en}",
        f"{signer.fingerprint()} 给出的签名无效：{why.zh}",
    )
