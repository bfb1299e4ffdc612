"""A mandate: the word of an absent person, signed, by which another acts for them for some days."""

from typing import Annotated

from pydantic import Field

from workflows.field_labels import Label
from workflows.model import Message
from workflows.signatures import Signature
from workflows.vocabulary import Kind
from workflows.words import Words


class Mandate(Message):
    """For which decisions another may act, and the signature of the one whose decisions they are."""

    kinds: Annotated[
        tuple[Kind, ...],
        Label(
            "kinds of decision",
            "委托事项",
            help=Words("None: all that the role may decide.", "不填为该身份可办理的全部事项。"),
        ),
    ] = Field(default=(), max_length=len(Kind))
    signature: Annotated[Signature, Label("signature of the absent person", "被代理人签名")]
