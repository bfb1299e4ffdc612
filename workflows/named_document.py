"""A document as messages name it."""

from typing import Annotated

from workflows.field_labels import Label
from workflows.model import Message, Name, Sha256


class Document(Message):
    """A document that is named and hashed; the file itself stays where it is kept."""

    name: Annotated[Name, Label("name", "名称")]
    sha256: Annotated[Sha256, Label("SHA-256", "SHA-256 值")]
