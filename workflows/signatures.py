"""A signature as a message carries it, with the proof of whose key made it."""

from typing import Annotated

from pydantic import Field

from workflows.field_labels import Label
from workflows.model import Message
from workflows.roster_entries import RosterProof
from workflows.words import Words

MOST_SIGNATURES = 2
"""Of who decided, and of who signed as the second."""


def _is_none(value: object) -> bool:
    """Left out where there is none: what was signed before there were proofs stays byte for byte."""
    return value is None


class Signature(Message):
    """A signature in OpenSSH's format, by a person whose roster entry it may carry."""

    typed_by_people = False

    sshsig: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=2732),
        Label(
            "signature",
            "签名",
            help=Words(
                "What stands between the lines BEGIN and END SSH SIGNATURE, in one line of base64.",
                "BEGIN 与 END SSH SIGNATURE 两行之间的内容，写成一行 base64。",
            ),
        ),
    ]
    proof: Annotated[
        RosterProof | None,
        Label(
            "roster proof",
            "人员目录证明",
            help=Words("That the signer stands in the roster.", "签名人载于人员目录的证明。"),
        ),
    ] = Field(default=None, exclude_if=_is_none)
